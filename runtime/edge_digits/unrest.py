"""Pictures full of things: a digit in one stands on a ground as even as a sheet's, or is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.percentile import median, spread
from edge_digits.shade import crossed_by_shadow
from edge_digits.surroundings import ground_around, without_slope

_FEWEST = 6
"""So many marks that are no digits ..."""
_TIMES, _MANY_TIMES = 1, 12
"""... and as many as digits, or very many times more, fill a picture with things."""
_SPREAD, _LITTLE_SPREAD = 0.5, 0.35
"""Spread of the ground around a digit, in its contrasts, in the one and in the other."""
_STARK = 145
"""Grey levels between a digit that is no bar and its ground from which either may be twice as much: black on
white paper differs so much, parts of things hardly do."""
_BESIDE_BARS, _LIKE_BAR, _BOLD = 5, 0.4, 0.5
"""So many marks as bold as half of the boldest bar and as long as this share of the tallest make bars by
themselves parts of things ..."""
_WIDE_REACH, _CALM, _PALE = 0.5, 0.25, 100
"""... unless their ground is this calm over this share of their length, and they are no paler than this."""
_SIZE = 12
"""Pixels of a mark's longer side from which it counts."""
_REACH = 0.2
"""Share of a digit's length over which the ground around it is looked at."""
_LEAST_REACH = 6.0
"""The same in pixels, at least."""
_BESIDE = 2
"""Pixels around other digits that say nothing about the ground."""
_FEW = 20
"""Fewer pixels of ground than this tell nothing."""


def amid_things(
    candidates: Sequence[Candidate],
    digit: NDArray[np.bool_],
    bar: NDArray[np.bool_],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> NDArray[np.bool_]:
    """Tells which apparent digits are parts of the things that fill a picture.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        bar: Shape (n,), whether what it was read as is a one.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        Shape (n,), True for apparent digits with an uneven ground and no other beside them whose ground is
        even: a shadow's edge may cross a line.
    """
    digits = [candidates[i] for i in np.flatnonzero(digit).tolist()]
    doubtful = _bars_amid_things(candidates, digit, bar, grounds)
    # What was cut off the ground of the other polarity is a joint of the pavement that chalk stands on.
    own = {one.polarity for one in digits}
    counted = [c for c in candidates if c.polarity in own or not c.freed]
    marks = sum(max(c.box.width, c.box.height) >= _SIZE for c in counted) - len(digits)
    if marks < max(_FEWEST, _TIMES * len(digits)):
        return doubtful
    most = _LITTLE_SPREAD if marks > _MANY_TIMES * len(digits) else _SPREAD
    even = []
    for one, is_bar in zip(digits, bar[digit].tolist(), strict=True):
        spread, contrast = spread_around(one, grounds[one.polarity], digits)
        calm = spread <= (2 * most if contrast > _STARK and not is_bar else most)
        even.append(calm or crossed_by_shadow(one, grounds[one.polarity]))
    for i, one, calm in zip(np.flatnonzero(digit).tolist(), digits, even, strict=True):
        doubtful[i] |= not calm and not any(
            other_calm and other is not one and one.continues(other)
            for other, other_calm in zip(digits, even, strict=True)
        )
    return doubtful


def _bars_amid_things(
    candidates: Sequence[Candidate],
    digit: NDArray[np.bool_],
    bar: NDArray[np.bool_],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> NDArray[np.bool_]:
    """Which bars are parts of things where nothing but bars is read: gaps, rims and poles look like them."""
    doubtful = np.zeros(len(candidates), bool)
    if not digit.any() or (digit & ~bar).any():
        return doubtful
    bars = [candidates[i] for i in np.flatnonzero(digit).tolist()]
    size = _LIKE_BAR * max(one.box.height for one in bars)
    contrast = _BOLD * max(one.contrast for one in bars)
    marks = sum(max(c.box.width, c.box.height) > size and c.contrast > contrast for c in candidates)
    if marks - len(bars) >= _BESIDE_BARS:
        for i, one in zip(np.flatnonzero(digit).tolist(), bars, strict=True):
            spread, _ = spread_around(one, grounds[one.polarity], bars, _WIDE_REACH)
            doubtful[i] = spread > _CALM or one.contrast < _PALE
    return doubtful


def spread_around(
    digit: Candidate, gray: NDArray[np.uint8], others: Sequence[Candidate], share: float = _REACH
) -> tuple[float, float]:
    """Measures how uneven the ground around a digit is.

    Args:
        digit: A stroke of the picture.
        gray: Shape (h, w), uint8, the searched picture.
        others: Digits beside it, which are no ground.
        share: Of the digit's length over which the ground is looked at.

    Returns:
        From the darkest to the brightest twentieth, in contrasts of the digit; and that contrast, in grey
        levels.
    """
    near = ground_around(digit, gray, max(_LEAST_REACH, share * max(digit.box.width, digit.box.height)))
    around, left, top = near.around.copy(), digit.box.x - near.place[0], digit.box.y - near.place[1]
    for other in others:
        if other is not digit:
            x, y, width, height = other.box
            rows = slice(max(0, y - _BESIDE - top), max(0, y + height + _BESIDE - top))
            columns = slice(max(0, x - _BESIDE - left), max(0, x + width + _BESIDE - left))
            around[rows, columns] = False
    shades, core = without_slope(near.window, around), near.core
    if len(shades) < _FEW or not len(core):
        return 0.0, 1.0
    contrast = max(abs(median(core) - median(shades)), 1.0)
    return spread(shades, 0.05) / contrast, contrast
