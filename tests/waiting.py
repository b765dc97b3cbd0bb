"""Waiting for what other threads and programs do."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(truth: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether something comes true before long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if truth():
            return True
        time.sleep(0.01)
    return bool(truth())
