"""A line on the terminal that says how far a long command is."""

from __future__ import annotations

import sys
import time

_PATIENCE = 2.0
_PERIOD = 0.1


class Progress:
    """Counts things done on stderr, from two seconds on and only where someone watches.

    Args:
        total: How many things there are.
        noun: What they are called.
    """

    def __init__(self, total: int, noun: str) -> None:
        self._total = total
        self._noun = noun
        self._done = 0
        self._start = self._shown = time.monotonic()
        self._visible = False
        self._watched = total > 1 and sys.stderr is not None and sys.stderr.isatty()

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        now = time.monotonic()
        if not self._watched or now - self._start < _PATIENCE or now - self._shown < _PERIOD:
            return
        left = (now - self._start) / self._done * (self._total - self._done)
        sys.stderr.write(f"\r\x1b[K{self._done} of {self._total} {self._noun}, about {left:.0f} s left")
        sys.stderr.flush()
        self._shown, self._visible = now, True

    def clear(self) -> None:
        """Takes the line away, before anything else is written."""
        if self._visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._visible = False
