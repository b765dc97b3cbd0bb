"""Where the rings of a binding are that are not seen by themselves: all of them keep one pitch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from edge_digits.percentile import median
from edge_digits.reading import Box

Side: TypeAlias = Literal["left", "top", "right", "bottom"]
"""Of a sheet, the one that its binding is at."""

_FEWEST = 8
"""So many rings are seen by themselves at least; a hand may write fewer like marks along an edge."""
_ALIKE = 1.5
"""Ratio of their sides to the usual up to which they are."""
_ASTRAY = 0.08
"""Share of the pitch by which they lie off their places, root mean square."""
_SEEN = 0.3
"""Share of the pitch within which a ring is at its place."""
_LARGER = 1.3
"""Sizes of a ring that are taken off at a place where none was seen."""


def unseen_rings(seen: Sequence[Box], side: Side, shape: tuple[int, ...]) -> list[Box]:
    """Tells where else rings of a binding are: one may be joined to a ruled line or to its neighbour.

    Args:
        seen: What one side of a sheet cuts, of which rings of a binding are the most.
        side: Which side.
        shape: Rows and columns of the sheet, seen from right above.

    Returns:
        What to take off it, up to that side; nothing where those seen keep no pitch.
    """
    if len(seen) < _FEWEST:
        return []
    upright = side in {"left", "right"}
    boxes = np.array(seen, np.float64)
    first, sizes = boxes[:, :2], boxes[:, 2:]
    usual = np.array([median(sizes[:, 0]), median(sizes[:, 1])])
    alike = (np.maximum(sizes / usual, usual / sizes) < _ALIKE).all(axis=1)
    middles = np.sort((first + sizes / 2)[alike, int(upright)])
    if len(middles) < _FEWEST:
        return []
    gaps = np.diff(middles)
    # Where several in turn are missing, the gap is a multiple.
    places = np.concatenate([[0], np.cumsum(np.rint(gaps / median(gaps)))])
    pitch, start = np.polyfit(places, middles, 1)
    astray = np.sqrt(np.mean((start + pitch * places - middles) ** 2))
    if astray > _ASTRAY * pitch or places[-1] > 2 * len(places):
        return []
    length = shape[0] if upright else shape[1]
    # The sheet's corners may cut one, too.
    half = float(usual[int(upright)]) / 2
    row = start + pitch * np.arange(np.ceil(-(start + half) / pitch), (length + half - start) / pitch)
    missing = row[(np.abs(row[:, None] - middles) > _SEEN * pitch).all(axis=1)]
    return [_at(middle, _LARGER * usual, side, shape) for middle in missing.tolist()]


def _at(middle: float, size: NDArray[np.float64], side: Side, shape: tuple[int, ...]) -> Box:
    width, height = np.rint(size).astype(int).tolist()
    if side in {"left", "right"}:
        top, bottom = max(0, round(middle - height / 2)), min(shape[0], round(middle + height / 2))
        return Box(0 if side == "left" else max(0, shape[1] - width), top, width, bottom - top)
    left, right = max(0, round(middle - width / 2)), min(shape[1], round(middle + width / 2))
    return Box(left, 0 if side == "top" else max(0, shape[0] - height), right - left, height)
