"""What every backend has in common: crops in, probabilities out, and honest refusals."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import Artifact
from edge_digits.errors import BackendError, EdgeDigitsError, ImageError

CROP_SHAPE: Final = (28, 28)
"""Height and width of a crop in pixels."""
_UINT8: Final = np.dtype(np.uint8)


class FileRefusedError(BackendError):
    """An engine was given a model file and could not make anything of it."""


class Backend(ABC):
    """An artifact opened in one engine.

    One call at a time: the engines keep their tensors between calls, so two threads must not be in
    predict() together. DigitReader sees to that with a lock.

    Args:
        artifact: The model file; its SHA-256 is checked where a manifest gave one.
        threads: Threads for one inference, at least 1.

    Raises:
        ModelError: The file is missing or damaged.
        BackendError: The engine is not installed or cannot run the file.
    """

    name: ClassVar[str]
    """As in BACKENDS."""
    formats: ClassVar[tuple[str, ...]]
    """The formats it can be given, best first."""

    version: str
    """The engine's package and version, such as "ai-edge-litert 2.3.0"."""
    artifact: Artifact
    """What it runs."""
    threads: int
    """How many threads one inference may use."""

    def __init__(self, artifact: Artifact, *, threads: int = 1) -> None:
        check_threads(threads)
        if artifact.format not in self.formats:
            raise BackendError(
                f"{self.name} runs {' and '.join(self.formats)} files, "
                f"but got {artifact.path} ({artifact.format})",
                "Use backend='auto', which takes one that runs this format",
            )
        self.artifact = artifact
        self.threads = threads
        self._classes = len(artifact.labels)
        contents = artifact.read_bytes()
        try:
            self._open(contents)
            self._run(np.zeros((1, *CROP_SHAPE), np.uint8))
        except EdgeDigitsError:
            raise
        except Exception as error:
            raise self._refusal(error) from error

    @classmethod
    @abstractmethod
    def installed(cls) -> str | None:
        """The engine's package and version without importing it, None if it is not installed."""

    @abstractmethod
    def _open(self, contents: bytes) -> None:
        """Sets version and builds the engine; whatever it raises becomes a BackendError."""

    @abstractmethod
    def _run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities (n, classes) for n >= 1 crops, in an array of the caller's own."""

    def predict(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Classifies crops.

        Args:
            crops: Shape (n, 28, 28), uint8, white ink on black as MNIST has it; n may be 0.

        Returns:
            Probabilities of shape (n, classes), float32, 0 to 1, in the order of the labels. Each
            row sums to 1 up to the step of the model's output (1/256 a class for int8).

        Raises:
            ImageError: Crops of another type or shape.
            BackendError: The engine failed, or gave numbers that are not finite.
        """
        if not isinstance(crops, np.ndarray) or crops.dtype != _UINT8 or crops.shape[1:] != CROP_SHAPE:
            raise ImageError(
                f"crops must be a uint8 array of shape (n, 28, 28), but got {_describe(crops)}",
                "Use edge_digits.normalize.normalize to make crops from ink",
            )
        if not len(crops):
            return np.empty((0, self._classes), np.float32)
        try:
            probabilities = self._run(crops)
        except Exception as error:
            raise BackendError(
                f"{self._engine()} failed in {self.artifact.path}: {_first_line(error)}",
                "Check the installation: edge-digits doctor",
            ) from error
        # One NaN or infinity anywhere makes the sum so too. Python adds up a dozen numbers in a third of
        # the time numpy takes to begin, and either is quicker than np.isfinite().all().
        one = len(probabilities) == 1
        total = sum(probabilities.tolist()[0]) if one else np.add.reduce(probabilities, axis=None)
        if not math.isfinite(total):
            raise BackendError(
                f"{self._engine()} gave numbers that are not finite from {self.artifact.path}",
                "Check the model files: edge-digits models, or choose another backend",
            )
        return probabilities

    def _refusal(self, error: Exception) -> FileRefusedError:
        """The error for a file that the engine cannot run."""
        return FileRefusedError(
            f"{self._engine()} cannot run {self.artifact.path}: {_first_line(error)}",
            self._remedy(),
        )

    def _engine(self) -> str:
        """The backend and, where it does not say so already, the package behind it."""
        version = getattr(self, "version", "version unknown")
        return version if version.startswith(self.name) else f"{self.name} ({version})"

    def _remedy(self) -> str:
        """What mends a refused file."""
        return "See which backend runs which file: edge-digits models"

    def _check_outputs(self, count: int) -> None:
        """Compares the size of the model's output with the number of labels."""
        if count != self._classes:
            raise BackendError(
                f"{self.artifact.path} has {count} outputs, but {self._classes} labels",
                "Convert the model anew: python -m convert",
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.artifact.path.name} on {self.version}, threads={self.threads}>"


def check_threads(threads: object) -> None:
    """Makes sure that a number of threads is one.

    Raises:
        BackendError: It is no whole number, or less than 1.
    """
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise BackendError(
            f"threads must be a whole number of at least 1, but got {threads!r}", "Use threads=1"
        )


def _describe(crops: object) -> str:
    if isinstance(crops, np.ndarray):
        return f"shape {crops.shape}, dtype {crops.dtype}"
    return type(crops).__name__


def _first_line(error: Exception) -> str:
    """The engine's own words, cut to what fits a message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = " ".join(lines[:2]) if lines else type(error).__name__
    return text if len(text) <= 240 else text[:237] + "..."
