"""The hand-over between the thread that captures and the thread that reads."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Room for one item between two threads.

    Args:
        newest_only: Whether a new item takes the place of one that nobody
            fetched, as live frames do; otherwise put() waits for room.
    """

    def __init__(self, *, newest_only: bool) -> None:
        self._newest_only = newest_only
        self._changed = threading.Condition()
        self._items: list[T] = []
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many items were replaced before anybody fetched them."""
        return self._dropped

    @property
    def closed(self) -> bool:
        """Whether nothing will come any more and nothing is left."""
        with self._changed:
            return self._closed and not self._items

    def put(self, item: T) -> bool:
        """Hands an item over; False where the slot is closed and it went nowhere."""
        with self._changed:
            if not self._newest_only:
                self._changed.wait_for(lambda: self._closed or not self._items)
            if self._closed:
                return False
            self._dropped += len(self._items)
            self._items = [item]
            self._changed.notify_all()
            return True

    def take(self, timeout: float) -> T | None:
        """The item, waiting up to timeout seconds for one; None where none came or the slot is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._items, timeout)
            if not self._items:
                return None
            item = self._items.pop()
            self._changed.notify_all()
            return item

    def close(self, *, discard: bool = False) -> None:
        """Takes no more items and wakes both threads.

        Args:
            discard: Whether an item that is still there goes too.
        """
        with self._changed:
            self._closed = True
            if discard:
                self._items.clear()
            self._changed.notify_all()
