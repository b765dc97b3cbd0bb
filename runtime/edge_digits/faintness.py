"""How faint a digit may be beside clear ones: what spares a look at every thread of a cloth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import plausible

_SAMPLE = 16
"""The boldest strokes, by which this is told."""
_CLEAR = 0.9
"""Probability from which one of them is a clear digit."""
_LEAST = 3
"""So many clear digits there must be."""
_SHARE = 0.25
"""Share of the contrast of clear digits below which nothing is read as a digit, see `decision.decide`."""


def least_contrast(
    strokes: Sequence[Candidate],
    classify: Callable[[Sequence[Candidate]], NDArray[np.float32]],
    labels: Sequence[str],
) -> float:
    """Tells from bold strokes of a picture up to which contrast others cannot be read as digits.

    Args:
        strokes: Connected strokes.
        classify: Probabilities of candidates, shape (n, classes).
        labels: What each class stands for; without "not a digit" no digit is clear.

    Returns:
        Contrast, 0 to 255; 0 where few strokes are clear digits. Bars say nothing.
    """
    likely = sorted(filter(plausible, strokes), key=lambda stroke: -stroke.boldness)
    sample = likely[:_SAMPLE]
    if NOT_A_DIGIT not in labels or len(sample) < _LEAST:
        return 0.0
    probabilities = classify(sample)
    telling = np.array([label not in {NOT_A_DIGIT, "1"} for label in labels])
    clear = (probabilities.max(axis=1) > _CLEAR) & telling[probabilities.argmax(axis=1)]
    if clear.sum() < _LEAST:
        return 0.0
    return _SHARE * min(stroke.contrast for stroke, is_clear in zip(sample, clear, strict=True) if is_clear)
