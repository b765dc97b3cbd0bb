"""Figures out of timings of one row; rows are never put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

PERCENTILES = (50, 90, 99)
SPREAD = (*range(0, 100, 5), 99)
"""Percentiles kept so that a distribution can be drawn."""
TO_RANK = 100
"""Rows with fewer calls are shown, but nothing is concluded from them."""
QUIET = 10
"""Percentile of the rounds' medians that stands for a machine left alone."""


def summarize(rounds: Sequence[NDArray[np.int64]]) -> dict[str, Any]:
    """The figures of one row.

    Args:
        rounds: Timings in nanoseconds of that row alone, one array (n,) a
            round, warm-up left out; at least one timing.

    Returns:
        count, mean_ms, min_ms, p50_ms, p90_ms, p99_ms over all timings
        (percentiles as numpy's, linear between neighbours, nothing trimmed),
        spread_ms, the percentiles of SPREAD, and round_p50_ms, the median of each round, to see drift.
    """
    timings = np.concatenate(list(rounds)).astype(np.float64) / 1e6
    percentiles = np.percentile(timings, PERCENTILES)
    return {
        "count": int(timings.size),
        "mean_ms": round(float(timings.mean()), 6),
        "min_ms": round(float(timings.min()), 6),
        **{
            f"p{percent}_ms": round(float(value), 6)
            for percent, value in zip(PERCENTILES, percentiles, strict=True)
        },
        "spread_ms": [round(float(value), 6) for value in np.percentile(timings, SPREAD)],
        "round_p50_ms": [round(float(np.median(each)) / 1e6, 6) for each in rounds if len(each)],
    }


def quiet_p50(rounds_p50: ArrayLike) -> NDArray[np.float64]:
    """The median of a call while nothing else was going on.

    What else a machine does makes rounds slower, never faster, and does so in
    jumps: with a neighbour on the same core a row takes a third longer, for
    some rows twice that. So the quick rounds of a row agree from run to run
    to 1 %, while the middle one depends on how often there was a neighbour.

    Args:
        rounds_p50: Medians of the rounds, along the last axis.

    Returns:
        Their QUIETth percentile, without that axis.
    """
    return np.asarray(np.percentile(np.asarray(rounds_p50), QUIET, axis=-1), np.float64)


def speedup(row: dict[str, Any], reference: dict[str, Any]) -> float:
    """How many times faster a row answers than the reference of the same run.

    Args:
        row: Figures by `summarize`.
        reference: Likewise.

    Returns:
        p50 of the reference over p50 of the row; 2.0 is twice as fast.
    """
    return float(reference["p50_ms"] / row["p50_ms"])


def drift(rounds_p50: Sequence[float]) -> float:
    """How far the rounds lie apart, to tell a machine that changed its pace.

    Args:
        rounds_p50: Median of each round, in order.

    Returns:
        The 90th percentile of the medians over the 10th, less one; 0.0 is
        perfectly steady.
    """
    low, high = np.percentile(rounds_p50, (10, 90))
    return float(high / low - 1)
