"""Timing rows in turn, so that a machine that drifts favours none of them."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Crop = NDArray[np.uint8]


@dataclass(frozen=True)
class Contestant:
    """Something that answers one crop at a time."""

    name: str
    """What the row is called."""
    call: Callable[[Crop], object]
    """Classifies the crops it is given, uint8 (n, 28, 28), from bytes to probabilities."""
    crops: Sequence[Crop] | None = None
    """What this row is given instead of what all are given."""
    prepare: Callable[[], object] | None = None
    """Done before each turn, untimed; for settings of the whole process, such as OpenCV's threads."""


@dataclass(frozen=True)
class Plan:
    """How long each row is timed."""

    rounds: int = 20
    """How often each row has its turn."""
    seconds: float = 3.0
    """Timed seconds a row, over all rounds."""
    warmup: int = 50
    """Untimed calls before the first round."""
    settle: int = 3
    """Untimed calls at the start of each turn: what the row before left in the caches is not ours."""


def measure(
    contestants: Sequence[Contestant],
    crops: Sequence[Crop],
    plan: Plan,
    *,
    clock: Callable[[], int] = time.perf_counter_ns,
    watch: Callable[[Sequence[int]], Iterator[int]] = iter,
) -> dict[str, list[NDArray[np.int64]]]:
    """Times every contestant in every round: A, B, C, A, B, C, ...

    A turn lasts `plan.seconds / plan.rounds` of the row's own timed calls, and
    at least one call. Garbage collection is off while calls are timed.

    Args:
        contestants: The rows, the reference among them; names differ.
        crops: Crops of shape (1, 28, 28), given in the same order to each row without its own.
        plan: How often and how long.
        clock: Nanoseconds, monotonic.
        watch: Goes through the numbers of the rounds; a progress bar may hang here.

    Returns:
        For each name one array of nanoseconds a round, in order.
    """
    feeds = {row.name: itertools.cycle(row.crops or crops) for row in contestants}
    if len(feeds) != len(contestants):
        raise ValueError("two rows have the same name")
    for row in contestants:
        if row.prepare:
            row.prepare()
        for _ in range(plan.warmup):
            row.call(next(feeds[row.name]))
    slice_ns = int(plan.seconds * 1e9 / plan.rounds)
    timings: dict[str, list[NDArray[np.int64]]] = {row.name: [] for row in contestants}
    for _ in watch(range(plan.rounds)):
        for row in contestants:
            timings[row.name].append(_turn(row, feeds[row.name], slice_ns, plan.settle, clock))
    return timings


def _turn(
    row: Contestant, feed: Iterator[Crop], slice_ns: int, settle: int, clock: Callable[[], int]
) -> NDArray[np.int64]:
    """One row's calls in one round."""
    call = row.call
    taken: list[int] = []
    spent = 0
    if row.prepare:
        row.prepare()
    with _no_collection():
        for _ in range(settle):
            call(next(feed))
        while spent < slice_ns or not taken:
            crop = next(feed)
            begin = clock()
            call(crop)
            elapsed = clock() - begin
            taken.append(elapsed)
            spent += elapsed
    return np.array(taken, np.int64)


@contextmanager
def _no_collection() -> Iterator[None]:
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
