"""Which of several readings of the same ink is right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis, pieces_of
from edge_digits.reading import Box
from edge_digits.splitting import best_path

_CLEARANCE = 0.05
"""Share of a ring's size that is free on each side of what it was drawn around."""
_RINGED, _FRAMED = 0.65, 0.9
"""Share of a ring's height that a bar which it was drawn around has at most, and any other digit."""
_ROUND = 0.8
"""Width of a ring for its height that it has at least where the digit in it is a bar, as in a crossed 0."""
_HALO, _CORE, _LESS, _LIKELY = 1.2, 0.6, 0.05, 0.6
"""Contrasts and heights of its halo that a stroke has at least, how much less certain it may be, and how
certain it is at least where it is of the polarity of most writing."""
_BOLDER, _BOLDER_BAR = 2.0, 3.0
"""Contrasts of it that a digit, or a bar, has at least where what is around it is paper in uneven light..."""
_SMALL, _SOME, _HALF = 0.05, 0.2, 0.5
"""...and its heights at least: for a bar, which may be dirt, more, and still more in its own polarity."""
_INNER = 0.55
"""Heights of its ground that a stroke has at least where it is of the polarity of most writing."""
_CERTAIN, _MOST_OF = 0.97, 0.6
"""How certain a digit is that needs no more than one other piece, and its share of their height together."""
_FAINT = 0.4
"""Share of a clear digit's contrast up to which something within it is no digit that it was drawn around."""
_OUTGROWS, _DWARFS = 2.0, 3.0
"""Times as high as such a digit is something that must be as certain to take it in, and that never does."""
_MOSTLY = 0.7
"""Share of the clear digits that tells whether a picture's writing is dark or light."""
_THIN = 2.2
"""Widths of the pen that join a 1 to the digits it touches at most: a letter's stem is one with its bows."""
_BARS = 1 / 3
"""Share of a number cut from one stroke that are 1s at most, or one: between digits stand walls of boxes."""
_SIMPLE = 0.5
"""Share of the digits of a cut stroke that are 1s and 7s at most: an n and an m fall into such."""
_LESS_THAN_BAR, _LESS_THAN_DIGIT = 0.3, 0.1
"""How much less certain a digit of several strokes may be than one of them: one stroke of many is a bar."""
_LONGER, _BELOW = 1.6, 0.6
"""Widths of a digit from which a line below it underlines it and others, and heights of it that both reach
below the digit..."""
_FEET = 0.75
"""...and down to which the line is not to be seen."""
_ALL_BUT = 0.9
"""Share of a digit's height that is left of it at least where the rest was fainter ink, such as ruling."""
_TINY = 0.25
"""Share of a thing's height that a 1 has at most if it is none of its parts but ends a line of digits."""
_LONE, _LEAST_LONE = 40, 0.12
"""Pixels that a certain 1 is high at least whose sheet is much higher, and the least share of that height."""
_READ = 0.75
"""How certain a digit in a ring must be for the ring to be none, and two in a column to be no pieces."""


def without_rivals(
    found: Sequence[Hypothesis],
    confidence: NDArray[np.float32],
    wary: NDArray[np.bool_],
    arches: NDArray[np.bool_] | None = None,
) -> list[int]:
    """Settles which of the hypotheses that share ink are right.

    Args:
        found: Hypotheses of one picture.
        confidence: Shape (n,), probability of each one's best digit.
        wary: Shape (n,), whether such a digit is found in anything; no stroke is cut for its sake alone.
        arches: Shape (n,), whether such a digit is found in the arches of letters; None for no such.

    Returns:
        Indices of hypotheses of which no two share ink.
    """
    single = {h.parts[0]: i for i, h in enumerate(found) if len(h.parts) == 1 and h.span is None}
    simple = wary if arches is None else wary | arches
    certain = [i for i in single.values() if confidence[i] > _CERTAIN and not wary[i]]
    chosen = _cut_strokes(found, single, certain, confidence, wary, simple=simple)
    used: set[int] = {found[i].parts[0] for i in chosen}
    joined = [i for i, h in enumerate(found) if len(h.parts) > 1]
    for i in sorted(joined, key=lambda i: -confidence[i]):
        parts = found[i].parts
        if used & set(parts) or _go_around(found, [i], certain):
            continue
        alone = [single[p] for p in parts if p in single]
        if _joined_wins(found, i, alone, confidence, wary):
            used |= set(parts)
            chosen.append(i)
    chosen += [i for part, i in single.items() if part not in used]
    return _without_nested(found, chosen, confidence, wary)


