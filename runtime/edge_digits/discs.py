"""Round things, wider than any stroke, of which the ink map shows but the rim."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate

_WIDE = 90
"""Pixels both ways from which a thing may be too wide to be all ink: `edge_digits.ink.ground_of`."""
_BARE, _INK = 64, 160
"""Of 255: up to and from here on a pixel is ground or of a stroke's core."""
_EYE = 0.05
"""Share of its box that the eye of a digit, or what looks like one, takes up at least."""


def is_disc(candidate: Candidate, gray: NDArray[np.uint8]) -> bool:
    """Tells a disc, such as a lid or a coin, from a ring: what it encloses is as dark as its rim.

    Args:
        candidate: A stroke of the picture.
        gray: Shape (h, w), uint8, the searched picture.

    Returns:
        False too for all that is small or encloses nothing.
    """
    x, y, width, height = candidate.box
    if min(width, height) < _WIDE:
        return False
    bare = np.pad(np.asarray(candidate.ink < _BARE, np.uint8), 1, constant_values=1)
    # What is left outside after filling from a corner is enclosed.
    enclosed = bare.copy()
    cv2.floodFill(enclosed, None, (0, 0), (0,))
    eye, outside = enclosed[1:-1, 1:-1] > 0, (bare > enclosed)[1:-1, 1:-1]
    window = gray[y : y + height, x : x + width]
    rim = candidate.ink > _INK
    if window.shape != eye.shape or np.count_nonzero(eye) < _EYE * eye.size or not outside.any():
        return False
    within, stroke, ground = (float(np.median(window[part])) for part in (eye, rim, outside))
    return abs(within - stroke) < abs(within - ground)
