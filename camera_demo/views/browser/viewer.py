"""The feed, for coroutines."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self

from camera_demo.feed import Feed
from camera_demo.snapshot import Snapshot


class Viewer:
    """One open page's place at the feed; an async context manager.

    It holds the newest snapshot only: a page on a slow line misses frames, and
    delays neither the others nor itself.

    Args:
        feed: What to watch.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()

        def notify() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended; nobody is left to tell
                loop.call_soon_threadsafe(self._arrived.set)

        self._subscription = self._feed.subscribe(notify=notify)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._subscription.close()

    @property
    def closed(self) -> bool:
        """Whether the feed has ended and everything was fetched."""
        return self._subscription.closed

    async def next(self, timeout: float) -> Snapshot | None:
        """The newest snapshot not yet fetched; None where none came in time or the feed ended."""
        self._arrived.clear()
        snapshot = self._subscription.poll()
        if snapshot is None and not self.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), timeout)
            snapshot = self._subscription.poll()
        return snapshot
