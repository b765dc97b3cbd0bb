"""Score a trained model on the test pictures, and measure where it is weak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT
from train.calibrate import calibration_error
from train.fit import pixels
from train.rejection import turned_away

if TYPE_CHECKING:
    import keras

CONFIDENT: Final = 0.9
"""An answer with at least this probability counts as confident."""
SHIFT: Final = 3
"""Pixels by which pictures are moved to see what bad centring costs."""


def evaluate(
    model: keras.Model,
    images: NDArray[np.uint8],
    truth: NDArray[np.uint8],
    labels: tuple[str, ...],
    exhibits: Mapping[str, NDArray[np.uint8]] | None = None,
) -> dict[str, Any]:
    """Measure accuracy, and what the model says to pictures it was not made for.

    Args:
        model: The trained model, softmax output.
        images: Test pictures, shape (n, 28, 28).
        truth: Their labels, shape (n,), indices into `labels`.
        labels: What the outputs stand for.
        exhibits: For a model with "none": what is no digit, from `train.rejection.exhibits`.

    Returns:
        Plain numbers, ready for JSON. Fractions are 0..1. `confusion[i][j]` counts pictures
        of class i that were read as class j. `shifted_accuracy` is the mean over four
        directions; `scrambled_confident` the share of pictures read confidently as a digit whose
        quarters were swapped crosswise, so that they hold strokes but no digit. With exhibits,
        `turned_away` holds the share of digits, and of each exhibit, that is not read as a sure
        digit, and `calibration_error` the expected calibration error.
    """
    probabilities = _predict(model, images)
    answers = probabilities.argmax(axis=1)
    wrong = answers != truth
    confusion = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(confusion, (truth, answers), 1)
    shifted = [
        accuracy(model, _shift(images, dy, dx), truth)
        for dy, dx in ((-SHIFT, 0), (SHIFT, 0), (0, -SHIFT), (0, SHIFT))
    ]
    digits = [i for i, label in enumerate(labels) if label != NOT_A_DIGIT]
    scrambled = _predict(model, np.roll(images, (14, 14), axis=(1, 2)))
    blank = _predict(model, np.zeros_like(images[:1]))[0]
    return {
        "pictures": len(images),
        "accuracy": float(np.mean(~wrong)),
        "errors": int(wrong.sum()),
        "confident_errors": int((wrong & (probabilities.max(axis=1) >= CONFIDENT)).sum()),
        "confusion": confusion.tolist(),
        "shifted_accuracy": float(np.mean(shifted)),
        "scrambled_confident": float(np.mean(scrambled[:, digits].max(axis=1) >= CONFIDENT)),
        "blank_answer": labels[int(blank.argmax())],
        "blank_probability": float(blank.max()),
        **({} if exhibits is None else _rejection(model, images, truth, labels, exhibits)),
    }


def _rejection(
    model: keras.Model,
    images: NDArray[np.uint8],
    truth: NDArray[np.uint8],
    labels: tuple[str, ...],
    exhibits: Mapping[str, NDArray[np.uint8]],
) -> dict[str, Any]:
    return {
        "calibration_error": calibration_error(_predict(model, images), truth),
        "turned_away": {
            kind: turned_away(model, crops, labels) for kind, crops in {"digits": images, **exhibits}.items()
        },
    }


def accuracy(model: keras.Model, images: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Return the fraction of pictures, shape (n, 28, 28), that are read as their labels, shape (n,), say."""
    return float(np.mean(_predict(model, images).argmax(axis=1) == truth))


def worst_pairs(confusion: list[list[int]], labels: list[str], count: int = 3) -> list[tuple[str, str, int]]:
    """List the commonest mistakes as (written, read, times), the commonest first."""
    pairs = [
        (labels[i], labels[j], times)
        for i, row in enumerate(confusion)
        for j, times in enumerate(row)
        if i != j and times
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:count]


def _predict(model: keras.Model, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(model.predict(pixels(images), batch_size=500, verbose=0))


def _shift(images: NDArray[np.uint8], dy: int, dx: int) -> NDArray[np.uint8]:
    """Move pictures down by dy and right by dx pixels; what leaves is lost, what enters is blank."""
    height, width = images.shape[1:]
    moved = np.zeros_like(images)
    moved[:, max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = images[
        :, max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)
    ]
    return moved
