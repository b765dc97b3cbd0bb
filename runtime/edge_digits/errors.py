"""Everything that can go wrong, as types a program can catch.

EdgeDigitsError
├── ImageError      a picture is missing, unreadable or of a wrong shape
├── ModelError      a model is unknown, or its file is damaged
├── BackendError    a backend is unknown, not installed, or cannot run a file
├── SourceError     a camera or clip does not open or stops yielding frames
└── OutputError     a result cannot be written
"""

from __future__ import annotations


class EdgeDigitsError(Exception):
    """Base of all errors raised on purpose by this library.

    Args:
        problem: What was given and what is wrong with it.
        remedy: What is wanted instead, or the one command that mends it.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}\n  {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class ImageError(EdgeDigitsError):
    """A picture is missing, unreadable, or of a wrong shape or type."""


class ModelError(EdgeDigitsError):
    """A model is unknown, or its file is missing, damaged or not ours."""


class BackendError(EdgeDigitsError):
    """A backend is unknown, not installed, or cannot run the given file."""


class SourceError(EdgeDigitsError):
    """A camera, clip or folder does not open, or stopped yielding frames."""


class OutputError(EdgeDigitsError):
    """A result cannot be written: no space, no permission, no such folder."""
