"""Whether two runs differ by more than their own noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 0.05
"""Smaller changes are not called changes: the same code, started twice, differs that much."""
CONFIDENCE = 0.99
BLOCK = 4
"""Rounds drawn together: neighbours resemble each other, and drawing them singly would hide that."""
RESAMPLES = 4000
ENOUGH_ROUNDS = 8


@dataclass(frozen=True)
class Change:
    """One figure of two runs."""

    name: str
    """The row or frame."""
    part: str
    """latency, frames, accuracy, size, memory or load."""
    before: float
    """In the unit of the part."""
    after: float
    """Likewise."""
    ratio: float
    """after over before, with the pace of the machine taken out where it was measured."""
    verdict: str
    """worse, better, same, or unknown where too little was measured to tell."""
    low: float | None = None
    """Lower end of the ratio's confidence interval; None where it has none."""
    high: float | None = None
    """Upper end."""


def verdict_of(ratio: float, low: float, high: float, *, least: float) -> str:
    """Names a change of time: it must be both certain and large enough to matter.

    Args:
        ratio: New time over old time.
        low: Lower end of its confidence interval.
        high: Upper end.
        least: The smallest relative change that counts, such as 0.05.
    """
    if ratio >= 1 + least and low > 1:
        return "worse"
    if ratio <= 1 / (1 + least) and high < 1:
        return "better"
    return "same"


def pace_free(rounds: Sequence[float], pace: Sequence[float] | None) -> NDArray[np.float64]:
    """Medians of rounds, each over the yardstick's median of the same round.

    Args:
        rounds: Milliseconds, one a round.
        pace: The yardstick's, in the same rounds; None leaves the milliseconds.
    """
    values = np.asarray(rounds, np.float64)
    return values if pace is None else values / np.asarray(pace, np.float64)


def ratio_interval(
    before: NDArray[np.float64], after: NDArray[np.float64], *, seed: int = 0
) -> tuple[float, float, float]:
    """The ratio of two medians over rounds, and how far it can be trusted.

    Moving-block bootstrap of both runs (Künsch 1989): whole stretches of
    neighbouring rounds are drawn with replacement, so that slow drift counts
    as noise.

    Args:
        before: Shape (n,), one figure a round, at least one, above 0.
        after: Shape (m,), likewise.
        seed: Of the draws.

    Returns:
        ratio, and both ends of its interval at CONFIDENCE.
    """
    rng = np.random.default_rng(seed)
    draws = np.log(_medians(after, rng)) - np.log(_medians(before, rng))
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.exp(np.percentile(draws, (tail, 100 - tail)))
    return float(np.median(after) / np.median(before)), float(low), float(high)


def difference_interval(
    before: NDArray[np.float64], after: NDArray[np.float64], *, seed: int = 0
) -> tuple[float, float, float]:
    """How much longer one row took than another of the same rounds, and how far that can be trusted.

    Args:
        before: Shape (n,), one figure a round.
        after: Shape (n,), of the same rounds.
        seed: Of the draws.

    Returns:
        The median over rounds of after less before, and both ends of its
        interval at CONFIDENCE, in the unit of the figures.
    """
    apart = after - before
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(_medians(apart, np.random.default_rng(seed)), (tail, 100 - tail))
    return float(np.median(apart)), float(low), float(high)


def _medians(rounds: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Medians of RESAMPLES series put together from blocks of the rounds, shape (RESAMPLES,)."""
    count, block = len(rounds), min(BLOCK, len(rounds))
    blocks = -(-count // block)
    starts = rng.integers(0, count - block + 1, (RESAMPLES, blocks))
    places = (starts[:, :, np.newaxis] + np.arange(block)).reshape(RESAMPLES, -1)[:, :count]
    medians: NDArray[np.float64] = np.median(rounds[places], axis=1)
    return medians
