"""Processes that share work, and what is said when the system ends one of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from edge_digits.errors import EdgeDigitsError


@contextmanager
def processes(
    count: int | None, start: Callable[..., object], given: tuple[Any, ...], *, remedy: str
) -> Iterator[ProcessPoolExecutor]:
    """Start processes for the length of a block.

    Args:
        count: How many; None means one for each processor.
        start: Called in each of them first: what all their work needs is handed over but once.
        given: Its arguments.
        remedy: What to do should a process end without a word.

    Yields:
        Who takes work for them.

    Raises:
        EdgeDigitsError: A process ended without a word.
    """
    # A forked child would share TensorFlow's threads and may hang.
    with ProcessPoolExecutor(count, get_context("spawn"), _start, (start, given)) as pool:
        try:
            yield pool
        except BrokenProcessPool as error:
            several = "several" if count is None else count
            raise EdgeDigitsError(
                f"One of {several} processes ended without a word; too little memory is the likeliest cause.",
                remedy,
            ) from error


def _start(start: Callable[..., object], given: tuple[Any, ...]) -> None:
    Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    start(*given)


def _end_with_parent() -> None:
    """End at once when the command has been killed: it could not tell, and nobody waits for the work."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
