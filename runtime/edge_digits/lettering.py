"""Which apparent digits are letters or marks: an o among letters is no 0, a bar among scribbles no 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.nearness import ratio
from edge_digits.percentile import median
from edge_digits.stature import above_print

_ROUNDS = 4
"""So often votes are counted anew at most; each letter found is one more vote."""
_WORD_GAP = 0.7
"""Heights of a letter between neighbours of one word, at most."""
_VOICE = 2.0
"""A letter says so much more than a digit: letters are taken for digits, digits hardly for letters."""
_TELLS = 3.0
"""So much more does a digit that no letter looks like, also of itself: a few that cannot be read do not drown
a line."""
_TALLER, _HARDLY = 1.25, 0.25
"""How much lower a letter's vote on a taller digit counts, or a taller digit's on what may be a letter."""
_LINE_GAP = 1.3
"""The same between neighbours of one number."""
_SPACE = 1.5
"""So many times as far apart as within a number or a word are those that a space parts..."""
_LEAST_SPACE = 0.25
"""...and by at least this share of a letter's height."""
_AFLOAT = 0.12
"""Share of the taller one's height by which a sign ends above and below; letters stand on the line."""
_LETTERS = 6
"""So many letters of its own size on the page make a digit a letter, where they outnumber the digits."""
_SIDEWAYS = 1.5
"""So many times more neighbours within words, where words are taken to run up or down."""
_INK = 128
"""Of 255: from here on a pixel is of a stroke's core."""
_GAP = 0.15
"""Share of a bar's width up to which its parts are one."""
_LONG = 0.6
"""Share of its length that a word's letters are high at most."""
_PARTINGS = 3
"""So often a bar's stroke parts in two from row to row at most; a flag parts it once."""
_FINE = 0.22
"""Share of a word's height, which is the bar's width, that its pen is wide at most: pencil has gaps, too."""
_PAIR = 4.0
"""A number of two digits needs so many times more letters."""
_TOLD = 3
"""So many times more again where a digit among them looks like no letter."""
_SHARE, _SHARE_IN_TEXT = 0.25, 0.02
"""Share of digits that look like no letter, bars aside, in numbers and among the letters of a text."""
_LETTER, _HEARD, _FEW = 0.5, 6, 2
"""Odds, as a logarithm, by which a letter next to a digit speaks for a text; how many are heard at most, and
how many there are at least."""
_TEXT = 3.0
"""From these odds on, with those of the shares, a page is a text."""
_MARKS = 4
"""So many marks like it, of any kind, make a digit on its own one of them."""
_TIMES = 2
"""Where they outnumber the digits so many times; a number of two digits needs one more."""
_MANY = 20
"""So many marks of a kind rule a page."""
_LEFT_OVER = 10
"""Where so many times more apparent digits of a kind are letters after all, so are the few others."""
_SIZE = 2.5
"""Ratio of size and of pen between marks that are alike."""
_NEAR = 12
"""Sizes of a digit within which they count; for bars they count anywhere."""
_BOLD = 2.0
"""Ratio of contrast by which they may be fainter."""


