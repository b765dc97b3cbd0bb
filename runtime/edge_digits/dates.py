"""Which apparent ones are the slashes of a date: two that lean alike, a day, a month and a year apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.bar_shape import BarShape, shape_of, slant_of
from edge_digits.candidate import Candidate
from edge_digits.layout import reading_lines
from edge_digits.percentile import median

_DAYS, _MONTHS = 31, 12
_YEAR: Final = (2, 4)
"""How many digits it has."""
_STRAIGHT: Final = 0.06
"""Share of its length by which a slash bends at most."""
_ALIKE, _AS_HIGH = 6.0, 1.25
"""Degrees by which both lean apart, and ratio of their heights, at most."""
_LEANS, _THAN_ONES = 9.0, 6.0
"""Degrees by which they lean more to the right than the digits around them, and than the ones among these."""


def slashes_of_dates(
    candidates: Sequence[Candidate], labels: Sequence[str], digit: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which apparent ones part the day from the month, and the month from the year.

    Args:
        candidates: What was found in a picture, n of them.
        labels: What each looks like.
        digit: Shape (n,), whether it was read as a digit.

    Returns:
        Shape (n,), True for both slashes of each line that can be a date in one way alone.
    """
    found = np.zeros(len(candidates), bool)
    bar = digit & (np.array(labels, str) == "1")
    if bar.sum() < 2:
        return found
    read = np.flatnonzero(digit).tolist()
    for places in reading_lines([candidates[i].box for i in read]):
        line = [read[place] for place in places]
        ones = [place for place, i in enumerate(line) if bar[i]]
        told = [labels[i] for i in line]
        ways = [pair for pair in itertools.combinations(ones, 2) if _is_date(told, *pair)]
        if not ways:
            continue
        shapes = {place: shape_of(candidates[line[place]]) for place in ones}
        slants = [slant_of(candidates[i]) for i in line if not bar[i]]
        usual = median(slants) if slants else 0.0
        row = [candidates[i] for i in line]
        ways = [pair for pair in ways if _are_slashes(pair, row, shapes, usual)]
        if len(ways) == 1:
            found[[line[place] for place in ways[0]]] = True
    return found


def _is_date(told: Sequence[str], first: int, second: int) -> bool:
    """Whether two signs of a line part a day from a month, whichever comes first, and these from a year."""
    one, other = "".join(told[:first]), "".join(told[first + 1 : second])
    # A model of one's own may have other labels.
    if len(told) - second - 1 not in _YEAR or not (one.isdecimal() and other.isdecimal()):
        return False
    low, high = sorted((int(one), int(other)))
    return 0 < low <= _MONTHS and high <= _DAYS


def _are_slashes(
    pair: tuple[int, int], line: Sequence[Candidate], shapes: dict[int, BarShape], usual: float
) -> bool:
    """Whether two bars of a line lean alike and more than all else.

    Args:
        pair: Their places in the line.
        line: The line.
        shapes: Of its ones, by place.
        usual: Degrees by which its other digits lean.
    """
    one, other = (shapes[place] for place in pair)
    low, high = sorted(line[place].box.height for place in pair)
    if abs(one.lean - other.lean) > _ALIKE or high > _AS_HIGH * low:
        return False
    if max(abs(one.bend), abs(other.bend)) > _STRAIGHT:
        return False
    rest = [shape.lean for place, shape in shapes.items() if place not in pair]
    least = max(usual + _LEANS, *(lean + _THAN_ONES for lean in rest), -90.0)
    return min(one.lean, other.lean) > least
