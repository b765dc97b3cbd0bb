"""What may be one digit: a stroke, several that belong together, or a piece of one."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.equals import bars_of_equals
from edge_digits.nearness import Nearness
from edge_digits.percentile import median
from edge_digits.reading import Box
from edge_digits.splitting import Piece, pieces

_MOST_WHOLE = 1000
"""Candidates looked at in one picture; the largest are kept."""
_SLIM = 0.36
"""Share of its longer side that a digit's stroke is wide at most..."""
_FILLED, _SMALL = 0.55, 14.0
"""...but where a pen of so many pixels fills the eyes of small digits, half as wide as the digit."""


_ENOUGH: Final = 4
"""So many clear digits tell how high digits are..."""
_OF_LINE, _TWO_LINES = 0.65, 1.5
"""...and so many times as high at least are those of a line, and what joins digits of two lines."""
_BAR: Final = 1.25
"""Diagonals of its box, by its pen, that a bar covers at most."""


@dataclass(frozen=True)
class Hypothesis:
    """Ink that is read as one character."""

    candidate: Candidate
    """The ink."""
    parts: tuple[int, ...]
    """Which strokes it is made of, as indices of the strokes found."""
    span: tuple[int, int] | None = None
    """Between which columns of the stroke it lies; None for all of it."""
    joint: float = 0.0
    """How thick it is joined to the rest of the stroke; see `Piece`."""
    lost: float = 0.0
    """How much of that piece is left out; see `Piece`."""


def hypotheses(
    strokes: list[Candidate], is_digit: Callable[[Sequence[Candidate]], NDArray[np.bool_]] | None = None
) -> list[Hypothesis]:
    """Lists every stroke of a digit's size, what may be one digit together, and pieces of wide strokes.

    Pairs, clusters and pieces compete with the strokes later, by what the classifier says of them:
    the bar of a 5 that does not touch its body, a 4 of two strokes, an 8 that a
    dry pen left in pieces, two digits that touch.

    Args:
        strokes: Connected strokes of one picture.
        is_digit: Tells of candidates, n of them, whether each clearly is one digit, shape (n,); such
            strokes need not be cut. None to cut them, too.

    Returns:
        Hypotheses that share strokes; at most one of those that do can be right.
    """
    kept = _largest_parts(strokes)
    whole = _whole(strokes, kept)
    single = [guess for guess in whole if len(guess.parts) == 1]
    sure = is_digit([guess.candidate for guess in single]) if is_digit else np.zeros(len(single), bool)
    done = {guess.parts[0] for guess, is_sure in zip(single, sure, strict=True) if is_sure}
    whole = _without_lines(whole, done)
    return whole + [cut for i in kept if i not in done for cut in cut_from(i, pieces(strokes[i]))]


def cut_from(part: int, found: Mapping[tuple[int, int], Piece]) -> list[Hypothesis]:
    """Lists the pieces of one stroke.

    Args:
        part: Index of the stroke.
        found: Its pieces, by the columns between which they lie.

    Returns:
        One hypothesis a piece.
    """
    return [
        Hypothesis(piece.candidate, (part,), span, piece.joint, piece.lost) for span, piece in found.items()
    ]


def whole_hypotheses(strokes: list[Candidate]) -> list[Hypothesis]:
    """Lists the same without pieces of strokes.

    Args:
        strokes: Connected strokes of one picture.

    Returns:
        Hypotheses whose `span` is None.
    """
    return _whole(strokes, _largest_parts(strokes))


def pieces_of(found: Sequence[Hypothesis]) -> dict[int, dict[tuple[int, int], list[int]]]:
    """Lists the pieces of strokes.

    Args:
        found: Hypotheses of one picture.

    Returns:
        For each stroke that was cut, by its index, and each pair of cuts, the hypotheses in between.
    """
    found_in: dict[int, dict[tuple[int, int], list[int]]] = {}
    for i, hypothesis in enumerate(found):
        if hypothesis.span is not None:
            found_in.setdefault(hypothesis.parts[0], {}).setdefault(hypothesis.span, []).append(i)
    return found_in


