"""How far ink reaches: all over the picture, or along its rim."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Side: TypeAlias = NDArray[np.int32] | int
"""Pixels of one box or of many."""


def fills(width: Side, height: Side, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Whether a box takes up the picture both ways, as the digit of a close cut-out does.

    Args:
        width: Of one box or of many, in pixels.
        height: The same.
        size: Width and height of the picture, in pixels.

    Returns:
        One truth value a box.
    """
    return np.asarray((np.asarray(width) > 0.85 * size[0]) & (np.asarray(height) > 0.85 * size[1]))


def at_edge(x: Side, y: Side, width: Side, height: Side, size: tuple[int, int]) -> NDArray[np.bool_] | bool:
    """Whether a box touches the picture's edge.

    Args:
        x: Left of one box or of many, in pixels.
        y: Top, the same.
        width: The same.
        height: The same.
        size: Width and height of the picture, in pixels.

    Returns:
        One truth value a box.
    """
    return (x <= 1) | (y <= 1) | (x + width >= size[0] - 1) | (y + height >= size[1] - 1)


def goes_across(width: Side, shape: tuple[int, ...]) -> NDArray[np.bool_] | bool:
    """Whether ink goes from the left of the picture to the right, as ruling does.

    Args:
        width: Of one box or of many, in pixels.
        shape: Rows and columns of the picture.

    Returns:
        One truth value a box.
    """
    return width >= 0.9 * shape[1]


def goes_down(height: Side, shape: tuple[int, ...]) -> NDArray[np.bool_] | bool:
    """Whether ink goes from the top of the picture to the bottom.

    Args:
        height: Of one box or of many, in pixels.
        shape: Rows and columns of the picture.

    Returns:
        One truth value a box.
    """
    return height >= 0.98 * shape[0]


def rim(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lists a picture's outermost pixels.

    Args:
        picture: Shape (h, w), uint8.

    Returns:
        Shape (2 * h + 2 * w,), uint8: top, bottom, left and right; corners occur twice.
    """
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
