"""Which digits are too tall to be letters of the print around them: a number written beside each word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_digits.nearness import ratio
from edge_digits.percentile import median

_LETTERS = 6
"""So many letters in words tell how tall a print is..."""
_EVEN = 2.0
"""...where the tallest of them is so many times as high as most at most."""
_TALLER = 1.4
"""What is so many times as high as the tallest is none of them."""
_ALIKE = 1.4
"""Ratio of heights of a bar and of a digit that is no letter."""


def above_print(
    boxes: NDArray[np.float32],
    digit: NDArray[np.bool_],
    clear: NDArray[np.bool_],
    word: NDArray[np.bool_],
    alike: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tells which digits outgrow the letters in words on their page.

    Args:
        boxes: Of all marks, shape (n, 4): x, y, width, height.
        digit: Shape (n,), whether it was read as a digit.
        clear: Shape (n,), whether clearly so, and as one that is no bar.
        word: Shape (n, n), whether two are neighbours within a word.
        alike: Shape (n, n), whether two are of one pen and ink.

    Returns:
        Shape (n,), True for such digits, and for bars as high as one of them.
    """
    height = boxes[:, 3]
    letter = ~digit & (word & ~digit).any(axis=1)
    tall = np.zeros(len(digit), bool)
    for i in np.flatnonzero(digit & ~(word & ~digit).any(axis=1)).tolist():
        others = height[letter & alike[i]]
        if len(others) >= _LETTERS:
            tall[i] = height[i] > _TALLER * others.max() and others.max() < _EVEN * median(others)
    sure = tall & clear
    near = (ratio(height) < _ALIKE) & alike
    return np.asarray(sure | (tall & (near & sure).any(axis=1)))
