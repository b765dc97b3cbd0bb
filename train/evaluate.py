"""Score a trained model on the test pictures, and measure where it is weak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from train.calibrate import calibration_error, reliability
from train.fit import pixels
from train.network import digit_outputs
from train.rejection import turned_away

if TYPE_CHECKING:
    import keras

CONFIDENT: Final = 0.9
"""An answer with at least this probability counts as confident."""
SHIFT: Final = 3
"""Pixels by which pictures are moved to see what bad centring costs."""
POOLED: Final = ("two or three digits in one crop", "ends of digits", "blank", "noise", "textures")
"""Kinds of junk that are summed up in one figure, each with the same weight."""
_CLEAN: Final = "clean"


def evaluate(
    model: keras.Model,
    images: NDArray[np.uint8],
    truth: NDArray[np.uint8],
    labels: tuple[str, ...],
    exhibits: Mapping[str, NDArray[np.uint8]] | None = None,
    *,
    corrupted: Mapping[str, NDArray[np.uint8]] | None = None,
) -> dict[str, Any]:
    """Measure accuracy, and what the model says to pictures it was not made for.

    Args:
        model: The trained model, softmax output.
        images: Test pictures, shape (n, 28, 28).
        truth: Their labels, shape (n,), indices into `labels`.
        labels: What the outputs stand for.
        exhibits: For a model with "none": what is no digit, from `train.rejection` and `train.nothing`.
        corrupted: Crops of the corrupted test pictures by corruption, from `train.testbed`.

    Returns:
        Plain numbers, ready for JSON. Fractions are 0..1. `confusion[i][j]` counts pictures
        of class i that were read as class j. `reliability` lists the bins of confidence that hold
        pictures, with their mean confidence and accuracy, and `calibration_error` sums them up.
        `shifted_accuracy` is the mean over four directions; `scrambled_confident` the share of pictures
        read confidently as a digit whose quarters were swapped crosswise, so that they hold strokes but
        no digit. Of a model with more labels, `accuracy_forced` is the share whose likeliest digit is
        right, whatever the others got. With exhibits, `turned_away` holds the share of digits, and of each
        exhibit, that is not read as a sure digit. With corrupted pictures, `corrupted` holds the share
        misread of each kind, "none" being an error too, and `corrupted_forced` the share whose
        likeliest digit is wrong.
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
    digits = digit_outputs(labels)
    scrambled = _predict(model, np.roll(images, (14, 14), axis=(1, 2)))
    blank = _predict(model, np.zeros_like(images[:1]))[0]
    measured: dict[str, Any] = {
        "pictures": len(images),
        "accuracy": float(np.mean(~wrong)),
        "errors": int(wrong.sum()),
        "confident_errors": int((wrong & (probabilities.max(axis=1) >= CONFIDENT)).sum()),
        "confusion": confusion.tolist(),
        "calibration_error": calibration_error(probabilities, truth),
        "reliability": reliability(probabilities, truth),
        "shifted_accuracy": float(np.mean(shifted)),
        "scrambled_confident": float(np.mean(scrambled[:, digits].max(axis=1) >= CONFIDENT)),
        "blank_answer": labels[int(blank.argmax())],
        "blank_probability": float(blank.max()),
    }
    if len(digits) < len(labels):
        measured["accuracy_forced"] = _forced(probabilities, digits, truth)
    if exhibits is not None:
        measured["turned_away"] = {
            kind: turned_away(model, crops, labels) for kind, crops in {"digits": images, **exhibits}.items()
        }
    if corrupted is not None:
        answered = {name: _predict(model, crops) for name, crops in corrupted.items()}
        measured["corrupted"] = {
            name: float(np.mean(made.argmax(axis=1) != truth)) for name, made in answered.items()
        }
        measured["corrupted_forced"] = {
            # Rounded, or a record would say 0.009099999999999997.
            name: round(1 - _forced(made, digits, truth), 12)
            for name, made in answered.items()
        }
    return measured


def _forced(probabilities: NDArray[np.float32], digits: Sequence[int], truth: NDArray[np.uint8]) -> float:
    """Return the share of pictures whose likeliest answer among some is right."""
    return float(np.mean(np.array(digits)[probabilities[:, digits].argmax(axis=1)] == truth))


def headline(test: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures by which models and seeds are compared, 0..1, of what `evaluate` measured.

    Those of exhibits and corrupted pictures are there only if these were measured.
    """
    figures = {"test accuracy": test["accuracy"]}
    if "accuracy_forced" in test:
        figures["test accuracy, the likeliest of the ten digits taken"] = test["accuracy_forced"]
    if "calibration_error" in test:
        figures["calibration error (ECE, 15 bins)"] = test["calibration_error"]
    if "turned_away" in test:
        away = test["turned_away"]
        figures['test digits rejected or unsure in mode "balanced"'] = away["digits"]
        pooled = [1 - away[kind] for kind in POOLED if kind in away]
        if pooled:
            figures["merged pairs, fragments, noise, blank, textures accepted"] = float(np.mean(pooled))
        figures |= {f"accepted: {kind}": 1 - share for kind, share in away.items() if kind != "digits"}
    if "corrupted" in test:
        figures["error over 15 corruptions"] = corrupted_mean(test["corrupted"])
        figures["the same, the likeliest of the ten digits taken"] = corrupted_mean(test["corrupted_forced"])
    return figures


def corrupted_mean(errors: Mapping[str, float]) -> float:
    """Return the mean over the corruptions, the clean pictures left out."""
    return float(np.mean([error for name, error in errors.items() if name != _CLEAN]))


def accuracy(model: keras.Model, images: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Return the fraction of pictures, shape (n, 28, 28), that are read as their labels, shape (n,), say."""
    return float(np.mean(_predict(model, images).argmax(axis=1) == truth))


def worst_pairs(confusion: list[list[int]], labels: list[str]) -> list[tuple[str, str, int]]:
    """List the three commonest mistakes as (written, read, times), the commonest first."""
    pairs = [
        (labels[i], labels[j], times)
        for i, row in enumerate(confusion)
        for j, times in enumerate(row)
        if i != j and times
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:3]


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
