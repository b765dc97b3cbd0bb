"""Compare an artifact with the Keras model it was made from, and accept or refuse it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from convert.data import Pictures
from convert.engines import engine_version, run, run_opencv
from convert.kinds import Kind, RefusedError
from convert.quiet import quiet
from train.usable import demand_probabilities

MAX_ACCURACY_LOSS: Final = 0.002
"""An artifact that is wrong on more than this share of pictures beyond Keras is refused: 0.2 points."""
MAX_FLOAT32_DIFFERENCE: Final = 0.001
"""A float32 artifact that gives a probability this far from Keras's is not the same network."""
MIN_JUNK_AGREEMENT: Final = 0.97
"""An artifact that agrees with Keras on less of what is no digit is refused."""
_OPENCV_PICTURES = 256
_OPENCV_AGREEMENT = 0.99


@dataclass(frozen=True)
class Reference:
    """What the Keras model answers."""

    probabilities: NDArray[np.float32]
    """On the validation pictures, (n, classes)."""
    accuracy: float
    """On the validation pictures, 0..1."""
    test_accuracy: float
    """On the test pictures, 0..1."""
    junk: NDArray[np.float32]
    """Probabilities for what is no digit, (m, classes); m is 0 for a model that does not know it."""


@dataclass(frozen=True)
class Figures:
    """How an artifact compares with Keras on the validation pictures."""

    accuracy: float
    """Share of pictures read rightly."""
    agreement: float
    """Share of pictures for which the likeliest label is Keras's."""
    max_probability_difference: float
    """Largest difference of one probability from Keras's."""
    test_accuracy: float
    """Share of the test pictures read rightly; information only."""
    junk_agreement: float | None = None
    """The same for what is no digit; None for a model without an answer for it."""
    runs_on: list[str] = field(default_factory=list)
    """Engines of this machine that gave these answers, with versions."""
    refused_by: dict[str, str] = field(default_factory=dict)
    """Engines of this machine that could not, and why."""


def answer_reference(model: Any, labels: tuple[str, ...], pictures: Pictures) -> Reference:
    """Let Keras classify the validation and test pictures.

    Raises:
        ModelError: Its outputs are not probabilities.
    """
    answers, test_answers = (_keras(model, images) for images in (pictures.validation, pictures.test))
    junk = _keras(model, pictures.junk) if len(pictures.junk) else answers[:0]
    demand_probabilities(answers)
    return Reference(
        answers,
        _accuracy(answers, pictures.validation_labels, labels),
        _accuracy(test_answers, pictures.test_labels, labels),
        junk,
    )


def check(
    kind: Kind, contents: bytes, labels: tuple[str, ...], pictures: Pictures, reference: Reference
) -> Figures:
    """Measure an artifact against Keras.

    Args:
        kind: Format and precision.
        contents: The artifact, as it will be written.
        labels: What each output stands for.
        pictures: The sets to check on.
        reference: Keras's answers.

    Returns:
        The figures of an artifact that is good enough.

    Raises:
        RefusedError: It loses too much accuracy, or a float32 one differs.
    """
    answers = run(kind, contents, pictures.validation)
    if answers.shape != reference.probabilities.shape or not np.isfinite(answers).all():
        raise RefusedError(f"gives {answers.shape} or not numbers, wanted {reference.probabilities.shape}")
    accuracy = _accuracy(answers, pictures.validation_labels, labels)
    difference = float(np.abs(answers - reference.probabilities).max())
    if reference.accuracy - accuracy > MAX_ACCURACY_LOSS:
        raise RefusedError(
            f"reads {accuracy:.2%} of {len(answers)} validation pictures rightly, Keras "
            f"{reference.accuracy:.2%}; at most {MAX_ACCURACY_LOSS * 100:g} points may be lost"
        )
    if kind.precision == "float32" and difference > MAX_FLOAT32_DIFFERENCE:
        raise RefusedError(
            f"a probability is {difference:.2g} from Keras's, at most {MAX_FLOAT32_DIFFERENCE} is accepted"
        )
    runs_on, refused_by = _on_opencv(contents, answers, pictures) if kind.format == "onnx" else ([], {})
    return Figures(
        accuracy=accuracy,
        agreement=float((answers.argmax(axis=1) == reference.probabilities.argmax(axis=1)).mean()),
        max_probability_difference=difference,
        junk_agreement=_junk_agreement(kind, contents, pictures, reference),
        test_accuracy=_accuracy(run(kind, contents, pictures.test), pictures.test_labels, labels),
        runs_on=[engine_version(kind), *runs_on],
        refused_by=refused_by,
    )


def _junk_agreement(kind: Kind, contents: bytes, pictures: Pictures, reference: Reference) -> float | None:
    """Return the share of what is no digit whose likeliest label is Keras's.

    Raises:
        RefusedError: It is too small: what Keras turns away would be read.
    """
    if not len(pictures.junk):
        return None
    answers = run(kind, contents, pictures.junk)
    agreement = float((answers.argmax(axis=1) == reference.junk.argmax(axis=1)).mean())
    if agreement < MIN_JUNK_AGREEMENT:
        raise RefusedError(
            f"answers {agreement:.1%} of {len(answers)} pictures that show no digit as Keras does, wanted "
            f"are {MIN_JUNK_AGREEMENT:.0%}"
        )
    return agreement


def _keras(model: Any, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    with quiet():
        answers = model.predict((images / np.float32(255))[..., None], batch_size=500, verbose=0)
    return np.asarray(answers, np.float32)


def _accuracy(answers: NDArray[np.float32], digits: NDArray[np.uint8], labels: tuple[str, ...]) -> float:
    read = np.array(labels)[answers.argmax(axis=1)]
    return float((read == digits.astype(str)).mean())


def _on_opencv(
    contents: bytes, answers: NDArray[np.float32], pictures: Pictures
) -> tuple[list[str], dict[str, str]]:
    """Try the OpenCV of this machine, with single pictures and with batches."""
    import cv2

    name = f"opencv {cv2.__version__}"
    images = pictures.validation[:_OPENCV_PICTURES]
    expected = answers[: len(images)].argmax(axis=1)
    for batch in (1, 16):
        try:
            found = run_opencv(contents, images, batch=batch).argmax(axis=1)
        except cv2.error as error:
            return [], {name: f"batch of {batch}: {_first_line(error)}"}
        agreement = float((found == expected).mean())
        if agreement < _OPENCV_AGREEMENT:
            return [], {name: f"batch of {batch}: only {agreement:.1%} of answers agree with onnxruntime's"}
    return [name], {}


def _first_line(error: Exception) -> str:
    return (getattr(error, "err", "") or str(error)).strip().splitlines()[0]
