"""Outlines of small pictures, by Canny's method."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_ROOM: Final = 20
"""Pixels added on each side: in 28x28 pixels full of edges, on one thread, cv2.Canny of OpenCV 5.0 writes
beyond its stack; in 68x68 there is space enough for them."""


def outlines(grey: NDArray[np.uint8], low: float, high: float) -> NDArray[np.uint8]:
    """Keep nothing of a picture but its outlines.

    Args:
        grey: Shape (h, w), uint8.
        low: Gradient from which a pixel continues an outline.
        high: Gradient from which it starts one.

    Returns:
        Shape (h, w), uint8, 255 on outlines and 0 elsewhere.

    Source: J. Canny, "A computational approach to edge detection", 1986.
    """
    roomy = cv2.copyMakeBorder(grey, *[_ROOM] * 4, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.Canny(roomy, low, high)[_ROOM:-_ROOM, _ROOM:-_ROOM], np.uint8)
