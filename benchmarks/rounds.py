"""Timing rows in turn, so that a machine that drifts favours none of them."""

from __future__ import annotations

import gc
import itertools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Crop = NDArray[np.uint8]
_NOTHING = np.zeros((1, 28, 28), np.uint8)


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

    rounds: int = 40
    """How often each row has its turn: often and briefly, so that some rounds find the machine idle."""
    seconds: float = 3.0
    """Timed seconds a row at most, over all rounds."""
    warmup: int = 50
    """Untimed calls before the first round."""
    settle: int = 3
    """Untimed calls at the start of each turn: what the row before left in the caches is not ours."""
    calls: int = 1000
    """A row that had so many calls need not take all its seconds ..."""
    least: float = 0.5
    """... but so many it does take."""
    limit: float | None = None
    """Seconds for everything, untimed calls too; no round begins after them. None for no limit."""


def measure(
    contestants: Sequence[Contestant],
    crops: Sequence[Crop],
    plan: Plan,
    *,
    clock: Callable[[], int] = time.perf_counter_ns,
    watch: Callable[[Sequence[int]], Iterator[int]] = iter,
) -> dict[str, list[NDArray[np.int64]]]:
    """Times every contestant in every round: A, B, C, A, B, C, ...

    A turn lasts its share of `plan.seconds` of the row's own timed calls, less
    where its share of `plan.calls` is done, and at least one call. Garbage
    collection is off while calls are timed. Where `plan.limit` is too short
    for all rounds, all rows have the same fewer rounds, at least one.

    Args:
        contestants: The rows, the reference among them; names differ.
        crops: Crops of shape (1, 28, 28), given in the same order to each row without its own;
            none where the rows know what they work on.
        plan: How often and how long.
        clock: Nanoseconds, monotonic.
        watch: Goes through the numbers of the rounds; a progress bar may hang here.

    Returns:
        For each name one array of nanoseconds a round, in order; a round that
        was not begun has none.
    """
    begin = clock()
    feeds = {row.name: itertools.cycle(row.crops or crops or [_NOTHING]) for row in contestants}
    if len(feeds) != len(contestants):
        raise ValueError("two rows have the same name")
    limit_ns = math.inf if plan.limit is None else plan.limit * 1e9
    for row in contestants:
        _warm_up(row, feeds[row.name], plan.warmup, limit_ns / (4 * len(contestants)), clock)
    timings: dict[str, list[NDArray[np.int64]]] = {row.name: [] for row in contestants}
    # What lives by now stays: collections between turns need not go through all of it, TensorFlow's too.
    gc.freeze()
    try:
        for _ in watch(range(plan.rounds)):
            if clock() - begin > limit_ns and timings[contestants[0].name]:
                continue
            for row in contestants:
                timings[row.name].append(_turn(row, feeds[row.name], plan, clock))
    finally:
        gc.unfreeze()
    return timings


def _warm_up(
    row: Contestant, feed: Iterator[Crop], calls: int, limit_ns: float, clock: Callable[[], int]
) -> None:
    """A quarter of the time there is goes to warming up at most."""
    begin = clock()
    if row.prepare:
        row.prepare()
    for _ in range(calls):
        row.call(next(feed))
        if clock() - begin > limit_ns:
            return


def _turn(row: Contestant, feed: Iterator[Crop], plan: Plan, clock: Callable[[], int]) -> NDArray[np.int64]:
    """One row's calls in one round."""
    most_ns, least_ns = (int(seconds * 1e9 / plan.rounds) for seconds in (plan.seconds, plan.least))
    enough = math.ceil(plan.calls / plan.rounds)
    call = row.call
    taken: list[int] = []
    spent = 0
    if row.prepare:
        row.prepare()
    with _no_collection():
        for _ in range(plan.settle):
            call(next(feed))
        while not taken or (spent < most_ns and (len(taken) < enough or spent < least_ns)):
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
