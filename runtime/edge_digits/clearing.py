"""Digits that stand on clear paper, and what else there is to see around their sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.rows import are_alike
from edge_digits.shade import crossed_by_shadow

_SURE = 0.9
"""Confidence from which a digit that is no bar may tell where the paper is."""
_POSSIBLE = 0.1
"""Confidence up to which it is of no interest where something stands."""
_RINGS = (0.06, 0.12)
"""Lengths of a stroke at which its surroundings are looked at, along upright rectangles ..."""
_LEAST = 3
"""... and pixels, at least."""
_EVEN, _FEW = 0.3, 0.05
"""Spread of that ground, in contrasts of the stroke, up to which it is clear paper; of its pixels
such a share at either end does not count."""
_BOLD, _BOLDER = 60, 130
"""Grey levels between such a digit and its ground, at least: it is lit, or its pen is bold. The same where it
was joined to ruling."""
_BROAD = 0.25
"""Lengths of a stroke from which its pen is so broad that it may be a thing with a hole."""
_UNEVEN, _MORE = 0.5, 0.15
"""The same from which it is no paper; more may be other digits."""
_HALF = 0.25
"""And such a share where it may be the letters before and after."""
_VERY_UNEVEN = 1.0
"""And where digits on clear paper are like it."""
_LIKE = 2.0
"""Ratio of their sizes, pens and contrasts up to which they are."""
_SAME = 1.2
"""The same of contrasts up to which such a one beside it leaves no doubt: a shadow may cross their line."""
_INK = 150
"""Of 255: a pixel in the core of a stroke."""


class Paper(NamedTuple):
    """Where n marks stand."""

    clear: NDArray[np.bool_]
    """Shape (n,), digits on clear paper, which are none of the things and letters beyond."""
    off: NDArray[np.bool_]
    """Shape (n,), what stands off all paper while such digits are there; it is part of things."""

    @classmethod
    def unknown(cls, count: int) -> Paper:
        """Of marks whose ground is not to be looked at."""
        return cls(np.zeros(count, bool), np.zeros(count, bool))


def paper_around(
    candidates: Sequence[Candidate],
    confidence: NDArray[np.float32],
    bar: NDArray[np.bool_],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> Paper:
    """Tells which marks have paper around them and which, where some have, have none.

    A sheet that is held up in a room, or that lies among things, shows its digits on even ground; parts of
    things border on other things, and letters on letters.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        confidence: Shape (n,), that each is a digit.
        bar: Shape (n,), whether it was read as a one, which is found anywhere.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        What is clear and what is off paper.
    """
    clear, off = Paper.unknown(len(candidates))
    for i in np.flatnonzero((confidence > _SURE) & ~bar).tolist():
        one = candidates[i]
        if one.stroke > _BROAD * max(one.box.width, one.box.height):
            continue
        ground = _ground(one, grounds[one.polarity], _FEW)
        # What was joined to fainter ink is often a part of things.
        clear[i] = ground.contrast >= (_BOLDER if one.freed else _BOLD) and ground.spread <= _EVEN
    if not clear.any():
        return Paper(clear, off)
    written = [candidates[i] for i in np.flatnonzero(clear).tolist()]
    for i in np.flatnonzero(~clear & (confidence > _POSSIBLE)).tolist():
        one, sure = candidates[i], confidence[i] > _SURE
        spread = _ground(one, grounds[one.polarity], _MORE).spread
        if spread <= _UNEVEN and not sure:
            continue
        kin = [each for each in written if are_alike(one, each, most=_LIKE)]
        beside = [each for each in kin if one.continues(each)]
        if not sure:
            off[i] = not beside or spread > _VERY_UNEVEN
            continue
        clear[i] = bool(beside) and spread <= _EVEN
        most = _VERY_UNEVEN if kin else _UNEVEN
        if spread <= most or any(_is_same_ink(one, each) for each in beside):
            continue
        # Other digits come near it, or the edge of a shadow, or the sheet's.
        off[i] = _ground(one, grounds[one.polarity], _MORE, ends=True).spread > most
        off[i] &= not crossed_by_shadow(one, grounds[one.polarity], bar=bool(bar[i]))
    return Paper(clear, off)


def are_things(
    candidates: Sequence[Candidate], grounds: Mapping[Polarity, NDArray[np.uint8]]
) -> NDArray[np.bool_]:
    """Tells which marks stand on no paper, so that they are no letters either.

    Args:
        candidates: Marks of one picture, n of them.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        Shape (n,).
    """
    spreads = [_ground(one, grounds[one.polarity], _HALF).spread for one in candidates]
    return np.array(spreads) > _UNEVEN


def _is_same_ink(one: Candidate, other: Candidate) -> bool:
    return max(one.contrast, other.contrast) < _SAME * min(one.contrast, other.contrast)


class _Ground(NamedTuple):
    """What is around a stroke."""

    spread: float
    """Of its shades, in contrasts of the stroke."""
    contrast: float
    """Grey levels between it and the stroke."""


def _ground(candidate: Candidate, gray: NDArray[np.uint8], few: float, *, ends: bool = False) -> _Ground:
    """Measures the ground around a stroke.

    Args:
        candidate: The stroke.
        gray: Shape (h, w), uint8, the searched picture.
        few: Share of the ground's pixels at either end that does not count.
        ends: Whether to look above and below only, since digits stand to the left and to the right.
    """
    x, y, width, height = candidate.box
    most = max(width, height)
    shades = []
    for share in _RINGS:
        away = max(_LEAST, int(share * most))
        top, left, bottom, right = y - away, x - away, y + height + away, x + width + away
        rows, columns = slice(max(0, top), bottom), slice(max(0, left), right)
        if top >= 0:
            shades.append(gray[top, columns])
        if bottom < gray.shape[0]:
            shades.append(gray[bottom, columns])
        if left >= 0 and not ends:
            shades.append(gray[rows, left])
        if right < gray.shape[1] and not ends:
            shades.append(gray[rows, right])
    if not shades:
        return _Ground(0.0, 0.0)
    ring = np.sort(np.concatenate(shades)).astype(np.float32)
    last = len(ring) - 1
    low, middle, high = (float(ring[int(share * last)]) for share in (few, 0.5, 1 - few))
    core = cv2.threshold(candidate.ink, _INK, 255, cv2.THRESH_BINARY)[1]
    contrast = abs(cv2.mean(gray[y : y + height, x : x + width], np.asarray(core, np.uint8))[0] - middle)
    return _Ground((high - low) / max(contrast, 1.0), contrast)
