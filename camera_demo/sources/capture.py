"""cv2.VideoCapture without its noise, behind the questions all our sources ask."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import cv2
import numpy as np

from camera_demo.sources.base import Frame, Source


@contextmanager
def quiet_opencv() -> Iterator[None]:
    """Hides what OpenCV, FFmpeg and drivers print while a source is tried.

    Their lines bypass Python's logging. The log level is lowered, and in the
    main thread file descriptor 2 leads nowhere meanwhile; other threads leave
    it alone, since it belongs to the whole process.
    """
    log = cv2.utils.logging
    level = log.getLogLevel()
    log.setLogLevel(log.LOG_LEVEL_SILENT)
    saved = -1
    if threading.current_thread() is threading.main_thread():
        sys.stderr.flush()
        try:
            saved = os.dup(2)
            with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  (a device, not a path)
                os.dup2(nowhere.fileno(), 2)
        except OSError:  # there is no descriptor 2, as in a windowed program
            saved = -1
    try:
        yield
    finally:
        if saved >= 0:
            os.dup2(saved, 2)
            os.close(saved)
        log.setLogLevel(level)


def open_capture(
    target: str | int, backend: int = cv2.CAP_ANY, parameters: Sequence[int] = ()
) -> cv2.VideoCapture | None:
    """Opens a camera, file or address.

    Args:
        target: A path, an address or a camera's index.
        backend: One of OpenCV's CAP_ numbers.
        parameters: Pairs of property and value that apply while opening.

    Returns:
        The open capture, or None where OpenCV cannot open it.
    """
    with quiet_opencv():
        try:
            capture = cv2.VideoCapture(target, backend, list(parameters))
        except cv2.error:
            return None
        if not capture.isOpened():
            capture.release()
            return None
    return capture


def grab_frame(capture: cv2.VideoCapture) -> Frame | None:
    """The next frame, stamped when it arrived and before it was decoded; None where none came."""
    try:
        if not capture.grab():
            return None
        arrived = time.monotonic()
        got, image = capture.retrieve()
    except cv2.error:
        return None
    if not got or image is None or image.size == 0:
        return None
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    return Frame(np.asarray(image, np.uint8), arrived)


def probe_frame(capture: cv2.VideoCapture, attempts: int = 5) -> Frame | None:
    """The first frame of a few attempts; many webcams fail the very first one."""
    with quiet_opencv():
        for _ in range(attempts):
            frame = grab_frame(capture)
            if frame is not None:
                return frame
    return None


class CaptureSource(Source):
    """A source that holds a cv2.VideoCapture while it is open."""

    def __init__(self) -> None:
        super().__init__()
        self._capture: cv2.VideoCapture | None = None

    @property
    def is_open(self) -> bool:
        """Whether the capture is held."""
        return self._capture is not None

    def close(self) -> None:
        """Gives device, file or connection back."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _grab(self) -> Frame | None:
        """The next frame at once; None where none came or nothing is open."""
        return None if self._capture is None else grab_frame(self._capture)
