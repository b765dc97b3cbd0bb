"""The connected ink above one threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SMALLEST = 7
"""Longer side, in pixels of the searched picture, that ink has at least to be looked at."""
_GRAIN = 0.06
"""Share of pixels at which ink begins or ends along a row; the finest grid paper comes just below."""
_DENSE = 0.1
"""The same where ink leaves most of the ground bare, as a sheet full of small digits does."""
_BARE = 0.25
"""Share of pixels that such ink takes up at most."""
_AT_ONCE = 256
"""Boxes compared with all others at once, to keep memory small."""
_POWERS = np.arange(256, dtype=np.float64) ** np.array([[0], [1], [3], [4]])


class Components:
    """The connected components above one threshold.

    Args:
        ink: Contrast against the ground, shape (h, w), uint8.
        smooth: The same, smoothed; this is cut at the threshold.
        threshold: Ink above it counts.
    """

    def __init__(self, ink: NDArray[np.uint8], smooth: NDArray[np.uint8], threshold: float) -> None:
        self.ink = ink
        self.threshold = threshold
        self.mask = np.asarray(cv2.threshold(smooth, threshold, 255, cv2.THRESH_BINARY)[1], np.uint8)
        """255 on ink, else 0."""
        self.grain = _is_grain(self.mask)
        """Whether the threshold lies in the grain of the ground; then there are no components."""
        # Contours cost a fraction of labels and statistics, and most of them are too small to matter.
        outlines, hierarchy = (
            ([], None) if self.grain else cv2.findContours(self.mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        )
        outer = np.flatnonzero(np.asarray(hierarchy)[0, :, 3] < 0).tolist() if outlines else ()
        # Around a line of n pixels go 2 n - 2 steps.
        least = 2 * SMALLEST - 2
        self._outlines = [outline for k in outer if len(outline := outlines[k]) >= least]
        boxes = [cv2.boundingRect(outline) for outline in self._outlines]
        self.boxes: NDArray[np.int32] = np.array(boxes, np.int32).reshape(-1, 4)
        """Of each component, shape (n, 4): left, top, width and height."""
        self.contrast = np.zeros(len(boxes))
        """Of each component against the ground, as far as it is known, else 0."""

    def own(self, i: int, step: int = 1) -> NDArray[np.uint8]:
        """The pixels of component i inside its box, 255 or 0, of every `step` rows and columns one."""
        return own_pixels(self._outlines[i], self.boxes[i].tolist(), self.mask, step)

    def moments(self, i: int, own: NDArray[np.uint8], step: int = 1) -> list[float]:
        """Of the pixels of component i, told by `own`: their number and sums of ink, ink^3 and ink^4."""
        x, y, width, height = self.boxes[i].tolist()
        window = self.ink[y : y + height : step, x : x + width : step]
        counts = cv2.calcHist([window], [0], own, [256], [0, 256]).ravel()
        return list((_POWERS @ counts * step**2).tolist())

    def most(self, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        """The boldest ink inside the box of each chosen component, its own or not."""
        windows = (self.ink[y : y + h, x : x + w] for x, y, w, h in self.boxes[chosen].tolist())
        return np.array([cv2.minMaxLoc(window)[1] for window in windows])

    def holders(self, boxes: NDArray[np.int32]) -> NDArray[np.int64]:
        """Which components strokes of a higher threshold are part of.

        Args:
            boxes: Shape (n, 4).

        Returns:
            Shape (n,), the smallest component that holds each box; -1 for none.
        """
        low = self.boxes[:, :2]
        high = low + self.boxes[:, 2:]
        order = np.argsort(self.boxes[:, 2] * self.boxes[:, 3], kind="stable")
        (left, top), (right, bottom) = low[order].T, high[order].T
        found = [np.empty(0, np.int64)]
        for part in np.array_split(boxes, range(_AT_ONCE, len(boxes), _AT_ONCE)) if len(order) else ():
            x, y, width, height = part.T[:, :, None]
            holds = (left <= x) & (top <= y) & (right >= x + width) & (bottom >= y + height)
            first = holds.argmax(axis=1)
            found.append(np.where(holds[np.arange(len(part)), first], order[first], -1))
        return np.concatenate(found) if len(order) else np.full(len(boxes), -1)


def own_pixels(
    outline: NDArray[Any], box: Sequence[int], mask: NDArray[np.uint8], step: int = 1
) -> NDArray[np.uint8]:
    """The pixels of a mask that one of its outlines goes around.

    Args:
        outline: Shape (n, 1, 2), int32, as OpenCV finds it.
        box: Its left, top, width and height.
        mask: Shape (h, w), uint8, 255 or 1 on ink.
        step: Of so many rows and columns one.

    Returns:
        Shape (height, width), divided by `step`; the mask's values inside, else 0.
    """
    x, y, width, height = box
    window = mask[y : y + height : step, x : x + width : step]
    return filled(outline, box, step) & window


def filled(outline: NDArray[Any], box: Sequence[int], step: int = 1) -> NDArray[np.uint8]:
    """What an outline goes around, holes and all.

    Args:
        outline: Shape (n, 1, 2), int32, as OpenCV finds it.
        box: Its left, top, width and height.
        step: Of so many rows and columns one.

    Returns:
        Shape (height, width), divided by `step`; 255 inside, else 0.
    """
    x, y, width, height = box
    inside = np.zeros((-(-height // step), -(-width // step)), np.uint8)
    offset = (-x, -y)
    if step > 1:
        outline, offset = (outline - np.array((x, y), np.int32)) // step, (0, 0)
    cv2.drawContours(inside, [outline], 0, 255, cv2.FILLED, offset=offset)
    return inside


def _is_grain(mask: NDArray[np.uint8]) -> bool:
    """Whether there are more crumbs than any writing has edges."""
    borders = cv2.countNonZero(cv2.absdiff(mask[:, 1:], mask[:, :-1])) / mask.size
    return borders > _GRAIN and (borders > _DENSE or cv2.countNonZero(mask) > _BARE * mask.size)