def _cut_strokes(
    found: Sequence[Hypothesis],
    single: dict[int, int],
    certain: Sequence[int],
    confidence: NDArray[np.float32],
    wary: NDArray[np.bool_],
    *,
    simple: NDArray[np.bool_],
) -> list[int]:
    """The pieces of strokes that are several clear digits and no single one."""
    joint = np.array([hypothesis.joint for hypothesis in found])
    likely = np.where(wary & (joint > _THIN), 0, confidence)
    chosen = []
    for part, pieces in pieces_of(found).items():
        # Digits on the stroke of a highlighter come apart where it is too pale to be ink.
        if _go_around(found, [i for own in pieces.values() for i in own], certain):
            continue
        whole = float(confidence[single[part]]) if part in single else 0.0
        likeliest = {span: max(own, key=lambda i: float(likely[i])) for span, own in pieces.items()}
        path, weakest = best_path(likeliest, lambda i: float(likely[i]), lambda i: found[i].lost)
        telling = np.count_nonzero(simple[path]) <= _SIMPLE * len(path)
        telling &= np.count_nonzero(wary[path]) <= max(1, _BARS * len(path))
        if len(path) > 1 and telling and whole < min(0.6, weakest):
            chosen += path
    return chosen


def _joined_wins(
    found: Sequence[Hypothesis],
    joined: int,
    alone: list[int],
    confidence: NDArray[np.float32],
    wary: NDArray[np.bool_],
) -> bool:
    clear = [i for i in alone if confidence[i] > _READ and not wary[i]]
    if _takes_too_much(found, joined, clear, confidence, bar=bool(wary[joined])):
        return False
    height = found[joined].candidate.box.height
    tall = [i for i in alone if found[i].candidate.box.height > 0.7 * height]
    arcs = confidence[joined] > _CERTAIN and not wary[joined] and all(wary[i] for i in tall)
    if len(tall) > 1 and min(confidence[i] for i in tall) > 0.7 and not arcs:
        return False
    for inner, outer in permutations(alone, 2):
        if confidence[inner] > _READ and _rings(found[outer], found[inner], bar=bool(wary[inner])):
            return False
    less = np.where(wary[alone] & ~wary[joined], _LESS_THAN_BAR, _LESS_THAN_DIGIT)
    return bool(confidence[joined] >= max([0.5, *(confidence[alone] - less)]))


def _takes_too_much(
    found: Sequence[Hypothesis], joined: int, clear: list[int], confidence: NDArray[np.float32], *, bar: bool
) -> bool:
    """Whether a digit of several strokes has some among them that are digits by themselves.

    Args:
        found: All hypotheses.
        joined: Which of them it is.
        clear: Which are of one of its strokes, and clear digits but no bars.
        confidence: Of each.
        bar: Whether it is a 1.
    """
    height = found[joined].candidate.box.height
    if len(found[joined].parts) > 2:
        # A word of small print on its side looks like a 1, and a column of digits like anything; the eyes
        # above a sheet that is held up are no part of its digit.
        large = [i for i in clear if found[i].candidate.box.height > _MOST_OF * height]
        return bar or len(clear) > 1 or any(confidence[i] > _CERTAIN for i in large)
    certain = [found[i].candidate.box for i in clear if confidence[i] > _CERTAIN]
    if not bar and any(_is_underlined(box, found[joined].candidate) for box in certain):
        return True
    # The bracket of a division and a digit below it are no 1, and hardly another digit.
    small = [i for i in clear if height > _OUTGROWS * found[i].candidate.box.height]
    if confidence[joined] > _CERTAIN:
        small = [i for i in small if height > _DWARFS * found[i].candidate.box.height]
    return bool(clear and bar) or any(confidence[i] > _CERTAIN for i in small)


def _is_underlined(digit: Box, joined: Candidate) -> bool:
    """Whether a digit and the other stroke of two are no more than it and a longer line below it."""
    whole = joined.box
    below = whole.y + whole.height - digit.y - digit.height
    if whole.width < _LONGER * digit.width or whole.y < digit.y or not 0 < below < _BELOW * digit.height:
        return False
    beside = np.ones(whole.width, bool)
    beside[digit.x - whole.x : digit.x - whole.x + digit.width] = False
    return not joined.ink[: int(_FEET * digit.height), beside].any()


def _go_around(found: Sequence[Hypothesis], own: Sequence[int], others: Sequence[int]) -> bool:
    """Whether in the box of some hypotheses lie several certain digits that are none of their strokes."""
    parts = {part for i in own for part in found[i].parts}
    boxes = np.array([found[i].candidate.box for i in own])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    within = [
        digit
        for digit in (found[i].candidate.box for i in others if found[i].parts[0] not in parts)
        if left <= digit.x <= right - digit.width and top <= digit.y <= bottom - digit.height
    ]
    return len(within) > 1


def _rings(ring: Hypothesis, digit: Hypothesis, *, bar: bool) -> bool:
    """Whether one lies well inside the other, as a digit does in a ring drawn around it."""
    outer, inner = ring.candidate.box, digit.candidate.box
    across, down = _CLEARANCE * outer.width, _CLEARANCE * outer.height
    return (
        inner.height < (_RINGED if bar else _FRAMED) * outer.height
        and (not bar or outer.width > _ROUND * outer.height)
        and outer.x + across < inner.x
        and outer.y + down < inner.y
        and inner.x + inner.width < outer.x + outer.width - across
        and inner.y + inner.height < outer.y + outer.height - down
    )


