"""Which apparent digits are a comma, a percent or a comparison sign, by their shape and place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.nearness import ratio

_COMMAS: Final = frozenset("1279")
"""What a comma looks like."""
_LOW, _NARROW, _BELOW = 0.45, 0.4, 0.15
"""Heights of the digit before it that a comma is high and wide at most, and that it ends above its foot."""
_TOP: Final = 0.5
"""So many of its heights below its head it begins at least."""
_NEXT: Final = 0.8
"""Heights of a digit that lie between it and a comma at most."""
_CHEVRONS: Final = {"7": 0.85, "2": 0.9}
"""What > and < look like, and how well each half covers the other's mirror image then."""
_ON_LINE, _REACH = 0.45, 2.5
"""Digits on either side share so much of the lower one's height with one, and are so many heights away."""
_DOLLARS: Final = frozenset("58")
"""What a $ looks like..."""
_TALLER: Final = 1.05
"""...so many times as high as the digit after it at least..."""
_TIP, _THIN, _OFF = 0.08, 0.35, 0.3
"""...with a line that shows alone so far from either end, shares of the width that this is wide at most and
off the middle at most."""
_SIDE: Final = 32
"""Pixels of the square that a chevron is squeezed into."""
_INK: Final = 100
"""Of 255, from which a pixel of it is ink."""
_ASIDE, _BELOW_IT, _ALIKE = (0.2, 3.0), (0.35, 5.0), 1.7
"""Heights of the circles of a percent sign by which one lies to the right of the other, and below it, and
ratio of their heights at most."""
_AS_TALL, _LEAST, _NEAR = 0.6, 0.15, 4.0
"""There is a stroke as tall as both together but for so many of their heights; they are so much of its height
at least, and it is so many of their heights away at most."""
_CLOSE, _LEAST_ALONE = 2.2, 0.25
"""The first two, and that share, where the stroke is lost: both are 0s beside a digit as tall as they."""


