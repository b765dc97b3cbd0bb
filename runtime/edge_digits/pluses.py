"""Which marks are plus signs: two bars of one pen that cross in the middle."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate

_INK: Final = 100
"""Of 255, from which a pixel of a cut-out is its own."""
_SQUARE: Final = 1.6
"""Ratio of its sides up to which a cross is a plus."""
_ARM: Final = 0.7
"""Share of its width, or height, along which each bar has ink."""
_LEANS: Final = 0.15
"""Share of its length by which a bar leans."""
_OFF: Final = 0.15
"""Share of a side by which they cross off the middle at most: a t crosses higher, a 4 lower."""
_ABOUT: Final = 0.05
"""Shares of its width by which rows that cover as much differ."""
_EMPTY: Final = 0.12
"""Share of the four corners, a third of each side, that may be ink."""


def is_plus(mark: Candidate) -> bool:
    """Whether a mark is an upright bar and a level one that cross in its middle.

    Args:
        mark: Of any size; below 9 pixels a cross is a blot.
    """
    height, width = mark.ink.shape
    if min(height, width) < 9 or max(height, width) > _SQUARE * min(height, width):
        return False
    own = mark.ink > _INK
    # The bars lean a little.
    level = _widest(own, round(mark.stroke + _LEANS * width))
    upright = _widest(own.T, round(mark.stroke + _LEANS * height))
    if level is None or upright is None:
        return False
    middle = abs(level / height - 0.5) < _OFF and abs(upright / width - 0.5) < _OFF
    down, across = height // 3, width // 3
    corners = [own[:down, :across], own[:down, -across:], own[-down:, :across], own[-down:, -across:]]
    return middle and all(float(corner.mean()) < _EMPTY for corner in corners)


def _widest(own: NDArray[np.bool_], rows: int) -> float | None:
    """Where the bar that reaches across a mask lies, by so many rows together; None where none does."""
    counts = np.zeros((len(own) + 1, own.shape[1]), np.int32)
    np.cumsum(own, axis=0, out=counts[1:])
    covered = (counts[rows:] > counts[:-rows]).mean(axis=1)
    best = float(covered.max(initial=0))
    if best < _ARM:
        return None
    return float(np.flatnonzero(covered > best - _ABOUT).mean()) + rows / 2
