"""Which digits are rather letters: what each mark of a line looks like, weighed along the line.

Handwriting mixes both: in "Room 15" the two o's look like zeros, and "is" looks like the 15. Each line is a
chain of marks in one of two states, number or text. What the network says of a mark and how high it is speak
for one of them, and a line seldom changes from one to the other, least of all within a word. The odds come
from the forward-backward algorithm (L. R. Rabiner, A tutorial on hidden Markov models, Proc. IEEE 77, 1989).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.looks import DIGITS, level_among, look
from edge_digits.nearness import ratio
from edge_digits.percentile import percentile
from edge_digits.pluses import is_plus

_LONE: Final = 0.4
"""Share of what looks like no digit that counts where it stands outside words, as signs and scribbles do."""
_CUT: Final = 1.2
"""Joined letters are cut more often than digits that touch."""
_DOTTED: Final = 3.5
"""What a dot above a mark speaks for text, and one below it for a sign..."""
_MAY_BE_DOTTED, _MAY_BE_STOPPED = frozenset("179"), frozenset("1279")
"""...beside what i and j look like, and ? and !."""
_BEFORE: Final = 0.3
"""What speaks for a number before anything is known..."""
_OTHERS, _AT_MOST = 0.4, 1.7
"""...what each mark elsewhere adds, by how clear it is, and what all of them do at most."""
_HEIGHTS, _PENS, _INKS = 3.0, 2.0, 2.0
"""Ratios of height, pen and contrast between marks of one hand."""
_REACH, _ON_LINE = 3.0, 0.45
"""Heights of the lower one between neighbours on one line at most, and the share of it that they share."""
_OVERLAP: Final = 0.5
"""Share of the narrower one's width by which neighbours overlap at most."""
_SPACE, _TIGHT, _ALWAYS = 0.35, 0.25, 1.0
"""So many heights between neighbours may be a space, or so many more than is usual where letters all but
touch, and so many always are..."""
_WIDER, _WIDER_IN_NUMBERS = 1.25, 1.6
"""...and those between are if they are so many times the usual; between digits the gaps differ more."""
_CHANGES, _CHANGES_AT_SPACE, _CHANGES_IN_DATES = 5.0, 0.4, 0.9
"""What it costs, as a logarithm, to go from letters to digits or back: within a word, at a space, and at a
space between two numbers as high as each other, as the point of a date or a price leaves."""
_UNEVEN, _UNLEVEL, _EVEN = 0.8, 0.5, 0.3
"""What neighbours say against one number that are unequal or not on one line, and for it if neither..."""
_AS_HIGH, _ALMOST, _FOOT, _LEVEL = 1.35, 1.25, 0.22, 0.15
"""...by these ratios of their heights, and shares of the height between their feet."""
_LETTERS, _SHARE = 3, 0.15
"""So many letters in words, and so many times the digits, tell how high capitals and small letters are..."""
_PLAIN: Final = frozenset("025")
"""...also those that look like these: an o, z or s reaches below the line in no hand."""
_LOW, _SHORT, _AFLOAT = 0.45, 0.55, 0.12
"""Share of its neighbour's height up to which a mark is rather a sign, and between two digits; as is one that
ends by the last share below the heads and above the feet of both neighbours."""
_WORD, _ALIKE, _CLEARLY = 3, 2, 1.0
"""Letters of one hand on a page, beside one of which digits are told to be a number; so many that look like
none are enough where others have odds like these..."""
_TEXT: Final = 6
"""...and with so many a number is told from letters on a line of its own."""
_MAY_BE_SMALL, _PART, _LEAST, _ASIDE = frozenset("0179"), 0.55, 0.12, 1.0
"""What dots, commas and quotation marks look like; shares of a letter's height that they are high at most and
at least, or it is an edge; and so many of its heights away."""
_SMALL_BESIDE, _SAME_PEN = 1.0, 3.0
"""Their odds, and the ratio up to which their pen is that of the letter: a comma may be a mere touch."""
_ROUNDS: Final = 3
"""So often all words are weighed, each time by what the others turned out to be."""


@dataclass(frozen=True)
class Marks:
    """What is written on a page, n marks."""

    candidates: Sequence[Candidate]
    labels: Sequence[str]
    """What each looks like; any other name than that of a digit for no digit."""
    sure: NDArray[np.float64]
    """Shape (n,), how sure the network is of that; see `edge_digits.looks.log_odds`."""
    cut: NDArray[np.bool_]
    """Shape (n,), whether it was cut out of a wider stroke."""
    dotted: NDArray[np.bool_]
    """Shape (n,), whether it has a dot above it."""
    stopped: NDArray[np.bool_]
    """Shape (n,), whether it has one below it."""
    at_edge: NDArray[np.bool_]
    """Shape (n,), whether the picture's edge cuts it, as it does things that reach in."""


