"""Whether two runs differ by more than their own noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.stats import quiet_p50

LEAST = 0.05
"""Smaller changes are not called changes: the same code, started twice, differs that much."""
SAME_PACE = 0.05
"""A yardstick that moved by no more than this may have moved alone."""
CONFIDENCE = 0.99
BLOCK = 4
"""Rounds drawn together: neighbours resemble each other, and drawing them singly would hide that."""
RESAMPLES = 2000
ENOUGH_ROUNDS = 8
_SEED = 0
"""Of the draws: the same two runs give the same verdict."""


@dataclass(frozen=True)
class Change:
    """One figure of two runs."""

    name: str
    """The row or frame."""
    part: str
    """latency, frames, accuracy, size, memory or load."""
    before: float
    """In the unit of the part; a time is that of quiet rounds."""
    after: float
    """Likewise."""
    ratio: float
    """after over before, with the pace of the machine taken out where it was measured."""
    verdict: str
    """worse, better, same, or unknown where rounds are too few, too unsteady or of too different a pace."""
    low: float | None = None
    """Lower end of the ratio's confidence interval; None where it has none."""
    high: float | None = None
    """Upper end."""


def verdict_of(ratio: float, low: float, high: float, *, least: float, doubt: float = 0.0) -> str:
    """Names a change of time: it must be large enough to matter, certain, and not the machine's.

    Args:
        ratio: New time over old time.
        low: Lower end of its confidence interval.
        high: Upper end.
        least: The smallest relative change that counts, such as 0.05.
        doubt: By `pace_doubt`: half of what counts has to remain without it.

    Returns:
        worse, better, same; unknown where a change is seen but not certain, or
        where the interval is so wide that one would not be seen.
    """
    change = abs(math.log(ratio))
    if change <= math.log1p(least):
        return "unknown" if math.log(high / low) > 2 * math.log1p(least) else "same"
    certain = low > 1 if ratio > 1 else high < 1
    if not certain or change - doubt < math.log1p(least / 2):
        return "unknown"
    return "worse" if ratio > 1 else "better"


def pace_doubt(before: Sequence[float], after: Sequence[float]) -> float:
    """How far a row may have changed only because the yardstick did.

    Rows do not follow the pace of the machine exactly: beside a busy neighbour one takes 1.3 times as
    long, another 1.6 times. And the yardstick has noise of its own.

    Args:
        before: Medians of the yardstick's rounds.
        after: Of the other run.

    Returns:
        All of the yardstick's change up to SAME_PACE, beyond that half of it if that is more; as a
        natural logarithm, 0 or above.
    """
    moved = abs(math.log(quiet_p50(after) / quiet_p50(before)))
    return min(moved, max(math.log1p(SAME_PACE), moved / 2))


@dataclass(frozen=True)
class Timed:
    """A row as it was timed in one run."""

    rounds: Sequence[float]
    """Median of each round."""
    pace: Sequence[float] | None = None
    """The yardstick's, of the same rounds; None to compare the bare times."""


def ratio_interval(before: Timed, after: Timed) -> tuple[float, float, float]:
    """How the time of quiet rounds changed, over the yardstick's, and how far that can be trusted.

    Moving-block bootstrap of both runs (Künsch 1989): whole stretches of
    neighbouring rounds are drawn with replacement, so that slow drift counts
    as noise. Where few rounds were quiet some draws have none, and the
    interval becomes wide.

    Args:
        before: One run.
        after: The other.

    Returns:
        New over old, and both ends of its interval at CONFIDENCE.
    """
    rng = np.random.default_rng(_SEED)
    old, new = _log_time(before, rng), _log_time(after, rng)
    low, high = _interval(new[1:] - old[1:])
    return math.exp(new[0] - old[0]), math.exp(low), math.exp(high)


def difference_interval(
    before: NDArray[np.float64], after: NDArray[np.float64]
) -> tuple[float, float, float]:
    """How much longer one row took than another of the same rounds, and how far that can be trusted.

    Args:
        before: Shape (n,), one figure a round.
        after: Shape (n,), of the same rounds.

    Returns:
        What quiet rounds of after take less those of before, and both ends of
        its interval at CONFIDENCE, in the unit of the figures.
    """
    drawn = _draws(len(before), np.random.default_rng(_SEED))
    low, high = _interval(quiet_p50(after[drawn]) - quiet_p50(before[drawn]))
    return float(quiet_p50(after) - quiet_p50(before)), low, high


def _log_time(timed: Timed, rng: np.random.Generator) -> NDArray[np.float64]:
    """Logarithm of a row's time over its pace: of the rounds as they are, then of RESAMPLES draws."""
    count = len(timed.rounds)
    drawn = np.vstack([np.arange(count), _draws(count, rng)])
    times = np.log(quiet_p50(np.asarray(timed.rounds, np.float64)[drawn]))
    if timed.pace is None:
        return times
    return times - np.log(quiet_p50(np.asarray(timed.pace, np.float64)[drawn]))


def _interval(draws: NDArray[np.float64]) -> tuple[float, float]:
    """Both ends of what CONFIDENCE of the draws lie between."""
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(draws, (tail, 100 - tail))
    return float(low), float(high)


def _draws(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places of rounds in RESAMPLES series put together from blocks, shape (RESAMPLES, count)."""
    block = min(BLOCK, count)
    blocks = -(-count // block)
    starts = rng.integers(0, count - block + 1, (RESAMPLES, blocks))
    places: NDArray[np.int64] = starts[:, :, np.newaxis] + np.arange(block)
    return places.reshape(RESAMPLES, -1)[:, :count]
