"""Boxes, digits and confidences drawn into a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import ImageError
from edge_digits.image import load_image
from edge_digits.reading import UNSURE_MARK

if TYPE_CHECKING:
    from edge_digits.reading import Digit, Reading

_SURE = (70, 150, 20)
_UNSURE = (0, 130, 240)
_PAPER = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_DUPLEX


def annotate(image: NDArray[np.uint8], reading: Reading) -> NDArray[np.uint8]:
    """Draws a reading on a copy of its picture: green for sure digits, orange for unsure ones.

    Args:
        image: The picture that was read, uint8, grey, BGR or BGRA.
        reading: What it was read as.

    Returns:
        A BGR picture of the same size, shape (h, w, 3), uint8.

    Raises:
        ImageError: The picture has another size than the one that was read.
    """
    canvas = load_image(image).copy()
    height, width = canvas.shape[:2]
    if (width, height) != reading.size:
        raise ImageError(
            f"The picture is {width}x{height} pixels, the one read was {reading.size[0]}x{reading.size[1]}",
            "Wanted is the picture that was read",
        )
    line = max(1, round(max(width, height) / 600))
    for row in reading.lines:
        for digit in row:
            _draw(canvas, digit, line)
    return canvas


def _draw(canvas: NDArray[np.uint8], digit: Digit, line: int) -> None:
    colour = _SURE if digit.sure else _UNSURE
    x, y, width, height = digit.box
    margin = 2 * line
    corner = (x - margin, y - margin)
    cv2.rectangle(canvas, corner, (x + width + margin, y + height + margin), colour, line, cv2.LINE_AA)
    size = max(0.45 * line, min(0.022 * height, 0.9 * line))
    percent = f"{100 * digit.confidence:.0f}"
    text = f"{digit.label if digit.sure else UNSURE_MARK} {percent}"
    (text_width, text_height), base = cv2.getTextSize(text, _FONT, size, line)
    # Above the box, or below it where the picture ends.
    top = corner[1] - text_height - base - 2 * line
    if top < 0:
        top = y + height + margin
    left = min(max(corner[0], 0), max(canvas.shape[1] - text_width - 2 * line, 0))
    end = (left + text_width + 2 * line, top + text_height + base + line)
    cv2.rectangle(canvas, (left, top), end, colour, cv2.FILLED)
    cv2.putText(canvas, text, (left + line, top + text_height + line), _FONT, size, _PAPER, line, cv2.LINE_AA)