class _Line(NamedTuple):
    """One line of marks."""

    marks: list[int]
    """Their numbers, m from left to right."""
    spaces: NDArray[np.bool_]
    """Shape (m - 1,), whether a space follows each but the last."""
    against: NDArray[np.float64]
    """Shape (m - 1,), what each and the next say against being of one number."""
    changes: NDArray[np.float64]
    """Shape (m - 1,), what it costs that the next is a letter and each a digit, or the other way round."""


class _Page(NamedTuple):
    """How the marks of a page lie to each other."""

    boxes: NDArray[np.float32]
    """Shape (n, 4)."""
    digit: NDArray[np.bool_]
    """Shape (n,), whether it looks like one."""
    kin: NDArray[np.bool_]
    """Shape (n, n), whether two are of one hand."""
    lines: list[_Line]
    """All of them, also those of one mark."""
    joined: NDArray[np.bool_]
    """Shape (n,), whether no space parts it from a neighbour."""


def text_odds(marks: Marks, together: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    """Weighs for each mark whether it stands in text or in a number.

    Args:
        marks: All marks of a page.
        together: Shape (n, n), which of them, by column, may keep each, by row, company; None for all.

    Returns:
        Shape (n,), odds as natural logarithms: above 0 for letters in words, below 0 for digits on a line
        with words; at most 0 for a mark on its own that has no dot and is not small beside text, at least 0
        where nothing on its line is a word, unless the line is a number and much else is written.
    """
    odds = np.zeros(len(marks.candidates), np.float32)
    digit = np.array([label in DIGITS for label in marks.labels], bool)
    if not digit.any() or (digit & ~marks.dotted & ~marks.stopped).all():
        return odds
    page = _page(marks.candidates, digit, together)
    letter = ~digit & ~_signs(page) & ~marks.at_edge
    letter[letter] = [not is_plus(marks.candidates[i]) for i in np.flatnonzero(letter).tolist()]
    dotted, stopped = _with_dots(marks, page)
    plain = np.array([label in _PLAIN for label in marks.labels], bool) & ~marks.cut
    on_line = np.empty(len(odds), np.int64)
    for number, line in enumerate(page.lines):
        on_line[line.marks] = number
    elsewhere = (page.kin & (on_line[:, None] != on_line)).astype(np.float64)
    longer = [line for line in page.lines if len(line.marks) > 1]
    by_itself = _looks_of_others(marks, page, letter) + _CUT * marks.cut + _DOTTED * dotted
    for _ in range(_ROUNDS):
        # An o among letters tells how high small ones are, too.
        high = letter | (plain & (odds > _CLEARLY))
        # A question mark after a number is no letter.
        looks = np.where(stopped, 0, by_itself + _looks_of_digits(marks, page, high))
        clear = np.minimum(1, np.abs(looks)) * page.joined
        said = np.tanh(odds / 2) * clear
        prior = np.clip(_OTHERS * (elsewhere @ said) - _BEFORE, -_AT_MOST, _AT_MOST)
        odds[:] = looks + prior
        for line in longer:
            odds[line.marks] = _weigh(looks[line.marks], prior[line.marks], line)
    least, most = _where_told(odds, letter, page)
    # Within a word a speck over a 1 says little.
    most[dotted & page.joined] = np.inf
    odds = np.clip(odds, least, most)
    odds[stopped | (dotted & ~page.joined)] = _DOTTED
    small = np.array([label in _MAY_BE_SMALL for label in marks.labels], bool) & ~page.joined
    odds[small & _beside_text(odds, page, marks.candidates)] = _SMALL_BESIDE
    return odds


def _with_dots(marks: Marks, page: _Page) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which marks may be i or j, and which may be ? or !, with which words end."""
    dotted, stopped = (
        has & ~marks.at_edge & np.array([label in may for label in marks.labels], bool)
        for has, may in ((marks.dotted, _MAY_BE_DOTTED), (marks.stopped, _MAY_BE_STOPPED))
    )
    for line in page.lines:
        stopped[line.marks[:-1]] &= line.spaces
    return dotted, stopped


def _page(
    candidates: Sequence[Candidate], digit: NDArray[np.bool_], together: NDArray[np.bool_] | None
) -> _Page:
    boxes = np.array([c.box for c in candidates], np.float32)
    left, top, width, height = boxes.T
    dark = np.array([c.polarity == "dark" for c in candidates])
    kin = (dark[:, None] == dark) & (ratio(height) < _HEIGHTS)
    kin &= ratio(np.array([c.stroke for c in candidates], np.float32)) < _PENS
    kin &= ratio(np.array([c.contrast for c in candidates], np.float32)) < _INKS
    if together is not None:
        kin &= together & together.T
    least = np.minimum(height[:, None], height)
    shared = np.minimum((top + height)[:, None], top + height) - np.maximum(top[:, None], top)
    gap = left - (left + width)[:, None]
    follows = kin & ((2 * left + width)[:, None] < 2 * left + width) & (shared > _ON_LINE * least)
    follows &= (gap < _REACH * least) & (gap > -_OVERLAP * np.minimum(width[:, None], width) - 2)
    away = np.where(follows, gap, np.inf)
    after, before = away.argmin(axis=1).tolist(), away.argmin(axis=0).tolist()
    following = {i: j for i, j in enumerate(after) if follows[i, j] and before[j] == i}
    lines, joined = [], np.zeros(len(digit), bool)
    for first in sorted(set(range(len(digit))) - set(following.values())):
        row = [first]
        while row[-1] in following:
            row.append(following[row[-1]])
        line = _line(row, boxes[row].astype(np.float64), digit[row])
        held = np.concatenate(([False], ~line.spaces, [False]))
        joined[row] = held[1:] | held[:-1]
        lines.append(line)
    return _Page(boxes, digit, kin, lines, joined)


def _line(row: list[int], boxes: NDArray[np.float64], digit: NDArray[np.bool_]) -> _Line:
    if len(row) == 1:
        return _Line(row, np.zeros(0, bool), np.zeros(0), np.zeros(0))
    left, top, width, height = boxes.T
    gaps = (left[1:] - left[:-1] - width[:-1]) / np.sqrt(height[1:] * height[:-1])
    digits = digit[1:] & digit[:-1]
    middle = percentile(gaps, 0.5)
    least = min(max(0.0, middle) + _TIGHT, _SPACE)
    in_numbers = _WIDER_IN_NUMBERS * (percentile(gaps[digits], 0.5) if digits.any() else 0)
    spaces = gaps > np.clip(np.where(digits, in_numbers, _WIDER * middle), least, _ALWAYS)
    higher = np.maximum(height[1:], height[:-1])
    uneven = higher / np.minimum(height[1:], height[:-1])
    feet = np.abs(np.diff(top + height)) / higher
    against = _UNEVEN * (uneven > _AS_HIGH) + _UNLEVEL * (feet > _FOOT)
    even = (uneven < _ALMOST) & (feet < _LEVEL)
    word = np.concatenate(([0], np.cumsum(spaces)))
    number = np.logical_and.reduceat(digit, np.flatnonzero(np.diff(word, prepend=-1)))[word]
    at_space = np.where(number[1:] & number[:-1] & even, _CHANGES_IN_DATES, _CHANGES_AT_SPACE)
    against = np.where(digits & ~spaces, against - _EVEN * even, 0.0)
    return _Line(row, spaces, against, np.where(spaces, at_space, _CHANGES))


def _signs(page: _Page) -> NDArray[np.bool_]:
    """What looks like no digit, but need be no letter: a dash, a dot, a cross between two numbers."""
    top, height = page.boxes[:, 1], page.boxes[:, 3]
    foot = top + height
    sign = np.zeros(len(top), bool)
    for row in (line.marks for line in page.lines if len(line.marks) > 1):
        for at, i in enumerate(row):
            if page.digit[i]:
                continue
            beside = np.array([*row[max(0, at - 1) : at], *row[at + 1 : at + 2]])
            inside = np.minimum(top[i] - top[beside], foot[beside] - foot[i]) > _AFLOAT * height[beside]
            low = height[i] < _LOW * height[beside].max()
            stands = np.abs(foot[i] - foot[beside]) < _AFLOAT * np.maximum(height[i], height[beside])
            between = 0 < at < len(row) - 1 and page.digit[beside].all()
            short = between and height[i] < _SHORT * height[beside].min() and (foot[i] < foot[beside]).all()
            sign[i] = short or ((inside.all() or low) and not stands.any())
    return sign


def _looks_of_others(marks: Marks, page: _Page, letter: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each mark that looks like no digit speaks for text by itself."""
    looks = np.zeros(len(letter))
    for i in np.flatnonzero(letter).tolist():
        looks[i] = look(marks.labels[i], float(marks.sure[i])) * (1.0 if page.joined[i] else _LONE)
    return looks


def _looks_of_digits(marks: Marks, page: _Page, high: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each of the others speaks for text, beside letters that tell how high they are."""
    looks = np.zeros(len(high))
    height = page.boxes[:, 3]
    tell = page.kin & high & page.joined
    enough = tell.sum(axis=1) >= np.maximum(_LETTERS, _SHARE * (page.kin & page.digit).sum(axis=1))
    for i in np.flatnonzero(page.digit).tolist():
        level = level_among(float(height[i]), height[tell[i]]) if enough[i] else 0
        looks[i] = look(marks.labels[i], float(marks.sure[i]), level)
    return looks


def _weigh(looks: NDArray[np.float64], prior: NDArray[np.float64], line: _Line) -> NDArray[np.float64]:
    """The odds of text along a line, by the forward-backward algorithm over two states.

    Args:
        looks: Shape (m,), what each mark by itself speaks for text.
        prior: Shape (m,), the same of what stands elsewhere; it counts once a word.
        line: The line.

    Returns:
        Shape (m,), as logarithms.
    """
    says = (looks + prior * np.concatenate(([True], line.spaces))).tolist()
    joints = list(zip(line.changes.tolist(), line.against.tolist(), strict=True))
    number, text = 0.0, says[0]
    before = [text - number]
    for joint, say in zip(joints, says[1:], strict=True):
        number, text = _on(number, text, *joint)
        text += say
        before.append(text - number)
    number = text = 0.0
    after = [0.0]
    for joint, say in zip(joints[::-1], says[:0:-1], strict=True):
        number, text = _on(number, text + say, *joint)
        after.append(text - number)
    return np.add(before, after[::-1], dtype=np.float64)


def _on(number: float, text: float, cost: float, against: float) -> tuple[float, float]:
    """How likely both states are one mark further, as logarithms."""
    return _either(number - against, text - cost), _either(number - cost, text)


def _either(one: float, other: float) -> float:
    """The logarithm of a sum, from those of its parts; numpy's takes ten times as long for two numbers."""
    return max(one, other) + math.log1p(math.exp(-abs(one - other)))


def _where_told(
    odds: NDArray[np.float32], letter: NDArray[np.bool_], page: _Page
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The least and the most that odds say: beside no word little, for things look like letters, too."""
    least, most = np.zeros_like(odds), np.zeros_like(odds)
    written = letter & page.joined & (odds > 0)
    alike = page.digit & page.joined & (odds > _CLEARLY)
    for row, spaces, *_ in page.lines:
        kin = page.kin[row].any(axis=0)
        letters = np.count_nonzero(written & kin)
        if letters >= _ALIKE:
            letters += np.count_nonzero(alike & kin)
        if letters >= _TEXT and len(row) > 1 and page.digit[row].all():
            least[row] = -np.inf
        pairs = [list(pair) for pair, space in zip(itertools.pairwise(row), spaces, strict=True) if not space]
        if any(letter[pair].any() and (odds[pair] > 0).all() for pair in pairs):
            most[row] = np.inf
            # A word of one letter is too little to trust a number beside it.
            if letters >= _WORD:
                least[row] = -np.inf
        for pair in pairs:
            # Digits of unequal height are a word only where there are others.
            if letters and page.digit[pair].all():
                most[pair] = np.inf
    return least, most


def _beside_text(odds: NDArray[np.float32], page: _Page, marks: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Which marks are small beside a letter near them that is by a like pen."""
    like = ratio(np.array([mark.stroke for mark in marks], np.float32)) < _SAME_PEN
    like &= ratio(np.array([mark.contrast for mark in marks], np.float32)) < _INKS
    left, top, width, height = page.boxes.T
    middle = np.stack((left + width / 2, top + height / 2))
    away = np.abs(middle[:, :, None] - middle[:, None])
    near = (away[0] < _ASIDE * height + width / 2) & (away[1] < _ASIDE * height)
    small = (height[:, None] < _PART * height) & (height[:, None] > _LEAST * height)
    return np.asarray((near & small & like & (odds > 0)).any(axis=1))
