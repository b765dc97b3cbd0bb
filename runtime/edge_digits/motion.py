"""Whether a camera still shows what it showed before."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_CELL = 8
_CHANGED = 10
"""Grey levels by which a cell of 8x8 pixels must differ: sensor noise averages out, a pen stroke does not."""


class StillScene:
    """Remembers one frame and tells whether later ones show the same.

    Frames are compared as means over cells of 8x8 pixels, which costs a small
    part of a search for digits.
    """

    def __init__(self) -> None:
        self._cells: NDArray[np.uint8] | None = None

    def keep(self, frame: NDArray[np.uint8]) -> None:
        """Remembers a frame.

        Args:
            frame: Shape (h, w), (h, w, 3) or (h, w, 4), uint8.
        """
        self._cells = _cells(frame)

    def shows(self, frame: NDArray[np.uint8]) -> bool:
        """Whether a frame shows what the remembered one does; False where none is remembered.

        Args:
            frame: As for `keep`.
        """
        if self._cells is None:
            return False
        cells = _cells(frame)
        if cells.shape != self._cells.shape:
            return False
        return int(cv2.absdiff(cells, self._cells).max()) < _CHANGED

    def forget(self) -> None:
        """Forgets the remembered frame."""
        self._cells = None


def _cells(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = frame.shape[:2]
    size = (max(1, width // _CELL), max(1, height // _CELL))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small if small.ndim == 2 else small[:, :, :3].max(axis=2), np.uint8)
