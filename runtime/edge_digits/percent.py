"""Which marks make a percent sign: two small circles and a stroke between them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.nearness import ratio

_ASIDE, _BELOW, _ALIKE = (0.2, 3.0), (0.35, 5.0), 1.7
"""Heights of the circles of a percent sign by which one lies to the right of the other, and below it, and
ratio of their heights at most."""
_AS_TALL, _LEAST, _NEAR = 0.6, 0.15, 4.0
"""There is a stroke as tall as both together but for so many of their heights; they are so much of its height
at least, and it is so many of their heights away at most."""
_MOST: Final = 0.65
"""Share of that height that they are at most: no whole digits beside a 1."""
_CLOSE, _LEAST_ALONE = 2.2, 0.25
"""The first two, and that share, where the stroke is lost: both are 0s beside a digit as tall as they."""


def in_percent(
    boxes: NDArray[np.float32],
    dark: NDArray[np.bool_],
    zero: NDArray[np.bool_],
    one: NDArray[np.bool_],
    other: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which boxes are the circles of a percent sign, one to the right and below, or the stroke between them.

    Args:
        boxes: Shape (n, 4): x, y, width, height.
        dark: Shape (n,), whether the ink is darker than its ground.
        zero: Shape (n,), what looks like a circle.
        one: Shape (n,), what looks like the stroke.
        other: Shape (n,), what looks like no digit: a small circle may be a blot.

    Returns:
        Shape (n,).
    """
    found = np.zeros(len(boxes), bool)
    left, top, width, height = boxes.T
    across, down = left + width / 2, top + height / 2
    alike = dark[:, None] == dark
    circles = zero[:, None] & zero & alike
    if one.any():
        # A stroke between them tells more than their look.
        circles |= (zero | other)[:, None] & (zero | other) & (ratio(height) < _ALIKE) & alike
    size = (height[:, None] + height) / 2
    aside, below = (across - across[:, None]) / size, (down - down[:, None]) / size
    circles &= (aside > _ASIDE[0]) & (aside < _ASIDE[1]) & (below > _BELOW[0]) & (below < _BELOW[1])
    for i, j in np.argwhere(circles).tolist():
        between = (across >= across[i]) & (across <= across[j]) & (down >= down[i]) & (down <= down[j])
        beyond = np.maximum(np.abs(top - top[i]), np.abs(top + height - top[j] - height[j]))
        tall = alike[i] & (beyond < _AS_TALL * size[i, j])
        tall &= (np.abs(across - across[i]) < _NEAR * size[i, j]) & (size[i, j] < _MOST * height)
        low = np.minimum(height[i], height[j]) / height
        alone = zero[i] and zero[j] and max(aside[i, j], below[i, j]) < _CLOSE
        if (tall & (low > _LEAST) & (one & between | (alone & (low > _LEAST_ALONE)))).any():
            found |= one & between
            found[[i, j]] = True
    return found
