"""Which apparent digits are brackets: narrow arcs that stand in pairs, or one below another in a list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.bar_shape import BarShape, shape_of, strokes_across
from edge_digits.candidate import Candidate
from edge_digits.nearness import ratio

BENT: Final = 0.1
"""Share of its length by which a bracket bends; a one hardly bends, its hook bends it at one end."""
BENDS: Final = 0.05
"""The same of both brackets of a pair."""
_NARROW, _ONE_STROKE = 0.65, 1.6
"""Heights that a bracket is wide at most, and diagonals of its box, by its pen, that it covers at most."""
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


def arc_of(mark: Candidate, shape: BarShape | None = None) -> BarShape | None:
    """Measures a mark that may be a bracket.

    Args:
        mark: Any mark.
        shape: Its shape where that is known, as of what was read as a 1; else it has to be one thin stroke.

    Returns:
        Its shape; None where it is no narrow arc.
    """
    width, height = mark.box.width, mark.box.height
    if width > _NARROW * height:
        return None
    if shape is None:
        # Most digits have far more ink than one stroke from top to foot.
        if mark.area > _ONE_STROKE * mark.stroke * math.hypot(width, height) or strokes_across(mark) > 1:
            return None
        shape = shape_of(mark)
    return shape if shape.arc and abs(shape.bend) > BENDS else None


def is_bracket(mark: Candidate) -> bool:
    """Whether a mark that is no 1 is a narrow arc of one stroke."""
    shape = arc_of(mark)
    return shape is not None and abs(shape.bend) > BENT


def brackets_among(
    candidates: Sequence[Candidate], digit: NDArray[np.bool_], shapes: Mapping[int, BarShape]
) -> NDArray[np.bool_]:
    """Tells which apparent digits are the brackets around others, or those after the numbers of a list.

    Args:
        candidates: What was found in a picture, n of them.
        digit: Shape (n,), whether it was read as a digit.
        shapes: Of those digits that are arcs, by their places, from `arc_of`.

    Returns:
        Shape (n,), True for two arcs of a line that bend apart and for arcs one below the other that close
        what stands before them.
    """
    found = np.zeros(len(candidates), bool)
    if len(shapes) < 2:
        return found
    arcs = np.array(list(shapes), np.intp)
    boxes = np.array([c.box for c in candidates], np.float32)
    left, top, width, height = boxes[arcs].T
    bend, lean = np.array([(shape.bend, shape.lean) for shape in shapes.values()]).T
    high = np.maximum(height[:, None], height)
    alike = (ratio(height) < _AS_HIGH) & (np.abs(lean[:, None] - lean) < _AS_MUCH)
    shared = np.minimum((top + height)[:, None], top + height) - np.maximum(top[:, None], top)
    between = left - (left + width)[:, None]
    pair = alike & (shared > _ON_LINE * high) & (between > 0) & (between < _WITHIN * high)
    pair &= (bend < 0)[:, None] & (bend > 0) & (bend - bend[:, None] > _APART)
    pair &= ratio(np.abs(bend)) < _AS_BENT
    before, after = _digits_beside(boxes, digit, arcs)
    # The ones of a table stand below each other, too.
    closes = (bend > BENT) & before & after
    aside, below = np.abs(left[:, None] - left), np.abs(top[:, None] - top)
    column = alike & (aside < _COLUMN * high) & (below > high) & (below < _BELOW * high)
    column &= closes[:, None] & closes
    found[arcs] = pair.any(axis=1) | pair.any(axis=0) | column.any(axis=1)
    return found


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
