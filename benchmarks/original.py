"""The way of the project this one grew out of, written anew: one picture is one digit.

Load the picture, make it grey, squeeze the whole of it to 28x28, invert it, and ask Keras. Nothing looks
for the digit, keeps its shape or puts it where MNIST has it.
"""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from benchmarks.errors import DataError
from benchmarks.reference import model_file, open_keras

MODEL = "classic"
"""The model with that project's own layers."""


class OriginalWay:
    """That way, as a peer of ocr.Peer.

    Args:
        threads: Of TensorFlow.

    Raises:
        DataError: TensorFlow or the .keras file is missing.
    """

    name = "original way"

    def __init__(self, threads: int) -> None:
        path = model_file(MODEL)
        if path is None:
            raise DataError(
                "the original way is not measured: TensorFlow is not installed", "uv sync --extra train"
            )
        self._keras = open_keras(path, threads=threads)
        self.how = f"grey, resize to 28x28, invert, model.predict of {path.name}; one digit a picture"

    def read(self, path: Path) -> tuple[str, float]:
        """As Peer has it: always exactly one digit."""
        begin = time.perf_counter_ns()
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            return "", 0.0
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        small = 255 - cv2.resize(grey, (28, 28))
        answer = self._keras.predict(np.asarray(small, np.uint8)[np.newaxis])
        return str(int(answer[0, :10].argmax())), (time.perf_counter_ns() - begin) / 1e6

    def close(self) -> None:
        """Nothing is left to end."""
