"""Pieces of the ruling of a page that looks broken, as a scanner leaves it: they stand end to end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate

_SLIM = 0.4
"""Width for its height that a piece has at most."""
_BESIDE = 1.0
"""Pens beside the line that a piece's middle lies at most; twos in a column stray further."""
_STEEP = 0.06
"""Pixels that a line may move aside for each that it runs down."""
_FEWEST = 4
"""Pieces on one line, at least ..."""
_COVERED = 0.5
"""... share of the page's height, from the uppermost mark to the lowest, that they take up ..."""
_UNLIKE = 1.5
"""... and times as high as the lowest one the tallest is at least: a hand writes ones of one size."""


def of_broken_lines(
    candidates: Sequence[Candidate], digit: NDArray[np.bool_], bar: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which apparent ones are pieces of a rule that runs down the page.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        bar: Shape (n,), whether what it was read as is a one.

    Returns:
        Shape (n,), True for ones that stand end to end with other slim marks, all down the page.
    """
    doubtful = np.zeros(len(candidates), bool)
    if len(candidates) < _FEWEST or not (digit & bar).any():
        return doubtful
    boxes = np.array([candidate.box for candidate in candidates], np.float64)
    width, height = boxes[:, 2], boxes[:, 3]
    middle = boxes[:, :2] + boxes[:, 2:] / 2
    page = float((boxes[:, 1] + height).max() - boxes[:, 1].min())
    slim = (width < _SLIM * height) & ~(digit & ~bar)
    pen = np.array([candidate.stroke for candidate in candidates])
    for i in np.flatnonzero(digit & bar & slim).tolist():
        down, aside = (middle - middle[i])[:, 1], (middle - middle[i])[:, 0]
        # The line's own slope is that on which most pieces lie.
        slopes = np.linspace(-_STEEP, _STEEP, 13)
        on_line = slim & (np.abs(aside - slopes[:, None] * down) < _BESIDE * pen[i])
        covered = (on_line * height).sum(axis=1)
        best = int(covered.argmax())
        pieces = height[on_line[best]]
        if len(pieces) >= _FEWEST and covered[best] > _COVERED * page:
            doubtful[i] = pieces.max() > _UNLIKE * pieces.min()
    return doubtful
