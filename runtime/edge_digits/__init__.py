"""Read handwritten digits from pictures, cameras and drawings on small computers."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_digits.decision import Mode
    from edge_digits.errors import (
        BackendError,
        EdgeDigitsError,
        ImageError,
        ModelError,
        OutputError,
        SourceError,
    )
    from edge_digits.image import ImageSource
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
    "ImageSource",
    "Mode",
    "ModelError",
    "OutputError",
    "Reading",
    "SourceError",
    "Timing",
    "Tracker",
]

# A program that sets up no logging is to see nothing of ours.
logging.getLogger(__name__).addHandler(logging.NullHandler())

_HOMES = {
    "decision": ("Mode",),
    "errors": ("BackendError", "EdgeDigitsError", "ImageError", "ModelError", "OutputError", "SourceError"),
    "image": ("ImageSource",),
    "reader": ("DigitReader",),
    "reading": ("Box", "Digit", "Reading", "Timing"),
    "tracking": ("Tracker",),
}


# A type checker that sees this function takes every misspelt name for one of ours.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        # OpenCV is loaded with the first name that needs it, so that `edge-digits doctor` can say
        # what is wrong with an OpenCV that does not load.
        for module, names in _HOMES.items():
            if name in names:
                return getattr(importlib.import_module(f"edge_digits.{module}"), name)
        raise AttributeError(f"module 'edge_digits' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