def among_letters(
    candidates: Sequence[Candidate],
    digit: NDArray[np.bool_],
    wary: NDArray[np.bool_],
    together: NDArray[np.bool_] | None = None,
    clarity: NDArray[np.int8] | None = None,
) -> NDArray[np.bool_]:
    """Tells which apparent digits keep the company of letters or of marks that are no digits.

    Within a word, neighbours of the same size on one line, letters outvote digits,
    again and again until it settles. Over the page, a digit is a letter
    where letters in words, of its size and pen, or like marks of any kind clearly
    outnumber the digits, unless it stands in a number of three; and where many like it have turned out
    to be letters.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        wary: Shape (n,), whether it is a bar, which is found in anything.
        together: Shape (n, n), which of them, by column, may keep each, by row, company; None for all.
        clarity: Shape (n,), 1 where it is clearly a digit and no bar, 2 where no letter looks like that
            digit, else 0; None for all 0.

    Returns:
        Shape (n,), True for apparent digits that are not to be trusted.
    """
    doubtful = np.zeros(len(candidates), bool)
    if not digit.any() or digit.all():
        return doubtful
    boxes = np.array([c.box for c in candidates], np.float32)
    pen = np.array([c.stroke for c in candidates], np.float32)
    contrast = np.array([c.contrast for c in candidates], np.float32)
    dark = np.array([c.polarity == "dark" for c in candidates])
    across = dark[:, None] != dark
    apart = across | np.eye(len(candidates), dtype=bool)
    if together is not None:
        apart |= ~together
    alike = (ratio(pen) < 2) & (ratio(contrast) < 1.7) & ~apart
    boxes = _along_words(boxes, alike, digit)
    kin = alike & (ratio(boxes[:, 3]) < 1.7)
    line = kin & beside_each_other(boxes, _LINE_GAP)
    line |= (line.astype(np.float32) @ line > 0) & kin
    if clarity is None:
        clarity = np.zeros(len(digit), np.int8)
    clear, telling = digit & (clarity > 0), digit & (clarity > 1)
    # Of a word of two letters both look like digits, but hardly one like a 3, a 4 or a 7.
    told = clear & (telling | (line & telling).any(axis=1)) & ~(line & digit & ~clear).any(axis=1)
    letter, tall = _letters(_Marks(boxes, digit, digit & ~wary, telling, told, kin, line), clear, alike)
    doubtful = digit & letter
    kind = _like(boxes, pen, contrast) & ~apart
    like = kind & (_near(boxes) | wary[:, None])
    for _ in range(_ROUNDS):
        read = digit & ~doubtful
        marks = (like & ~read).sum(axis=1)
        # A page of digits may hold smaller ones; bars are found on any page. Neither can vouch for
        # what is rare among many of its kind, as the letters taken for digits on a keyboard are.
        unread = (kind & ~read).sum(axis=1)
        rare = (unread >= _MANY) & (unread > _TIMES * (kind & read).sum(axis=1))
        others = (~across & read & ~wary & ~(kind & rare[:, None])).sum(axis=1)
        digits = np.maximum((like & read).sum(axis=1), others)
        beside = (line & read).sum(axis=1)
        alone = (beside == 0) & (marks >= _MARKS) & (marks > _TIMES * digits)
        least = (_TIMES + 1) * np.where(told, _TOLD, 1) * digits
        pair = (beside == 1) & (marks >= _LETTERS) & (marks > least)
        outnumbered = read & (alone | pair) & ~tall
        if not outnumbered.any():
            break
        doubtful |= outnumbered
    read = digit & ~doubtful
    mistaken = (kind & digit & doubtful).sum(axis=1)
    few = (kind & read).sum(axis=1) + 1
    return np.asarray(doubtful | (read & (mistaken >= _MANY) & (mistaken > _LEFT_OVER * few)))


