"""One reader for all tests that read: opening a model is the slow part."""

from __future__ import annotations

import pytest

from edge_digits import DigitReader


@pytest.fixture(scope="session")
def reader() -> DigitReader:
    """The default model on the best backend installed here."""
    return DigitReader()
