"""What the network sees of candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


class Answers:
    """What a network says of candidates of one picture; about each it is asked once.

    Args:
        classify: Probabilities of crops of shape (n, 28, 28), uint8: shape (n, classes), float32.
    """

    def __init__(self, classify: Callable[[NDArray[np.uint8]], NDArray[np.float32]]) -> None:
        self._classify = classify
        # Candidates are kept, or another one might come to stand at the same place in memory.
        self._crops: dict[int, tuple[Candidate, NDArray[np.uint8]]] = {}
        self._told: dict[int, NDArray[np.float32]] = {}

    def crops(self, candidates: Sequence[Candidate]) -> NDArray[np.uint8]:
        """What the network sees of them, shape (n, 28, 28), uint8."""
        new = [each for each in candidates if id(each) not in self._crops]
        self._crops |= {id(each): (each, crop) for each, crop in zip(new, stack_crops(new), strict=True)}
        known = [self._crops[id(each)][1] for each in candidates]
        return np.stack(known) if known else np.zeros((0, SIZE, SIZE), np.uint8)

    def are_digits(
        self, candidates: Sequence[Candidate], digits: Sequence[int], *, above: float
    ) -> NDArray[np.bool_]:
        """Which of them are more probable than `above` to be one of some classes, shape (n,)."""
        return np.asarray(self(candidates)[:, digits].max(axis=1) > above)

    def __call__(self, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """Their probabilities, shape (n, classes), float32."""
        new = [each for each in candidates if id(each) not in self._told]
        if new or not candidates:
            told = self._classify(self.crops(new))
            if not candidates:
                return told
            self._told |= {id(each): row for each, row in zip(new, told, strict=True)}
        return np.stack([self._told[id(each)] for each in candidates])
