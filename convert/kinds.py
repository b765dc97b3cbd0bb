"""The six kinds of artifact that one Keras model becomes, and the words that name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from edge_digits.artifact import InputSpec


class RefusedError(Exception):
    """A kind could not be made or is not good enough; the message says why in one line."""


@dataclass(frozen=True)
class Kind:
    """One format at one precision."""

    format: str
    """tflite or onnx, which is also the file's suffix."""
    precision: str
    """float32, float16, dynamic or int8."""
    input: InputSpec
    """How 28x28 crops enter an artifact of this kind."""

    def __str__(self) -> str:
        return f"{self.precision}.{self.format}"

    def file_name(self, model: str) -> str:
        """Return the artifact's file name, such as "classic-int8.tflite"."""
        return f"{model}-{self}"


_NHWC_FLOAT = InputSpec("NHWC", "float32")
_NCHW_FLOAT = InputSpec("NCHW", "float32")

KINDS: Final = (
    Kind("tflite", "float32", _NHWC_FLOAT),
    Kind("tflite", "float16", _NHWC_FLOAT),
    Kind("tflite", "dynamic", _NHWC_FLOAT),
    Kind("tflite", "int8", InputSpec("NHWC", "int8")),
    Kind("onnx", "float32", _NCHW_FLOAT),
    Kind("onnx", "int8", _NCHW_FLOAT),
)
"""All kinds, in the order in which they are made and listed."""

CHOICES: Final = tuple(
    dict.fromkeys(
        [
            *(str(kind) for kind in KINDS),
            *(kind.format for kind in KINDS),
            *(kind.precision for kind in KINDS),
        ]
    )
)
"""What --only takes: a kind ("int8.onnx"), a format ("onnx") or a precision ("int8")."""


def select(words: Iterable[str]) -> tuple[Kind, ...]:
    """Return the kinds that any of the words (see CHOICES) names; all kinds for no word."""
    wanted = set(words)
    return tuple(kind for kind in KINDS if not wanted or wanted & {str(kind), kind.format, kind.precision})
