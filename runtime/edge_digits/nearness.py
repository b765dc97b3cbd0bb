"""How strokes lie to each other, and which of them one pen may have drawn as one digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate

_PEN, _CONTRAST = 2.5, 2.2
"""Ratios of width and of contrast between strokes of one pen."""
_NEAR = 0.16
"""Share of the larger one's size that two strokes of one digit lie apart at most."""
_APART = 0.35
"""The same across where they are staggered."""
_STAGGERED = 1.3
"""Ratio of their common height to that of the higher one."""
_SAME = 0.6
"""Share of what two boxes cover together that both cover where they are of one stroke."""
_WITHIN = 0.6
"""Share of the smaller one's box that lies in the other's where it is no further piece of a stroke."""
_BROKEN = (1.0, 2.0, 4.0)
"""Widths of the pen within which the pieces of a stroke lie that came apart, each tried for itself."""
_MOST_PIECES = 9
"""More pieces than this are a texture, or a row of digits."""


@dataclass(frozen=True)
class Nearness:
    """Strokes and what lies between them, n of them."""

    boxes: NDArray[np.float32]
    """Shape (n, 4): left, top, right, bottom."""
    pen: NDArray[np.float32]
    """Shape (n,): width of the stroke, pixels."""
    across: NDArray[np.float32]
    """Shape (n, n): pixels between two boxes from left to right; less than 0 where they overlap."""
    down: NDArray[np.float32]
    """The same from top to bottom."""
    area: NDArray[np.float32]
    """Shape (n,): of the boxes."""
    shared: NDArray[np.float32]
    """Shape (n, n): area that two boxes have in common."""
    alike: NDArray[np.bool_]
    """Shape (n, n): whether they are of one pen, ink and polarity."""

    @classmethod
    def of(cls, strokes: Sequence[Candidate]) -> Nearness:
        """Measures strokes of one picture."""
        boxes = np.array([stroke.box for stroke in strokes], np.float32).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        pen = np.array([stroke.stroke for stroke in strokes], np.float32)
        contrast = np.array([stroke.contrast for stroke in strokes], np.float32)
        dark = np.array([stroke.polarity == "dark" for stroke in strokes])
        across, down = (
            np.maximum(low[:, None], low) - np.minimum(high[:, None], high)
            for low, high in ((boxes[:, 0], boxes[:, 2]), (boxes[:, 1], boxes[:, 3]))
        )
        alike = (dark[:, None] == dark) & (ratio(pen) < _PEN) & (ratio(contrast) < _CONTRAST)
        area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
        shared = np.maximum(-across, 0) * np.maximum(-down, 0)
        return cls(boxes, pen, across, down, area, shared, alike)

    def pairs(self) -> list[tuple[int, int]]:
        """Lists the numbers of two strokes each that may be one digit."""
        left, top, right, bottom = self.boxes.T
        size, height = np.maximum(right - left, bottom - top), bottom - top
        larger, smaller = np.maximum(size[:, None], size), np.minimum(size[:, None], size)
        near = np.maximum(self.across, self.down) < _NEAR * larger + 1
        # The two strokes of an open 4 stand further apart, and neither is as high as the 4.
        high = np.maximum(bottom[:, None], bottom) - np.minimum(top[:, None], top)
        staggered = high > _STAGGERED * np.maximum(height, height[:, None])
        near |= staggered & (self.down < 0) & (self.across < _APART * larger + 1)
        # The same stroke, cut out at two thresholds, is one.
        near &= self.shared < _SAME * (self.area[:, None] + self.area - self.shared)
        # A speck beside a digit is no part of it.
        near &= (smaller > 0.22 * larger) & (smaller > 3)
        return [(int(a), int(b)) for a, b in np.argwhere(np.triu(near & self.alike, 1))]

    def clusters(self) -> list[tuple[int, ...]]:
        """Lists the numbers of three strokes or more that may be one digit of a pen that ran dry."""
        apart = self.alike & (self.shared < _WITHIN * np.minimum(self.area[:, None], self.area))
        gap = np.maximum(self.across, self.down) / np.maximum(np.maximum(self.pen[:, None], self.pen), 2)
        found = {group for reach in _BROKEN for group in _groups(apart & (gap < reach))}
        return sorted(group for group in found if 3 <= len(group) <= _MOST_PIECES)


def _groups(near: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """List the connected parts of a graph, given as a symmetric matrix, with more than one member."""
    left = set(np.flatnonzero(near.any(axis=1)).tolist())
    found = []
    while left:
        group: set[int] = set()
        fresh = {left.pop()}
        while fresh:
            group |= fresh
            fresh = set(np.flatnonzero(near[list(fresh)].any(axis=0)).tolist()) - group
        left -= group
        found.append(tuple(sorted(group)))
    return found


def ratio(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns how many times as large as the smaller one the larger of each two is.

    Args:
        values: Shape (n,), none negative.

    Returns:
        Shape (n, n), 1 or more.
    """
    quotient = values[:, None] / np.maximum(values, 1e-6)
    return np.asarray(np.maximum(quotient, 1 / np.maximum(quotient, 1e-6)), np.float32)
