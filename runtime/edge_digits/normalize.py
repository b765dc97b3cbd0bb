"""From a cut-out of ink to the 28x28 picture that MNIST's makers would have made of it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import ImageError

SIZE = 28
"""Side of a normalized crop, in pixels."""
FIT = 20
"""Longer side of the ink inside it, in pixels."""
_NARROW = 6
"""Pixels that a bar is wide at most."""
_DARK = 24
"""Grey levels from black and from white that are no grey."""
_HARD = 0.08
"""Share of the ink that is grey at least where its edges are soft."""


def normalize(ink: NDArray[np.uint8], *, floor: int = 0) -> NDArray[np.uint8]:
    """Brings one character to MNIST's size and place.

    The ink's box is scaled, aspect kept and anti-aliased, until its longer side
    is 20 pixels, and laid on 28x28 so that its centre of mass falls on the
    centre, pixel (14, 14), moved by whole pixels (LeCun et al., "The MNIST database"; rebuilt
    in Yadav and Bottou, "Cold Case: The Lost MNIST Digits", arXiv 1905.10498).
    Only filters that give the same bits on x86 and ARM are used.

    Args:
        ink: Shape (h, w), uint8, bright ink on 0.
        floor: Values up to this one count as ground when the box is sought.

    Returns:
        Shape (28, 28), uint8; all zeros where there is no ink.

    Raises:
        ImageError: Another shape or dtype.
    """
    if ink.ndim != 2 or ink.dtype != np.uint8:
        raise ImageError(
            f"ink is {ink.dtype} of shape {ink.shape}", "Wanted is a 2-D uint8 array, bright ink on 0"
        )
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    x, y, width, height = cv2.boundingRect((ink > floor).view(np.uint8) if floor else ink)
    if width == 0 or height == 0:
        return canvas
    fitted = _soft_bar(_fit(ink[y : y + height, x : x + width]))
    rows, columns = fitted.shape
    mass = cv2.moments(fitted)
    left, top = _offset(mass["m10"], mass["m00"], columns), _offset(mass["m01"], mass["m00"], rows)
    canvas[top : top + rows, left : left + columns] = fitted
    return canvas


def _fit(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = ink.shape
    scale = FIT / max(height, width)
    if scale == 1:
        return ink
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # INTER_AREA replicates pixels when it enlarges, which leaves stairs.
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(ink, size, interpolation=interpolation), np.uint8)


def _soft_bar(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A bar with soft edges, as MNIST's ones have; an upright one may come out with none."""
    if ink.shape[1] > _NARROW:
        return ink
    grey = np.count_nonzero((ink > _DARK) & (ink < 255 - _DARK))
    if grey >= _HARD * np.count_nonzero(ink > _DARK):
        return ink
    return np.asarray(cv2.GaussianBlur(ink, (3, 3), 0, borderType=cv2.BORDER_CONSTANT), np.uint8)


def _offset(moment: float, total: float, length: int) -> int:
    """Where the ink's first row (or column) of so many goes.

    In every published MNIST picture the centre of mass, in pixel indices, lies in [13.5, 14.5).
    """
    middle = moment / total if total else (length - 1) / 2
    return min(max(math.ceil(13.5 - middle), 0), SIZE - length)
