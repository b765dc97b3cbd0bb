"""Smooth noise, and the surfaces a sheet lies on: wood, a plain table, cloth, a floor."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def smooth_noise(
    rng: np.random.Generator, shape: tuple[int, int], scale: float | tuple[float, float]
) -> Float:
    """Random hills of a given size.

    Args:
        rng: Source of randomness.
        shape: (height, width) of the result.
        scale: Typical size of a hill in pixels, one for both axes or (along y, along x).

    Returns:
        float32 of the given shape, mean about 0, standard deviation about 1.
    """
    down, across = scale if isinstance(scale, tuple) else (scale, scale)
    small = (max(2, round(shape[0] / max(down, 1)) + 2), max(2, round(shape[1] / max(across, 1)) + 2))
    field = rng.standard_normal(small, dtype=np.float32)
    if small[0] - 2 == shape[0] and small[1] - 2 == shape[1]:
        return field[: shape[0], : shape[1]]
    # Interpolation flattens white noise; 1.3 brings the spread back to about one.
    return cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC) * np.float32(1.3)


def tinted(value: Float, colour: tuple[float, float, float]) -> Float:
    """A grey field around 1 times a BGR colour, (h, w, 3)."""
    return value[:, :, None] * np.array(colour, np.float32)


def blend(picture: Float, mask: Float, colour: Float | tuple[float, ...]) -> None:
    """Paints a colour, or a picture of colours, where the mask is 1, in place."""
    picture += (np.asarray(colour, np.float32) - picture) * mask[:, :, None]


def wood(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Planks with grain that runs across the picture.

    Args:
        rng: Source of randomness.
        shape: (height, width).

    Returns:
        (h, w, 3) float32 BGR, 0 to 255.
    """
    h, w = shape
    colour = ((72, 118, 170), (60, 95, 140), (105, 150, 192), (45, 70, 105))[int(rng.integers(4))]
    plank = max(30, int(h * rng.uniform(0.22, 0.4)))
    rows = np.arange(h, dtype=np.float32) + float(rng.uniform(0, plank))
    index = np.floor_divide(rows, plank).astype(int)
    rows_in_plank = rows[:, None] - index[:, None] * plank
    shade, value = np.zeros((h, 1), np.float32), np.zeros((h, w), np.float32)
    for board in np.unique(index):
        own = index == board
        n = int(own.sum())
        shade[own] = float(rng.normal(0, 0.06))
        # Rings of a log cut lengthwise: lines along x that bend slowly, tighter towards the edges.
        bend = smooth_noise(rng, (n, w), (plank * 0.8, w * 0.35)) * plank * 0.12
        rings = np.sin((rows_in_plank[own] + bend) * (2 * np.pi / (plank * float(rng.uniform(0.1, 0.2)))))
        value[own] = 0.035 * rings * (1 + 0.5 * smooth_noise(rng, (n, w), (plank * 0.4, w * 0.2)))
    fibre = 0.035 * smooth_noise(rng, shape, (1.3, 50)) + 0.03 * smooth_noise(rng, shape, (3, 120))
    pores = np.clip(smooth_noise(rng, shape, (1.2, 18)) - 1.7, 0, None) * -0.12
    seam = np.exp(-((np.minimum(rows_in_plank, plank - rows_in_plank) / 1.3) ** 2)) * -0.45
    return np.clip(tinted(1 + value + fibre + pores + seam + shade, colour), 0, 255)


def table(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """A plain matte table top, (h, w, 3) float32 BGR."""
    colour = ((150, 155, 160), (95, 98, 104), (185, 190, 196), (120, 105, 90), (70, 90, 80))[
        int(rng.integers(5))
    ]
    value = 1 + 0.02 * smooth_noise(rng, shape, 3) + 0.03 * smooth_noise(rng, shape, max(shape) / 4)
    return np.clip(tinted(value, colour), 0, 255)


def cloth(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Woven cloth with soft folds, (h, w, 3) float32 BGR."""
    colour = ((60, 50, 150), (140, 90, 50), (90, 120, 95), (150, 160, 175))[int(rng.integers(4))]
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    pitch = float(rng.uniform(3.2, 4.6))
    drift = smooth_noise(rng, shape, 40) * 0.8
    weave = np.sin((x + drift) * (2 * np.pi / pitch)) * np.sin((y - drift) * (2 * np.pi / pitch))
    folds = smooth_noise(rng, shape, (max(shape) / 2, max(shape) / 6))
    value = 1 + 0.08 * weave + 0.1 * folds + 0.04 * smooth_noise(rng, shape, 2)
    return np.clip(tinted(value, colour), 0, 255)


def floor(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Grey laminate tiles seen at an angle, (h, w, 3) float32 BGR."""
    colour = ((112, 124, 134), (125, 130, 132), (95, 108, 122))[int(rng.integers(3))]
    angle = np.deg2rad(float(rng.uniform(-35, 35)))
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    tile = max(shape) * float(rng.uniform(0.4, 0.7))
    seams = np.zeros(shape, np.float32)
    for axis in (along, across):
        distance = np.abs((axis / tile - float(rng.uniform())) % 1 - 0.5) * tile
        seams += np.exp(-((distance / 1.2) ** 2)) * -0.4
    size = (shape[0] * 2, shape[1] * 2)
    streaks = 0.05 * smooth_noise(rng, size, (2.5, 60)) + 0.03 * smooth_noise(rng, size, (6, 160))
    turn = cv2.getRotationMatrix2D((size[1] / 2, size[0] / 2), -float(np.rad2deg(angle)), 1)
    streaks = cv2.warpAffine(streaks, turn, (size[1], size[0]))[: shape[0], : shape[1]]
    return np.clip(tinted(1 + streaks + seams + 0.02 * smooth_noise(rng, shape, 1.5), colour), 0, 255)


SURROUNDINGS: dict[str, Callable[[np.random.Generator, tuple[int, int]], Float]] = {
    "wood": wood,
    "table": table,
    "cloth": cloth,
    "floor": floor,
}
