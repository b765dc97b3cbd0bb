"""Which marks have a dot of their own: i and j above, question and exclamation marks below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate

_LARGEST, _ROUND = 0.45, 2.5
"""Share of a mark's height that its dot is large at most, and the ratio of the dot's own sides."""
_PENS = (0.5, 3.5)
"""Widths of the mark's pen that it is large: what is smaller is a speck."""
_INK = 0.6
"""Share of the mark's contrast that it has at least."""
_REACHES_IN, _ABOVE, _BESIDE = 0.15, 0.5, 0.35
"""Shares of the mark's height by which it reaches into the mark, lies above it and beside it at most..."""
_BELOW, _ASIDE = 0.35, 0.05
"""...and below it and beside it."""
_MANY = 3
"""Times as many dots as there are marks that have one, and one more mark, are grain, too."""
_AROUND = 0.6
"""Share of the mark's height up to which there is no other dot; where there is, they are grain."""


def dotted(
    marks: Sequence[Candidate], strokes: Sequence[Candidate]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tells which marks have a dot right above or right below them.

    Args:
        marks: What may be a letter or a digit, n of them.
        strokes: All strokes of the page, dots among them.

    Returns:
        Which have one above, as i and j do, and which have one below, as ? and ! do, each of shape (n,).
    """
    above, below = np.zeros(len(marks), bool), np.zeros(len(marks), bool)
    highest = max((mark.box.height for mark in marks), default=0)
    strokes = [stroke for stroke in strokes if _may_be_a_dot(stroke, _LARGEST * highest)]
    if not strokes:
        return above, below
    boxes = np.array([stroke.box for stroke in strokes], np.float32)
    size = boxes[:, 2:].max(axis=1)
    dark = np.array([stroke.polarity == "dark" for stroke in strokes], bool)
    contrast = np.array([stroke.contrast for stroke in strokes], np.float32)
    grain = np.zeros(len(strokes), bool)
    for i, mark in enumerate(marks):
        like = (dark == (mark.polarity == "dark")) & (contrast > _INK * mark.contrast)
        like &= (size > _PENS[0] * mark.stroke) & (size < _PENS[1] * mark.stroke)
        like &= size < _LARGEST * mark.box.height
        above[i], below[i] = _has_one(mark, boxes[like])
        grain |= like
    if np.count_nonzero(grain) > _MANY * (1 + np.count_nonzero(above | below)):
        return np.zeros_like(above), np.zeros_like(below)
    return above, below


def _may_be_a_dot(stroke: Candidate, largest: float) -> bool:
    short, long = sorted((stroke.box.width, stroke.box.height))
    return long < largest and long < _ROUND * short


def _has_one(mark: Candidate, dots: NDArray[np.float32]) -> tuple[bool, bool]:
    x, y, width, height = mark.box
    left, top, wide, high = dots.T
    over, under = (y - top - high) / height, (top - y - height) / height
    beside = (np.abs(left + wide / 2 - x - width / 2) - width / 2) / height
    above = (over > -_REACHES_IN) & (over < _ABOVE) & (beside < _BESIDE) & (top + high / 2 < y)
    below = (under > 0) & (under < _BELOW) & (beside < _ASIDE)
    around = (beside < _AROUND) & (over < _AROUND) & (under < _AROUND)
    one = int(around.sum()) == 1
    return one and bool(above.any()), one and bool(below.any())
