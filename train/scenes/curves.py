"""Pen paths in words to smooth curves in numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_STEP = 1 / 64
"""Distance between samples of a curve, in heights of the digit."""


@lru_cache(maxsize=512)
def parse(stroke: str) -> tuple[Points, ...]:
    """Pieces between corners, each (n, 2), in heights of a digit."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for word in stroke.split():
        x, y = (float(part) / 100 for part in word.rstrip("!").split(","))
        pieces[-1].append((x, y))
        if word.endswith("!"):
            pieces.append([(x, y)])
    return tuple(np.array(piece) for piece in pieces)


def spline(points: Points) -> Points:
    """A centripetal Catmull-Rom curve through the points, sampled evenly enough for drawing.

    Method: E. Catmull, R. Rom, "A class of local interpolating splines", 1974; the centripetal spacing of
    knots keeps loops and cusps out (Yuksel et al. 2011).
    """
    chords = np.linalg.norm(np.diff(points, axis=0), axis=1)
    steps = np.sqrt(np.maximum(chords, 1e-9))
    if len(points) == 2:
        slopes = np.repeat(np.diff(points, axis=0) / steps[0], 2, axis=0)
    else:
        rates = np.diff(points, axis=0) / steps[:, None]
        before, after = steps[:-1, None], steps[1:, None]
        inner = (rates[:-1] * after + rates[1:] * before) / (before + after)
        slopes = np.concatenate(
            [[1.5 * rates[0] - 0.5 * inner[0]], inner, [1.5 * rates[-1] - 0.5 * inner[-1]]]
        )
    samples = [points[:1]]
    for i, step in enumerate(steps):
        t = np.linspace(0, 1, max(2, int(np.ceil(chords[i] / _STEP)) + 1))[1:, None]
        samples.append(
            (1 + 2 * t) * (1 - t) ** 2 * points[i]
            + t * (1 - t) ** 2 * step * slopes[i]
            + t**2 * (3 - 2 * t) * points[i + 1]
            + t**2 * (t - 1) * step * slopes[i + 1]
        )
    return np.concatenate(samples)


def smooth(values: Points, radius: int) -> Points:
    """A moving average of unit variance for white noise of unit variance."""
    kernel = np.hanning(2 * radius + 3)[1:-1]
    padded = (
        np.pad(values, radius, mode="reflect")
        if len(values) > radius
        else np.pad(values, radius, mode="edge")
    )
    return np.convolve(padded, kernel / np.linalg.norm(kernel), mode="valid")
