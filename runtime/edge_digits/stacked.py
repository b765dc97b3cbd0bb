"""Digits of two lines that touch: a stroke as high as both is cut where it is thinnest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.hypotheses import is_bar, plausible
from edge_digits.percentile import median
from edge_digits.splitting import largest_piece

_ENOUGH: Final = 4
"""So many clear digits tell how high digits are."""
_MOST: Final = 1000
"""Of more strokes than these most are texture, and dear to ask about."""
_LOWEST, _HIGHEST, _WIDEST = 1.55, 2.7, 1.3
"""Their heights that such a stroke is high at least and at most, and wide at most."""
_SLIM: Final = 0.5
"""Share of its height that it is wide at most: a large 8 of two round halves is wider."""
_PENS: Final = 2.0
"""Ratio of its pen and theirs at most."""
_FEW: Final = 16
"""Of more such strokes most are things."""
_CUTS, _APART = 3, 0.08
"""So many of the thinnest places are tried, so much of its height apart..."""
_MIDDLE: Final = (0.3, 0.7)
"""...between these shares of it."""
_INKED: Final = 96
"""Of 255, from which a pixel is ink."""
_LOW, _HIGH = 0.65, 1.35
"""Heights of a clear digit that each half is high."""
_ON_LINE, _NEAR = 0.4, 6.0
"""A digit stands on the line of a half if their middles are so many heights apart, and it is as near."""
_SLIMMEST: Final = 0.3
"""Their heights that such a stroke is wide at least."""


def parted(
    strokes: list[Candidate], is_digit: Callable[[Sequence[Candidate]], NDArray[np.bool_]]
) -> list[Candidate]:
    """Cuts the strokes that are two digits, one above the other.

    Args:
        strokes: Connected strokes of one picture.
        is_digit: Tells of candidates, n of them, whether each clearly is one digit, shape (n,).

    Returns:
        The same with both halves in place of each stroke that has two clear ones, each on a line with
        another clear digit.
    """
    may_be = [stroke for stroke in strokes if plausible(stroke)]
    if not _ENOUGH < len(may_be) <= _MOST:
        return strokes
    # Bars are found in anything.
    clear = [
        stroke for stroke, sure in zip(may_be, is_digit(may_be), strict=True) if sure and not is_bar(stroke)
    ]
    if len(clear) < _ENOUGH:
        return strokes
    high = median([stroke.box.height for stroke in clear])
    pen = median([stroke.stroke for stroke in clear])
    tall = [i for i, stroke in enumerate(strokes) if _is_tall(stroke, high, pen)]
    if len(tall) > _FEW:
        return strokes
    halves = {i: both for i in tall if (both := _halves(strokes[i], high, clear, is_digit))}
    return [part for i, stroke in enumerate(strokes) for part in halves.get(i, (stroke,))]


def _is_tall(stroke: Candidate, high: float, pen: float) -> bool:
    width, height = stroke.box.width, stroke.box.height
    if not _LOWEST * high < height < _HIGHEST * high or not _SLIMMEST * high < width < _WIDEST * high:
        return False
    return width < _SLIM * height and 1 / _PENS < stroke.stroke / pen < _PENS


def _halves(
    stroke: Candidate,
    high: float,
    clear: Sequence[Candidate],
    is_digit: Callable[[Sequence[Candidate]], NDArray[np.bool_]],
) -> tuple[Candidate, Candidate] | None:
    """The two digits that a stroke consists of."""
    others = [each for each in clear if each is not stroke]
    for row in _cuts(stroke, high):
        first, second = _piece(stroke, 0, row), _piece(stroke, row, stroke.box.height)
        if first is None or second is None:
            continue
        if not all(_may_be_digit(half, high, others) for half in (first, second)):
            continue
        if is_digit([first, second]).all():
            return first, second
    return None


def _cuts(stroke: Candidate, high: float) -> list[int]:
    """Rows to cut at: the thinnest, and where a digit would end or begin."""
    sums = (stroke.ink > _INKED).sum(axis=1)
    height = len(sums)
    low, most = (round(share * height) for share in _MIDDLE)
    thin = (low + np.argsort(sums[low:most], kind="stable")).tolist()
    rows: list[int] = []
    for row in thin:
        if len(rows) < _CUTS and all(abs(row - other) >= _APART * height for other in rows):
            rows.append(row)
    even = round(height / 2), round(high), round(height - high)
    return rows + [row for row in even if low <= row < most]


def _piece(stroke: Candidate, top: int, bottom: int) -> Candidate | None:
    """The largest piece of ink between two rows of a stroke."""
    piece = largest_piece(stroke, slice(top, bottom), slice(0, stroke.box.width))
    return None if piece is None else replace(piece, parted=True)


def _may_be_digit(half: Candidate, high: float, clear: Sequence[Candidate]) -> bool:
    """Whether a half is as high as digits are, no bar, and on a line with one of them."""
    if not _LOW * high < half.box.height < _HIGH * high:
        return False
    # The foot of a tall 7 or the head of a 6 is no digit by itself.
    if is_bar(half):
        return False
    across, down = half.box.center
    return any(
        abs(each.box.center[1] - down) < _ON_LINE * high and abs(each.box.center[0] - across) < _NEAR * high
        for each in clear
    )
