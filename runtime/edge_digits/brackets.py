"""Which apparent digits are brackets: narrow arcs that stand in pairs, or one below another in a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.bar_shape import BarShape, shape_of, strokes_across
from edge_digits.candidate import Candidate
from edge_digits.nearness import ratio

BENT: Final = 0.1
"""Share of its length by which a bracket bends; a one hardly bends, its hook bends it at one end."""
BENDS: Final = 0.05
"""The same where another bracket stands with it."""
_NARROW: Final = 0.65
"""Heights that a bracket is wide at most."""
_AS_HIGH, _AS_MUCH = 1.3, 10.0
"""Ratio of the heights of two brackets at most, and degrees by which they lean apart."""
_APART, _AS_BENT = 0.12, 2.0
"""How much both brackets of a pair bend together at least, and ratio of their bends at most."""
_WITHIN, _ON_LINE = 8.0, 0.5
"""Heights that lie between two brackets of a line at most, and share of the height that they share."""
_COLUMN, _BELOW = 0.8, 4.0
"""Heights that one bracket of a list stands to the side of the next at most, and below it."""
_BEFORE, _AFTER = 1.2, 3.0
"""Heights between the bracket of a list and the digit on its left, and the one on its right, at most."""


def is_bracket(mark: Candidate, least: float = BENT) -> bool:
    """Whether a mark that is no 1 is a narrow arc of one stroke, and bends by so much of its length."""
    if mark.box.width > _NARROW * mark.box.height or strokes_across(mark) > 1:
        return False
    shape = shape_of(mark)
    return shape.arc and abs(shape.bend) > least


def brackets_among(
    candidates: Sequence[Candidate], digit: NDArray[np.bool_], bar: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which apparent digits are the brackets around others, or those after the numbers of a list.

    Args:
        candidates: What was found in a picture, n of them.
        digit: Shape (n,), whether it was read as a digit.
        bar: Shape (n,), whether it was read as a one.

    Returns:
        Shape (n,), True for two arcs of a line that bend apart and for arcs one below the other that close
        what stands before them.
    """
    found = np.zeros(len(candidates), bool)
    arcs, shapes = _arcs(candidates, digit, bar)
    if len(arcs) < 2:
        return found
    boxes = np.array([c.box for c in candidates], np.float32)
    left, top, width, height = boxes[arcs].T
    bend, lean = np.array([(shape.bend, shape.lean) for shape in shapes]).T
    high = np.maximum(height[:, None], height)
    alike = (ratio(height) < _AS_HIGH) & (np.abs(lean[:, None] - lean) < _AS_MUCH)
    shared = np.minimum((top + height)[:, None], top + height) - np.maximum(top[:, None], top)
    between = left - (left + width)[:, None]
    pair = alike & (shared > _ON_LINE * high) & (between > 0) & (between < _WITHIN * high)
    pair &= (
        (bend < 0)[:, None] & (bend > 0) & (bend - bend[:, None] > _APART) & (ratio(np.abs(bend)) < _AS_BENT)
    )
    before, after = _digits_beside(boxes, digit, arcs)
    closes = (bend > 0) & before & after
    aside, below = np.abs(left[:, None] - left), np.abs(top[:, None] - top)
    column = alike & (aside < _COLUMN * high) & (below > high) & (below < _BELOW * high)
    column &= closes[:, None] & closes
    found[arcs] = pair.any(axis=1) | pair.any(axis=0) | column.any(axis=1)
    return found


def _arcs(
    candidates: Sequence[Candidate], digit: NDArray[np.bool_], bar: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], list[BarShape]]:
    """The apparent digits that are arcs, and their shapes."""
    found, shapes = [], []
    for i in np.flatnonzero(digit).tolist():
        mark = candidates[i]
        if mark.box.width > _NARROW * mark.box.height or (not bar[i] and strokes_across(mark) > 1):
            continue
        shape = shape_of(mark)
        if shape.arc and abs(shape.bend) > BENDS:
            found.append(i)
            shapes.append(shape)
    return np.array(found, np.intp), shapes


def _digits_beside(
    boxes: NDArray[np.float32], digit: NDArray[np.bool_], arcs: NDArray[np.intp]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which arcs have a digit close on their left, and which one on their right."""
    left, top, width, height = boxes.T
    high = height[arcs][:, None]
    gap = np.maximum(left, left[arcs][:, None]) - np.minimum(left + width, (left + width)[arcs][:, None])
    shared = np.minimum((top + height)[arcs][:, None], top + height) - np.maximum(top[arcs][:, None], top)
    beside = digit & (shared > _ON_LINE * np.minimum(high, height))
    on_left = left < left[arcs][:, None]
    before, after = on_left & (gap < _BEFORE * high), (left > left[arcs][:, None]) & (gap < _AFTER * high)
    return (beside & before).any(axis=1), (beside & after).any(axis=1)
