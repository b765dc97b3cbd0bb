"""Pictures that were enlarged by repeating their pixels, as programs show small ones: smoothed again."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_SMALLEST: Final = 3
"""Pixels that a block is wide and high at least."""
_FEWEST: Final = 4
"""Edges of blocks from left to right and from top to bottom that make a picture one of blocks."""
_ROWS: Final = 8
"""Rows that are looked at first: hardly any other picture passes them."""


def without_blocks(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turns blocks into what linear interpolation would have made of their pixels.

    Stretched to full contrast, the steps of such a picture stand out as edges of ink, and a 1 of eight pixels
    becomes a staircase. A mean over as many pixels as a block is wide is what interpolating between the
    blocks' middles gives.

    Args:
        gray: Shape (h, w), uint8.

    Returns:
        The same shape; `gray` itself where it is not made of blocks.
    """
    sample = gray[:: max(1, gray.shape[0] // _ROWS)]
    if _has_neighbours(_edges(sample)):
        return gray
    across, down = _edges(gray), _edges(gray.T)
    if min(len(across), len(down)) < _FEWEST or _has_neighbours(across) or _has_neighbours(down):
        return gray
    # Where neighbours are alike, an edge is missing.
    size = int(np.diff(across).min()), int(np.diff(down).min())
    return np.asarray(cv2.blur(gray, size, borderType=cv2.BORDER_REPLICATE), np.uint8)


def _edges(gray: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The columns that differ from the one on their left."""
    return np.flatnonzero((gray[:, 1:] != gray[:, :-1]).any(axis=0)) + 1


def _has_neighbours(edges: NDArray[np.intp]) -> bool:
    return bool((np.diff(edges) < _SMALLEST).any())
