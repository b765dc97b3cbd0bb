"""Strokes that come free of fainter ink that they were joined to, such as ruling."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.components import Components
from edge_digits.extent import at_edge, goes_across, goes_down
from edge_digits.reading import Box

_BROKE_FREE = 1.7
"""Ratio of mean ink by which a digit stands out from what it was joined to ..."""
_FROM_RULING = 1.4
"""... and from lines that run all across the picture."""
_LINES, _SPARSE = 0.4, 3
"""Share of its box that ruling fills at most, as told by every so many pixels."""
_HALO = np.ones((5, 5), np.uint8)
"""Around a stroke: the soft edge of its own line, no ruling."""
_NEXT = 5
"""Pixels next to a stroke; of them its halo takes two."""
_MORE_THAN_HALO = 1.2
"""Ratio of areas by which a stroke with what it was joined to is larger than its own box."""
_LEAST_FREED = 9
"""Longer side in pixels of what may break free: a digit, not a part of one."""
_LEAST_REST = 0.1
"""Share of a stroke's ink that it was joined to at least."""
_SPUR = 0.2
"""Share of its longer side by which a stroke is longer with less than that, where it does break free."""
_THINLY = 0.05, 0.6
"""Least and most of it that a line of ruling is, of those that join a digit to its neighbours..."""
_THINLY_FREE = 2.0
"""...and the ratio of mean ink by which the digit stands out from such a line."""


def are_ruling(boxes: NDArray[np.int32], mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tells which ink is lines that span the picture one way at least; a desk takes up more of its box.

    Args:
        boxes: Shape (n, 4), x, y, width and height of connected ink in pixels.
        mask: Shape (h, w), uint8, 255 on ink, else 0.

    Returns:
        Shape (n,).
    """
    long = np.asarray(goes_across(boxes[:, 2], mask.shape) | goes_down(boxes[:, 3], mask.shape), bool)
    for i in np.flatnonzero(long).tolist():
        x, y, width, height = boxes[i].tolist()
        inked = mask[y : y + height : _SPARSE, x : x + width : _SPARSE]
        long[i] = cv2.countNonZero(np.ascontiguousarray(inked)) < _LINES * inked.size
    return long


def ruling_around(
    boxes: NDArray[np.int32], below: Components, holders: NDArray[np.int64]
) -> list[Box | None]:
    """Tells where to look for what strokes were joined to at the next lower threshold.

    Args:
        boxes: Shape (n, 4), x, y, width and height of strokes in pixels.
        below: The components at the lower threshold.
        holders: Shape (n,), which of them each stroke is part of, -1 where that is not known.

    Returns:
        A box for each stroke; None where it cannot break free.
    """
    rows, columns = below.mask.shape
    known = holders >= 0
    held = boxes.copy()
    held[known] = below.boxes[holders[known]]
    if below.grain:
        held[:] = 0, 0, columns, rows
    x, y, width, height = boxes.T
    longer = np.maximum(width, height)
    # A line of the whole page counts where it passes by.
    pad = longer // 2
    left, top = np.maximum(held[:, 0], x - pad), np.maximum(held[:, 1], y - pad)
    right = np.minimum(held[:, 0] + held[:, 2], x + width + pad)
    bottom = np.minimum(held[:, 1] + held[:, 3], y + height + pad)
    larger = (right - left) * (bottom - top) >= _MORE_THAN_HALO * width * height
    # A finger that reaches in comes free of its shadow.
    cut = np.asarray(at_edge(x, y, width, height, (columns, rows)))
    free = (longer >= _LEAST_FREED) & ~cut & (larger | ~(known | below.grain))
    around = np.stack([left, top, right - left, bottom - top], axis=1).tolist()
    return [Box(*place) if fine else None for place, fine in zip(around, free.tolist(), strict=True)]


def rest_around(box: Box, own: NDArray[np.uint8], around: Box, below: Components) -> NDArray[np.uint8]:
    """Cuts out what a stroke was joined to at the next lower threshold.

    Args:
        box: The stroke's, in pixels.
        own: Shape (box.height, box.width), uint8, the stroke's pixels 255, others 0.
        around: Where to look, holding `box`.
        below: The components at the lower threshold.

    Returns:
        Shape (around.height, around.width), uint8, 255 or 0; the stroke's own soft edge is no rest.
    """
    window = np.s_[around.y : around.y + around.height, around.x : around.x + around.width]
    placed = np.zeros((around.height, around.width), np.uint8)
    top, left = box.y - around.y, box.x - around.x
    placed[top : top + box.height, left : left + box.width] = own
    return np.asarray(cv2.subtract(below.mask[window], cv2.dilate(placed, _HALO)), np.uint8)


def breaks_free(
    box: Box,
    own: NDArray[np.uint8],
    mean: float,
    rest: NDArray[np.uint8],
    *,
    around: Box,
    level: Components,
    below: Components,
    ruled: bool = False,
) -> bool:
    """Tells whether a stroke comes free of fainter ink that it was joined to.

    Args:
        box: The stroke's, in pixels.
        own: Shape (box.height, box.width), uint8, the stroke's pixels 255, others 0.
        mean: Of its ink, 0 to 255.
        rest: What it was joined to, as `rest_around` cuts it out.
        around: Where that was.
        level: The components at the threshold that the stroke was found at.
        below: Those at the lower one.
        ruled: Whether what it was joined to runs all across the picture, as ruling does.
    """
    if own.shape == rest.shape:
        return True
    area = cv2.countNonZero(own)
    count = cv2.countNonZero(rest)
    if count < _LEAST_REST * area and (below.grain or not count or not _sticks_out(box, around)):
        return below.grain
    if below.grain and _stands_alone(box, own, rest, around):
        return True
    window = np.s_[around.y : around.y + around.height, around.x : around.x + around.width]
    if mean > (_FROM_RULING if ruled else _BROKE_FREE) * cv2.mean(below.ink[window], rest)[0]:
        return True
    # Where a line joins a whole row, its digits are most of the rest.
    line = np.asarray(cv2.subtract(rest, cv2.dilate(level.mask[window], _HALO)), np.uint8)
    least, most = _THINLY
    thin = least * area <= cv2.countNonZero(line) < most * area and not cv2.erode(line, _HALO).any()
    return thin and mean > _THINLY_FREE * cv2.mean(below.ink[window], line)[0]


def _sticks_out(box: Box, around: Box) -> bool:
    """Whether what a stroke was joined to reaches far beyond it: a spur of a line, of little ink."""
    return max(around.width - box.width, around.height - box.height) > _SPUR * max(box.width, box.height)


def _stands_alone(box: Box, own: NDArray[np.uint8], rest: NDArray[np.uint8], around: Box) -> bool:
    """Whether next to a stroke there is bare ground, whatever there is farther off."""
    top, left = box.y - around.y, box.x - around.x
    rows, columns = own.shape
    near = np.s_[max(0, top - _NEXT) : top + rows + _NEXT, max(0, left - _NEXT) : left + columns + _NEXT]
    window = rest[near]
    top, left = min(top, _NEXT), min(left, _NEXT)
    bottom, right = window.shape[0] - top - rows, window.shape[1] - left - columns
    placed = cv2.copyMakeBorder(own, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)
    grown = cv2.dilate(placed, np.ones((2 * _NEXT + 1, 2 * _NEXT + 1), np.uint8))
    return cv2.countNonZero(cv2.bitwise_and(grown, window)) < _LEAST_REST * cv2.countNonZero(own)
