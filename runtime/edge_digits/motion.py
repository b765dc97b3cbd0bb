"""What moved between the frames of a camera, at a small part of the cost of a search for digits."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.percentile import median
from edge_digits.reading import Box

_REDUCTION = 4
_CHANGED = 10
"""Grey levels by which a cell of 8x8 pixels must differ: sensor noise averages out, a pen stroke does not."""
_STEEP, _FAR_STEEP = 0.2, 0.5
"""Share of the difference to its neighbours by which a cell may differ besides, where it has moved, among
what tells the movement and elsewhere."""
_CELL = 8
"""Pixels of the frame on each side of a cell."""
_STEPS = cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03
_LOST = 0.15
"""Share of its own texture by which a place may differ from what stood there."""
_FLAT = 3.0
"""Grey levels of texture below which there is nothing to follow."""
_SEVERAL = 4
"""Places from which on they tell more than a shift."""
_STIFF = 0.3
"""Weight of a sheet's stiffness, in places at the end of it."""
_TRIALS = 2
"""So often a movement is sought, without what does not go along..."""
_NEARLY, _FAR_OFF = 0.7, 3.0
"""...which is off by so many pixels, and so many times as far as is usual."""
_AROUND = np.ones((3, 3), np.uint8)
_GRAIN = 2.0
"""Grey levels by which it may differ in any case: sensor noise and half a pixel's shift."""


@dataclass(frozen=True)
class View:
    """A frame reduced to what is needed to compare it with others."""

    small: NDArray[np.uint8]
    """A quarter of the width and height, (h, w) or (h, w, channels)."""
    cells: NDArray[np.uint8]
    """Means over 8x8 pixels."""

    @functools.cached_property
    def gray(self) -> NDArray[np.uint8]:
        """The quarter-size picture without colour."""
        if self.small.ndim == 2:
            return self.small
        return np.asarray(cv2.cvtColor(self.small[:, :, :3], cv2.COLOR_BGR2GRAY), np.uint8)

    def shows(self, other: View) -> bool:
        """Whether two frames show the same, but for sensor noise.

        Args:
            other: A later frame.
        """
        same = self.cells.shape == other.cells.shape
        return same and int(cv2.absdiff(self.cells, other.cells).max()) < _CHANGED

    def shows_moved(self, other: View, moved: NDArray[np.float64], written: Box) -> bool:
        """Whether a movement explains all that differs, but for what it brings in at the picture's edge.

        Args:
            other: A later frame.
            moved: How what has moved did so, from `movement`; what lies around a sheet in a hand has not.
            written: Where it was told by, in pixels of the frame. Further away it is told less well.
        """
        if self.cells.shape != other.cells.shape:
            return False
        # Interpolation that costs a fifth explains most; a thin stroke it may blur too much.
        return any(self._explained(other, moved, written, how) for how in (cv2.INTER_LINEAR, cv2.INTER_CUBIC))

    def _explained(self, other: View, moved: NDArray[np.float64], written: Box, how: int) -> bool:
        """Whether what has been moved shows the other frame, interpolated one way."""
        height, width = self.gray.shape
        reduced = moved / (1, 1, _REDUCTION)
        cells = _halved(
            cv2.warpAffine(self.gray, reduced, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
        )
        seen = _halved(other.gray)
        # At the edge of a stroke a part of a pixel makes a difference, and at that of a sheet a pixel.
        steep = cv2.morphologyEx(cells, cv2.MORPH_GRADIENT, _AROUND)
        may_differ = cv2.convertScaleAbs(steep, alpha=_FAR_STEEP)
        near = np.s_[
            max(0, written.y // _CELL) : (written.y + written.height) // _CELL + 1,
            max(0, written.x // _CELL) : (written.x + written.width) // _CELL + 1,
        ]
        may_differ[near] = cv2.convertScaleAbs(steep[near], alpha=_STEEP)
        unlike = cv2.subtract(cv2.absdiff(cells, seen), may_differ)
        unlike = cv2.min(unlike, cv2.absdiff(_halved(self.gray), seen))
        ends = np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)])
        furthest = np.abs(ends @ reduced.T - ends[:, :2]).max(axis=0).tolist()
        across, down = (math.ceil(way / 2) + 1 for way in furthest)
        inner = unlike[down : unlike.shape[0] - down, across : unlike.shape[1] - across]
        return inner.size > 0 and int(inner.max()) < _CHANGED

    def changed(self, other: View) -> float:
        """Share of cells in which two frames differ by more than sensor noise, 0 to 1."""
        if self.cells.shape != other.cells.shape:
            return 1.0
        unlike = functools.reduce(cv2.max, cv2.split(cv2.absdiff(self.cells, other.cells)))
        return float((unlike >= _CHANGED).mean())


