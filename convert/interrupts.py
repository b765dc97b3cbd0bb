"""Remember that somebody pressed Ctrl-C: the converters' own code may swallow the exception."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def remembered_interrupts() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C raise KeyboardInterrupt as ever, and keep in mind that it was pressed.

    Yields:
        Tells whether it was pressed since.
    """
    seen = False

    def note(_number: int, _frame: object) -> None:
        nonlocal seen
        seen = True
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield lambda: seen
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: seen
    finally:
        signal.signal(signal.SIGINT, before)
