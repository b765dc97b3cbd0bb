"""Read handwritten digits from pictures, cameras and drawings on small computers."""

from edge_digits.errors import (
    BackendError,
    EdgeDigitsError,
    ImageError,
    ModelError,
    OutputError,
    SourceError,
)
from edge_digits.reader import DigitReader
from edge_digits.reading import Box, Digit, Reading, Timing
from edge_digits.tracking import Tracker

__version__ = "0.1.0"

__all__ = [
    "BackendError",
    "Box",
    "Digit",
    "DigitReader",
    "EdgeDigitsError",
    "ImageError",
    "ModelError",
    "OutputError",
    "Reading",
    "SourceError",
    "Timing",
    "Tracker",
]
