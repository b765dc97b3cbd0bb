"""How much anyone may ask of the server."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from camera_demo.views.browser.refusal import RefusalError

READS_PER_SECOND = 60.0
"""What one address may send on average; a canvas sends at most ten a second."""
WAITING = 128
"""Requests that may wait for the reader; more are turned away at once."""

_ADDRESSES = 1024


class RateLimit:
    """A token bucket for each address.

    Args:
        rate: Requests a second that an address may send for ever; 0 for no limit.
        burst: Requests it may send at once.
        clock: Seconds that never go back.
    """

    def __init__(
        self, rate: float, burst: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = 2 * rate if burst is None else burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, address: str) -> None:
        """Counts one request.

        Raises:
            RefusalError: Too many came from there (429).
        """
        if not self._rate:
            return
        now = self._clock()
        with self._lock:
            left, then = self._buckets.pop(address, (self._burst, now))
            left = min(self._burst, left + (now - then) * self._rate)
            self._buckets[address] = (max(0.0, left - 1), now) if left >= 1 else (left, now)
            while len(self._buckets) > _ADDRESSES:
                self._buckets.popitem(last=False)
        if left < 1:
            raise RefusalError(
                429,
                f"More than {self._rate:g} requests a second came from this address",
                "Send fewer; GET /api/stream tells changes without being asked",
                retry_after=math.ceil((1 - left) / self._rate),
            )


class Desk:
    """Lets a few requests at a time to the reader, and a limited number wait.

    Args:
        serving: How many are served side by side.
        waiting: How many may wait beside them.
    """

    def __init__(self, serving: int = 2, waiting: int = WAITING) -> None:
        self._places = asyncio.Semaphore(serving)
        self._limit = serving + waiting
        self._here = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for a place and holds it.

        Raises:
            RefusalError: Too many wait already (503).
        """
        if self._here >= self._limit:
            raise RefusalError(
                503, f"{self._here} requests wait already", "Try again in a second", retry_after=1
            )
        self._here += 1
        try:
            async with self._places:
                yield
        finally:
            self._here -= 1
