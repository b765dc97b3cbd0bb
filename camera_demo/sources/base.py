"""What every source of frames has in common."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Frame:
    """One picture of a source."""

    image: NDArray[np.uint8] = field(repr=False)
    """BGR, shape (h, w, 3), as the source gave it: never mirrored."""
    captured: float = field(default_factory=time.monotonic)
    """When it was taken, in seconds of time.monotonic()."""
    name: str = ""
    """The picture's file, empty for cameras and clips."""


class Source(ABC):
    """Yields frames, from open() to close(); also a context manager and an iterable.

    A source is used by one thread at a time. Only interrupt() may be called
    from another one.
    """

    name: str
    """What a person calls it, such as "camera /dev/video0"."""
    live: bool = True
    """Whether only the newest frame matters; False where every frame is a picture to be read."""

    def __init__(self) -> None:
        self._interrupted = threading.Event()

    @abstractmethod
    def open(self) -> None:
        """Makes the source ready; may be called again after close().

        Raises:
            SourceError: It does not open, or yields no frame.
        """

    @abstractmethod
    def read(self) -> Frame | None:
        """The next frame, waiting for it where it comes at its own pace; None after the last.

        Raises:
            SourceLostError: It stopped yielding frames and may come back.
            FrameSkippedError: This frame cannot be had, the next may.
        """

    @abstractmethod
    def close(self) -> None:
        """Gives the device or file back; harmless when already closed."""

    @property
    def is_open(self) -> bool:
        """Whether it was opened already; sources that open in no time need not tell."""
        return False

    def interrupt(self) -> None:
        """Ends a pause within read() at once and for good; safe from any thread."""
        self._interrupted.set()

    def _pause(self, seconds: float) -> bool:
        """Waits, and tells whether the time passed without an interrupt()."""
        return not self._interrupted.wait(max(0.0, seconds))

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.read()) is not None:
            yield frame
