"""A wide look at what seems to be a 1 but holds more ink than one: slender digits, drawn out in width."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import digit_labels
from edge_digits.candidate import Candidate
from edge_digits.normalize import SIZE, normalize
from edge_digits.stroke import even_stroke, reduced, stroke_width

_WIDER: Final = 1.5
"""By how much the ink is drawn out."""
_SLENDER: Final = 0.65
"""Largest share of its height that its width is."""
_BAR: Final = 1.2
"""A bar's stroke is as long as its diagonal; so many times longer is another's."""
_INK: Final = 100
"""Of 255: darker pixels are not counted as ink."""
_CLEAR: Final = 0.8
"""Probability from which the wide look is believed."""
_ONE, _SEVEN = "1", "7"


def wide_look(
    candidates: Sequence[Candidate],
    probabilities: NDArray[np.float32],
    labels: Sequence[str],
    classify: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Classifies what seems to be a 1 but is no bar once more, 1.5 times wider.

    Brought to 20 pixels of height, the eyes of a slender 8 and the bows of a slender 2 close, the more
    so as thin strokes are thickened. What is left looks like a bar. A 1 with a flag, drawn out, looks
    like a 7: that answer does not count.

    Args:
        candidates: The cut-outs, n of them.
        probabilities: What the network says of them, shape (n, classes), float32.
        labels: What each class stands for.
        classify: The network.

    Returns:
        Shape (n, classes), float32; `probabilities` themselves where nothing was mistaken for a 1.
    """
    if _ONE not in labels:
        return probabilities
    seeming = np.flatnonzero(probabilities.argmax(axis=1) == labels.index(_ONE)).tolist()
    chosen = [i for i in seeming if _is_more_than_a_bar(candidates[i])]
    if not chosen:
        return probabilities
    crops = np.empty((len(chosen), SIZE, SIZE), np.uint8)
    for crop, i in zip(crops, chosen, strict=True):
        crop[:] = _drawn_out(candidates[i].ink)
    answers = classify(crops)
    others = [i for i in digit_labels(labels) if labels[i] not in (_ONE, _SEVEN)]
    mended = probabilities.copy()
    for i, answer in zip(chosen, answers, strict=True):
        if answer[others].max() >= _CLEAR:
            mended[i] = answer
    return mended


def _is_more_than_a_bar(candidate: Candidate) -> bool:
    width, height = candidate.box.width, candidate.box.height
    if width > _SLENDER * height:
        return False
    length = cv2.countNonZero((candidate.ink > _INK).astype(np.uint8)) / max(candidate.stroke, 1)
    return length > _BAR * math.hypot(*candidate.ink.shape)


def _drawn_out(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    ink, _ = reduced(ink)
    size = (round(_WIDER * ink.shape[1]), ink.shape[0])
    wide = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)
    return normalize(even_stroke(wide, stroke_width((wide > _INK).astype(np.uint8))))
