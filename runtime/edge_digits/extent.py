"""How far ink reaches: all over the picture, or along its rim."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def fills(
    width: NDArray[np.int32] | int, height: NDArray[np.int32] | int, size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Whether a box takes up the picture both ways, as the digit of a close cut-out does.

    Args:
        width: Of one box or of many, in pixels.
        height: The same.
        size: Width and height of the picture, in pixels.

    Returns:
        One truth value a box.
    """
    return np.asarray((np.asarray(width) > 0.85 * size[0]) & (np.asarray(height) > 0.85 * size[1]))


def on_rim(ink: NDArray[np.bool_]) -> float:
    """Tells how much of a picture's outermost pixels is ink.

    Args:
        ink: Shape (h, w), true on ink.

    Returns:
        A share, 0 to 1.
    """
    return float(np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]]).mean())
