"""Progress on stderr: a bar where tqdm is installed and someone watches, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def progress(items: Iterable[Item], *, label: str, total: int | None = None) -> Iterator[Item]:
    """Passes items on and shows how far it has come.

    Args:
        items: What to go through.
        label: Stands before the bar.
        total: How many items there are, where `items` cannot say.

    Yields:
        The items, unchanged.
    """
    try:
        from tqdm import tqdm
    except ImportError:
        yield from items
        return
    # The bar's own thread would run while calls are timed.
    tqdm.monitor_interval = 0
    yield from tqdm(items, desc=label, total=total, file=sys.stderr, leave=False, disable=None)


def watcher(label: str) -> Callable[[Iterable[Item]], Iterator[Item]]:
    """A `progress` that still lacks its items, for functions that know theirs best."""
    return lambda items: progress(items, label=label)
