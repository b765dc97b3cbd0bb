"""Width of a pen's stroke, measured and evened out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_ENOUGH = 80
"""Longer side in pixels that still holds all that 20 pixels can show."""


def stroke_width(mask: NDArray[np.uint8]) -> float:
    """Mean width of the strokes in a mask, in pixels.

    Over a bar of width w the distance to the nearest edge averages w / 4.

    Args:
        mask: Shape (h, w), uint8, nonzero on ink.

    Returns:
        Pixels; 0 where the mask is empty.
    """
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(framed, cv2.DIST_L2, 3)
    area = cv2.countNonZero(framed)
    # The transform gives 1 where a pixel touches the ground: half a pixel more than the true distance.
    return max(1.0, 4 * (float(distance.sum()) / area - 0.5)) if area else 0.0


def reduced(ink: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """Makes ink as small as it may be without its crop showing less.

    Args:
        ink: Shape (h, w), uint8.

    Returns:
        The ink, uint8, its longer side at most 80 pixels, and its size as a share of what it was.
    """
    longest = max(ink.shape)
    if longest <= _ENOUGH:
        return ink, 1.0
    share = _ENOUGH / longest
    size = (max(1, round(ink.shape[1] * share)), max(1, round(ink.shape[0] * share)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8), share


def even_stroke(ink: NDArray[np.uint8], width: float, target: float = 0.12) -> NDArray[np.uint8]:
    """Thickens strokes that would fade when the ink is fitted into 20 pixels.

    MNIST was written with a pen of about an eighth of a digit's height; a
    ballpoint's line is a twentieth and turns to faint grey when reduced.

    Args:
        ink: Shape (h, w), uint8, bright ink on 0, its box filling the array.
        width: Its stroke width in pixels, from `stroke_width`.
        target: Wanted width as a share of the longer side.

    Returns:
        The ink, uint8, its longer side at most 80 pixels, framed where it was thickened so that no
        stroke is cut.
    """
    ink, share = reduced(ink)
    width *= share
    missing = round((target * max(ink.shape) - width) / 2)
    if missing < 1:
        return ink
    framed = cv2.copyMakeBorder(ink, missing, missing, missing, missing, cv2.BORDER_CONSTANT, value=0)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * missing + 1, 2 * missing + 1))
    return np.asarray(cv2.dilate(framed, kernel), np.uint8)
