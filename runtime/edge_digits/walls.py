"""Walls of a row of boxes, one for each digit, as forms have them: to the network each is a 1.

Where the lines above and below a row of boxes run on from side to side they are taken off as ruling, and the
walls between the boxes are left by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.nearness import ratio

_SLIM, _FINE = 0.4, 0.15
"""Width and pen of a wall for its height, at most."""
_STRAIGHT: Final = 1.5
"""Times as much ink as a straight line of its height and pen has, at most."""
_ALIKE, _PENS = 1.12, 1.6
"""Ratio of the heights and of the pens of neighbours at most."""
_NARROW, _WIDE = 0.3, 2.5
"""Heights from one wall to the next, at least and at most..."""
_PITCH, _ASTRAY = 0.2, 0.06
"""...by what share of it the next one is nearer or further at most, since boxes are seen from aside, and by
which share of its height it stands higher or lower."""
_FEWEST: Final = 3
"""Walls of one row, at least."""
_LOWER, _INSIDE = 0.85, 0.04
"""Height of a digit in a box for that of its walls at most, and share of that by which it ends below their
tops and above their feet: a hand writes all digits of a number about as high."""
_HELD: Final = 2
"""So many digits stand between the walls of a row, or one of a longer row..."""
_BESIDE: Final = 3
"""...or so many boxes beside it, whose walls are not by themselves."""
_MISSING: Final = 2
"""So many walls may be missing between two."""


class _Bars(NamedTuple):
    """Slim strokes of one picture, n of them from left to right."""

    which: list[int]
    """Their numbers among all strokes."""
    middle: NDArray[np.float64]
    """Shape (n,), how far they stand from the picture's left side, in pixels."""
    ends: NDArray[np.float64]
    """Shape (n, 2), how far their tops and feet are from the picture's top."""
    alike: NDArray[np.bool_]
    """Shape (n, n), whether two are about as high, and by like pens."""

    @property
    def height(self) -> NDArray[np.float64]:
        return self.ends[:, 1] - self.ends[:, 0]


def without_walls(
    strokes: Sequence[Candidate], are_digits: Callable[[Sequence[Candidate]], NDArray[np.bool_]]
) -> list[Candidate]:
    """Leaves out the walls of boxes that digits were written into.

    Args:
        strokes: Connected strokes of one picture.
        are_digits: Tells which of some strokes are digits, and no ones.

    Returns:
        The others, in the same order: all but bars of one height at one distance from each other, between
        which lower digits stand.
    """
    walls: set[int] = set()
    for polarity in {stroke.polarity for stroke in strokes}:
        own = {i: stroke for i, stroke in enumerate(strokes) if stroke.polarity == polarity}
        bars = _bars(own)
        for row in _rows(bars):
            if _hold_digits(bars.middle[row], bars.ends[row], list(own.values()), are_digits):
                walls |= {bars.which[k] for k in row}
    return [stroke for i, stroke in enumerate(strokes) if i not in walls]


def _bars(strokes: Mapping[int, Candidate]) -> _Bars:
    which = [i for i, stroke in strokes.items() if _is_slim(stroke)]
    which.sort(key=lambda i: strokes[i].box.center[0])
    boxes = np.array([strokes[i].box for i in which], np.float64).reshape(-1, 4)
    height, pen = boxes[:, 3].astype(np.float32), np.array([strokes[i].stroke for i in which], np.float32)
    return _Bars(
        which,
        boxes[:, 0] + boxes[:, 2] / 2,
        np.stack((boxes[:, 1], boxes[:, 1] + boxes[:, 3]), axis=1),
        (ratio(height) < _ALIKE) & (ratio(pen) < _PENS),
    )


def _is_slim(stroke: Candidate) -> bool:
    width, height = stroke.box.width, stroke.box.height
    fine = width < _SLIM * height and stroke.stroke < _FINE * height
    return fine and stroke.area < _STRAIGHT * stroke.stroke * height


def _rows(bars: _Bars) -> list[list[int]]:
    """The longest rows of bars that stand at one distance from each other, none of which is in two."""
    rows: list[list[int]] = []
    free = np.ones(len(bars.which), bool)
    for first in range(len(bars.which) - _FEWEST + 1):
        if not free[first]:
            continue
        away = bars.middle - bars.middle[first]
        near = (away > _NARROW * bars.height[first]) & (away < _WIDE * bars.height[first])
        second = np.flatnonzero(free & near & bars.alike[first]).tolist()
        row = max((_followed(bars, free, [first, each]) for each in second), key=len, default=[])
        if len(row) >= _FEWEST:
            rows.append(row)
            free[row] = False
    return rows


def _followed(bars: _Bars, free: NDArray[np.bool_], row: list[int]) -> list[int]:
    """A row that begins with two bars, as far as others stand where the next one is to be."""
    pitch = bars.middle[row[1]] - bars.middle[row[0]]
    slopes = (bars.ends[row[1]] - bars.ends[row[0]]) / pitch
    while True:
        last = row[-1]
        away = bars.middle - bars.middle[last]
        steps = np.clip(np.round(away / pitch), 1, 1 + _MISSING)
        # Of a row that is seen from aside tops and feet lie on lines of their own.
        astray = np.abs(bars.ends - bars.ends[last] - away[:, None] * slopes).max(axis=1)
        fits = free & bars.alike[last] & (np.abs(away - steps * pitch) < _PITCH * pitch)
        fits &= astray < _ASTRAY * bars.height[last] * steps
        if not fits.any():
            return row
        following = int(np.where(fits, np.abs(away - pitch), np.inf).argmin())
        pitch, slopes = (
            away[following] / steps[following],
            (bars.ends[following] - bars.ends[last]) / away[following],
        )
        row = [*row, following]


def _hold_digits(
    x: NDArray[np.float64],
    ends: NDArray[np.float64],
    others: Sequence[Candidate],
    are_digits: Callable[[Sequence[Candidate]], NDArray[np.bool_]],
) -> bool:
    """Whether digits that are lower than a row of bars stand between them, or in line with many.

    Args:
        x: Where n bars stand, shape (n,).
        ends: Their tops and feet, shape (n, 2).
        others: Strokes of their polarity, they themselves among them.
        are_digits: Tells which of some strokes are digits.
    """
    lines = np.polyfit(x, ends, 1)
    many = len(x) > _FEWEST
    reach = _BESIDE * np.diff(x).min() if many else 0.0
    near = [
        stroke
        for stroke in others
        if x[0] - reach < stroke.box.center[0] < x[-1] + reach and _is_inside(stroke, lines)
    ]
    held = [stroke.box.center[0] for stroke, digit in zip(near, are_digits(near), strict=True) if digit]
    between = sum(x[0] < each < x[-1] for each in held)
    return bool(between >= _HELD or (many and len(held) >= (1 if between else _HELD)))


def _is_inside(stroke: Candidate, lines: NDArray[np.float64]) -> bool:
    """Whether a stroke is lower than bars whose tops and feet lie on two lines, and between these."""
    box = stroke.box
    top, foot = lines[0] * box.center[0] + lines[1]
    height = foot - top
    inside = min(box.y - top, foot - box.y - box.height) > _INSIDE * height
    return bool(inside and box.height < _LOWER * height)
