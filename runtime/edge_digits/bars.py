"""Which bare bars are signs beside the digits: brackets bend, a slash leans, a comma is small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_digits.bar_shape import BarShape, shape_of, slant_of
from edge_digits.brackets import BENDS, BENT, arc_of, brackets_among
from edge_digits.candidate import Candidate
from edge_digits.percentile import median

_BENT_IN_A_SUM = 0.08
"""The same where other signs stand on its line."""
_BENT_TALL, _BENT_OVER = 0.15, 0.3
"""A bar that may be a bracket bends the more for being tall: by these shares of a digit's height for each
that it is taller than a one may be, and that it reaches beyond the digits around it above and below."""
_STRAIGHT = 0.06
"""Share of its length by which a slash bends at most."""
_LEANS = 34.0
"""Degrees by which a slash leans more than the digits around it."""
_LEANS_IN_A_SUM = 18.0
"""The same where other signs stand on its line."""
_LEANS_WITH_OTHERS = 26.0
"""The same where another bar on the page leans as it does: several ones are likelier than several slashes."""
_AS_MUCH = 8.0
"""Degrees up to which two bars lean alike."""
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
_SIZE = 1.7
"""Ratio of heights up to which digits are of one size."""
_OVER = 0.04
"""Share of a digit's height by which a one may reach beyond the digits around it both above and below."""
_FAR_OVER = 200.0
"""By how many degrees more a slash counts as leaning that reaches further, by a digit's height each way."""
_UPRIGHT = 5.0
"""Degrees up to which a bar leans as the digits do, however far it reaches."""
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


class _Page(NamedTuple):
    """What bars are seen among."""

    known: Sequence[Candidate]
    """All digits, bars among them."""
    company: Sequence[Candidate]
    """Those that are none."""
    marks: Sequence[Candidate]
    """What is neither digit nor a bit of one."""
    usual: _Slants
    """How far the digits lean."""


def signs_among(
    candidates: Sequence[Candidate],
    digit: NDArray[np.bool_],
    bar: NDArray[np.bool_],
    letter: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Tells which apparent ones are signs of a sum, by the company of other digits.

    Alone on a page any bar may be a one; beside other writing one that is bent like a bracket,
    leans clearly more than the digits do, or is small beside a digit is none.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        bar: Shape (n,), whether what it was read as is a one.
        letter: Shape (n,), whether it stands in a word: neither a digit nor a sign; None for none.

    Returns:
        Shape (n,), True for apparent ones that are rather signs.
    """
    if letter is None:
        letter = np.zeros(len(candidates), bool)
    digit = digit & ~letter
    known, others, company = (
        [c for c, is_wanted in zip(candidates, wanted, strict=True) if is_wanted]
        for wanted in (digit, ~digit & ~letter, digit & ~bar)
    )
    slants = [slant_of(c) for c in company]
    usual = _Slants(
        median(slants) if slants else _USUAL_SLANT,
        float(np.std(slants)) if len(slants) >= _SEVERAL else 0.0,
    )
    marks = [mark for mark in others if not any(_is_bit(mark, c) for c in known)]
    page = _Page(known, company, marks, usual)
    bars = np.flatnonzero(digit & bar).tolist()
    shapes = [shape_of(candidates[i]) for i in bars]
    doubtful = np.zeros(len(candidates), bool)
    for i, shape in zip(bars, shapes, strict=True):
        kin = sum(abs(shape.lean - other.lean) < _AS_MUCH for other in shapes) > 1
        doubtful[i] = _is_sign(candidates[i], shape, page, kin=kin)
    known_shapes = dict(zip(bars, shapes, strict=True))
    arcs = {i: arc_of(candidates[i], known_shapes.get(i)) for i in np.flatnonzero(digit).tolist()}
    bent = {i: arc for i, arc in arcs.items() if arc is not None}
    for i, arc in bent.items():
        if i not in known_shapes and abs(arc.bend) > BENT:
            doubtful[i] = _is_in_sum(candidates[i], page)
    return doubtful | brackets_among(candidates, digit, bent)


def _is_in_sum(candidate: Candidate, page: _Page) -> bool:
    """Whether other signs stand on its line."""
    near = _SUM * candidate.box.height
    return any(_on_a_line(candidate, mark, near) for mark in page.marks if _is_alike(mark, candidate))


def _is_sign(candidate: Candidate, shape: BarShape, page: _Page, *, kin: bool) -> bool:
    """Whether a bar is rather a sign.

    Args:
        candidate: The bar.
        shape: Its shape.
        page: What else there is.
        kin: Whether another bar leans as it does.
    """
    company, usual = page.company, page.usual
    beside = _beside(candidate, company)
    if any(_is_small_beside(candidate, digit) for digit in beside):
        return True
    signs = [mark for mark in page.marks if _is_alike(mark, candidate)]
    if not (signs or company):
        return False
    around = _beside(candidate, page.known)
    row = beside or around
    height = _height_beside(candidate, row, company)
    in_a_sum = any(_on_a_line(candidate, sign, _SUM * height) for sign in signs)
    tall = max(0.0, candidate.box.height / height - _TALLER)
    reach = max(_reach_over(candidate, each) for each in (row, around))
    over = max(0.0, reach / height - _OVER)
    bend = abs(shape.bend)
    bent = bend + (_BENT_TALL * tall + _BENT_OVER * over if bend > BENDS else 0)
    if shape.arc and bent > (_BENT_IN_A_SUM if in_a_sum else BENT):
        return True
    leaning = shape.lean - usual.median
    leaning += _TALL * tall + (_FAR_OVER * over if leaning > _UPRIGHT else 0)
    straight = bend < _STRAIGHT and bool(row or not company)
    least = (_LEANS_WITH_OTHERS if kin else _LEANS_IN_A_SUM) if in_a_sum else _LEANS
    return straight and leaning > max(least, (_FAR_IN_A_SUM if in_a_sum else _FAR) * usual.spread)


def _height_beside(candidate: Candidate, row: Sequence[Candidate], company: Sequence[Candidate]) -> float:
    """How high digits are beside a bar; where there is but one, the others of its size have a say."""
    heights = [c.box.height for c in row] or [candidate.box.height]
    if len(row) == 1:
        heights += [c.box.height for c in company if 1 / _SIZE < c.box.height / heights[0] < _SIZE]
    return median(heights)


def _beside(candidate: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Its neighbours on its line."""
    return [c for c in others if c is not candidate and _on_a_line(candidate, c, _NEAR * c.box.height)]


def _reach_over(candidate: Candidate, row: Sequence[Candidate]) -> float:
    """By how many pixels a bar between two others reaches beyond them both above and below, 0 or more."""
    middle = candidate.box.center[0]
    if len({c.box.center[0] < middle for c in row}) < 2:
        return 0.0
    top, bottom = np.mean([(c.box.y, c.box.y + c.box.height) for c in row], axis=0)
    return max(0.0, float(min(top - candidate.box.y, candidate.box.y + candidate.box.height - bottom)))


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
