"""Which bare bars are signs beside the digits: brackets bend, a slash leans, a comma is small."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate

_BENT = 0.1
"""Share of its length by which a bracket bends; a one hardly bends, its hook bends it at one end."""
_BENT_IN_A_SUM = 0.08
"""The same where other signs stand on its line."""
_ROUND = 0.35
"""Share of the bend by which it may differ from an arc."""
_STRAIGHT = 0.06
"""Share of its length by which a slash bends at most."""
_LEANS = 34.0
"""Degrees by which a slash leans more than the digits around it."""
_LEANS_IN_A_SUM = 18.0
"""The same where other signs stand on its line."""
_FAR = 3.0
"""By how many standard deviations of the digits' own lean it does so at least: hands differ."""
_FAR_IN_A_SUM = 2.0
"""The same where other signs stand on its line."""
_SEVERAL = 5
"""Digits that tell how much their lean differs."""
_USUAL_SLANT = 8.0
"""Degrees by which digits lean where there is none but bars to tell it by."""
_TALLER = 1.1
"""Ratio of heights by which a one may be taller than the digits around it."""
_TALL = 80.0
"""By how many degrees more a slash counts as leaning that is taller than that by a digit's height."""
_SMALL = 0.45
"""A bar of a smaller share of its neighbour's height is a comma or a stop."""
_NEAR = 1.5
"""Heights of a digit within which neighbours of one line stand."""
_SUM = 8
"""Heights of a bar within which another sign makes its line a sum."""
_BIT = 0.15
"""Share of a digit's height that its own bits are away from it at most."""
_ROW = 0.3
"""Share of the smaller one's height that neighbours of one line have in common."""


class _Slants(NamedTuple):
    """How far digits lean to the right, in degrees."""

    median: float
    spread: float
    """Standard deviation; 0 where there are too few to tell."""


def signs_among(
    candidates: Sequence[Candidate], digit: NDArray[np.bool_], bar: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which apparent ones are signs of a sum, by the company of other digits.

    Alone on a page any bar may be a one; beside other writing one that is bent like a bracket,
    leans clearly more than the digits do, or is small beside a digit is none.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        bar: Shape (n,), whether what it was read as is a one.

    Returns:
        Shape (n,), True for apparent ones that are rather signs.
    """
    known, others = (
        [c for c, is_digit in zip(candidates, wanted, strict=True) if is_digit] for wanted in (digit, ~digit)
    )
    company = [c for c, tells in zip(candidates, digit & ~bar, strict=True) if tells]
    slants = [_slant(c) for c in company]
    usual = _Slants(
        float(np.median(slants)) if slants else _USUAL_SLANT,
        float(np.std(slants)) if len(slants) >= _SEVERAL else 0.0,
    )
    marks = [mark for mark in others if not any(_is_bit(mark, c) for c in known)]
    doubtful = np.zeros(len(candidates), bool)
    for i in np.flatnonzero(digit & bar).tolist():
        doubtful[i] = _is_sign(candidates[i], known, company, marks, usual)
    return doubtful


def _is_sign(
    candidate: Candidate,
    known: Sequence[Candidate],
    company: Sequence[Candidate],
    marks: Sequence[Candidate],
    usual: _Slants,
) -> bool:
    """Whether a bar is rather a sign.

    Args:
        candidate: The bar.
        known: All digits, bars among them.
        company: Those that are none.
        marks: What is neither digit nor a bit of one.
        usual: How far the digits lean.
    """
    beside = _beside(candidate, company)
    if any(_is_small_beside(candidate, digit) for digit in beside):
        return True
    signs = [mark for mark in marks if _is_alike(mark, candidate)]
    if not (signs or company):
        return False
    bend, arc, lean = _shape(candidate)
    row = beside or _beside(candidate, known)
    height = float(np.median([c.box.height for c in row or [candidate]]))
    in_a_sum = any(_on_a_line(candidate, sign, _SUM * height) for sign in signs)
    if arc and bend > (_BENT_IN_A_SUM if in_a_sum else _BENT):
        return True
    leaning = lean - usual.median + _TALL * max(0.0, candidate.box.height / height - _TALLER)
    straight = bend < _STRAIGHT and bool(row or not company)
    least = max(_LEANS_IN_A_SUM if in_a_sum else _LEANS, (_FAR_IN_A_SUM if in_a_sum else _FAR) * usual.spread)
    return straight and leaning > least


def _beside(candidate: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Its neighbours on its line."""
    return [c for c in others if c is not candidate and _on_a_line(candidate, c, _NEAR * c.box.height)]


def _is_small_beside(candidate: Candidate, digit: Candidate) -> bool:
    """Whether it is no higher than a comma or a stop, and as low."""
    return candidate.box.height < _SMALL * digit.box.height and candidate.box.center[1] > digit.box.center[1]


def _is_bit(mark: Candidate, digit: Candidate) -> bool:
    """Whether a mark is rather a bit of a digit, inside or just above or below it, than a sign beside it."""
    one, other = mark.box, digit.box
    across = one.shared_width(other)
    apart = max(one.y, other.y) - min(one.y + one.height, other.y + other.height)
    return across > 0.5 * one.width and apart < _BIT * other.height


def _is_alike(mark: Candidate, candidate: Candidate) -> bool:
    """Whether a mark may be a sign of the same pen as a bar, no larger than it."""
    return (
        0.2 < max(mark.box.width, mark.box.height) / candidate.box.height < 1.2
        and 0.5 < mark.stroke / candidate.stroke < 2
        and mark.contrast > 0.5 * candidate.contrast
    )


def _on_a_line(one: Candidate, other: Candidate, reach: float) -> bool:
    gap = -one.box.shared_width(other.box)
    shared = one.box.shared_height(other.box)
    return gap < reach and shared > _ROW * min(one.box.height, other.box.height)


def _slant(candidate: Candidate) -> float:
    """How far a digit leans to the right, in degrees."""
    moments = cv2.moments(candidate.ink)
    return math.degrees(math.atan2(-moments["mu11"], max(moments["mu02"], 1e-6)))


def _shape(candidate: Candidate) -> tuple[float, bool, float]:
    """Bend as a share of the length, whether it is an arc, and lean to the right in degrees."""
    ink = candidate.ink.astype(np.float32)
    sums = ink.sum(axis=1)
    rows = np.flatnonzero(sums > 0)
    middle = (ink[rows] @ np.arange(ink.shape[1])) / sums[rows]
    end = max(1, len(rows) // 8)
    dx, dy = middle[-end:].mean() - middle[:end].mean(), float(rows[-end:].mean() - rows[:end].mean())
    length = max(math.hypot(dx, dy), 1e-6)
    away = ((middle - middle[:end].mean()) * dy - (rows - rows[:end].mean()) * dx) / length**2
    along = np.linspace(0, 1, len(rows))
    arc = 4 * along * (1 - along)
    bend = float(away @ arc / max(float(arc @ arc), 1e-6))
    rest = float(np.sqrt(np.mean((away - bend * arc) ** 2)))
    crossings = (np.diff((candidate.ink > 64).astype(np.int8), axis=1) > 0).sum(axis=1).max(initial=0)
    single = int(crossings) + int((candidate.ink[:, 0] > 64).any()) <= 2
    is_arc = single and rest < _ROUND * abs(bend)
    return abs(bend), is_arc, math.degrees(math.atan2(-dx, dy))
