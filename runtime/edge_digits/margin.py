"""Rows of digits that are cut out so closely that they fill their picture's height."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.percentile import median
from edge_digits.two_tones import TwoTones, pieces_of

_MARGIN = 0.2
"""Of the picture's height, that a row needs on each side."""
_WHOLE = 0.9
"""Share of the picture's height that some digit takes up."""
_TALL = 0.6
"""Share of it that digits of the row take up."""
_MOSTLY = 0.85
"""Share of the ink that such digits make up."""
_WIDEST = 3.0
"""Heights that digits which touch each other are wide at most."""
_BAR = 0.35
"""Widths of a height up to which ink is a bar: a fence is no row of ones."""
_STROKES = 0.75
"""Largest share of its box that a digit's ink fills."""


def with_margin(gray: NDArray[np.uint8], tones: TwoTones) -> tuple[NDArray[np.uint8], int]:
    """Lays ground around a row of digits that touches its picture's upper and lower edge.

    What an edge cuts is a part of a digit or a thing that reaches in, and is not read. A row cut out
    closely touches the edges, too, but is whole.

    Args:
        gray: Shape (h, w), uint8.
        tones: The same picture.

    Returns:
        The picture, or one with a margin in the tone of its ground, and the width of that margin in pixels.
    """
    rows, columns = gray.shape
    if rows > columns:
        return gray, 0
    light = tones.bright_rim() < 0.5
    ink = tones.bright if light else tones.dark
    if not _is_row(pieces_of(ink)[1], tones.gray.shape[0]):
        return gray, 0
    width = max(4, round(_MARGIN * rows))
    ground = round(median(tones.gray[ink == 0]))
    framed = cv2.copyMakeBorder(gray, width, width, width, width, cv2.BORDER_CONSTANT, value=ground)
    return np.asarray(framed, np.uint8), width


def _is_row(pieces: NDArray[np.int32], height: int) -> bool:
    """Whether most ink is tall strokes side by side, some of them from edge to edge and no bars."""
    _, _, wide, high, area = pieces.T
    tall = (high >= _TALL * height) & (wide <= _WIDEST * height) & (area <= _STROKES * wide * high)
    bar = wide < _BAR * high
    tall |= bar & (high >= _TALL * height)
    whole = tall & ~bar & (high >= _WHOLE * height)
    return bool(
        tall.sum() >= 2
        and whole.any()
        and 2 * (tall & ~bar).sum() >= tall.sum()
        and area[tall].sum() >= _MOSTLY * area.sum()
    )
