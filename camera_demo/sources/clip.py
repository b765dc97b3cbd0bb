"""A video file, shown at its own pace."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import cv2

from camera_demo.sources.base import Frame
from camera_demo.sources.capture import CaptureSource, open_capture
from edge_digits.errors import SourceError
from edge_digits.paths import is_file

CLIP_SUFFIXES = frozenset(
    {".avi", ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".mjpeg", ".wmv", ".ts"}
)
"""File endings taken for clips."""

SAMPLE_CLIP = Path(__file__).resolve().parent.parent / "assets" / "sample.avi"
"""The clip that comes with the project."""

_USUAL_RATE = 25.0
_LATE = 0.5


class ClipSource(CaptureSource):
    """A video file.

    Args:
        path: The file.
        loop: Whether to begin again after the last frame.
        name: How to call it; otherwise by the file's name.
    """

    def __init__(self, path: Path, *, loop: bool = False, name: str = "") -> None:
        super().__init__()
        self._path = path
        self._loop = loop
        self.name = name or f"clip {path.name}"
        self._interval = 1 / _USUAL_RATE
        self._due = 0.0
        self._first = True

    def open(self) -> None:
        """Opens the file at its beginning.

        Raises:
            SourceError: There is no such file, or OpenCV cannot decode it.
        """
        self.close()
        if not is_file(self._path):
            raise SourceError(f"No such clip: {self._path}", f"Check the name: ls {self._path.parent}")
        self._capture = open_capture(str(self._path))
        if self._capture is None:
            raise SourceError(
                f"{self._path} is not a clip that OpenCV can decode",
                "Convert it: ffmpeg -i INPUT -c:v mjpeg -q:v 3 OUTPUT.avi",
            )
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._interval = 1 / rate if 1 <= rate <= 240 else 1 / _USUAL_RATE
        self._due = time.monotonic()
        self._first = True

    def read(self) -> Frame | None:
        """The next frame when its time has come; a clip that fell behind does not race to catch up."""
        frame = self._next_frame()
        if frame is None or not self._pause(self._due - time.monotonic()):
            return None
        now = time.monotonic()
        self._due = (now if now - self._due > _LATE else self._due) + self._interval
        return replace(frame, captured=now)

    def _next_frame(self) -> Frame | None:
        if not self.is_open:
            return None
        frame = self._grab()
        if frame is None and self._loop and not self._first:
            # Opening anew works for every container; seeking to frame 0 does not.
            due = self._due
            self.open()
            self._due = due
            frame = self._grab()
        if frame is None and self._first:
            raise SourceError(f"{self._path} holds no frame that OpenCV can decode", "Is the copy complete?")
        self._first = False
        return frame
