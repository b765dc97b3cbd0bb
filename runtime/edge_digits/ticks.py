"""The marks of a scale and the walls between the boxes of a form: bars on a line that are no ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.percentile import median
from edge_digits.reading import Box

_SLIM: Final = 0.45
"""Share of its height that a bar is wide at most."""
_FEWEST: Final = 3
"""So many bars alike make a scale or a form."""
_MOSTLY: Final = 0.75
"""Share of all that stands on the line that is bars: on a line of ruling there are other digits, too."""
_AS_HIGH: Final = 1.3
"""Ratio of their heights to their median at most."""
_MIDDLE: Final = (0.2, 0.8)
"""Shares of its height between which a line runs through a tick."""
_LOWER, _HIGHER = 0.85, 1.15
"""Share of the clear digits' height up to which a bar is no one of theirs, and from which."""
_END: Final = 0.25
"""Share of the way between two walls by which the outer ones stand off the line's ends at most."""


def with_ticks(strokes: list[Candidate], box: Box, lines: NDArray[np.uint8]) -> list[Candidate]:
    """Marks the bars that a line runs through, and drops those that part it from end to end.

    Args:
        strokes: What came free of lines that run from left to right.
        box: Of the lines and all that is joined to them.
        lines: The lines' pixels, shape (box.height, box.width), 1 on 0.

    Returns:
        What is left of the strokes, some of them marked.
    """
    bars = [stroke for stroke in strokes if stroke.box.width < _SLIM * stroke.box.height]
    if len(bars) < max(_FEWEST, _MOSTLY * len(strokes)):
        return strokes
    high = median([bar.box.height for bar in bars])
    alike = [bar for bar in bars if high / _AS_HIGH < bar.box.height < _AS_HIGH * high]
    if len(alike) >= _FEWEST and _are_walls(alike, lines, box):
        return [each for each in strokes if not any(each is wall for wall in alike)]
    ticks = [bar for bar in alike if _is_crossed(bar, box, lines)]
    if len(ticks) < _FEWEST:
        return strokes
    return [replace(each, tick=True) if any(each is tick for tick in ticks) else each for each in strokes]


def are_ticks(candidates: Sequence[Candidate], clear: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tells which marked bars are no ones: ones that a line of ruling runs through are as high as the digits.

    Args:
        candidates: What was found in a picture, n of them.
        clear: Shape (n,), whether it is clearly a digit and no bar.

    Returns:
        Shape (n,), True for bars that are lower or higher than those; none where there are no such digits.
    """
    ticks = np.array([each.tick for each in candidates], bool)
    if not ticks.any() or not clear.any():
        return np.zeros(len(candidates), bool)
    height = np.array([each.box.height for each in candidates], np.float32)
    share = height / median(height[clear])
    return np.asarray(ticks & ((share < _LOWER) | (share > _HIGHER)))


def _is_crossed(bar: Candidate, box: Box, lines: NDArray[np.uint8]) -> bool:
    """Whether the middle of the line beside a bar is well within its height."""
    left, right = bar.box.x - box.x, bar.box.x + bar.box.width - box.x
    reach = max(2, bar.box.height // 2)
    near = np.flatnonzero(lines[:, max(0, left - reach) : right + reach].any(axis=1))
    if not len(near):
        return False
    place = (box.y + median(near) - bar.box.y) / bar.box.height
    return _MIDDLE[0] < place < _MIDDLE[1]


def _are_walls(bars: Sequence[Candidate], lines: NDArray[np.uint8], box: Box) -> bool:
    """Whether bars stand on both ends of a line."""
    columns = np.flatnonzero(lines.any(axis=0)) + box.x
    places = sorted(bar.box.center[0] for bar in bars)
    slack = _END * median(np.diff(places))
    return bool(max(abs(places[0] - columns[0]), abs(places[-1] - columns[-1])) < slack)