def view_of(frame: NDArray[np.uint8]) -> View:
    """Reduces a frame.

    Args:
        frame: Shape (h, w), (h, w, 3) or (h, w, 4), uint8.

    Returns:
        Its view.
    """
    height, width = frame.shape[:2]
    # Halving whole pixels twice costs a quarter of any other reduction by means.
    whole = frame[: height - height % _REDUCTION or height, : width - width % _REDUCTION or width]
    small = _halved(_halved(whole))
    return View(small, _halved(small))


def _halved(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """Means over 2x2 pixels."""
    half = (max(1, picture.shape[1] // 2), max(1, picture.shape[0] // 2))
    return np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)


def follow(
    before: View, now: View, boxes: Sequence[Box], so_far: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where what stood in some boxes has moved to.

    Sparse optical flow (Bouguet, "Pyramidal implementation of the Lucas Kanade
    feature tracker", 2000) of the boxes' centres.

    Args:
        before: The frame that the boxes lie in.
        now: A later frame.
        boxes: Upright rectangles in pixels of the frame.
        so_far: Where they are looked for: how far they had moved shortly before, as returned. None where
            they stood.

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
    window = int(np.clip(median(corners[:, 3]) * 1.2, 9, 31)) | 1
    start = np.zeros((count, 2)) if so_far is None else so_far / _REDUCTION
    found, status, error = cv2.calcOpticalFlowPyrLK(
        old,
        new,
        centers[:, None],
        (centers + start).astype(np.float32).reshape(-1, 1, 2),
        winSize=(window, window),
        maxLevel=2,
        criteria=_STEPS,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    texture = np.array([_texture(old, box) for box in corners])
    lost = (status.ravel() == 0) | (texture < _FLAT) | (error.ravel() > _LOST * texture + _GRAIN)
    return (found.reshape(-1, 2) - centers).astype(np.float64) * _REDUCTION, np.asarray(lost)


class Followed(NamedTuple):
    """How far what was found in one frame has moved, over several."""

    offsets: NDArray[np.float64]
    """Shape (n, 2), (x, y) in pixels of the frame since it was found; what was lost goes with the others."""
    lost: NDArray[np.bool_]
    """Shape (n,), what is not seen in the last frame any more."""
    unseen: NDArray[np.bool_]
    """Shape (n,), what has changed too much since it was found, though it may look as in the frame before."""


def follow_on(
    views: tuple[View, View, View], found: Sequence[Box], stood: Sequence[Box], offsets: NDArray[np.float64]
) -> Followed:
    """Where what was found in one frame has moved to, that was followed over some frames before.

    Args:
        views: The frame it was found in, the last one it was followed to, and the next.
        found: Its boxes in the first, n of them.
        stood: The same in the second.
        offsets: Shape (n, 2), how far they had moved by then.

    Returns:
        How far they have moved now.
    """
    first, before, now = views
    # Directly: the small errors from frame to frame add up.
    there, unseen = follow(first, now, found, offsets)
    lost = unseen
    if unseen.any():
        steps, gone = follow(before, now, stood)
        there[unseen], lost = (offsets + steps)[unseen], unseen & gone
    if lost.any() and not lost.all():
        there[lost] = offsets[lost] + np.median((there - offsets)[~lost], axis=0)
    return Followed(there, lost, unseen)


def movement(places: NDArray[np.float64], shifts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The affine map by which places have moved: a sheet in a hand turns and tilts besides.

    Args:
        places: Shape (n, 2), (x, y) in pixels, n at least 1.
        shifts: Shape (n, 2), how far each of them has moved.

    Returns:
        Shape (2, 3), as OpenCV's `warpAffine` takes it; of few places a shift alone, the median.
    """
    if len(places) < _SEVERAL:
        return np.column_stack([np.eye(2), np.median(shifts, axis=0)])
    for _ in range(_TRIALS):
        middle = places.mean(axis=0)
        reach = max(1.0, float(np.abs(places - middle).max()))
        terms = np.column_stack([(places - middle) / reach, np.ones(len(places))])
        # Digits on one line do not tell what happens across it.
        moments = terms.T @ terms + np.diag([_STIFF, _STIFF, 0])
        slopes, shift = np.split(np.linalg.solve(moments, terms.T @ shifts), [2])
        off = np.linalg.norm(shifts - terms[:, :2] @ slopes - shift, axis=1)
        alike = off <= max(_NEARLY, _FAR_OFF * median(off))
        if alike.all():
            break
        places, shifts = places[alike], shifts[alike]
    turned = slopes.T / reach
    return np.column_stack([np.eye(2) + turned, shift[0] - turned @ middle])


def _texture(gray: NDArray[np.uint8], box: NDArray[np.float64]) -> float:
    """Standard deviation of the grey levels in a box."""
    x, y, width, height = box
    rows = slice(max(0, int(y)), max(1, int(np.ceil(y + height))))
    columns = slice(max(0, int(x)), max(1, int(np.ceil(x + width))))
    window = gray[rows, columns]
    return float(cv2.meanStdDev(window)[1][0, 0]) if window.size else 0.0