def _along_words(
    boxes: NDArray[np.float32], alike: NDArray[np.bool_], digit: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """The boxes with words running from left to right: print on a sheet that lies sideways is turned."""
    turned = boxes[:, [1, 0, 3, 2]]
    level, upright = (
        alike & (ratio(each[:, 3]) < 1.7) & beside_each_other(each, _WORD_GAP) for each in (boxes, turned)
    )
    sideways = upright.sum() > _SIDEWAYS * level.sum() and (~digit & upright.any(axis=1)).sum() >= _LETTERS
    # The wire of a notebook is no word.
    among = (upright & digit[:, None] & ~digit).any()
    return turned if sideways and among else boxes


def are_words(candidates: Sequence[Candidate], bar: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tells which bars are words of small print on a sheet that lies sideways.

    To the network such a word is a bar; but from row to row its strokes part and join again and again.

    Args:
        candidates: What was found in a picture, n of them.
        bar: Shape (n,), whether it was read as a one.

    Returns:
        Shape (n,), True for words.
    """
    words = np.zeros(len(candidates), bool)
    for i in np.flatnonzero(bar).tolist():
        ink = np.asarray(cv2.threshold(candidates[i].ink, _INK, 1, cv2.THRESH_BINARY)[1], np.uint8)
        # The holes that chalk leaves are narrower than the eyes of letters.
        gap = max(1, round(_GAP * ink.shape[1]))
        whole = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
        ink = np.asarray(cv2.copyMakeBorder(whole, 0, 0, 1, 0, cv2.BORDER_CONSTANT, value=0), np.uint8)
        several = np.count_nonzero(ink[:, 1:] > ink[:, :-1], axis=1) > 1
        fine = candidates[i].stroke < _FINE * ink.shape[1]
        long = ink.shape[1] < _LONG * ink.shape[0]
        words[i] = fine and long and np.count_nonzero(several[1:] & ~several[:-1]) > _PARTINGS
    return words


def letters_cut(
    candidates: Sequence[Candidate], digit: NDArray[np.bool_], cut: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which digits cut out of one stroke are rather pieces of a letter or a doodle.

    Two digits that touch are the likelier where another stands whole, or where nothing else is written.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        cut: Shape (n,), whether it is one of the digits and was cut out of a wider stroke.

    Returns:
        Shape (n,), True for pieces of a page of which no digit is whole but other marks are.
    """
    if not cut.any() or (digit & ~cut).any():
        return np.zeros(len(digit), bool)
    size = np.array([max(c.box.width, c.box.height) for c in candidates], np.float32)
    contrast = np.array([c.contrast for c in candidates], np.float32)
    marks = ~digit & (size > median(size[cut]) / _SIZE) & (contrast > median(contrast[cut]) / _BOLD)
    return cut & marks.any()


class _Marks(NamedTuple):
    """The marks of a picture, n of them."""

    boxes: NDArray[np.float32]
    """Shape (n, 4)."""
    digit: NDArray[np.bool_]
    """Shape (n,), whether it was read as a digit."""
    fair: NDArray[np.bool_]
    """Shape (n,), whether as one that is no bar."""
    telling: NDArray[np.bool_]
    """Shape (n,), whether clearly as one that no letter looks like."""
    told: NDArray[np.bool_]
    """Shape (n,), whether it or its neighbour is such a digit, and all of them are clear."""
    kin: NDArray[np.bool_]
    """Shape (n, n), whether two are of one size and pen."""
    line: NDArray[np.bool_]
    """Shape (n, n), whether they stand near each other on one line."""


def _letters(
    marks: _Marks, clear: NDArray[np.bool_], alike: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What is a letter by its word's vote or because words rule the page, and what is too tall for one."""
    boxes, digit, _, telling, told, kin, line = marks
    word = kin & beside_each_other(boxes, _WORD_GAP) & ~_afloat(boxes)
    word &= ~_parted(boxes, digit, word)
    tall = above_print(boxes, digit, clear, word, alike)
    letter = ~digit
    # Digits are as high as their number and higher than small letters, which outgrow no letter.
    taller = boxes[:, 3][:, None] > _TALLER * boxes[:, 3]
    heard = np.where(taller, _HARDLY, 1), np.where(taller.T, _HARDLY, 1)
    counted = np.where(telling, _TELLS, 1)
    for _ in range(_ROUNDS):
        beside = word | ((word.astype(np.float32) @ word > 0) & kin)
        letters, digits = (
            (beside * letter * heard[0]).sum(axis=1),
            (beside * ~letter * heard[1] * counted).sum(axis=1) + _TELLS * telling,
        )
        outvoted = ~letter & (np.where(letters >= 2, _VOICE, 1) * letters > digits)
        if not outvoted.any():
            break
        letter |= outvoted
    letters = (kin & letter & word.any(axis=1)).sum(axis=1)
    digits = (kin & ~letter).sum(axis=1) + 1
    beside = np.where((line & letter).any(axis=1), 0, (line & ~letter).sum(axis=1))
    pair = _PAIR * np.where(told, _TOLD, 1)
    few = (beside < 2) & (letters >= _LETTERS) & (letters > np.where(beside > 0, pair, 1) * digits)
    return np.asarray(letter | ((few | _in_text(marks, word)) & ~tall)), tall


def _in_text(marks: _Marks, word: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is a letter because nothing on the page but letters looks like digits, as in "zoo".

    Args:
        marks: All marks.
        word: Shape (n, n), whether two are neighbours within a word.
    """
    _, digit, fair, telling, _, kin, line = marks
    letters = (kin & ~digit & (word & digit).any(axis=1)).sum(axis=1)
    speaks = math.log(_SHARE / _SHARE_IN_TEXT), math.log((1 - _SHARE_IN_TEXT) / (1 - _SHARE))
    odds = _LETTER * np.minimum(letters, _HEARD)
    odds += speaks[1] * (kin & fair & ~telling).sum(axis=1) - speaks[0] * (kin & telling).sum(axis=1)
    beside = (line & telling).sum(axis=1) + telling
    number = (beside > 1) | ((beside > 0) & ~(word & ~digit).any(axis=1))
    return np.asarray(~number & (letters >= _FEW) & (odds > _TEXT))


def _like(
    boxes: NDArray[np.float32], pen: NDArray[np.float32], contrast: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Which marks, by column, may be of one kind with each, by row: not much smaller or fainter."""
    bold = contrast > contrast[:, None] / _BOLD
    return np.asarray((ratio(boxes[:, 2:].max(axis=1)) < _SIZE) & (ratio(pen) < _SIZE) & bold)


def _near(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which marks, by column, are so near to each, by row, that they count."""
    size = boxes[:, 2:].max(axis=1)
    middle = boxes[:, :2] + boxes[:, 2:] / 2
    return np.asarray(np.abs(middle[:, None] - middle).max(axis=2) < _NEAR * size[:, None])


def beside_each_other(boxes: NDArray[np.float32], gap: float) -> NDArray[np.bool_]:
    """Tells which boxes stand next to each other on one line.

    Args:
        boxes: Shape (n, 4): x, y, width, height.
        gap: Heights of the lower one that lie between them at most.

    Returns:
        Shape (n, n), True for two that do, and for each box and itself.
    """
    top, height = boxes[:, 1], boxes[:, 3]
    bottom, least = top + height, _least(height)
    shared = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    return np.asarray((_across(boxes) < gap * least) & (shared > 0.6 * least))


def _across(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """How many pixels lie between two boxes from left to right; less than 0 where they overlap."""
    left, right = boxes[:, 0], boxes[:, 0] + boxes[:, 2]
    return np.asarray(np.maximum(left[:, None], left) - np.minimum(right[:, None], right), np.float32)


def _afloat(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether one of two marks ends well above the other's foot and below its head, as a sign does."""
    top, height = boxes[:, 1], boxes[:, 3]
    bottom, least = top + height, _AFLOAT * np.maximum(height[:, None], height)
    inside = (top - top[:, None] > least) & (bottom[:, None] - bottom > least)
    return np.asarray(inside | inside.T)


def _parted(
    boxes: NDArray[np.float32], digit: NDArray[np.bool_], word: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether a number and what is no digit are parted by a space: further than their own neighbours are."""
    gap = np.maximum(0, _across(boxes))
    same = digit[:, None] == digit
    within = np.where(word & same, gap, np.inf).min(axis=1)
    # One that has no neighbour of its kind says nothing about spaces, and a lone digit is no number.
    usual = np.where(np.isfinite(within), within, 0)
    wide = gap > np.maximum(_SPACE * np.maximum(usual[:, None], usual), _LEAST_SPACE * _least(boxes[:, 3]))
    number = digit & np.isfinite(within)
    return np.asarray(wide & ((number[:, None] & ~digit) | (number & ~digit[:, None])))


def _least(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.minimum(values[:, None], values)
