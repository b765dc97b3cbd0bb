"""The ground around a stroke."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.percentile import spread

_INK = 150
"""Of 255: a pixel in the core of a stroke."""
_FEWEST = 3
"""Pixels that tell how light falls."""
_HALO = 0.25
"""Widths of a stroke that its soft edge may reach; at least two pixels."""


@dataclass(frozen=True)
class Surroundings:
    """A stroke with the ground around it."""

    window: NDArray[np.uint8]
    """Cut out of the picture, shape (h, w)."""
    around: NDArray[np.bool_]
    """Its pixels of ground next to the stroke, beyond its soft edge."""
    written: NDArray[np.bool_]
    """Its pixels in the core of the stroke."""
    core: NDArray[np.uint8]
    """The shades of these."""
    place: tuple[int, int]
    """Left and top of the stroke's box in the window."""


def ground_around(candidate: Candidate, gray: NDArray[np.uint8], reach: float) -> Surroundings:
    """Cuts out a stroke with the ground around it.

    Args:
        candidate: A stroke of the picture.
        gray: Shape (h, w), uint8, the searched picture.
        reach: Pixels beyond its soft edge that are looked at.

    Returns:
        The window, which ends at the picture's edges.
    """
    x, y, width, height = candidate.box
    halo = max(2.0, _HALO * candidate.stroke)
    reach += halo
    pad = int(reach) + 1
    rows = slice(max(0, y - pad), y + height + pad)
    columns = slice(max(0, x - pad), x + width + pad)
    window = gray[rows, columns]
    ground = np.ones(window.shape, np.uint8)
    top, left = y - rows.start, x - columns.start
    inside = np.s_[top : top + height, left : left + width]
    ground[inside] = candidate.ink == 0
    distance = cv2.distanceTransform(ground, cv2.DIST_L2, 3)
    around = (distance > halo) & (distance <= reach)
    written = np.zeros(window.shape, bool)
    written[inside] = candidate.ink > _INK
    return Surroundings(window, around, written, window[written], (left, top))


def line_along(candidate: Candidate) -> tuple[float, float, float]:
    """Measures the line along an upright stroke.

    Args:
        candidate: The stroke.

    Returns:
        A place on it, in pixels from the left and from the top of the stroke's box, and by how many pixels it
        runs to the right for each that it runs down.
    """
    moments = cv2.moments(candidate.ink)
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    return x, y, moments["mu11"] / max(moments["mu02"], 1e-6)


def right_of(candidate: Candidate, near: Surroundings) -> NDArray[np.bool_]:
    """Which pixels around a stroke, shape (n,), lie to the right of the line along it."""
    x, y, slope = line_along(candidate)
    left, top = near.place
    rows, columns = np.nonzero(near.around)
    return np.asarray(columns - (left + x) > slope * (rows - (top + y)))


def without_slope(window: NDArray[np.uint8], chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Takes away the light that falls from one side: the plane that fits best.

    Args:
        window: Part of a picture, shape (h, w), uint8.
        chosen: Which of its pixels count, shape (h, w).

    Returns:
        What is left of them about their mean, shape (n,), float32.
    """
    return levelled(window, chosen, np.zeros(chosen.shape, bool))[0][chosen]


def levelled(
    window: NDArray[np.uint8], chosen: NDArray[np.bool_], right: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], float]:
    """Takes away light that falls off alike on both sides of a stroke; a step from one to the other stays.

    Two planes of one slope are fitted, one to each side (analysis of covariance).

    Args:
        window: Part of a picture, shape (h, w), uint8.
        chosen: Which of its pixels count, shape (h, w).
        right: Which of these are on the one side, shape (h, w).

    Returns:
        The window, shape (h, w), float32, with the mean of those pixels as it was, and how many grey levels
        the light changed by from pixel to pixel.
    """
    rows, columns = np.nonzero(chosen)
    shades = window[chosen].astype(np.float32)
    if len(shades) < _FEWEST:
        return window.astype(np.float32), 0.0
    one = right[chosen]
    down, across, light = (
        each - np.where(one, _mean(each[one]), _mean(each[~one]))
        for each in (rows.astype(np.float32), columns.astype(np.float32), shades)
    )
    xx, xy, yy = float(across @ across), float(across @ down), float(down @ down)
    x, y = float(across @ light), float(down @ light)
    scale = xx * yy - xy * xy
    if scale <= 1e-3 * xx * yy:
        return window.astype(np.float32), 0.0
    by_column, by_row = (x * yy - y * xy) / scale, (y * xx - x * xy) / scale
    fall = by_row * (np.arange(window.shape[0]) - rows.mean())[:, None]
    fall = fall + by_column * (np.arange(window.shape[1]) - columns.mean())
    return np.asarray(window - fall, np.float32), math.hypot(by_column, by_row)


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean()) if len(values) else 0.0


def spread_of(shades: NDArray[np.uint8] | NDArray[np.float32]) -> float:
    """Grey levels from the darkest to the brightest tenth of pixels, shape (n,), n at least 1."""
    return spread(shades, 0.1)
