"""Labelled pictures as prints that are held up, or lie, before photos of anything."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from benchmarks.degradations import Degradation, Picture
from benchmarks.errors import UsageError
from edge_digits.errors import ImageError
from edge_digits.image import PICTURE_SUFFIXES, load_image

HELD_UP: Final = "held up"
"""The way's name."""
_SHARE: Final = (0.55, 0.95)
"""Shares of the photo's width or height that the print takes up."""
_LEAST: Final = 480
"""Pixels of a print's longer side at least."""
_TURN, _ASIDE = 6.0, 0.05
"""Standard deviation of its turn in degrees, and shares of its shorter side by which its corners move."""
_SHADE, _AWAY = 0.5, 0.006
"""How much light its shadow takes, and how far from it that falls, as a share of the photo's longer side."""


def before_photos(folder: Path) -> Degradation:
    """The way in which each picture lies as a print before a photo.

    Args:
        folder: Of photos without digits.

    Raises:
        UsageError: There is no such folder, or no picture in it.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in PICTURE_SUFFIXES)
    if not paths:
        raise UsageError(
            f"There are no pictures in {folder}", "give --before a folder of photos that show no digits"
        )
    return Degradation(HELD_UP, f"as a print before one of {len(paths)} photos", partial(_held, behind=paths))


def _held(picture: Picture, rng: np.random.Generator, *, behind: Sequence[Path]) -> Picture:
    """A picture, BGR, turned a little and seen a little from aside, with its shadow on a photo."""
    path = behind[int(rng.integers(len(behind)))]
    try:
        photo = load_image(path)
    except ImageError as error:
        raise UsageError(f"{path} cannot be read: {error.problem}", "take it out of that folder") from error
    height, width = picture.shape[:2]
    larger = max(1.0, _LEAST / max(height, width))
    share = float(rng.uniform(*_SHARE))
    fits = max(larger * height / photo.shape[0], larger * width / photo.shape[1]) / share
    size = round(fits * photo.shape[1]), round(fits * photo.shape[0])
    photo = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA if fits < 1 else cv2.INTER_CUBIC))
    angle = np.radians(rng.normal(0, _TURN))
    corners = larger * np.array([(0, 0), (width, 0), (width, height), (0, height)])
    seen = corners @ np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    seen += rng.uniform(-_ASIDE, _ASIDE, (4, 2)) * larger * min(height, width)
    seen -= seen.min(axis=0)
    seen *= min(1.0, *(np.array(size) / seen.max(axis=0)))
    seen += rng.uniform(0, 1, 2) * (np.array(size) - seen.max(axis=0))
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    onto = cv2.getPerspectiveTransform(flat, np.asarray(seen, np.float32))
    laid = cv2.warpPerspective(picture, onto, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), onto, size)
    cover = cv2.GaussianBlur(cover, (0, 0), 0.8)[..., None]
    away = _AWAY * max(size)
    shadow = cv2.warpAffine(cover, np.array([(1, 0, away), (0, 1, away)]), size)
    shadow = cv2.GaussianBlur(shadow, (0, 0), away)[..., None]
    mixed = laid * cover + photo * (1 - _SHADE * shadow) * (1 - cover)
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)
