"""Whether a stroke stands on paper: the ground around ink is even, around a thing's edge it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.discs import holds_marks, is_disc, lies_flat
from edge_digits.extent import at_edge
from edge_digits.ink import Polarity
from edge_digits.percentile import median, percentile
from edge_digits.rows import are_alike
from edge_digits.shade import crossed_by_shadow
from edge_digits.surroundings import (
    Surroundings,
    ground_around,
    levelled,
    right_of,
    spread_of,
    without_slope,
)

_UNEVEN = 0.5
"""Spread of the ground around a stroke, in contrasts of the stroke, from which it is no paper."""
_STEP = 0.25
"""Step from the ground on its left to that on its right, in the same, that makes it a thing's edge."""
_TWO_GROUNDS = 0.5
"""Such a step in medians from which there are two grounds, as at the edge of a thumb."""
_STEEP = 0.25
"""Change of the light over the width of the pen, in the same, from which a thing's side is seen."""
_HALF = 0.5
"""Share of the picture's height or width that a stroke takes up at least to be what the picture shows."""
_LENGTHS = 4
"""Parts of a stroke whose ground is looked at one by one where a shadow may cross it."""
_LARGE = 32
"""Pixels both ways below which no stroke is taken for the halo of a thing."""
_NEXT = 3.0
"""Pixels beyond a stroke's soft edge that tell a halo ..."""
_SAME, _SHARE = 0.25, 0.3
"""... by being like the stroke, up to this share of the largest difference, in more than this share."""
_WIDE_PEN, _EDGE = 0.052, 0.25
"""Share of the picture's longer side from which a pen is very wide, and share of its width that its soft edge
takes up."""
_AROUND, _INK, _SHADED = 0.2, 150, 0.24
"""Share of its longer side over which the ground around such a stroke is looked at, grey level from which its
core is ink, and spread of either in contrasts that is not even."""
_OTHER_GROUND = 0.5
"""Difference to the ground of another stroke, in contrasts of the one, from which it is another ground."""
_FAR = 2.0
"""Heights of a bar from which the digits of its line say nothing about the ground it stands on."""
_CLOSE = 1.0
"""The same of any digit from which the ground around it is the others' ink."""
_BETWEEN = 3.0
"""The same from which it stands between two of them."""
_THUMBS = 3
"""So many parts of the hand that holds a sheet look like its digits at most."""
_LIKE = 2.5
"""Ratio of size and of contrast between marks that may be of one kind."""
_REACH = 1.5
"""Widths of a stroke over which the ground is looked at ..."""
_FURTHEST = 0.25
"""... but no more than this share of its length: a note is not much larger than a 1 by a marker ..."""
_LITTLE = 12.0
"""... unless that is less than so many pixels."""


