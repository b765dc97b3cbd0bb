"""Which apparent digits are but the ground in and around the strokes of others, as the eye of a 0 is a 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.extent import rim
from edge_digits.ink import Polarity
from edge_digits.percentile import median

_CLEAR, _LESS = 0.75, 0.1
"""How certain a digit is whose ground is looked at, and how much less than what may be that ground."""
_SHARED = 0.6
"""Share of the smaller one's box that both cover."""
_LOW = 0.55
"""Share of its height that the digit is high at least: marks on a sheet are no counter-shapes of it."""
_WIDE, _WIDE_BAR = 0.3, 0.2
"""Share of the digit's longer side that its pen is wide at most, and a 1's: a sheet with a digit is wider."""
_FINE = 0.15
"""Share of the digit's pen that what looks like a digit in it is wide at least, to be ground; 1s aside."""
_SEVERAL = 3
"""So many digits apart from each other in one of the other polarity make it a thing; an 8 has two eyes."""
_FRAME = 0.5
"""Share of the rim of its box that the digit covers at most: a sheet covers it."""
_BEYOND = 0.2
"""Share of their longer side over which the ground beyond both is looked at."""
_LIKE = 0.25
"""Difference to that ground, in those of the digit's ink, up to which it is the same."""
_EVEN, _GRAIN = 0.7, 10.0
"""Share of that ground that is of one tone, give or take as much or these grey levels."""
_CORE = 128
"""Of 255: from here on a pixel is of a stroke's core."""


def counter_shapes(
    candidates: Sequence[Candidate],
    confidence: NDArray[np.float32],
    bar: NDArray[np.bool_],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> NDArray[np.bool_]:
    """Tells which candidates are as light as the ground beyond a digit of the other polarity that they touch.

    Args:
        candidates: What may be digits, n of them; several may share ink.
        confidence: Shape (n,), probability of each one's best digit.
        bar: Shape (n,), whether that is a 1.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        Shape (n,), True for those that are no ink.
    """
    told = np.zeros(len(candidates), bool)
    dark = np.array([c.polarity == "dark" for c in candidates], bool)
    if dark.all() or not dark.any():
        return told
    # What is hardly a digit, and most is, cannot be taken for one.
    likely = np.flatnonzero(confidence > _CLEAR / 2)
    asked = [candidates[i] for i in likely.tolist()]
    dark, bar, confidence = dark[likely], bar[likely], confidence[likely]
    boxes = np.array([c.box for c in asked], np.float32).reshape(-1, 4)
    left, top, width, height = boxes.T
    across = np.minimum((left + width)[:, None], left + width) - np.maximum(left[:, None], left)
    down = np.minimum((top + height)[:, None], top + height) - np.maximum(top[:, None], top)
    area = width * height
    shared = np.maximum(across, 0) * np.maximum(down, 0) > _SHARED * np.minimum(area[:, None], area)
    pen = np.array([c.stroke for c in asked], np.float32)
    digit = (confidence > _CLEAR) & (pen < np.where(bar, _WIDE_BAR, _WIDE) * np.maximum(width, height))
    rivals = shared & (dark[:, None] != dark) & digit & (confidence > confidence[:, None] - _LESS)
    rivals &= height > _LOW * height[:, None]
    # What holds a digit by a pen so much finer is a sheet, or half of one.
    clear = rivals & ((confidence > _CLEAR) & ~bar)[:, None]
    sheet = (clear & (pen[:, None] < _FINE * pen)).any(axis=0)
    for j in np.flatnonzero(clear.sum(axis=0) >= _SEVERAL).tolist():
        sheet[j] |= _stand_apart(np.flatnonzero(clear[:, j]).tolist(), shared) >= _SEVERAL
    rivals &= ~sheet
    # Within a panel each may be as light as what is around it: a bar, or the smaller one, goes first.
    first = np.lexsort((area, ~bar)).argsort().tolist()
    ground = np.zeros(len(asked), bool)
    for i, j in sorted(np.argwhere(rivals).tolist(), key=lambda pair: first[pair[0]]):
        if not ground[i] and not ground[j]:
            ground[i] = _is_ground(asked[i], asked[j], grounds[asked[j].polarity])
    told[likely] = ground
    return told


def _stand_apart(candidates: Sequence[int], shared: NDArray[np.bool_]) -> int:
    """How many candidates share nothing, by `shared`, shape (n, n): one stroke is found more than once."""
    apart: list[int] = []
    for i in candidates:
        if not shared[i, apart].any():
            apart.append(i)
    return len(apart)


def _is_ground(shape: Candidate, digit: Candidate, gray: NDArray[np.uint8]) -> bool:
    if float((rim(digit.ink) > _CORE).mean()) > _FRAME:
        return False
    one, other = shape.box, digit.box
    x, y = min(one.x, other.x), min(one.y, other.y)
    right = max(one.x + one.width, other.x + other.width)
    bottom = max(one.y + one.height, other.y + other.height)
    beyond = max(2, round(_BEYOND * max(right - x, bottom - y)))
    outer = gray[max(0, y - beyond) : bottom + beyond, max(0, x - beyond) : right + beyond]
    ring = np.ones(outer.shape, bool)
    ring[min(y, beyond) : min(y, beyond) + bottom - y, min(x, beyond) : min(x, beyond) + right - x] = False
    if not ring.any():
        return False
    ground = median(outer[ring])
    most = _LIKE * abs(_tone(digit, gray) - ground)
    # The table around a slate says nothing of what is written on it.
    even = float(np.mean(np.abs(outer[ring] - ground) < max(most, _GRAIN))) > _EVEN
    return even and abs(_tone(shape, gray) - ground) < most


def _tone(candidate: Candidate, gray: NDArray[np.uint8]) -> float:
    box = candidate.box
    window = gray[box.y : box.y + box.height, box.x : box.x + box.width]
    core = candidate.ink > _CORE
    return median(window[core] if core.any() else window)
