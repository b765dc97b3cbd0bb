"""What the network sees of candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.normalize import SIZE, normalize
from edge_digits.stroke import even_stroke


def stack_crops(candidates: Sequence[Candidate]) -> NDArray[np.uint8]:
    """Normalizes the ink of candidates.

    Args:
        candidates: Cut-outs of one picture.

    Returns:
        Shape (n, 28, 28), uint8.
    """
    crops = np.zeros((len(candidates), SIZE, SIZE), np.uint8)
    for crop, candidate in zip(crops, candidates, strict=True):
        crop[:] = normalize(even_stroke(candidate.ink, candidate.stroke))
    return crops
