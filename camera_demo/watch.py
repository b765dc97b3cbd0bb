"""What becomes of a source, told to whoever looks at no page, such as a service's journal."""

from __future__ import annotations

import time
from collections.abc import Callable

from camera_demo.snapshot import Snapshot, State

_PAUSE = 10.0


class Watch:
    """Tells when a source is lost, when it is back and when it has ended.

    Args:
        say: Told a line at a time.
        pause: Seconds from one line until it is told that the source is back, so that a loose
            contact fills no disk.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        pause: float = _PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._pause = pause
        self._clock = clock
        self._told = State.RUNNING
        self._due = clock()

    def see(self, latest: Snapshot) -> None:
        """Looks at how things stand; to be called now and then."""
        state = latest.state
        if state in (self._told, State.STARTING, State.FAILED):
            return  # who starts it tells of its beginning, and of its failure with the remedy
        if state is State.RUNNING and self._clock() < self._due:
            return
        self._told, self._due = state, self._clock() + self._pause
        self._say(latest.notice or f"{latest.source} yields frames again")
