"""Smooth lines and areas on surfaces that are not 8 bits deep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from train.scenes.pens import Colour
from train.scenes.texture import Float, blend

Option = TypeVar("Option")


def pick(rng: np.random.Generator, options: Sequence[Option]) -> Option:
    """One of several, each as likely."""
    return options[int(rng.integers(len(options)))]


def line_mask(points: ArrayLike, width: float, *, closed: bool = False) -> tuple[NDArray[np.uint8], int, int]:
    """Draws a line through points.

    Args:
        points: (n, 2) x and y, pixels.
        width: Of the line, pixels, at least 1.
        closed: Whether it ends where it began.

    Returns:
        (h, w) uint8, bright on 0, and x and y of its top left corner.
    """
    path = np.asarray(points, np.float64)
    left, top = (int(value) for value in np.floor(path.min(axis=0) - width - 2))
    w, h = (int(value) for value in np.ceil(path.max(axis=0) + width + 3) - (left, top))
    mask = np.zeros((h, w), np.uint8)
    drawn = np.rint((path - (left, top)) * 16).astype(np.int32)
    cv2.polylines(mask, [drawn], closed, 255, max(1, round(width)), cv2.LINE_AA, 4)
    return mask, left, top


def line(
    image: Float,
    points: ArrayLike,
    colour: Colour,
    *,
    width: float = 1,
    opacity: float = 1,
    closed: bool = False,
) -> None:
    """Draws a line through points, in place.

    Args:
        image: (h, w, 3) float32 BGR.
        points: (n, 2) x and y, pixels; what lies beside the image is lost.
        colour: BGR, 0 to 255.
        width: Of the line, pixels.
        opacity: 0 to 1.
        closed: Whether it ends where it began.
    """
    mask, left, top = line_mask(points, width, closed=closed)
    x, y = max(left, 0), max(top, 0)
    patch = image[y : max(0, top + mask.shape[0]), x : max(0, left + mask.shape[1])]
    seen = mask[y - top :, x - left :][: patch.shape[0], : patch.shape[1]]
    if seen.size:
        blend(patch, seen.astype(np.float32) * (opacity / 255), colour)


def frame(
    image: Float,
    box: tuple[float, float, float, float],
    colour: Colour,
    *,
    width: float = 2,
    opacity: float = 1,
) -> None:
    """Draws the outline of a box (x, y, width, height), in place; see `line`."""
    x, y, w, h = box
    corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    line(image, corners, colour, width=width, opacity=opacity, closed=True)


def disc_mask(shape: tuple[int, int], centre: tuple[float, float], radius: float) -> Float:
    """A smooth disc: (h, w) float32, 1 in it and 0 beyond; centre as x, y in pixels."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    distance = np.hypot(columns - centre[0], rows - centre[1])
    return np.asarray(np.clip(radius - distance + 0.5, 0, 1), np.float32)


def disc(
    image: Float, centre: tuple[float, float], radius: float, colour: Colour, *, opacity: float = 1
) -> None:
    """Fills a disc, in place; centre as x, y in pixels."""
    x, y = (max(0, int(value - radius) - 1) for value in centre)
    patch = image[y : int(centre[1] + radius) + 3, x : int(centre[0] + radius) + 3]
    if patch.size:
        blend(patch, disc_mask(patch.shape[:2], (centre[0] - x, centre[1] - y), radius) * opacity, colour)


def rounded(shape: tuple[int, int], radius: float) -> Float:
    """A rectangle with round corners: (h, w) float32, 1 in it and 0 beyond; radius in pixels."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    down = np.maximum(np.abs(rows - (shape[0] - 1) / 2) - shape[0] / 2 + radius, 0)
    across = np.maximum(np.abs(columns - (shape[1] - 1) / 2) - shape[1] / 2 + radius, 0)
    return np.asarray(np.clip(radius - np.hypot(down, across) + 0.5, 0, 1), np.float32)


def smear(image: Float, rng: np.random.Generator, colour: Colour, opacity: float) -> None:
    """Paints a wide soft trace, as a cloth or a hand leaves it, in place."""
    h, w = image.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    centre = (int(rng.integers(w)), int(rng.integers(h)))
    axes = (int(w * rng.uniform(0.06, 0.2)), int(h * rng.uniform(0.03, 0.1)))
    cv2.ellipse(mask, centre, axes, float(rng.uniform(-40, 40)), 0, 360, 255, -1)
    blend(image, cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 18) * (opacity / 255), colour)
