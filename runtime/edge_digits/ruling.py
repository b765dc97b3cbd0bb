"""Pieces of the ruling of a page: what is left of lines that cross looks like a digit of straight lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate

_STRAIGHT = "147"
"""Digits that lines make."""
_FAINTER = 0.5
"""Share of the contrast of the clear digits below which a mark may be ruling."""
_AS_BOLD = 0.9
"""Share of its own contrast that other pieces have at least, since light falls on them unevenly ..."""
_AS_WIDE = 1.3
"""... how many times as wide their lines are at most ..."""
_FEWEST = 3
"""... and how many of them there are, at least."""


def of_ruling(
    candidates: Sequence[Candidate],
    labels: Sequence[str],
    digit: NDArray[np.bool_],
    clear: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tells which apparent digits are no bolder than the ruling of the page.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        labels: What each of them was read as, n of them.
        digit: Shape (n,), whether it was read as a digit.
        clear: Shape (n,), whether clearly so, and as one that is no bar.

    Returns:
        Shape (n,), True for faint ones beside several lines that are longer, as bold and by no wider a pen.
    """
    ruling = np.zeros(len(candidates), bool)
    if not clear.any():
        return ruling
    contrast, pen, height, longer = np.array(
        [(c.contrast, c.stroke, c.box.height, max(c.box.width, c.box.height)) for c in candidates]
    ).T
    dark = np.array([candidate.polarity == "dark" for candidate in candidates])
    faint = contrast < _FAINTER * np.median(contrast[clear])
    lines_make = np.array([label in _STRAIGHT for label in labels], bool)
    for i in np.flatnonzero(digit & lines_make & faint).tolist():
        lines = ~digit & (dark == dark[i]) & (contrast >= _AS_BOLD * contrast[i])
        lines &= (longer >= height[i]) & (pen <= _AS_WIDE * pen[i])
        ruling[i] = np.count_nonzero(lines) >= _FEWEST
    return ruling
