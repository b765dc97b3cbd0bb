"""Cut a picture to its ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def cut_to_ink(picture: NDArray[np.uint8], *, above: int) -> NDArray[np.uint8]:
    """Return a picture's part inside the bounding box of its ink.

    Args:
        picture: Shape (h, w), uint8, bright ink on dark.
        above: The level, 0 to 254, above which a pixel is ink.

    Returns:
        A view; of shape (0, 0) where there is no ink.
    """
    x, y, width, height = cv2.boundingRect((picture > above).astype(np.uint8))
    return picture[y : y + height, x : x + width]
