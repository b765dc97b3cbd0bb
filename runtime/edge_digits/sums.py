"""Which marks are the plus or times of a sum: crosses with a digit on either side, which are no letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.brackets import is_bracket
from edge_digits.candidate import Candidate
from edge_digits.equals import bars_of_equals

_SIDE: Final = 33
"""Pixels of the square that a mark is squeezed into, so that narrow and wide crosses are alike."""
_INK: Final = 100
"""Of 255, from which a pixel of it is ink."""
_RINGS: Final = (0.4, 0.55, 0.7, 0.85)
"""Half sides at which rings around the middle of the ink are looked at..."""
_STEPS: Final = 72
"""...at so many points each..."""
_MOST: Final = 2
"""...and so many of them show four arms at least."""
_STAR: Final = range(5, 9)
"""Arms of a star..."""
_UNEVEN: Final = 0.4
"""...and by which share of their mean the angles between two of them differ from it at most."""
_OPPOSITE: Final = 25.0
"""Degrees by which opposite arms may miss a straight line."""
_SLIMMEST: Final = 0.45
"""Least ratio of a cross's sides."""
_LEAST: Final = 9
"""Pixels of its longer side; below, a cross is a blot."""
_REACH, _ON_LINE = 2.5, 0.45
"""Heights of the higher one between a sign and the digit beside it at most, and the share of the lower one's
height that they share."""
_AS_HIGH, _LOWEST, _OVERLAP = 1.15, 0.3, 0.5
"""Shares of that digit's height that a sign has at most and at least, a t or an f being higher than an o, and
share of the narrower one's width by which they overlap at most."""
_ASIDE, _ABOVE = 0.5, 1.3
"""Heights of a digit that one of the number above it stands to its side at most, and that it differs at most
from being one height above it."""
_OF_BAR: Final = 6.0
"""Widths of an equals sign that what stands on its line is high at most."""
_SOLID: Final = 0.6
"""Share of the pixels in the middle of a cross that are ink."""


def signs_of_sums(candidates: Sequence[Candidate], digit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tells which marks are pluses or times signs between numbers.

    Args:
        candidates: What was found in a picture, n of them.
        digit: Shape (n,), whether it was read as a digit.

    Returns:
        Shape (n,), True for crosses between digits, or before one that stands below another; for brackets;
        and for what stands singly among the digits of a line with an equals sign.
    """
    signs = np.zeros(len(candidates), bool)
    if digit.sum() < 2 or digit.all():
        return signs
    others = np.flatnonzero(~digit).tolist()
    signs[others] = [is_bracket(candidates[i]) for i in others]
    boxes = np.array([c.box for c in candidates], np.float32)
    left, top, width, height = boxes.T
    middle = left + width / 2
    fits = digit | signs
    for i in np.flatnonzero(~fits).tolist():
        shared = np.minimum(top + height, top[i] + height[i]) - np.maximum(top, top[i])
        gap = np.maximum(left, left[i]) - np.minimum(left + width, left[i] + width[i])
        beside = (shared > _ON_LINE * np.minimum(height, height[i])) & (gap < _REACH * height)
        beside &= (gap > -_OVERLAP * np.minimum(width, width[i])) & (height[i] > _LOWEST * height)
        beside[i] = False
        before, after = beside & (middle < middle[i]), beside & (middle > middle[i])
        if not after.any():
            continue
        next_to = [int(np.flatnonzero(side)[gap[side].argmin()]) for side in (before, after) if side.any()]
        if not before.any() and not _has_above(boxes, digit, next_to[0]):
            continue
        low = height[i] < _AS_HIGH * height[next_to]
        signs[i] = (fits[next_to] & low).all() and is_cross(candidates[i])
    return signs | _on_equations(candidates, digit)


def _has_above(boxes: NDArray[np.float32], digit: NDArray[np.bool_], i: int) -> bool:
    """Whether a digit stands above another, as in a sum that is written in columns."""
    left, top, width, height = boxes.T
    apart = np.maximum(left, left[i]) - np.minimum(left + width, left[i] + width[i])
    up = top[i] - (top + height)
    return bool((digit & (apart < _ASIDE * height[i]) & (np.abs(up - height[i]) < _ABOVE * height[i])).any())


def _on_equations(candidates: Sequence[Candidate], digit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which marks that are no digits stand one by one among the digits of a line with an equals sign."""
    signs = np.zeros(len(candidates), bool)
    bars = bars_of_equals(candidates)
    left, top, width, height = np.array([c.box for c in candidates], np.float32).T
    for i in np.flatnonzero(bars).tolist():
        # The line runs through the bar or just past it.
        line = ~bars & (top < top[i] + width[i]) & (top + height > top[i] + height[i] - width[i])
        line &= (height < _OF_BAR * width[i]) & (np.maximum(width, height) > _LOWEST * width[i])
        row = np.flatnonzero(line)[np.argsort(left[line])]
        others = ~digit[row]
        if digit[row].sum() > others.sum() and not (others[1:] & others[:-1]).any():
            signs[row[others]] = True
    return signs


def is_cross(mark: Candidate) -> bool:
    """Whether four arms leave the middle of a mark, two and two along a line, upright or aslant."""
    height, width = mark.ink.shape
    if max(height, width) < _LEAST or min(height, width) < _SLIMMEST * max(height, width):
        return False
    square = np.asarray(cv2.resize(mark.ink, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)) > _INK
    rows, columns = np.nonzero(square)
    if not len(rows):
        return False
    middle = np.array([rows.mean(), columns.mean()])
    row, column = np.rint(middle).astype(int).tolist()
    if square[row - 1 : row + 2, column - 1 : column + 2].mean() < _SOLID or _has_eye(square):
        return False
    return sum(_shows_arms(square, middle, ring * _SIDE / 2) for ring in _RINGS) >= _MOST


def _has_eye(square: NDArray[np.bool_]) -> bool:
    around = np.pad((~square).astype(np.uint8), 1, constant_values=1)
    return bool(cv2.connectedComponents(around, connectivity=4)[0] > 2)


def _shows_arms(square: NDArray[np.bool_], middle: NDArray[np.float64], radius: float) -> bool:
    """Whether a ring around the middle meets ink four times, each time opposite another."""
    angles = np.arange(_STEPS) * 2 * np.pi / _STEPS
    points = np.rint(middle[:, None] + radius * np.stack([np.sin(angles), np.cos(angles)])).astype(int)
    ink = square[tuple(np.clip(points, 0, _SIDE - 1))]
    starts = np.flatnonzero(ink & ~np.roll(ink, 1))
    if len(starts) != 4 and len(starts) not in _STAR:
        return False
    ends = np.flatnonzero(ink & ~np.roll(ink, -1))
    # The first arm may begin before angle 0.
    if ends[0] < starts[0]:
        ends = np.roll(ends, -1)
    arms = (starts + (ends - starts) % _STEPS / 2) * 360 / _STEPS
    if len(arms) != 4:
        apart = np.diff(arms, append=arms[0] + 360) * len(arms) / 360
        return bool((np.abs(apart - 1) < _UNEVEN).all())
    return all(abs((arms[i + 2] - arms[i]) % 360 - 180) < _OPPOSITE for i in (0, 1))
