"""Which strokes are the two bars of an equals sign: neither is the bar of a digit beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.nearness import ratio

_FLAT: Final = 1.7
"""Heights that a bar is wide at least."""
_WIDTHS, _PENS, _INKS = 1.6, 1.7, 1.6
"""Ratios of their widths, pens and contrasts at most."""
_SHARED: Final = 0.65
"""Share of the shorter one's width by which one lies above the other."""
_APART: Final = 0.85
"""Widths from the middle of one to that of the other at most: the bars of a 2 are further apart."""
_INK: Final = 100
"""Of 255, from which a pixel of a stroke is ink."""
_FREE: Final = 0.4
"""Widths above and below both in which there is nothing else."""


def bars_of_equals(strokes: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Tells which strokes lie above or below one like them.

    Args:
        strokes: Connected strokes of one picture, n of them.

    Returns:
        Shape (n,), True for both bars of each equals sign.
    """
    bars = np.zeros(len(strokes), bool)
    flat = [i for i, each in enumerate(strokes) if each.box.width > _FLAT * each.box.height]
    if len(flat) < 2:
        return bars
    left, top, width, height = np.array([strokes[i].box for i in flat], np.float32).T
    middle = top + height / 2
    shared = np.minimum((left + width)[:, None], left + width) - np.maximum(left[:, None], left)
    least = np.minimum(width[:, None], width)
    apart = np.abs(middle[:, None] - middle)
    pair = (shared > _SHARED * least) & (apart < _APART * least) & (ratio(width) < _WIDTHS)
    # Two that touch would be one.
    pair &= apart > np.maximum(height[:, None], height) / 2
    pair &= ratio(np.array([strokes[i].stroke for i in flat], np.float32)) < _PENS
    pair &= ratio(np.array([strokes[i].contrast for i in flat], np.float32)) < _INKS
    np.fill_diagonal(pair, False)
    # Of three or more, lines of ruling or of print, none is one of two.
    single = pair.sum(axis=1) == 1
    pairs = np.argwhere(np.triu(pair & single & single[:, None])).tolist()
    boxes = np.array([each.box for each in strokes], np.int32) if pairs else np.zeros((0, 4), np.int32)
    for first, second in pairs:
        both = [flat[first], flat[second]]
        bars[both] = _stands_free(strokes, boxes, both)
    return bars


def _stands_free(strokes: Sequence[Candidate], boxes: NDArray[np.int32], both: list[int]) -> bool:
    """Whether no ink lies between two bars, or close above or below: a dry pen leaves digits in pieces."""
    left, top, width, height = boxes.T
    near = round(_FREE * int(width[both].min()))
    first, last = int(left[both].max()), int((left + width)[both].min())
    highest, lowest = int(top[both].min()) - near, int((top + height)[both].max()) + near
    close = (left < last) & (left + width > first) & (top < lowest) & (top + height > highest)
    close[both] = False
    for i in np.flatnonzero(close).tolist():
        x, y = strokes[i].box.x, strokes[i].box.y
        window = strokes[i].ink[max(0, highest - y) : lowest - y, max(0, first - x) : last - x]
        if (window > _INK).any():
            return False
    return True
