"""Which parts of a run are measured, and which a quick run leaves out because its time is over."""

from __future__ import annotations

import time
from collections.abc import Callable

QUICK_SECONDS = 90.0
"""After so long a quick run begins no further part."""
NOT_QUICK = ("conditions", "peers")
"""Parts that a quick run leaves out unless they are all it is asked for."""


class Agenda:
    """Says part for part whether it is due, and remembers what was left out for lack of time.

    Args:
        only: The one part asked for, None for all.
        quick: Whether there is a limit.
        clock: Seconds, monotonic; its first reading is the beginning.
    """

    def __init__(self, *, only: str | None, quick: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._only, self._quick, self._clock = only, quick, clock
        self._begin = clock()
        self.left_out: list[str] = []
        """Parts left out for lack of time, in the order they would have had."""

    def due(self, part: str) -> bool:
        """Whether to measure a part now; the one part asked for always is."""
        if self._only is not None:
            return self._only == part
        if self._quick and part in NOT_QUICK:
            return False
        if self._quick and self._clock() - self._begin > QUICK_SECONDS:
            self.left_out.append(part)
            return False
        return True

    def warnings(self) -> list[str]:
        """What the page has to say about it."""
        if not self.left_out:
            return []
        return [f"Left out, because {QUICK_SECONDS:.0f} s were over: {', '.join(self.left_out)}."]
