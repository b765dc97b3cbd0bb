"""Which bars are round things, such as a finger that reaches in, and no strokes of a pen."""

from __future__ import annotations

from typing import Final

import numpy as np

from edge_digits.candidate import Candidate

_INK: Final = 100
"""Of 255, from which a pixel of a cut-out is its own."""
_WIDE: Final = 6.0
"""Pixels across: the tone of what is thinner says little."""
_ENDS: Final = 6
"""Parts of its length of which the first and the last are its ends."""
_FADED, _THIN = 0.82, 0.72
"""Shares of its darkest tone and its middle width that both ends of a rounded bar have at most: what
a pen draws is as dark to its ends, also where it is pencil."""


def is_rounded(bar: Candidate) -> bool:
    """Whether a bar grows darker and wider to its middle, as light falls off a round thing.

    Args:
        bar: What looks like a 1.
    """
    if bar.stroke < _WIDE:
        return False
    width = np.count_nonzero(bar.ink > _INK, axis=1)
    rows = width > 0
    if np.count_nonzero(rows) < 2 * _ENDS:
        return False
    tones = [part.mean() for part in np.array_split(bar.ink.max(axis=1)[rows], _ENDS)]
    widths = [part.mean() for part in np.array_split(width[rows], _ENDS)]
    faded = max(tones[0], tones[-1]) < _FADED * max(tones)
    return bool(faded and max(widths[0], widths[-1]) < _THIN * max(widths))
