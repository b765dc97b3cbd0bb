"""A second look at crops of which the network is in doubt: the same ink slanted and turned a little."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import digit_labels
from edge_digits.normalize import SIZE

Real = TypeVar("Real", np.float32, np.float64)

_DOUBTFUL, _CERTAIN = 0.2, 0.97
"""Between which confidences a second look is worth its time."""
_TURN, _SLANT = 8.0, 0.14
"""Degrees and pixels a row, both ways: within what the networks were taught to bear."""


def second_look(
    crops: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    labels: Sequence[str],
    classify: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Classifies doubtful crops in four more views and takes the mean of all five answers.

    A network's mistakes depend on the slant more than the digit does, so that those of several views
    cancel out (test-time augmentation; Krizhevsky, Sutskever and Hinton, "ImageNet classification with
    deep convolutional neural networks", 2012, section 4.1).

    Args:
        crops: Shape (n, 28, 28), uint8, white ink on black.
        probabilities: What the network says of them, shape (n, classes), float32.
        labels: What each class stands for.
        classify: The network.

    Returns:
        Shape (n, classes), float32; what was certain, or surely is no character, stays as it was.
    """
    confidences = probabilities[:, digit_labels(labels)].max(axis=1)
    doubtful = np.flatnonzero((confidences >= _DOUBTFUL) & (confidences < _CERTAIN))
    return look_again(crops, probabilities, doubtful, classify)


def look_again(
    crops: NDArray[np.uint8],
    answers: NDArray[Real],
    chosen: NDArray[np.intp],
    ask: Callable[[NDArray[np.uint8]], NDArray[Real]],
) -> NDArray[Real]:
    """Puts the mean over five views in place of some answers: as the crop stands, and slanted and turned.

    Args:
        crops: Shape (n, 28, 28), uint8, white ink on black.
        answers: What was said of them as they stand, shape (n, classes), floating point.
        chosen: Indices of the crops to look at again, shape (m,), integers.
        ask: Answers crops, shape (k, 28, 28), uint8, likewise.

    Returns:
        Shape (n, classes), of the dtype of `answers`, which are left as they were; `answers` themselves where
        none is chosen.
    """
    if not len(chosen):
        return answers
    views = _views()
    turned = np.empty((len(views), len(chosen), SIZE, SIZE), np.uint8)
    for view, (places, fractions) in zip(turned, views, strict=True):
        for looked, i in zip(view, chosen, strict=True):
            cv2.remap(crops[i], places, fractions, cv2.INTER_LINEAR, dst=looked)
    more = ask(turned.reshape(-1, SIZE, SIZE)).reshape(len(views), len(chosen), -1)
    mended = answers.copy()
    mended[chosen] = (answers[chosen] + more.sum(axis=0)) / (1 + len(views))
    return mended


@functools.cache
def _views() -> list[tuple[Any, Any]]:
    """List from where each view takes its pixels, in fixed point: the same bits on x86 and ARM."""
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    found = []
    for turn in (-_TURN, _TURN):
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        for slant in (-_SLANT, _SLANT):
            across = cos * x - sin * y
            down = sin * x + cos * y
            columns, rows = across + slant * down + (SIZE - 1) / 2, down + (SIZE - 1) / 2
            found.append(cv2.convertMaps(columns.astype("f4"), rows.astype("f4"), cv2.CV_16SC2))
    return found
