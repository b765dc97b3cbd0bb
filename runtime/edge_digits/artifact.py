"""One file that a backend can run, and what it says of itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge_digits.errors import ModelError

NOT_A_DIGIT = "none"
"""The label of the output that stands for "not a digit", in models that have it."""


@dataclass(frozen=True)
class InputSpec:
    """How 28x28 uint8 crops (white ink on black) become the model's input."""

    layout: str = "NHWC"
    """Order of the axes, "NHWC" (n, 28, 28, 1) or "NCHW" (n, 1, 28, 28)."""
    dtype: str = "float32"
    """"float32", "uint8" or "int8"; for the last two the tensor's own scale and zero point apply."""
    divisor: float = 255.0
    """A pixel is divided by this before it enters the network."""


@dataclass(frozen=True)
class Artifact:
    """A converted model: its file, its numbers and its input convention."""

    model: str
    """Name of the model, such as "classic"."""
    precision: str
    """float32, float16, dynamic or int8."""
    format: str
    """"tflite" or "onnx"."""
    path: Path
    """The file."""
    labels: tuple[str, ...]
    """What each output stands for, in order."""
    input: InputSpec = field(default_factory=InputSpec)
    """How crops become input."""
    sha256: str | None = None
    """Of the file's contents; None for a file that is in no manifest."""
    facts: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the manifest adds: bytes, accuracy, agreement, producers."""

    @property
    def name(self) -> str:
        """Model and precision, such as "classic-int8"."""
        return f"{self.model}-{self.precision}"

    def read_bytes(self) -> bytes:
        """The file's contents, checked against the manifest's SHA-256 where there is one.

        Raises:
            ModelError: The file is missing, unreadable, or not the one the manifest describes.
        """
        try:
            contents = self.path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"The model file {self.path} cannot be read: {error.strerror or error}",
                "Put the file back, or make it anew: python -m convert",
            ) from error
        found = hashlib.sha256(contents).hexdigest()
        if self.sha256 is not None and found != self.sha256.lower():
            raise ModelError(
                f"The model file {self.path} is not the one its manifest describes: "
                f"SHA-256 {self.sha256} expected, {found} found",
                "Put back the file that was shipped (git checkout models/, or reinstall edge-digits), "
                "or make both anew: python -m convert",
            )
        return contents


def digit_labels(labels: Sequence[str]) -> list[int]:
    """Places of the labels that stand for something written, "not a digit" left out."""
    return [i for i, label in enumerate(labels) if label != NOT_A_DIGIT]


def plain_labels(labels: Sequence[str]) -> list[int]:
    """Places of those but of a 1, which is found in anything."""
    return [i for i in digit_labels(labels) if labels[i] != "1"]
