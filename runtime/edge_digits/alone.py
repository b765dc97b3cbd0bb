"""Whether what is written on a sheet is all that is written in the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.components import own_pixels
from edge_digits.extent import at_edge
from edge_digits.ink import Polarity, ink_map
from edge_digits.reading import Box
from edge_digits.sheet import Sheet
from edge_digits.stroke import stroke_width

_SIDE = 24
"""Pixels on and beside a sheet's sides that say nothing: its edge and its shadow are there."""
_BESIDE, _LIKE = 0.8, 2.0
"""Share of the contrast of a sheet's digits that writing beside it has, and ratio of its size and pen to
theirs..."""
_FAINT, _ANY_SIZE = 0.3, 4.0
"""...and the same where the network is asked about it."""
_LEAST, _SMALLEST = 25, 12
"""Contrast and longer side in pixels that it has in any case."""
_COMPACT = 3
"""Lengths for its width of what is no joint of a floor and no grain of wood."""
_MANY = 60
"""Of more such marks some are taken for writing without being asked about."""


class Writing(NamedTuple):
    """What the digits on a sheet look like, by their medians."""

    contrast: float
    """Against the sheet, 0 to 255."""
    height: float
    """In pixels."""
    pen: float
    """Its width in pixels."""


def shows_all(
    searched: NDArray[np.uint8],
    sheet: Sheet,
    are_digits: Callable[[Sequence[Candidate]], NDArray[np.bool_]] | None,
    writing: Writing,
) -> bool:
    """Whether nothing is written beside a sheet; a card may lie on a written page.

    Written is what is as bold as the digits on the sheet, of their size and by such a pen, and any digit
    that is clear by itself, be it larger, smaller or fainter.

    Args:
        searched: The picture, shape (h, w), uint8.
        sheet: Found in it.
        are_digits: Tells of candidates, n of them, whether each is a clear digit, shape (n,); a bar is none.
            None where such digits need not be looked for.
        writing: The digits on it.
    """
    if sheet.corners is None:
        return True
    corners = np.rint(sheet.corners).astype(np.int32)
    contrast, size = writing.contrast, writing.height
    ink = _ink_beside(searched, corners, sheet.polarity)
    bold = _bold(ink, _BESIDE * contrast)
    pens = [_pen_of(outline, bold) for outline in _outlines(bold, size / _LIKE, size * _LIKE)]
    if any(writing.pen / _LIKE < pen < writing.pen * _LIKE for pen in pens):
        return False
    if are_digits is None:
        return True
    level = max(_LEAST, _FAINT * contrast)
    other: Polarity = "dark" if sheet.polarity == "light" else "light"
    marks = []
    for polarity, beside in ((sheet.polarity, ink), (other, _ink_beside(searched, corners, other))):
        mask = _bold(beside, level)
        found = _outlines(mask, max(size / _ANY_SIZE, _SMALLEST), size * _ANY_SIZE)
        if len(found) > _MANY:
            return False
        marks += [_cut(beside, mask, outline, polarity) for outline in found]
    return not marks or not are_digits(marks).any()


def _ink_beside(
    searched: NDArray[np.uint8], corners: NDArray[np.int32], polarity: Polarity
) -> NDArray[np.uint8]:
    """The contrast of a picture against its ground, 0 on the sheet with these corners and at its sides."""
    ink = ink_map(searched, polarity)
    cv2.fillConvexPoly(ink, corners, 0)
    cv2.polylines(ink, [corners], True, 0, _SIDE)
    return ink


def _bold(ink: NDArray[np.uint8], level: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.threshold(ink, level, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _outlines(mask: NDArray[np.uint8], least: float, most: float) -> list[NDArray[np.int32]]:
    """Outlines of what is compact in a mask, of such a size, and lies within the picture."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    boxes = np.array([cv2.boundingRect(outline) for outline in outlines], np.int32).reshape(-1, 4)
    longer, shorter = boxes[:, 2:].max(axis=1), boxes[:, 2:].min(axis=1)
    # The joints of a floor run out of the picture.
    kept = ~np.asarray(at_edge(boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3], mask.shape[::-1]))
    kept &= (longer > least) & (longer < most) & (_COMPACT * shorter > longer)
    return [np.asarray(outlines[i], np.int32) for i in np.flatnonzero(kept).tolist()]


def _pen_of(outline: NDArray[np.int32], mask: NDArray[np.uint8]) -> float:
    return stroke_width(own_pixels(outline, cv2.boundingRect(outline), mask))


def _cut(
    ink: NDArray[np.uint8], mask: NDArray[np.uint8], outline: NDArray[np.int32], polarity: Polarity
) -> Candidate:
    x, y, width, height = cv2.boundingRect(outline)
    own = own_pixels(outline, (x, y, width, height), mask)
    window = ink[y : y + height, x : x + width] & own
    contrast = float(window.max())
    stretched = cv2.convertScaleAbs(window, alpha=255 / max(contrast, 1))
    return Candidate(
        Box(x, y, width, height),
        np.asarray(stretched, np.uint8),
        contrast,
        stroke_width(own),
        cv2.countNonZero(own),
        polarity,
    )