def off_paper(
    candidates: Sequence[Candidate],
    digit: NDArray[np.bool_],
    bar: NDArray[np.bool_],
    clear: NDArray[np.bool_],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> NDArray[np.bool_]:
    """Tells which apparent digits are parts of things.

    The ground is looked at around every bar, which is found anywhere, around digits that are
    outnumbered by other marks of their size, and on both sides and within what is large.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        bar: Shape (n,), whether what it was read as is a one.
        clear: Shape (n,), whether it has clear paper around it, so that marks beyond say nothing of it.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        Shape (n,), True for apparent digits that stand on no paper.
    """
    alike = _like(candidates)
    lone = _lone(candidates, alike, grounds)

    def stands_on_paper(i: int, *, crossed: bool = False) -> bool:
        one = candidates[i]
        return on_paper(one, grounds[one.polarity], crossed=crossed, slanting=bool(lone[i]))

    doubtful = np.zeros(len(candidates), bool)
    hand = [candidates[i] for i in np.flatnonzero(digit & ~bar).tolist()]
    for i in np.flatnonzero(digit & ~bar).tolist():
        one = candidates[i]
        doubtful[i] = lies_flat(one)
        # A shadow's edge may cross a whole line.
        if not any(other is not one and one.continues(other) for other in hand):
            gray = grounds[one.polarity]
            doubtful[i] |= (
                (
                    (is_disc(one, gray, crossed=len(hand) == 1) or _is_halo(one, gray))
                    and not crossed_by_shadow(one, gray)
                )
                or _is_shaded(one, gray, grainy=bool(lone[i]))
                or holds_marks(one, candidates)
            )
    digit = digit & ~doubtful
    plain = np.flatnonzero(digit & ~bar)
    like = alike[plain]
    outnumbered = ((like & ~digit).sum(axis=1) > (like & digit).sum(axis=1)) & ~clear[plain]
    asked = like[:, plain] & outnumbered[:, None]
    off = np.zeros(len(plain), bool)
    for k in np.flatnonzero(asked.any(axis=0)).tolist():
        one = candidates[int(plain[k])]
        off[k] = not stands_on_paper(int(plain[k])) and not crossed_by_shadow(one, grounds[one.polarity])
    doubtful[plain] |= outnumbered & (2 * (asked & off).sum(axis=1) > asked.sum(axis=1))
    hand = [candidates[i] for i in plain.tolist() if not doubtful[i]]
    for i in np.flatnonzero(digit & bar).tolist():
        # A shadow's edge may cross a whole line, and what is next on it; or what stands by itself.
        alone = not (alike[i] & ~digit).any()
        doubtful[i] = not (
            stands_on_paper(i, crossed=alone)
            or any(_is_next(candidates[i], other, _FAR) for other in hand)
            or crossed_by_shadow(candidates[i], grounds[candidates[i].polarity], bar=True)
        )
    return doubtful


def _is_next(one: Candidate, other: Candidate, heights: float) -> bool:
    """Whether a stroke stands on a line with another one that is no more than so many heights away."""
    gap = -one.box.shared_width(other.box)
    return one is not other and one.continues(other) and gap < heights * one.box.height


def beside_the_sheet(
    candidates: Sequence[Candidate],
    digit: NDArray[np.bool_],
    bar: NDArray[np.bool_],
    written: NDArray[np.bool_],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> NDArray[np.bool_]:
    """Tells which apparent digits are a pen on the desk or the thumb that holds the sheet.

    A pen looks like a 1 on another ground than all digits that are surely written and on no line with any; a
    thumb like a digit that is dark on one side.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        bar: Shape (n,), whether what it was read as is a one.
        written: Shape (n,), which digits are surely written, on paper.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        Shape (n,); False for all where no digit is surely written.
    """
    beside = np.zeros(len(candidates), bool)
    if not (written & ~bar).any():
        return beside
    sure = [candidates[i] for i in np.flatnonzero(written).tolist()]
    digits = [candidates[i] for i in np.flatnonzero(digit | written).tolist()]
    thumbs = []
    for i in np.flatnonzero(digit & ~written).tolist():
        one, gray = candidates[i], grounds[candidates[i].polarity]
        # What is written in the shade is as high, and by the same pen.
        if bar[i] and not any(one.continues(each) or are_alike(one, each, lit=False) for each in sure):
            beside[i] = not on_one_ground([one, *sure], grounds)[0, 1:].any()
        near = [each for each in digits if _is_next(one, each, _BETWEEN)]
        between = len({each.box.x < one.box.x for each in near}) > 1
        if beside[i] or bar[i] or between or any(_is_next(one, each, _CLOSE) for each in near):
            continue
        if _stands_at_an_edge(one, gray) and not crossed_by_shadow(one, gray):
            beside[i] = True
            if any(are_alike(one, each) for each in sure):
                thumbs.append(i)
    # Where more are dark on one side it is the ground that is: squared paper.
    if len(thumbs) > _THUMBS:
        beside[thumbs] = False
    return beside


def on_one_ground(
    candidates: Sequence[Candidate], grounds: Mapping[Polarity, NDArray[np.uint8]]
) -> NDArray[np.bool_]:
    """Tells which marks stand on the ground that each stands on, as those on the desk beside a sheet do not.

    Args:
        candidates: Strokes of one picture, n of them.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        Shape (n, n), whether the ground around each stroke, by row, is about as bright as that around the
        others, by column.
    """
    shades = np.zeros(len(candidates), np.float32)
    for i, candidate in enumerate(candidates):
        near = ground_around(candidate, grounds[candidate.polarity], _NEXT)
        shades[i] = median(near.window[near.around]) if near.around.any() else np.nan
    contrast = np.array([c.contrast for c in candidates], np.float32)
    away = np.abs(shades[:, None] - shades)
    return np.asarray(~(away > _OTHER_GROUND * contrast[:, None]))


def _is_halo(candidate: Candidate, gray: NDArray[np.uint8]) -> bool:
    """Whether a large stroke is the wall beside a dark thing: no ink, but the ground on one of its sides."""
    if min(candidate.box.width, candidate.box.height) < _LARGE:
        return False
    near = ground_around(candidate, gray, _NEXT)
    shades = near.window[near.around].astype(np.float32)
    if not len(shades) or not len(near.core):
        return False
    away = np.abs(shades - median(near.core))
    return float(np.mean(away < _SAME * percentile(away, 0.95))) > _SHARE


def _lone(
    candidates: Sequence[Candidate], alike: NDArray[np.bool_], grounds: Mapping[Polarity, NDArray[np.uint8]]
) -> NDArray[np.bool_]:
    """Which strokes take up half of the picture alone, as digits in bad light do and things hardly."""
    others = alike & ~np.eye(len(candidates), dtype=bool)
    takes_up = np.zeros(len(candidates), bool)
    for i, candidate in enumerate(candidates):
        height, width = grounds[candidate.polarity].shape
        takes_up[i] = candidate.box.height > _HALF * height or candidate.box.width > _HALF * width
        # What reaches in is the dark corner of the picture.
        others[:, i] &= not at_edge(*candidate.box, (width, height))
    return np.asarray(takes_up & ~others.any(axis=1))


def _is_shaded(candidate: Candidate, gray: NDArray[np.uint8], *, grainy: bool = False) -> bool:
    """Whether neither a very wide stroke nor its ground is even: a face or a flower fills the picture.

    Args:
        candidate: A stroke of the picture.
        gray: Shape (h, w), uint8, the searched picture.
        grainy: Whether it may be grain that is uneven, which is smoothed first.
    """
    if candidate.stroke < _WIDE_PEN * max(gray.shape):
        return False
    box, size = candidate.box, max(candidate.box.width, candidate.box.height)
    soft = (max(3, int(_EDGE * candidate.stroke)),) * 2
    core = cv2.erode(candidate.ink, np.ones(soft, np.uint8))
    near = ground_around(candidate, gray, _AROUND * size)
    window = np.asarray(cv2.blur(near.window, soft), np.uint8) if grainy else near.window
    left, top = near.place
    within = window[top : top + box.height, left : left + box.width][core > _INK]
    ground = without_slope(window, near.around)
    if not len(within) or not len(ground):
        return False
    contrast = max(abs(median(within) - median(ground)), 1.0)
    return min(spread_of(within), spread_of(ground)) > _SHADED * contrast


def _like(candidates: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Which marks, by column, are of the size of each, by row, and not much fainter."""
    size = np.log([max(c.box.width, c.box.height) for c in candidates])
    contrast = np.array([c.contrast for c in candidates], np.float32)
    alike = np.abs(size[:, None] - size) < np.log(_LIKE)
    return np.asarray(alike & (contrast > contrast[:, None] / _LIKE))


def on_paper(
    candidate: Candidate, gray: NDArray[np.uint8], *, crossed: bool = False, slanting: bool = False
) -> bool:
    """Whether the ground around a stroke is even, and the same on its left as on its right.

    Args:
        candidate: A stroke of the picture.
        gray: Shape (h, w), uint8, the searched picture.
        crossed: Whether the edge of a shadow may cross an upright stroke: then it is enough that three of
            its four lengths stand on such ground, each on its own.
        slanting: Whether light may fall off from one side to the other.

    Returns:
        True too where next to nothing of the ground is in the picture.
    """
    near = _near(candidate, gray)
    if np.count_nonzero(near.around) < len(near.core) / 4 or not len(near.core):
        return True
    right = np.zeros(near.around.shape, bool)
    right[near.around] = right_of(candidate, near)
    core = median(near.core)
    if _is_even(near.window[near.around], right[near.around], core):
        return True
    if slanting:
        level, slope = levelled(near.window, near.around, right)
        # Light falls off slowly: what changes much within the width of a pen is a thing's side.
        contrast = abs(core - median(level[near.around]))
        gentle = slope * candidate.stroke < _STEEP * contrast
        if gentle and _is_even(level[near.around], right[near.around], core):
            return True
    if not crossed:
        return False
    lengths = np.array_split(np.arange(len(near.window)), _LENGTHS)
    even = [
        _is_even(near.window[rows][near.around[rows]], right[rows][near.around[rows]], core)
        for rows in lengths
    ]
    return sum(even) >= _LENGTHS - 1


def _near(candidate: Candidate, gray: NDArray[np.uint8]) -> Surroundings:
    """The ground next to a stroke."""
    furthest = max(_LITTLE, _FURTHEST * max(candidate.box.width, candidate.box.height))
    return ground_around(candidate, gray, max(2.0, min(_REACH * candidate.stroke, furthest)))


def _stands_at_an_edge(candidate: Candidate, gray: NDArray[np.uint8]) -> bool:
    """Whether the ground left of a stroke differs from that right of it as much as half of its ink."""
    near = _near(candidate, gray)
    shades, right = near.window[near.around], right_of(candidate, near)
    if not len(near.core) or right.all() or not right.any():
        return False
    contrast = abs(median(near.core) - median(shades))
    step = abs(median(shades[right]) - median(shades[~right]))
    return step > _TWO_GROUNDS * max(contrast, 1.0)


def _is_even(shades: NDArray[np.uint8] | NDArray[np.float32], right: NDArray[np.bool_], core: float) -> bool:
    if not len(shades):
        return False
    contrast = max(abs(core - median(shades)), 1.0)
    if spread_of(shades) > _UNEVEN * contrast:
        return False
    if right.all() or not right.any():
        return True
    step = abs(float(shades[right].mean()) - float(shades[~right].mean()))
    return bool(step < _STEP * contrast)
