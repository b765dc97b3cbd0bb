"""What moved between the frames of a camera, at a small part of the cost of a search for digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.reading import Box

_REDUCTION = 4
_CHANGED = 10
"""Grey levels by which a cell of 8x8 pixels must differ: sensor noise averages out, a pen stroke does not."""
_STEEP = 0.2
"""Share of the difference to its neighbours by which a cell may differ besides, where all has moved."""
_STEPS = cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03
_LOST = 0.15
"""Share of its own texture by which a place may differ from what stood there."""
_FLAT = 3.0
"""Grey levels of texture below which there is nothing to follow."""
_GRAIN = 2.0
"""Grey levels by which it may differ in any case: sensor noise and half a pixel's shift."""


@dataclass(frozen=True)
class View:
    """A frame reduced to what is needed to compare it with others."""

    small: NDArray[np.uint8]
    """A quarter of the width and height, (h, w) or (h, w, channels)."""
    cells: NDArray[np.uint8]
    """Means over 8x8 pixels."""

    @property
    def gray(self) -> NDArray[np.uint8]:
        """The quarter-size picture without colour."""
        if self.small.ndim == 2:
            return self.small
        return np.asarray(cv2.cvtColor(self.small[:, :, :3], cv2.COLOR_BGR2GRAY), np.uint8)

    def shows(self, other: View, moved: tuple[float, float] = (0.0, 0.0)) -> bool:
        """Whether two frames show the same, but for sensor noise and what a movement brings in at the edge.

        Args:
            other: A later frame.
            moved: By how many pixels of the frame what has moved did so, to the right and down;
                what lies around a sheet in a hand has not.
        """
        if self.cells.shape != other.cells.shape:
            return False
        still = cv2.absdiff(self.cells, other.cells)
        if moved == (0.0, 0.0):
            return int(still.max()) < _CHANGED
        shift = np.array([[1, 0, moved[0] / _REDUCTION], [0, 1, moved[1] / _REDUCTION]])
        size = (self.small.shape[1], self.small.shape[0])
        cells = _cells_of(
            cv2.warpAffine(self.small, shift, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        )
        # At the edge of a stroke a part of a pixel makes a difference.
        steep = cv2.morphologyEx(cells, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        unlike = cv2.subtract(cv2.absdiff(cells, other.cells), cv2.convertScaleAbs(steep, alpha=_STEEP))
        unlike = cv2.min(unlike, still)
        across, down = (math.ceil(abs(way) / (2 * _REDUCTION)) + 1 for way in moved)
        inner = unlike[down : unlike.shape[0] - down, across : unlike.shape[1] - across]
        return inner.size > 0 and int(inner.max()) < _CHANGED

    def changed(self, other: View) -> float:
        """Share of cells in which two frames differ by more than sensor noise, 0 to 1."""
        if self.cells.shape != other.cells.shape:
            return 1.0
        unlike = cv2.absdiff(self.cells, other.cells) >= _CHANGED
        return float((unlike.any(axis=2) if unlike.ndim == 3 else unlike).mean())


def view_of(frame: NDArray[np.uint8]) -> View:
    """Reduces a frame.

    Args:
        frame: Shape (h, w), (h, w, 3) or (h, w, 4), uint8.

    Returns:
        Its view.
    """
    height, width = frame.shape[:2]
    size = (max(1, width // _REDUCTION), max(1, height // _REDUCTION))
    # Every other row is enough for a mean and costs half.
    small = np.asarray(cv2.resize(frame[::2], size, interpolation=cv2.INTER_AREA), np.uint8)
    return View(small, _cells_of(small))


def _cells_of(small: NDArray[Any]) -> NDArray[np.uint8]:
    half = (max(1, small.shape[1] // 2), max(1, small.shape[0] // 2))
    return np.asarray(cv2.resize(small, half, interpolation=cv2.INTER_AREA), np.uint8)


def follow(before: View, now: View, boxes: Sequence[Box]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where what stood in some boxes has moved to.

    Sparse optical flow (Bouguet, "Pyramidal implementation of the Lucas Kanade
    feature tracker", 2000) of the boxes' centres.

    Args:
        before: The frame that the boxes lie in.
        now: A later frame.
        boxes: Upright rectangles in pixels of the frame.

    Returns:
        Movement in pixels of the frame, shape (n, 2) as (x, y), and shape (n,), whether a box's
        contents were lost.
    """
    count = len(boxes)
    if before.small.shape != now.small.shape or count == 0:
        return np.zeros((count, 2)), np.ones(count, bool)
    old, new = before.gray, now.gray
    corners = np.array(boxes, np.float64) / _REDUCTION
    centers = (corners[:, :2] + corners[:, 2:] / 2).astype(np.float32)
    window = int(np.clip(np.median(corners[:, 3]) * 1.2, 9, 31)) | 1
    found, status, error = cv2.calcOpticalFlowPyrLK(
        old,
        new,
        centers[:, None],
        np.empty(0, np.float32),
        winSize=(window, window),
        maxLevel=2,
        criteria=_STEPS,
    )
    texture = np.array([_texture(old, box) for box in corners])
    lost = (status.ravel() == 0) | (texture < _FLAT) | (error.ravel() > _LOST * texture + _GRAIN)
    return (found.reshape(-1, 2) - centers).astype(np.float64) * _REDUCTION, np.asarray(lost)


def _texture(gray: NDArray[np.uint8], box: NDArray[np.float64]) -> float:
    """Standard deviation of the grey levels in a box."""
    x, y, width, height = box
    rows = slice(max(0, int(y)), max(1, int(np.ceil(y + height))))
    columns = slice(max(0, int(x)), max(1, int(np.ceil(x + width))))
    window = gray[rows, columns]
    return float(cv2.meanStdDev(window)[1][0, 0]) if window.size else 0.0
