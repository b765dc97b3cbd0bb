"""The latency of every row, and with --full also with more threads and with ten crops a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from benchmarks.progress import watcher
from benchmarks.rounds import Contestant, Crop, Plan, measure
from benchmarks.rows import Row
from benchmarks.stats import speedup, summarize
from benchmarks.yardstick import NAME, yardstick
from edge_digits.backends import open_backend

BATCH = 10
"""Crops a call, beside 1."""


@dataclass(frozen=True)
class Manner:
    """How a row is called."""

    threads: int = 1
    """For one inference."""
    crops: int = 1
    """In one call."""


def manners(threads: int, cores: int, *, full: bool) -> list[Manner]:
    """How each row is timed; the first is the main one.

    Args:
        threads: What was asked for.
        cores: CPUs this process may use.
        full: Also 1, 2 and all CPUs, each with one crop and with BATCH.
    """
    main = Manner(threads)
    if not full:
        return [main]
    counts = sorted({threads, 1, min(2, cores), cores})
    every = [Manner(count, crops) for count in counts for crops in (1, BATCH)]
    return [main, *(each for each in every if each != main)]


def time_rows(
    live: Sequence[Row], reference: Row | None, wanted: Sequence[Manner], crops: Sequence[Crop], plan: Plan
) -> dict[str, Any]:
    """Times all rows in all manners in common rounds and fills in their figures.

    Keras is timed in the main manner only: TensorFlow takes its number of
    threads once a process.

    Args:
        live: Rows that can answer.
        reference: The row that speed-ups refer to, None for none.
        wanted: By `manners`.
        crops: Crops of shape (1, 28, 28).
        plan: How long.

    Returns:
        The yardstick's figures.
    """
    main, *others = wanted
    batches = _batches(crops)
    contestants = [yardstick()]
    contestants += [_contestant(row, row.predict, main, batches) for row in live]
    for row in live:
        if row.artifact is not None:
            contestants += [_contestant(row, _opened(row, each), each, batches) for each in others]
    timings = measure(contestants, crops, plan, watch=watcher("latency"))
    figures = {name: summarize(rounds) for name, rounds in timings.items()}
    slow = None if reference is None else figures[_name(reference, main)]
    for row in live:
        own = _figures(row, main, figures)
        row.figures["latency"] = {**own, "speedup": None if slow is None else round(speedup(own, slow), 3)}
        row.sweep = [_figures(row, each, figures) for each in others if _name(row, each) in figures]
    return figures[NAME]


def _contestant(row: Row, predict: Any, manner: Manner, batches: Sequence[Crop]) -> Contestant:
    threads = manner.threads
    on_opencv = row.about["backend"] == "opencv"
    return Contestant(
        _name(row, manner),
        predict,
        crops=batches if manner.crops > 1 else None,
        prepare=(lambda: cv2.setNumThreads(threads)) if on_opencv else None,
    )


def _opened(row: Row, manner: Manner) -> Any:
    assert row.artifact is not None
    return open_backend(row.artifact, backend=row.about["backend"], threads=manner.threads).predict


def _figures(row: Row, manner: Manner, figures: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"threads": manner.threads, "crops": manner.crops, **figures[_name(row, manner)]}


def _name(row: Row, manner: Manner) -> str:
    return f"{row.name}, {manner.threads} threads, {manner.crops} crops"


def _batches(crops: Sequence[Crop]) -> list[Crop]:
    """Groups of BATCH crops, shape (BATCH, 28, 28)."""
    pool = np.concatenate(list(crops))
    return [np.ascontiguousarray(np.roll(pool, -BATCH * start, axis=0)[:BATCH]) for start in range(8)]
