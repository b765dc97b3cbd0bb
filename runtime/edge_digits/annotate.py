"""Boxes, digits and confidences, drawn into a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import ImageError
from edge_digits.image import ImageSource, load_image
from edge_digits.reading import UNSURE_MARK, Box

if TYPE_CHECKING:
    from edge_digits.reading import Digit, Reading

_SURE = (70, 150, 20)
_UNSURE = (0, 130, 240)
_PAPER = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_DUPLEX


def annotate(image: ImageSource, reading: Reading) -> NDArray[np.uint8]:
    """Draws a reading on a copy of its picture: green for sure digits, orange for unsure ones.

    The bar under a box is as long as the confidence is high.

    Args:
        image: The picture that was read; a path, bytes, or a uint8 array, grey, BGR or BGRA.
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
    left, top, right, bottom = x - margin, y - margin, x + width + margin, y + height + margin
    cv2.rectangle(canvas, (left, top), (right, bottom), colour, line, cv2.LINE_AA)
    filled = left + round(digit.confidence * (right - left))
    cv2.rectangle(canvas, (left, bottom + line), (filled, bottom + 3 * line), colour, cv2.FILLED)
    label = digit.label if digit.sure else UNSURE_MARK
    _tag(canvas, label, Box(left, top, right - left, bottom - top), line, colour)


def _tag(canvas: NDArray[np.uint8], text: str, box: Box, line: int, colour: tuple[int, int, int]) -> None:
    """Writes light on a coloured bar on top of the box, at least as wide as the box."""
    (_, unit), _ = cv2.getTextSize(text, _FONT, 1.0, line)
    size = min(0.8 * line, 0.5 * box.height / unit)
    stroke = max(1, round(1.6 * size))
    (text_width, text_height), base = cv2.getTextSize(text, _FONT, size, stroke)
    width, height = max(text_width + 2 * line, box.width), text_height + base + line
    # Kept inside the picture, even over the ink, so that no digit goes unnamed.
    top = min(max(box.y - height, 0), max(canvas.shape[0] - height, 0))
    left = min(max(box.x, 0), max(canvas.shape[1] - width, 0))
    cv2.rectangle(canvas, (left, top), (left + width, top + height), colour, cv2.FILLED)
    origin = (left + (width - text_width) // 2, top + text_height + (base + line) // 2)
    cv2.putText(canvas, text, origin, _FONT, size, _PAPER, stroke, cv2.LINE_AA)
