"""Instructions that calls execute, counted by the processor where the kernel lets us (perf_event_open(2))."""

from __future__ import annotations

import ctypes
import itertools
import os
import platform
import statistics
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

HARDWARE_INSTRUCTIONS = (0, 1)
"""Type and config of struct perf_event_attr."""
TASK_CLOCK = (1, 1)
"""The same of a clock that the kernel keeps by itself; counts nanoseconds, everywhere perf is allowed."""
_SYSCALLS = {"x86_64": 298, "aarch64": 241, "armv7l": 364}
_ATTR_SIZE = 64
_DISABLED, _EXCLUDE_KERNEL, _EXCLUDE_HV = 1 << 0, 1 << 5, 1 << 6
_ENABLE, _DISABLE, _RESET = 0x2400, 0x2401, 0x2403
REPEATS = 5


class Counter:
    """A counter of the calling thread's own user-mode work.

    Args:
        event: HARDWARE_INSTRUCTIONS or TASK_CLOCK.

    Raises:
        OSError: The kernel refuses, the processor has no such counter (as in most virtual machines),
            or this system is not Linux.
    """

    def __init__(self, event: tuple[int, int] = HARDWARE_INSTRUCTIONS) -> None:
        number = _SYSCALLS.get(platform.machine())
        if number is None or platform.system() != "Linux":
            raise OSError("no perf_event_open on this system")
        library = ctypes.CDLL(None, use_errno=True)
        kind, config = event
        flags = _DISABLED | _EXCLUDE_KERNEL | _EXCLUDE_HV
        # type, size, config, period, sample_type, read_format, flags, then what is not used here.
        attr = struct.pack("=IIQQQQQ", kind, _ATTR_SIZE, config, 0, 0, 0, flags).ljust(_ATTR_SIZE, b"\0")
        self._ioctl = library.ioctl
        # This process, any CPU, no group, no flags.
        self._handle = int(library.syscall(number, attr, 0, -1, -1, 0))
        if self._handle < 0:
            error = ctypes.get_errno()
            raise OSError(error, f"perf_event_open: {os.strerror(error)}")

    def start(self) -> None:
        """Counts from zero on."""
        self._ioctl(self._handle, _RESET, 0)
        self._ioctl(self._handle, _ENABLE, 0)

    def stop(self) -> int:
        """What was counted since `start`."""
        self._ioctl(self._handle, _DISABLE, 0)
        return int(struct.unpack("=Q", os.read(self._handle, 8))[0])

    def close(self) -> None:
        """Gives the counter back."""
        os.close(self._handle)


@contextmanager
def counter() -> Iterator[Counter | None]:
    """A counter of instructions, or None where there is none to be had."""
    try:
        one = Counter()
    except (OSError, AttributeError):
        yield None
        return
    try:
        yield one
    finally:
        one.close()


def per_call(
    counting: Counter, call: Callable[[Any], object], given: Sequence[Any], *, calls: int = 50
) -> int:
    """Instructions of one call: the median of REPEATS times `calls`, after five that do not count.

    Work that the call leaves to other threads is not in it.

    Args:
        counting: Of this thread.
        call: What to count.
        given: What it is given, in turn.
        calls: In one go.
    """
    feed = itertools.cycle(given)
    for _ in range(5):
        call(next(feed))
    totals = []
    for _ in range(REPEATS):
        counting.start()
        for _ in range(calls):
            call(next(feed))
        totals.append(counting.stop())
    return round(statistics.median(totals) / calls)
