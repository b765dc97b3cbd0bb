"""What stops a benchmark, beside the library's own errors."""

from __future__ import annotations

from edge_digits.errors import EdgeDigitsError


class UsageError(EdgeDigitsError):
    """The command line asks for something that does not exist; exit code 2."""


class DataError(EdgeDigitsError):
    """Labels or pictures to measure on are missing or malformed; exit code 1."""