def _without_nested(
    found: Sequence[Hypothesis],
    chosen: list[int],
    confidence: NDArray[np.float32],
    wary: NDArray[np.bool_],
) -> list[int]:
    """Drops what lies inside a larger digit, and frames that hold digits instead of being one."""
    boxes = np.array([found[i].candidate.box for i in chosen], np.float64).reshape(-1, 4)
    left, top = boxes[:, 0], boxes[:, 1]
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    area = boxes[:, 2] * boxes[:, 3]
    across = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    down = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    shared = np.maximum(across, 0) * np.maximum(down, 0)
    # Of two equal boxes the less certain one counts as the inner.
    rank = np.lexsort((confidence[chosen], area)).argsort()
    inside = (shared > 0.7 * area[:, None]) & (rank[:, None] < rank)
    sure = confidence[chosen]
    dark = np.array([found[i].candidate.polarity == "dark" for i in chosen])
    same = dark[:, None] == dark
    # The grain of chalk is neither, and specks of a scan are bars.
    tall = (boxes[:, 3] > 16) & ~wary[chosen]
    contrast = np.array([found[i].candidate.contrast for i in chosen])
    share_of_height = boxes[:, None, 3] / boxes[:, 3]
    # On a whole sheet a single 1 is no speck, if it is bolder than the sheet.
    lone = (contrast[:, None] > contrast) & ((sure > _CERTAIN) & (boxes[:, 3] > _LONE))[:, None]
    held = inside & ((share_of_height > 0.2) | tall[:, None] | (lone & (share_of_height > _LEAST_LONE)))
    # Where most writing is light, what is dark in a clear digit is its eye or the ground around it.
    plain = (sure > _READ) & ~wary[chosen]
    within = held & ~same & plain[:, None] & plain
    alone = plain & ~(within.any(axis=0) | within.any(axis=1))
    telling = alone if alone.sum() > 1 else plain
    share = float(dark[telling].mean()) if telling.sum() > 1 else 0.5
    core = held & ~same & (share_of_height > _INNER) & (sure[:, None] > sure - _LESS)
    around = np.zeros_like(held)
    if max(share, 1 - share) > _MOSTLY:
        mostly = dark == (share > 0.5)
        # What sharpening or a crease leaves around a stroke is fainter, however much it looks like a digit.
        paler = (_HALO * contrast[:, None] < contrast) & (sure > _LIKELY)
        held &= mostly[:, None] | ~((plain | paler) & mostly)
        core |= inside & ~same & paler.T & (share_of_height > _SOME)
        around = core & mostly[:, None] & ~mostly
    # The grain of the paper in the bowl of a 6 is fainter than the 6.
    held &= ~(same & plain & (contrast[:, None] < _FAINT * contrast))
    clear = held & (sure[:, None] > 0.6)
    # The eye of a 9 may look like a 1, and so may one stroke of a 4; but not what is left of a doubtful digit
    # without fainter ink.
    freed = np.array([found[i].candidate.freed for i in chosen], bool)[:, None]
    bars = wary[chosen][:, None] & ~(freed & (share_of_height > _ALL_BUT) & (sure < _READ))
    enough = sure + np.where(bars, 0.2, np.clip(0.95 - sure, 0, 0.2) * ~wary[chosen][:, None])
    better = held & (sure[:, None] > enough)
    # What sharpening leaves around a stroke is fainter than it, or of the other polarity than most writing.
    better |= around | (core & held & (share_of_height > _CORE) & (contrast[:, None] > _HALO * contrast))
    bar = wary[chosen][:, None]
    bolder = inside & (sure[:, None] > sure - _LESS)
    bolder &= contrast[:, None] > np.where(bar, _BOLDER_BAR, _BOLDER) * contrast
    bolder &= share_of_height > np.where(~bar, _SMALL, np.where(same, _HALF, _SOME))
    better |= bolder
    # What lies around the sheet has a box that the ends of its lines are in.
    lined_up = _lined_up([found[i].candidate for i in chosen], sure, wary[chosen])
    inside &= ~(lined_up[:, None] & (share_of_height < _TINY) & ((sure < _CERTAIN) | wary[chosen]))
    # A ring around a digit looks like a 0.
    ringed = held & same & (sure[:, None] > _READ)
    for a, b in np.argwhere(ringed & ~better):
        inner, outer = chosen[a], chosen[b]
        better[a, b] = _rings(found[outer], found[inner], bar=bool(wary[inner]))
    # An 8 holds two eyes of the other polarity, a sheet holds more digits than that.
    frame = ((clear & same).sum(axis=0) >= 2) | (clear.sum(axis=0) >= 3) | better.any(axis=0)
    inside &= ~frame
    return [i for k, i in enumerate(chosen) if not frame[k] and not inside[k].any()]


def _lined_up(
    candidates: Sequence[Candidate], confidence: NDArray[np.float32], bar: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which are certain to be 1s, and on a line with a digit that is certain, too, and of their pen."""
    plain = [candidates[i] for i in np.flatnonzero((confidence > _CERTAIN) & ~bar).tolist()]
    ends = np.zeros(len(candidates), bool)
    for i in np.flatnonzero((confidence > _CERTAIN) & bar).tolist():
        one = candidates[i]
        ends[i] = any(one.polarity == each.polarity and one.continues(each) for each in plain)
    return ends
