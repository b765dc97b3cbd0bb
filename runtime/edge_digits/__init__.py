"""Read handwritten digits from pictures, cameras and drawings on small computers."""

from edge_digits.errors import (
    BackendError,
    EdgeDigitsError,
    ImageError,
    ModelError,
    OutputError,
    SourceError,
)
from edge_digits.reading import Box, Digit, Reading, Timing

__version__ = "0.1.0"

__all__ = [
    "BackendError",
    "Box",
    "Digit",
    "EdgeDigitsError",
    "ImageError",
    "ModelError",
    "OutputError",
    "Reading",
    "SourceError",
    "Timing",
]
