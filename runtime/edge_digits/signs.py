"""Which apparent digits are a comma, a percent, dollar or comparison sign, by their shape and place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.nearness import ratio
from edge_digits.percent import in_percent
from edge_digits.percentile import median

_COMMAS: Final = frozenset("1279")
"""What a comma looks like."""
_LOW, _NARROW, _BELOW = 0.45, 0.4, 0.15
"""Heights of the digit before it that a comma is high and wide at most, and that it ends above its foot."""
_TOP, _NEXT = 0.5, 0.8
"""So many of its heights below its head it begins at least, and so many are they apart at most."""
_PENS: Final = 3.0
"""Ratio of the pens of a comma and of the digit before it at most: it hangs from nothing that lies about."""
_TOWERS: Final = 2.5
"""Times the usual height of digits from which a bar is rather the line of a margin, and has no comma."""
_CHEVRONS: Final = {"7": 0.85, "2": 0.9}
"""What > and < look like, and how well each half covers the other's mirror image then."""
_LOWER: Final = 0.8
"""Height of one that only has digits after it, as in a list, for theirs at most..."""
_WIDE, _LIST_LIKENESS = 0.85, 0.8
"""...its width for its own height, and the share of that likeness that it has at least."""
_SIDE: Final = 32
"""Pixels of the square that a chevron is squeezed into."""
_DOLLARS: Final = frozenset("58")
"""What a $ looks like..."""
_TALLER: Final = 1.05
"""...so many times as high as the digit after it at least..."""
_TIP, _THIN, _OFF = 0.08, 0.35, 0.3
"""...with a line that shows alone so far from either end, shares of the width that this is wide at most and
off the middle at most."""
_ON_LINE, _REACH = 0.45, 2.5
"""Share of the lower height that two of a line share, and heights of a digit that it is away at most."""
_INK: Final = 100
"""Of 255, from which a pixel is ink."""


def are_signs(
    candidates: Sequence[Candidate], labels: Sequence[str], digit: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which apparent digits are signs that stand among digits.

    Args:
        candidates: What was found in a picture, n of them.
        labels: What each looks like.
        digit: Shape (n,), whether it was read as a digit.

    Returns:
        Shape (n,), True for commas after a digit, chevrons between two or low before one, dollar signs before
        one, and the circles and the stroke of a percent sign.
    """
    signs = np.zeros(len(candidates), bool)
    if digit.sum() < 2:
        return signs
    boxes = np.array([c.box for c in candidates], np.float32)
    towers = boxes[:, 3] > _TOWERS * median(boxes[digit, 3])
    hosts = digit & ~(towers & np.array([label == "1" for label in labels], bool))
    small = boxes[:, 3] < _LOW * boxes[hosts, 3].max()
    same_pen = ratio(np.array([c.stroke for c in candidates], np.float32)) < _PENS
    for i in np.flatnonzero(digit).tolist():
        label, ink = labels[i], candidates[i].ink
        if label in _COMMAS and small[i]:
            signs[i] = _is_comma(i, boxes, hosts & same_pen[i])
        if label in _CHEVRONS:
            signs[i] |= _is_chevron(i, boxes, digit, _likeness(ink) / _CHEVRONS[label])
        if label in _DOLLARS and _has_spikes(ink):
            beside = _Beside.of(i, boxes, digit)
            left, _, _, height = boxes[beside.right].T
            close = left - boxes[i, 0] - boxes[i, 2] < _NEXT * height
            signs[i] = (close & (_TALLER * height < boxes[i, 3])).any() and not beside.left.any()
    dark = np.array([c.polarity == "dark" for c in candidates])
    zero, one = (digit & np.array([label == sign for label in labels], bool) for sign in "01")
    return signs | (digit & in_percent(boxes, dark, zero, one, ~digit))


class _Beside(NamedTuple):
    """Which digits stand on the line of a mark near it, n of them."""

    left: NDArray[np.bool_]
    """Shape (n,), on its left."""
    right: NDArray[np.bool_]
    """Shape (n,), on its right."""

    @classmethod
    def of(cls, i: int, boxes: NDArray[np.float32], digit: NDArray[np.bool_]) -> _Beside:
        left, top, width, height = boxes.T
        shared = np.minimum(top + height, top[i] + height[i]) - np.maximum(top, top[i])
        gap = np.maximum(left, left[i]) - np.minimum(left + width, left[i] + width[i])
        beside = digit & (shared > _ON_LINE * np.minimum(height, height[i])) & (gap < _REACH * height)
        return cls(beside & (left < left[i]), beside & (left > left[i]))


def _is_comma(i: int, boxes: NDArray[np.float32], digit: NDArray[np.bool_]) -> bool:
    """Whether a box hangs low and small from the foot of a digit on its left."""
    left, top, width, height = boxes.T
    foot = top + height
    small = (height[i] < _LOW * height) & (width[i] < _NARROW * height)
    hangs = (
        (foot[i] > foot - _BELOW * height)
        & (top[i] > top + _TOP * height)
        & (top[i] < foot + _BELOW * height)
    )
    after = (left[i] - left - width < _NEXT * height) & (left[i] > left + width / 2)
    return bool((digit & small & hangs & after).any())


def _is_chevron(i: int, boxes: NDArray[np.float32], digit: NDArray[np.bool_], likeness: float) -> bool:
    """Whether a box with so symmetrical ink stands between digits, or low and wide before those of a list."""
    if likeness <= _LIST_LIKENESS:
        return False
    beside = _Beside.of(i, boxes, digit)
    if not beside.right.any():
        return False
    if beside.left.any():
        return likeness > 1
    low = (boxes[i, 3] < _LOWER * boxes[beside.right, 3]).all()
    return bool(low and boxes[i, 2] > _WIDE * boxes[i, 3])


def _has_spikes(ink: NDArray[np.uint8]) -> bool:
    """Whether a mark begins and ends with no more than a pen's width near its middle."""
    own = ink > _INK
    rows = max(1, round(_TIP * len(own)))
    for tip in (own[:rows], own[-rows:]):
        columns = np.flatnonzero(tip.any(axis=0))
        if not len(columns) or columns[-1] - columns[0] + 1 > _THIN * own.shape[1]:
            return False
        if abs((columns[0] + columns[-1]) / 2 / own.shape[1] - 0.5) > _OFF:
            return False
    return True


def _likeness(ink: NDArray[np.uint8]) -> float:
    """How well a mark's upper half and the mirror image of its lower half cover each other, 0 to 1."""
    square = np.asarray(cv2.resize(ink, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)) > _INK
    mirrored = square[::-1]
    # A pixel more or less is the hand's.
    about = np.asarray(cv2.dilate(mirrored.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    return float((square & about).sum() / max(1, square.sum()))