def are_signs(
    candidates: Sequence[Candidate], labels: Sequence[str], digit: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which apparent digits are signs that stand among digits.

    Args:
        candidates: What was found in a picture, n of them.
        labels: What each looks like.
        digit: Shape (n,), whether it was read as a digit.

    Returns:
        Shape (n,), True for commas between digits or after one, the circles and the stroke of a percent
        sign, and chevrons.
    """
    signs = np.zeros(len(candidates), bool)
    if digit.sum() < 2:
        return signs
    boxes = np.array([c.box for c in candidates], np.float32)
    dark = np.array([c.polarity == "dark" for c in candidates])
    told = np.where(digit, np.array(labels, str), "")
    signs |= np.isin(told, list(_COMMAS)) & _are_commas(boxes, digit)
    compared = np.isin(told, list(_CHEVRONS)) & _between(boxes, digit)
    for i in np.flatnonzero(compared).tolist():
        signs[i] |= _likeness(candidates[i].ink) > _CHEVRONS[labels[i]]
    for i in np.flatnonzero(np.isin(told, list(_DOLLARS)) & _leads(boxes, digit)).tolist():
        signs[i] |= _has_spikes(candidates[i].ink)
    return signs | (digit & _in_percent(boxes, dark, told == "0", told == "1", ~digit))


def _between(boxes: NDArray[np.float32], digit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which boxes have a digit on their line on either side."""
    left, top, width, height = boxes.T
    shared = np.minimum((top + height)[:, None], top + height) - np.maximum(top[:, None], top)
    gap = np.maximum(left[:, None], left) - np.minimum((left + width)[:, None], left + width)
    beside = digit & (shared > _ON_LINE * np.minimum(height[:, None], height)) & (gap < _REACH * height)
    np.fill_diagonal(beside, False)
    right = left > left[:, None]
    return np.asarray((beside & right).any(axis=1) & (beside & ~right).any(axis=1))


def _leads(boxes: NDArray[np.float32], digit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which boxes are higher than the digit on their right and have none on their left."""
    left, top, width, height = boxes.T
    shared = np.minimum((top + height)[:, None], top + height) - np.maximum(top[:, None], top)
    gap = np.maximum(left[:, None], left) - np.minimum((left + width)[:, None], left + width)
    beside = digit & (shared > _ON_LINE * np.minimum(height[:, None], height)) & (gap < _REACH * height)
    right = left > left[:, None]
    after = beside & right & (height[:, None] > _TALLER * height)
    np.fill_diagonal(beside, False)
    return np.asarray(after.any(axis=1) & ~(beside & ~right).any(axis=1))


def _has_spikes(ink: NDArray[np.uint8]) -> bool:
    """Whether a mark begins and ends with no more than a pen's width near its middle."""
    own = ink > _INK
    rows = max(1, round(_TIP * len(own)))
    for tip in (own[:rows], own[-rows:]):
        columns = np.flatnonzero(tip.any(axis=0))
        if not len(columns) or columns[-1] - columns[0] + 1 > _THIN * own.shape[1]:
            return False
        if abs((columns[0] + columns[-1]) / 2 / own.shape[1] - 0.5) > _OFF:
            return False
    return True


def _are_commas(boxes: NDArray[np.float32], digit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which boxes hang low and small on the feet of the digit on their left."""
    left, top, width, height = boxes.T
    foot = top + height
    gap = left[:, None] - (left + width)
    tall = height
    beside = digit & (gap < _NEXT * tall) & (left[:, None] > left + 0.5 * width)
    beside &= (height[:, None] < _LOW * tall) & (width[:, None] < _NARROW * tall)
    beside &= (foot[:, None] > foot - _BELOW * tall) & (top[:, None] > top + _TOP * tall)
    beside &= top[:, None] < foot + _BELOW * tall
    return np.asarray(beside.any(axis=1))


def _in_percent(
    boxes: NDArray[np.float32],
    dark: NDArray[np.bool_],
    zero: NDArray[np.bool_],
    one: NDArray[np.bool_],
    other: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which boxes are the circles of a percent sign, one to the right and below, or the stroke between them.

    Args:
        boxes: Shape (n, 4).
        dark: Shape (n,), whether the ink is darker than its ground.
        zero: Shape (n,), what looks like a circle.
        one: Shape (n,), what looks like the stroke.
        other: Shape (n,), what looks like no digit: a small circle may be a blot.
    """
    found = np.zeros(len(boxes), bool)
    left, top, width, height = boxes.T
    across, down = left + width / 2, top + height / 2
    alike = dark[:, None] == dark
    circles = zero[:, None] & zero & alike
    if one.any():
        # A stroke between them tells more than their look.
        circles |= (zero | other)[:, None] & (zero | other) & (ratio(height) < _ALIKE) & alike
    size = (height[:, None] + height) / 2
    aside, below = (across - across[:, None]) / size, (down - down[:, None]) / size
    circles &= (aside > _ASIDE[0]) & (aside < _ASIDE[1]) & (below > _BELOW_IT[0]) & (below < _BELOW_IT[1])
    for i, j in np.argwhere(circles).tolist():
        between = (across >= across[i]) & (across <= across[j]) & (down >= down[i]) & (down <= down[j])
        beyond = np.maximum(np.abs(top - top[i]), np.abs(top + height - top[j] - height[j]))
        tall = alike[i] & (beyond < _AS_TALL * size[i, j])
        tall &= np.abs(across - across[i]) < _NEAR * size[i, j]
        low = np.minimum(height[i], height[j]) / height
        alone = zero[i] and zero[j] and max(aside[i, j], below[i, j]) < _CLOSE
        if (tall & (low > _LEAST) & (one & between | (alone & (low > _LEAST_ALONE)))).any():
            found |= one & between
            found[[i, j]] = True
    return found


def _likeness(ink: NDArray[np.uint8]) -> float:
    """How well a mark's upper half and the mirror image of its lower half cover each other, 0 to 1."""
    square = np.asarray(cv2.resize(ink, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)) > _INK
    mirrored = square[::-1]
    # A pixel more or less is the hand's.
    about = np.asarray(cv2.dilate(mirrored.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    return float((square & about).sum() / max(1, square.sum()))
