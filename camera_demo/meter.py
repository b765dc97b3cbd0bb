"""How fast and how promptly frames are read."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Speed:
    """Speed over the last frames."""

    fps: float = 0.0
    """Readings a second."""
    p50: float = 0.0
    """Median time of one reading in milliseconds."""
    p90: float = 0.0
    """Nine of ten readings took no longer, in milliseconds."""
    count: int = 0
    """Readings since the start."""
    seconds: float = 0.0
    """What all of them took together."""


class Meter:
    """Keeps the times of the last readings.

    Args:
        window: How many readings the percentiles are over.
        span: Seconds the rate is over.
        clock: Seconds that never go back.
    """

    def __init__(
        self, window: int = 120, span: float = 2.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._durations: deque[float] = deque(maxlen=window)
        self._moments: deque[float] = deque()
        self._span = span
        self._clock = clock
        self._count = 0
        self._seconds = 0.0

    def add(self, milliseconds: float) -> Speed:
        """Notes one reading that ended now, and sums up."""
        now = self._clock()
        self._durations.append(milliseconds)
        self._moments.append(now)
        self._count += 1
        self._seconds += milliseconds / 1000
        while now - self._moments[0] > self._span:
            self._moments.popleft()
        elapsed = now - self._moments[0]
        fps = (len(self._moments) - 1) / elapsed if elapsed > 0 else 0.0
        p50, p90 = np.percentile(np.fromiter(self._durations, np.float64), (50, 90))
        return Speed(fps, float(p50), float(p90), self._count, self._seconds)
