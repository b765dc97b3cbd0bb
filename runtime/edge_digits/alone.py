"""Whether what is written on a sheet is all that is written in the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
"""Share of the contrast of a sheet's digits that writing beside it has, and ratio of its size to theirs..."""
_FAINT, _ANY_SIZE = 0.3, 4.0
"""...and the same where the network is asked about it."""
_LEAST, _SMALLEST = 25, 12
"""Contrast and longer side in pixels that it has in any case."""
_COMPACT = 3
"""Lengths for its width of what is no joint of a floor and no grain of wood."""
_MANY = 60
"""Of more such marks some are taken for writing without being asked about."""


def has_writing_beside(searched: NDArray[np.uint8], sheet: Sheet, contrast: float, size: float) -> bool:
    """Whether there is ink beside a sheet like the digits on it, as where a card lies on a written page.

    Args:
        searched: The picture, shape (h, w), uint8.
        sheet: Found in it.
        contrast: Of the digits on it.
        size: Their height in pixels.
    """
    if sheet.corners is None:
        return False
    return bool(
        _outlines(
            _ink_beside(searched, sheet, sheet.polarity), _BESIDE * contrast, size / _LIKE, size * _LIKE
        )
    )


def has_digits_beside(
    searched: NDArray[np.uint8],
    sheet: Sheet,
    are_digits: Callable[[Sequence[Candidate]], NDArray[np.bool_]],
    contrast: float,
    size: float,
) -> bool:
    """Whether there is a digit beside a sheet, larger or smaller than those on it, or fainter.

    Args:
        searched: The picture, shape (h, w), uint8.
        sheet: Found in it.
        are_digits: Tells of candidates, n of them, whether each is a clear digit, shape (n,); a bar is none.
        contrast: Of the digits on it.
        size: Their height in pixels.
    """
    if sheet.corners is None:
        return False
    marks = []
    polarities: tuple[Polarity, Polarity] = ("dark", "light")
    for polarity in polarities:
        ink = _ink_beside(searched, sheet, polarity)
        level = max(_LEAST, _FAINT * contrast)
        found = _outlines(ink, level, max(size / _ANY_SIZE, _SMALLEST), size * _ANY_SIZE)
        if len(found) > _MANY:
            return True
        mask = np.asarray(cv2.threshold(ink, level, 255, cv2.THRESH_BINARY)[1], np.uint8)
        marks += [_cut(ink, mask, outline, polarity) for outline in found]
    return bool(marks) and bool(are_digits(marks).any())


def _ink_beside(searched: NDArray[np.uint8], sheet: Sheet, polarity: Polarity) -> NDArray[np.uint8]:
    """The contrast of a picture against its ground, 0 on the sheet and at its sides."""
    ink = ink_map(searched, polarity)
    if sheet.corners is not None:
        corners = np.rint(sheet.corners).astype(np.int32)
        cv2.fillConvexPoly(ink, corners, 0)
        cv2.polylines(ink, [corners], True, 0, _SIDE)
    return ink


def _outlines(ink: NDArray[np.uint8], level: float, least: float, most: float) -> list[NDArray[np.int32]]:
    """Outlines of ink above a level that is compact, of such a size, and lies within the picture."""
    bold = cv2.threshold(ink, level, 255, cv2.THRESH_BINARY)[1]
    outlines, _ = cv2.findContours(bold, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    boxes = np.array([cv2.boundingRect(outline) for outline in outlines], np.int32).reshape(-1, 4)
    longer, shorter = boxes[:, 2:].max(axis=1), boxes[:, 2:].min(axis=1)
    # The joints of a floor run out of the picture.
    kept = ~np.asarray(at_edge(boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3], ink.shape[::-1]))
    kept &= (longer > least) & (longer < most) & (_COMPACT * shorter > longer)
    return [np.asarray(outlines[i], np.int32) for i in np.flatnonzero(kept).tolist()]


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
