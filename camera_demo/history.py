"""What was read, in the order it was read."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A text that stood still long enough to count."""

    moment: float
    """When it was first seen, in seconds of time.time()."""
    text: str
    picture: str = ""
    """The picture's file, where it came from one."""


class History:
    """The last readings, each once, shared by all viewers.

    Args:
        length: How many are kept.
        hold: Seconds a text must stay before it counts; digits that are
            being written pass through many texts.
        clock: Seconds since the epoch, by which entries are dated.
        steady: Seconds that never go back, by which a text is held: a Raspberry Pi's clock jumps
            when it first hears from a time server.
    """

    def __init__(
        self,
        length: int = 50,
        hold: float = 0.5,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._entries: deque[Entry] = deque(maxlen=length)
        self._hold = hold
        self._clock = clock
        self._steady = steady
        self._since = 0.0
        self._current = Entry(0.0, "")
        self._counted = True
        self._version = 0
        self._lock = threading.Lock()

    @property
    def version(self) -> int:
        """Counts up with each new entry, so that a view sends them only when there is one."""
        return self._version

    def entries(self) -> list[Entry]:
        """The last readings, newest first."""
        with self._lock:
            return list(reversed(self._entries))

    def see(self, text: str, picture: str = "") -> None:
        """Notes what is read at this moment."""
        now = self._steady()
        with self._lock:
            if (text, picture) != (self._current.text, self._current.picture):
                self._current, self._since = Entry(self._clock(), text, picture), now
                self._counted = not text
            if not self._counted and now - self._since >= self._hold:
                self._counted = True
                # A text that was lost for a moment and came back is no news.
                if not self._entries or (self._entries[-1].text, self._entries[-1].picture) != (
                    text,
                    picture,
                ):
                    self._entries.append(self._current)
                    self._version += 1
