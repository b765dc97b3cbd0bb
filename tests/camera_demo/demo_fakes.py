"""A source and a reader that do as they are told, for tests of what lies between them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from waiting import eventually

from camera_demo.errors import FrameSkippedError, SourceLostError
from camera_demo.sources.base import Frame, Source
from edge_digits.errors import SourceError
from edge_digits.image import load_image
from edge_digits.reading import Box, Digit, Reading

Step: TypeAlias = int | float | str | Callable[[], object]
LABELS = tuple("0123456789")


def picture_of(number: int) -> NDArray[np.uint8]:
    """A picture by which FakeReader knows which frame it is, 0 to 255."""
    return np.full((48, 64, 3), number, np.uint8)


def png(number: int = 7) -> bytes:
    """The same as the bytes of a PNG file."""
    return cv2.imencode(".png", picture_of(number))[1].tobytes()


class ScriptedSource(Source):
    """Plays a script: an int is a frame, and the words below do what they say.

    "lost" stops yielding; "refuse" makes the next open() fail; "skip" is a
    broken picture; "hang" blocks as a stuck driver does, until release();
    "crash" is a bug; a float is a pause in seconds; a function is called until
    it returns something true.
    """

    def __init__(
        self,
        script: Iterable[int | float | str | Callable[[], object]],
        *,
        live: bool = True,
        rate: float = 0.0,
    ) -> None:
        super().__init__()
        self.name = "scripted source"
        self.live = live
        self._script = iter(script)
        self._rate = rate
        self._refusals = 0
        self.opened = 0
        self.closed = 0
        self._release = threading.Event()

    def open(self) -> None:
        if self._refusals:
            self._refusals -= 1
            raise SourceError("not there yet")
        self.opened += 1

    def read(self) -> Frame | None:
        for step in self._script:
            if step == "lost":
                raise SourceLostError("unplugged", "plug it in")
            if step == "refuse":
                self._refusals += 1
            elif step == "skip":
                raise FrameSkippedError("broken.png is not a picture", "remove it")
            elif step == "hang":
                self._release.wait()
            elif step == "crash":
                raise RuntimeError("a bug")
            elif callable(step):
                assert eventually(step)
            elif isinstance(step, float):
                if not self._pause(step):
                    return None
            elif isinstance(step, int):
                if self._rate and not self._pause(1 / self._rate):
                    return None
                name = "" if self.live else f"{step}.png"
                return Frame(picture_of(step), name=name)
        return None

    def close(self) -> None:
        self.closed += 1

    def release(self) -> None:
        self._release.set()


class FakeReader:
    """Reads a picture as the digit that is the last figure of its top left pixel."""

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.seen: list[int] = []
        self.images: list[NDArray[np.uint8]] = []
        self.trackers = 0

    def read(self, image: object) -> Reading:
        pixels = load_image(image)  # type: ignore[arg-type]
        time.sleep(self.delay)
        number = int(pixels[0, 0, 0])
        self.seen.append(number)
        self.images.append(pixels)
        probabilities = np.eye(10, dtype=np.float32)[number % 10]
        crop = np.full((28, 28), 1 + number % 10, np.uint8)
        height, width = pixels.shape[:2]
        digit = Digit(str(number % 10), 1.0, Box(4, 4, width // 2, height // 2), probabilities, crop=crop)
        return Reading(((digit,),), (width, height), "fake", "opencv", LABELS)

    def track(self) -> FakeReader:
        self.trackers += 1
        return self

    def update(self, frame: NDArray[np.uint8]) -> Reading:
        return self.read(frame)

    def reset(self) -> None:
        pass


def demo_threads() -> list[str]:
    """Names of the demo's threads that are alive."""
    ours = {"capture", "read", "server"}
    return [thread.name for thread in threading.enumerate() if thread.name in ours]
