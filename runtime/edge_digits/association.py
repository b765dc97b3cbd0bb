"""Which digit of one frame is which of the next, also where the sheet has moved far in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_digits.reading import Box

_NEAR = 0.6
"""Heights within which two boxes may be of the same digit."""
_ALIKE = 0.6
"""Share of the larger height that the smaller one must have."""
_SAME_PLACE = 0.8
"""Share of the digits that, met where they were, show that nothing has moved far."""
_AGREE = 0.5
"""Share of the digits that must have moved alike."""
_TRIED = 160
"""So many movements are tried at most, the smallest first."""
_SIMILAR = 3
"""So many pairs tell how a sheet has turned besides."""


class Association(NamedTuple):
    """How the digits of two frames belong together."""

    pairs: dict[int, int]
    """Index of the old box to index of the new one, each at most once."""
    shifts: NDArray[np.float64]
    """Movement of each old box in pixels, shape (n, 2) as (x, y); one not found moves with the others."""


def associate(
    old: Sequence[Box],
    new: Sequence[Box],
    same: NDArray[np.bool_],
    pace: tuple[float, float] = (0.0, 0.0),
) -> Association:
    """Pairs the boxes of two frames.

    Where most stand at their places still, or have gone on as they went before,
    the nearest belong together. Where not, the movement is looked for that
    brings the most digits onto digits of their own kind; with three of them, what
    turn and growth is left is fitted to them by least squares.

    Args:
        old: Boxes of the earlier frame.
        new: Boxes of the later one.
        same: Whether they hold the same digit, shape (old, new).
        pace: How the digits moved before, (x, y) in pixels a frame.

    Returns:
        Pairs, and how the old boxes have moved.
    """
    moved = np.zeros((len(old), 2))
    if not old or not new:
        return Association({}, moved)
    a, b = np.array(old, np.float64), np.array(new, np.float64)
    apart = (b[:, :2] + b[:, 2:] / 2) - (a[:, None, :2] + a[:, None, 2:] / 2)
    height = np.maximum(a[:, None, 3], b[:, 3])
    alike = np.minimum(a[:, None, 3], b[:, 3]) > _ALIKE * height
    fewer = min(len(old), len(new))
    pairs: dict[int, int] = {}
    met = -1
    for way in (np.zeros(2), np.array(pace)):
        there = _pairs(apart - way, height, alike)
        agreed = sum(bool(same[i, j]) for i, j in there.items())
        if agreed > met:
            pairs, met = there, agreed
    if met < _SAME_PLACE * fewer:
        way, agreed = _common(apart, height, alike & same)
        if agreed > met and agreed >= max(_AGREE * fewer, min(2, len(old))):
            pairs = _pairs(apart - way, height, alike)
            if len(pairs) >= _SIMILAR:
                pairs = _pairs(apart - _fitted(a, apart, pairs)[:, None], height, alike)
    if pairs:
        rows, columns = list(pairs), list(pairs.values())
        if len(pairs) >= _SIMILAR:
            moved = _fitted(a, apart, pairs)
        else:
            moved += np.median(apart[rows, columns], axis=0)
        moved[rows] = apart[rows, columns]
    return Association(pairs, moved)


def _pairs(
    apart: NDArray[np.float64], height: NDArray[np.float64], alike: NDArray[np.bool_]
) -> dict[int, int]:
    """Pairs what lies near enough, nearest first."""
    distance = np.hypot(apart[..., 0], apart[..., 1]) / height
    distance[(distance > _NEAR) | ~alike] = np.inf
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for flat in np.argsort(distance, axis=None):
        i, j = divmod(int(flat), distance.shape[1])
        if not np.isfinite(distance[i, j]):
            break
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _common(
    apart: NDArray[np.float64], height: NDArray[np.float64], alike: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], int]:
    """The movement that brings the most old boxes onto new ones, (x, y) in pixels, and how many."""
    rows, columns = np.nonzero(alike)
    if len(rows) == 0:
        return np.zeros(2), 0
    ways = apart[rows, columns]
    order = np.argsort(np.hypot(ways[:, 0], ways[:, 1]))[:_TRIED]
    best, most = np.zeros(2), 0
    for way in ways[order]:
        left = apart - way
        near = alike & (np.hypot(left[..., 0], left[..., 1]) < _NEAR * height)
        # Each new box stands for one old one only.
        count = min(int(near.any(axis=1).sum()), int(near.any(axis=0).sum()))
        if count > most:
            best, most = way, count
    return best, most


def _fitted(a: NDArray[np.float64], apart: NDArray[np.float64], pairs: dict[int, int]) -> NDArray[np.float64]:
    """Movement of all old boxes by the turn, growth and shift that suit the pairs best, shape (n, 2)."""
    centres = a[:, :2] + a[:, 2:] / 2
    rows = list(pairs)
    ways = apart[rows, list(pairs.values())]
    middle = centres[rows].mean(axis=0)
    x, y = (centres[rows] - middle).T
    ones, none = np.ones(len(rows)), np.zeros(len(rows))
    system = np.vstack([np.stack([x, -y, ones, none], 1), np.stack([y, x, none, ones], 1)])
    answer: NDArray[Any] = np.linalg.lstsq(system, ways.T.ravel(), rcond=None)[0]
    grown, turned, right, down = answer
    x, y = (centres - middle).T
    return np.stack([grown * x - turned * y + right, turned * x + grown * y + down], axis=1)
