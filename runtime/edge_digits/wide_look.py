"""A wide look at what seems to be a 1: digits of slender hands, drawn out in width."""

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
from edge_digits.percentile import median
from edge_digits.stroke import even_stroke, reduced, stroke_width

_WIDER: Final = 1.5
"""By how much ink is drawn out that is too long for a bar."""
_NARROWEST, _SLENDER = 0.2, 0.65
"""Shares of its height that what seems to be a 1 is wide at least and at most: others are looked at once."""
_BAR: Final = 1.2
"""A bar's stroke is as long as its diagonal; so many times longer is another's."""
_INK: Final = 100
"""Of 255: darker pixels are not counted as ink."""
_CLEAR: Final = 0.8
"""Probability from which the wide look alone is believed."""
_TELLS: Final = 0.8
"""So sure is the network of digits that tell how slender a hand is."""
_USUAL, _NARROW_HAND, _NARROW_DIGIT = 0.65, 0.5, 0.4
"""Width of digits for their height, other than 1: what is usual, and what a slender hand stays below, in the
median of several digits and in a single one."""
_WEIGHT: Final = np.float32(3)
"""How many times more the wide look counts in a slender hand."""
_LIKE_OTHERS: Final = 0.65
"""Share of it that a 1 of no slender hand is wide at most."""
_DRAWN_TO, _MOST = 0.5, 2.0
"""Width for its height to which what is wider than that is drawn out, and by how much at most."""
_ONE, _SEVEN = "1", "7"


def wide_look(
    candidates: Sequence[Candidate],
    probabilities: NDArray[np.float32],
    labels: Sequence[str],
    classify: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Classifies what seems to be a 1 but may be a slender digit once more, drawn out in width.

    Brought to 20 pixels of height, the eyes of a slender 8 and the bows of a slender 2 close, the more
    so as thin strokes are thickened. What is left looks like a bar. A stroke that is too long for a bar is
    what it clearly looks like when drawn out; but a 1 with a flag then looks like a 7, and that answer does
    not count. Where the hand is slender, or the stroke nearly as wide as the digits of the hand, the mean
    of both looks decides, 7 included: a 1 is narrower than other digits of its hand, and those of a slender
    hand are better seen drawn out.

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
    one, digits = labels.index(_ONE), digit_labels(labels)
    seeming = np.flatnonzero(probabilities.argmax(axis=1) == one).tolist()
    if not seeming:
        return probabilities
    hand = _width_of_hand(candidates, probabilities, one, digits)
    long = [i for i in seeming if _is_more_than_a_bar(candidates[i])]
    slender = {i: by for i in seeming if (by := _to_draw_out(candidates[i], hand)) > 1}
    if not long and not slender:
        return probabilities
    looks = [(i, _WIDER) for i in long] + list(slender.items())
    crops = np.empty((len(looks), SIZE, SIZE), np.uint8)
    for crop, (i, by) in zip(crops, looks, strict=True):
        crop[:] = _drawn_out(candidates[i].ink, by)
    answers = classify(crops)
    others = [i for i in digits if labels[i] not in (_ONE, _SEVEN)]
    mended = probabilities.copy()
    times = _WEIGHT if hand < _NARROW_HAND else np.float32(1)
    for i, answer in zip(slender, answers[len(long) :], strict=True):
        mean = (probabilities[i] + times * answer) / (1 + times)
        if mean[digits].max() > mean[one]:
            mended[i] = mean
    for i, answer in zip(long, answers[: len(long)], strict=True):
        if answer[others].max() >= _CLEAR:
            mended[i] = answer
    return mended


def _width_of_hand(
    candidates: Sequence[Candidate], probabilities: NDArray[np.float32], one: int, digits: list[int]
) -> float:
    """How wide clear digits are for their height, other than 1; what is usual where none tells."""
    best = np.array(digits)[probabilities[:, digits].argmax(axis=1)]
    tell = (probabilities[:, digits].max(axis=1) > _TELLS) & (best != one)
    boxes = [candidates[i].box for i in np.flatnonzero(tell).tolist()]
    shares = [box.width / box.height for box in boxes]
    if len(shares) == 1 and shares[0] >= _NARROW_DIGIT:
        return _USUAL
    return median(shares) if shares else _USUAL


def _to_draw_out(candidate: Candidate, hand: float) -> float:
    """By how much to draw a stroke out that seems to be a 1; 1 for not at all."""
    share = candidate.box.width / candidate.box.height
    if not _NARROWEST <= share <= _SLENDER:
        return 1.0
    if hand < _NARROW_HAND:
        return min(_USUAL / hand, _MOST)
    return min(_DRAWN_TO / share, _MOST) if share > _LIKE_OTHERS * hand else 1.0


def _is_more_than_a_bar(candidate: Candidate) -> bool:
    width, height = candidate.box.width, candidate.box.height
    if width > _SLENDER * height:
        return False
    length = cv2.countNonZero((candidate.ink > _INK).astype(np.uint8)) / max(candidate.stroke, 1)
    return length > _BAR * math.hypot(*candidate.ink.shape)


def _drawn_out(ink: NDArray[np.uint8], by: float) -> NDArray[np.uint8]:
    ink, _ = reduced(ink)
    size = (round(by * ink.shape[1]), ink.shape[0])
    wide = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)
    return normalize(even_stroke(wide, stroke_width((wide > _INK).astype(np.uint8))))
