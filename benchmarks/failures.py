"""Pictures of what was misread, with truth and reading written on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.files import write_bytes
from benchmarks.readrate import Outcome
from edge_digits.image import load_image

WIDTHS = (480, 1600)
"""Narrower pictures are enlarged so that the caption fits, wider ones reduced."""


def write_failures(
    outcomes: Iterable[Outcome],
    folder: Path,
    shown: Callable[[Path], NDArray[np.uint8]] = load_image,
) -> list[Path]:
    """Draws misread pictures with their boxes and a caption.

    Args:
        outcomes: Those without a reading are left out.
        folder: Where the pictures go; made if missing.
        shown: Gives what was read for a picture's file.

    Returns:
        The files written, JPEGs named after the pictures; of those that share a name, as in folders a and b,
        the second is called name-2, and so on, in the order in which they come.

    Raises:
        OutputError: The folder cannot be written.
    """
    taken: set[str] = set()
    written = []
    for outcome in outcomes:
        if outcome.reading is not None:
            stem = outcome.picture.path.stem
            names = (stem, *(f"{stem}-{i}" for i in range(2, len(taken) + 3)))
            name = next(name for name in names if name.lower() not in taken)
            taken.add(name.lower())
            written.append(_write(outcome, shown(outcome.picture.path), folder / f"{name}.jpg"))
    return written


def _write(outcome: Outcome, picture: NDArray[np.uint8], path: Path) -> Path:
    assert outcome.reading is not None
    picture = outcome.reading.annotate(picture)
    height, width = picture.shape[:2]
    scale = min(max(width, WIDTHS[0]), WIDTHS[1]) / width
    if scale != 1:
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
        size = (round(width * scale), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)
    truth = outcome.picture.text or "(no digit)"
    order = "" if outcome.picture.ordered else "  (any order)"
    captioned = np.vstack(
        [
            _strip(f"truth   {truth}{order}", picture.shape[1], (40, 120, 0)),
            _strip(f"reading {outcome.shown or '(nothing)'}", picture.shape[1], (0, 0, 180)),
            picture,
        ]
    )
    _, data = cv2.imencode(".jpg", captioned, [cv2.IMWRITE_JPEG_QUALITY, 88])
    write_bytes(path, data.tobytes())
    return path


def _strip(text: str, width: int, colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """A line of text in black on white, shrunk where it is too long."""
    height = max(32, width // 28)
    font, size = cv2.FONT_HERSHEY_SIMPLEX, height / 46
    (length, _), _ = cv2.getTextSize(text, font, size, 2)
    if length > width - 16:
        size = max(0.3, size * (width - 16) / length)
    strip = np.full((height, width, 3), 255, np.uint8)
    cv2.putText(strip, text, (8, round(height * 0.7)), font, size, colour, 1 + (size > 0.6), cv2.LINE_AA)
    return strip