def loose_strokes(strokes: Sequence[Candidate], used: Set[int]) -> list[Candidate]:
    """Strokes that have not the proportions of a digit: joined letters, dashes, dots, underlines.

    Args:
        strokes: Connected strokes of one picture.
        used: Indices of those that hypotheses were made of.

    Returns:
        The largest of the others, in no order.
    """
    left = [strokes[i] for i in _largest_parts(strokes) if i not in used]
    return [stroke for stroke in left if is_filled(stroke) or not plausible(stroke)]


def _largest_parts(strokes: Sequence[Candidate]) -> list[int]:
    kept = sorted(range(len(strokes)), key=lambda i: -strokes[i].box.height * strokes[i].box.width)
    return [i for i in kept if _plausible_part(strokes[i])][:_MOST_WHOLE]


def _whole(strokes: list[Candidate], kept: list[int]) -> list[Hypothesis]:
    singles = [Hypothesis(strokes[i], (i,)) for i in kept if plausible(strokes[i])]
    nearness = Nearness.of([strokes[i] for i in kept])
    together = [tuple(kept[k] for k in group) for group in (*nearness.pairs(), *nearness.clusters())]
    apart = bars_of_equals(strokes)
    apart |= np.array([stroke.parted for stroke in strokes], bool)
    together = [parts for parts in together if not apart[list(parts)].any()]
    return singles + [
        Hypothesis(joined, parts)
        for parts in together
        if plausible(joined := functools.reduce(_join, (strokes[i] for i in parts)))
    ]


def _without_lines(whole: list[Hypothesis], sure: Set[int]) -> list[Hypothesis]:
    """Drops what joins clear digits, no bars, of two lines that touch.

    Args:
        whole: Strokes and what may be one digit together.
        sure: Strokes that clearly are one digit.
    """
    single = {h.parts[0]: h.candidate for h in whole if len(h.parts) == 1 and h.parts[0] in sure}
    digits = {i: each for i, each in single.items() if not is_bar(each)}
    if len(digits) < _ENOUGH:
        return whole
    high = median([each.box.height for each in digits.values()])
    of_line = {i for i, each in digits.items() if each.box.height > _OF_LINE * high}
    return [
        h
        for h in whole
        if h.candidate.box.height < _TWO_LINES * high or len(of_line.intersection(h.parts)) < 2
    ]


def is_bar(candidate: Candidate) -> bool:
    """Whether ink covers little more than one straight stroke of its pen would."""
    return candidate.area < _BAR * candidate.stroke * math.hypot(candidate.box.width, candidate.box.height)


def plausible(candidate: Candidate) -> bool:
    """Whether ink has the proportions of a handwritten digit, generously."""
    width, height = candidate.box.width, candidate.box.height
    if height < 9 or width > 1.8 * height:
        return False
    return not is_filled(candidate) or candidate.stroke <= min(_FILLED * max(width, height), _SMALL)


def is_filled(candidate: Candidate) -> bool:
    """Whether ink is a blot, or a digit too small for its pen to leave the eyes open."""
    longest = max(candidate.box.width, candidate.box.height)
    return candidate.stroke > max(_SLIM * longest, 3.5)


def _plausible_part(candidate: Candidate) -> bool:
    width, height = candidate.box.width, candidate.box.height
    return candidate.stroke <= max(0.75 * max(width, height), 3.5) and width <= 12 * height


def _join(one: Candidate, other: Candidate) -> Candidate:
    x, y = min(one.box.x, other.box.x), min(one.box.y, other.box.y)
    right = max(one.box.x + one.box.width, other.box.x + other.box.width)
    bottom = max(one.box.y + one.box.height, other.box.y + other.box.height)
    ink = np.zeros((bottom - y, right - x), np.uint8)
    for part in (one, other):
        rows = slice(part.box.y - y, part.box.y - y + part.box.height)
        columns = slice(part.box.x - x, part.box.x - x + part.box.width)
        ink[rows, columns] = np.maximum(ink[rows, columns], part.ink)
    area = one.area + other.area
    stroke = (one.stroke * one.area + other.stroke * other.area) / area
    contrast = max(one.contrast, other.contrast)
    return Candidate(
        Box(x, y, right - x, bottom - y), ink, contrast, stroke, area, one.polarity, one.freed or other.freed
    )
