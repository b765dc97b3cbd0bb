"""Make probabilities mean what they say: a temperature and an offset, folded into the last layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.decision import MODES

if TYPE_CHECKING:
    import keras


BINS: Final = 15
"""Intervals of confidence for calibration."""
_BATCH: Final = 500
_OFFSETS: Final = np.arange(0, -6.01, -0.25)


@dataclass(frozen=True)
class Calibration:
    """What was folded into the last layer."""

    temperature: float
    """By what all logits were divided: below 1 made the network more certain."""
    none_offset: float
    """What was added to the logit of "none" afterwards, 0 or less."""


def calibrate(
    model: keras.Model, images: NDArray[np.uint8], labels: NDArray[np.uint8], turned_away: float
) -> Calibration:
    """Adjust the last layer so that its probabilities fit held-out digits.

    Label smoothing leaves a network too modest. Dividing its logits by a temperature mends that and
    changes no answer (Guo et al., "On calibration of modern neural networks", 2017). How readily it
    says "none" follows from how much junk it was shown, which says nothing about a user's pages; so
    the logit of "none" is lowered until no more than `turned_away` of the digits are turned away. Both
    are done in the last layer's weights and cost nothing afterwards.

    Args:
        model: A trained model whose last layer is dense with softmax and whose last output is
            "none"; it is changed.
        images: Digits it has not learnt from, shape (n, 28, 28).
        labels: What they show, shape (n,).
        turned_away: Largest share of them that mode "balanced" may turn away or leave unsure.

    Returns:
        What was done.
    """
    logits = logits_of(model, images)
    temperature = best_temperature(logits, labels)
    offset = none_offset(logits / temperature, turned_away)
    last = model.layers[-1]
    kernel, bias = (weight / temperature for weight in last.get_weights())
    bias[-1] += offset
    last.set_weights([kernel, bias])
    return Calibration(temperature, offset)


def logits_of(model: keras.Model, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Ask a model that ends in softmax for its logits, but for a constant in each row.

    Args:
        model: The model.
        images: Shape (n, 28, 28).

    Returns:
        Shape (n, classes), 0 or less.
    """
    from train.fit import pixels

    answers = np.asarray(model.predict(pixels(images), batch_size=_BATCH, verbose=0), np.float64)
    return np.asarray(np.log(np.maximum(answers, 1e-12)))


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn logits into probabilities, both of shape (n, classes)."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def none_offset(logits: NDArray[np.float64], turned_away: float) -> float:
    """Find the least offset of the last logit, "none", that turns away few enough digits.

    Args:
        logits: Of digits, shape (n, classes).
        turned_away: Largest share of them that may be turned away or left unsure.

    Returns:
        Between -6 and 0; -6 where even that is not enough.
    """
    for offset in _OFFSETS:
        moved = np.concatenate([logits[:, :-1], logits[:, -1:] + offset], axis=1)
        confidence = softmax(moved)[:, :-1].max(axis=1)
        if np.mean(confidence < MODES["balanced"].accept) <= turned_away:
            return float(offset)
    return float(_OFFSETS[-1])


def best_temperature(logits: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    """Find by what to divide logits, shape (n, classes), for the least cross-entropy.

    Returns:
        Between 0.2 and 5, to 1 %.
    """
    grid = np.exp(np.linspace(np.log(0.2), np.log(5), 323))
    return float(min(grid, key=lambda temperature: _cross_entropy(logits / temperature, labels)))


def _cross_entropy(logits: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1))
    return float(np.mean(log_total - shifted[np.arange(len(labels)), labels]))


def reliability(probabilities: NDArray[np.float32], labels: NDArray[np.uint8]) -> list[dict[str, float]]:
    """Compare confidence with accuracy in `BINS` equal intervals of confidence.

    Args:
        probabilities: Shape (n, classes).
        labels: What the pictures show, shape (n,).

    Returns:
        For each interval that holds pictures: their number, mean confidence and accuracy.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        {
            "pictures": int((which == i).sum()),
            "confidence": float(confidence[which == i].mean()),
            "accuracy": float(right[which == i].mean()),
        }
        for i in range(BINS)
        if (which == i).any()
    ]


def calibration_error(probabilities: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """Return the expected calibration error: how far confidence is from accuracy, on average, 0 to 1.

    Args:
        probabilities: Shape (n, classes).
        labels: What the pictures show, shape (n,).
    """
    gaps = [
        abs(each["accuracy"] - each["confidence"]) * (each["pictures"] / len(labels))
        for each in reliability(probabilities, labels)
    ]
    return float(sum(gaps))
