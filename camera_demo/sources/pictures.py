"""Pictures from files: one, a folder of them, or all that match a pattern."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from camera_demo.errors import FrameSkippedError
from camera_demo.sources.base import Frame, Source
from edge_digits.errors import ImageError
from edge_digits.image import load_image


class PictureSource(Source):
    """Picture files, each a frame to be read in its own right.

    Args:
        paths: The files, in the order to show them; at least one.
        name: How to call them together.
        dwell: Seconds each is shown before the next.
        loop: Whether to begin again after the last.
    """

    live = False

    def __init__(self, paths: Sequence[Path], *, name: str, dwell: float = 0.0, loop: bool = False) -> None:
        super().__init__()
        self._paths = list(paths)
        self.name = name
        self._dwell = dwell
        self._loop = loop
        self._position = 0
        self._shown = False

    def open(self) -> None:
        """Begins with the first picture."""
        self._position = 0
        self._shown = False

    def read(self) -> Frame | None:
        """The next picture, once the one before has been shown long enough.

        Raises:
            FrameSkippedError: This one is not a picture; the next call goes on.
        """
        if self._position == len(self._paths) and self._loop:
            self._position = 0
            self._dwell = max(self._dwell, 0.2)  # a round of broken files must not spin
        if self._position == len(self._paths):
            return None
        if self._shown and self._dwell and not self._pause(self._dwell):
            return None
        path = self._paths[self._position]
        self._position += 1
        self._shown = True
        try:
            return Frame(load_image(path), name=path.name)
        except ImageError as error:
            raise FrameSkippedError(error.problem, error.remedy) from None

    def close(self) -> None:
        """Nothing is held between pictures."""


def in_reading_order(paths: Sequence[Path]) -> list[Path]:
    """Sorts as people count: page2 before page10."""

    def key(path: Path) -> list[tuple[int, str]]:
        return [
            (int(part), "") if part.isdecimal() else (0, part.casefold())
            for part in re.split(r"(\d+)", str(path))
        ]

    return sorted(paths, key=key)
