"""How steeply the lines of a page climb or fall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.reading import Box

_COARSE, _FINE = 3, 1
"""Degrees from one guess to the next, first of all of them, then around the best."""
_REACH, _NEAR = 5.0, 2.2
"""Sizes of a digit up to which two may stand on one line, and up to which a few of them tell the line."""
_ALIKE = 0.5
"""Ratio of two sizes from which that may be."""
_AHEAD = 0.3
"""Sizes by which the one must be ahead of the other."""
_DRIFT = 0.2
"""Sizes by which digits stray from their line."""
_LEAST, _LEAST_NEAR = 3.0, 1.6
"""Pairs on one line, or near each other, there must be."""
_TIMES = 3.0
"""And so many times more than on lines that are level."""
_MOST = 0.8
"""Share of the digits that are on a line with others."""


def slant_of(boxes: Sequence[Box], level: int, steepest: int) -> float:
    """How steeply all lines of a page fall alike: under which angle most pairs stand on one line.

    Skew is told so from the parts of printed pages, too (Baird, "The skew angle of printed documents",
    1987); written ones have fewer parts and stray more, so that each pair counts by how far it strays.

    Args:
        boxes: Upright rectangles in pixels of one picture.
        level: Degrees up to which lines count as level.
        steepest: Degrees up to which they are lines; steeper ones may as well be columns.

    Returns:
        Degrees, positive where lines fall to the right; 0 where they are level, not alike or too few.
    """
    if len(boxes) < 3:
        return 0.0
    centers = np.array([box.center for box in boxes], np.float64)
    sizes = np.array([max(box.width, box.height) for box in boxes], np.float64)
    first, second, smaller = _pairs(centers, sizes)
    if len(first) < 2:
        return 0.0
    apart = (centers[second] - centers[first]) / smaller[:, None]
    coarse = np.arange(-steepest, steepest + 1, _COARSE)
    best = int(coarse[_most(_on_lines(apart, coarse))])
    fine = np.arange(best - _COARSE + 1, best + _COARSE, _FINE)
    together = _on_lines(apart, fine)
    best = _most(together)
    slant, on_line = float(fine[best]), together[:, best]
    if abs(slant) <= level:
        return 0.0
    near = on_line[np.hypot(*apart.T) < _NEAR].sum()
    as_level = _on_lines(apart, np.arange(-level, level + 1)).sum(axis=0).max()
    if (on_line.sum() < _LEAST and near < _LEAST_NEAR) or on_line.sum() < _TIMES * as_level:
        return 0.0
    told = np.union1d(first[on_line > 0.5], second[on_line > 0.5])
    return slant if len(told) >= _MOST * len(boxes) else 0.0


def _most(on_lines: NDArray[np.float64]) -> int:
    """Under which angle most pairs stand on one line."""
    # Rounded, lest among equal ones the scale of the picture decides.
    return int(on_lines.sum(axis=0).round(6).argmax())


def _pairs(
    centers: NDArray[np.float64], sizes: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Which boxes may stand on one line with which to their right, and the smaller size of both."""
    apart = centers[None] - centers[:, None]
    smaller = np.minimum(sizes[None], sizes[:, None])
    alike = smaller > _ALIKE * np.maximum(sizes[None], sizes[:, None])
    first, second = np.nonzero(
        (apart[..., 0] > 0) & (np.hypot(apart[..., 0], apart[..., 1]) < _REACH * smaller) & alike
    )
    return first, second, smaller[first, second]


def _on_lines(apart: NDArray[np.float64], degrees: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far pairs, (n, 2) in sizes, stand on one line under each of m angles: (n, m), 0 to 1."""
    angles = np.radians(degrees).astype(np.float64)
    along = apart[:, :1] * np.cos(angles) + apart[:, 1:] * np.sin(angles)
    across = apart[:, 1:] * np.cos(angles) - apart[:, :1] * np.sin(angles)
    return np.asarray(np.exp(-np.square(across / _DRIFT)) * (along > _AHEAD), np.float64)
