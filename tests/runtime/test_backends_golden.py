"""Every shipped file on every backend that can run it, against the Keras model it was made from."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits.artifact import Artifact
from edge_digits.backends import BACKENDS, available_backends, open_backend
from edge_digits.errors import BackendError, ModelError
from edge_digits.normalize import normalize
from edge_digits.registry import artifacts, models_dir

TOLERANCE = {"float32": 1e-4, "float16": 1e-2, "dynamic": 0.15, "int8": 0.3}
"""Largest difference of one probability; most differences are a tenth of it."""
AGREEMENT = {"float32": 1.0, "float16": 1.0, "dynamic": 0.98, "int8": 0.97}
"""Part of the crops that must be read as Keras reads them."""
ALWAYS = {("tflite", "tflite"), ("onnxruntime", "onnx")}
"""Engine and format of which nothing may be refused; OpenCV may refuse what is quantized."""


def listed() -> list[Artifact]:
    try:
        return artifacts()
    except ModelError:
        return []


CASES = [
    pytest.param(artifact, backend, id=f"{artifact.path.name}-{backend}")
    for artifact in listed()
    for backend in BACKENDS
    if (artifact.format == "tflite") == (backend == "tflite")
]


@cache
def drawn_crops() -> NDArray[np.uint8]:
    """200 handwritten digits of our own, shape (200, 28, 28)."""
    from train.scenes import draw_digit

    rng = np.random.default_rng(7)
    return np.stack([normalize(draw_digit(str(i % 10), rng, height=60)) for i in range(200)])


@cache
def keras_says(model: str) -> NDArray[np.float32]:
    keras = pytest.importorskip("keras")
    network = keras.saving.load_model(models_dir() / model / f"{model}.keras", compile=False)
    fed = drawn_crops()[..., np.newaxis].astype(np.float32) / 255
    return np.asarray(network.predict(fed, verbose=0), np.float32)


def test_there_is_something_to_compare() -> None:
    assert {artifact.format for artifact in artifacts()} == {"tflite", "onnx"}


@pytest.mark.parametrize(("artifact", "backend"), CASES)
def test_reads_as_keras_reads(artifact: Artifact, backend: str) -> None:
    if available_backends()[backend] is None:
        pytest.skip(f"{backend} is not installed")
    try:
        opened = open_backend(artifact, backend=backend)
    except BackendError as error:
        assert (backend, artifact.format) not in ALWAYS
        assert artifact.precision != "float32"
        assert error.remedy
        pytest.skip(error.problem)
    got, wanted = opened.predict(drawn_crops()), keras_says(artifact.model)
    assert np.abs(got - wanted).max() <= TOLERANCE[artifact.precision]
    assert np.mean(got.argmax(axis=1) == wanted.argmax(axis=1)) >= AGREEMENT[artifact.precision]
