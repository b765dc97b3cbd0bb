"""What every row is compared with, in the same run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_digits.backends.quiet import native_stderr_to_log
from edge_digits.errors import ModelError
from edge_digits.paths import is_file
from edge_digits.registry import default_model, models_dir


@dataclass(frozen=True)
class KerasModel:
    """The trained model in Keras, called in the two ways a Keras user calls it."""

    model: Any
    """The keras.Model."""
    path: Path
    """Its .keras file."""

    def predict(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Classifies crops (n, 28, 28) uint8, from bytes to probabilities (n, classes)."""
        return np.asarray(self.model.predict(_pixels(crops), batch_size=256, verbose=0), np.float32)

    def call(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The same by `model(x)`, which Keras recommends for small inputs."""
        return np.asarray(self.model(_pixels(crops), training=False), np.float32)


def _pixels(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    return crops[..., np.newaxis].astype(np.float32) / np.float32(255)


def model_file(name: str) -> Path | None:
    """A model's .keras file, None where it or TensorFlow is not there."""
    if find_spec("tensorflow") is None or find_spec("keras") is None:
        return None
    path = models_dir() / name / f"{name}.keras"
    return path if is_file(path) else None


def keras_file() -> Path | None:
    """The default model's .keras file, None where it or TensorFlow is not there."""
    return model_file(default_model())


def open_keras(path: Path, *, threads: int) -> KerasModel:
    """Loads a .keras file for inference on the CPU.

    Args:
        path: The file.
        threads: For one operation; set before TensorFlow starts working.

    Raises:
        ModelError: The file cannot be loaded, or TensorFlow already runs with
            another number of threads.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    with native_stderr_to_log():
        # TensorFlow and XLA greet on standard error before any log level is heeded.
        import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        model = tf.keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ModelError(
            f"Keras cannot load {path}: {str(error).splitlines()[0]}",
            "Train it anew (python -m train), or measure without it: --reference opencv",
        ) from error
    return KerasModel(model, path)
