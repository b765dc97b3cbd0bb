"""How steeply the lines of a page climb or fall."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.reading import Box

_COARSE, _FINE = 3, 1
"""Degrees from one guess to the next, first of all of them, then around the best."""
_REACH, _NEAR = 5.0, 2.2
"""Sizes of a digit up to which two may stand on one line, and up to which a few of them tell the line."""
_FEWEST = 3
"""Digits that tell a slant."""
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
_MOST, _LOOSELY = 0.8, 0.25
"""Share of the digits that are on a line with others, and how far at least: by hand, lines differ."""
_STRAY, _WIDE_STEEPEST = 0.3, 15
"""Sizes by which digits stray from the one line that all are on, however far apart, and degrees by which
that falls at most."""


def slant_of(boxes: Sequence[Box], level: int, steepest: int) -> float:
    """How steeply all lines of a page fall alike: under which angle most pairs stand on one line.

    Skew is told so from the parts of printed pages, too (Baird, "The skew angle of printed documents",
    1987); written ones have fewer parts and stray more, so that each pair counts by how far it strays.

    Args:
        boxes: Upright rectangles in pixels of one picture.
        level: Degrees up to which lines count as level, but one line of digits far apart: that tells less.
        steepest: Degrees up to which they are lines; steeper ones may as well be columns.

    Returns:
        Degrees, positive where lines fall to the right; 0 where they are level, not alike or too few.
    """
    count = len(boxes)
    if count < _FEWEST:
        return 0.0
    centers, sizes = _centers_and_sizes(boxes)
    first, second, apart = _pairs(centers, sizes, _REACH)
    slant, on_line, times = _steepness(apart, level, steepest)
    several = on_line.sum() >= _LEAST or on_line[np.hypot(*apart.T) < _NEAR].sum() >= _LEAST_NEAR
    loosely, told = on_line > _LOOSELY, np.zeros(count, bool)
    told[first[loosely]] = told[second[loosely]] = True
    if abs(slant) > level and several and times >= _TIMES and told.sum() >= _MOST * count:
        return slant
    return _slant_of_one_line(centers, sizes)


def likely_slant(boxes: Sequence[Box], steepest: int) -> float:
    """Under which angle most digits stand on one line with others, whether or not that is certain.

    Args:
        boxes: Upright rectangles in pixels of one picture.
        steepest: Degrees up to which lines may fall or climb.

    Returns:
        Degrees, positive where lines fall to the right; 0 where there are too few, or none near another.
    """
    if len(boxes) < _FEWEST:
        return 0.0
    slant, on_line, _ = _steepness(_pairs(*_centers_and_sizes(boxes), _REACH)[2], 0, steepest)
    return slant if on_line.any() else 0.0


def _centers_and_sizes(boxes: Sequence[Box]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    centers = np.array([box.center for box in boxes], np.float64)
    return centers, np.array([max(box.width, box.height) for box in boxes], np.float64)


def _slant_of_one_line(centers: NDArray[np.float64], sizes: NDArray[np.float64]) -> float:
    """How steeply the line falls that all digits stand on, however far apart; 0 where there is none."""
    across, down = (centers - centers.mean(axis=0)).T
    slope = float(across @ down / max(across @ across, 1e-6))
    stray = np.abs(down - slope * across) / sizes
    slant = math.degrees(math.atan(slope))
    apart = np.diff(np.sort(across)) > _AHEAD * sizes.max()
    return slant if stray.max() < _STRAY and apart.all() and abs(slant) <= _WIDE_STEEPEST else 0.0


def _pairs(
    centers: NDArray[np.float64], sizes: NDArray[np.float64], reach: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Which boxes may stand on one line with which to their right, and how far these are away, in sizes."""
    apart = centers[None] - centers[:, None]
    smaller = np.minimum(sizes[None], sizes[:, None])
    alike = smaller > _ALIKE * np.maximum(sizes[None], sizes[:, None])
    near = np.hypot(apart[..., 0], apart[..., 1]) < reach * smaller
    first, second = np.nonzero((apart[..., 0] > 0) & near & alike)
    return first, second, apart[first, second] / smaller[first, second, None]


def _steepness(
    apart: NDArray[np.float64], level: int, steepest: int
) -> tuple[float, NDArray[np.float64], float]:
    """Under which angle most pairs are on one line, how far each is, and how many times more than level."""
    coarse = np.arange(-steepest, steepest + 1, _COARSE)
    best = int(coarse[_most(_on_lines(apart, coarse))])
    fine = np.arange(best - _COARSE + 1, best + _COARSE, _FINE)
    together = _on_lines(apart, fine)
    most = _most(together)
    as_level = _on_lines(apart, np.arange(-level, level + 1)).sum(axis=0).max()
    return float(fine[most]), together[:, most], float(together[:, most].sum() / max(as_level, 1e-6))


def _most(on_lines: NDArray[np.float64]) -> int:
    """Under which angle most pairs stand on one line."""
    # Rounded, lest among equal ones the scale of the picture decides.
    return int(on_lines.sum(axis=0).round(6).argmax())


def _on_lines(apart: NDArray[np.float64], degrees: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far pairs, (n, 2) in sizes, stand on one line under each of m angles: (n, m), 0 to 1."""
    angles = np.radians(degrees).astype(np.float64)
    along = apart[:, :1] * np.cos(angles) + apart[:, 1:] * np.sin(angles)
    across = apart[:, 1:] * np.cos(angles) - apart[:, :1] * np.sin(angles)
    return np.asarray(np.exp(-np.square(across / _DRIFT)) * (along > _AHEAD), np.float64)
