"""How far what a mark looks like speaks for a letter, and how far for a digit."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_digits.percentile import percentile


class _Look(NamedTuple):
    """How much likelier a letter looks like a digit than the digit itself does, as logarithms."""

    unsure: float
    """The network would rather say anything else..."""
    sure: float
    """...less so much for each unit by which it is sure, for letters seldom look quite like digits."""
    tall: float = 0.0
    """It is as high as capitals..."""
    low: float = 0.0
    """...or as small letters."""


_LOOKS: Final = {
    "0": _Look(1.3, 0.19, -1.1, 1.2),
    "1": _Look(0.55, 0.08, -0.2, 1.0),
    "2": _Look(1.4, 0.42, -0.8, 1.0),
    "3": _Look(-0.4, 0.42),
    "4": _Look(1.4, 0.42, 0.0, 0.3),
    "5": _Look(2.5, 0.42, -0.7, 1.1),
    "6": _Look(2.1, 0.42, -0.2, 0.8),
    "7": _Look(-0.15, 0.42, -0.4, 0.6),
    "8": _Look(1.8, 0.42),
    "9": _Look(2.0, 0.42, -0.2, 0.8),
}
"""Fitted to text in many hands, and made less of, as letters of one hand are alike: an o is as good a 0
as any, but no letter a good 3."""
DIGITS: Final = frozenset(_LOOKS)
"""What marks may look like that are digits."""
_OTHER: Final = 1.5, 2.3
"""The same for what looks like no digit, as the network is unsure of it or sure..."""
_SURE: Final = 2.2
"""...from here on."""
_QUITE: Final = 8.0
"""What is surer than this is no likelier a digit; networks of 8-bit numbers cannot tell."""
_SMALL, _CAPITAL = 0.25, 0.85
"""Small letters and capitals are as high as these quantiles of the heights of letters..."""
_TWO_HEIGHTS, _BETWEEN, _OUTGROWS = 1.25, 1.05, 1.2
"""...if these have at least that ratio; what is within the second one of their mean is neither; and if they
have not, what is so many times as high as they are is no letter."""


def log_odds(probability: NDArray[np.float32]) -> NDArray[np.float64]:
    """How sure the network is, as the logarithm of the odds, of probabilities from 0 to 1; at most 8."""
    least = 1 / (1 + math.exp(_QUITE))
    bounded = np.clip(probability.astype(np.float64), least, 1 - least)
    return np.asarray(np.log(bounded / (1 - bounded)))


def look(label: str, sure: float, level: int = 0) -> float:
    """What a mark's look by itself speaks for a letter.

    Args:
        label: What it looks like; any name that is not in `DIGITS` for no digit.
        sure: How sure the network is of that, from `log_odds`.
        level: Its height beside letters, from `level_among`.

    Returns:
        A logarithm: how many times likelier a letter looks like that than a digit does.
    """
    if label not in DIGITS:
        return _OTHER[sure > _SURE]
    said = _LOOKS[label]
    return said.unsure - said.sure * sure + (said.tall if level > 0 else said.low if level < 0 else 0.0)


def level_among(height: float, letters: NDArray[np.float32]) -> int:
    """Says whether a mark is as high as capitals.

    Args:
        height: Of the mark.
        letters: Heights of letters by the same hand, at least one.

    Returns:
        1 if so, -1 if it is as high as small letters, 0 where that cannot be told.
    """
    small, capital = (percentile(letters, share) for share in (_SMALL, _CAPITAL))
    if capital < _TWO_HEIGHTS * small:
        return int(height > _OUTGROWS * capital)
    away = height / math.sqrt(small * capital)
    return int(away > _BETWEEN) - int(away < 1 / _BETWEEN)
