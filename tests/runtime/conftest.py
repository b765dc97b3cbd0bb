"""What many tests read with and what they read."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from scripted_frames import ScriptedReader

from edge_digits import DigitReader
from edge_digits.tracking import Tracker


@pytest.fixture(scope="session")
def reader() -> DigitReader:
    """The default model on the best backend installed here; one for all, as opening it is the slow part."""
    return DigitReader()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A picture file that says 427."""
    # Tests that read nothing we wrote do not need the room of our handwriting.
    from written_pages import white_sheet

    path = tmp_path / "note.png"
    cv2.imwrite(str(path), white_sheet("427"))
    return path


@pytest.fixture
def script() -> ScriptedReader:
    """A reader that reads what it is told."""
    return ScriptedReader()


@pytest.fixture
def tracker(script: ScriptedReader) -> Tracker:
    """A tracker of what that reader reads."""
    return Tracker(script)  # type: ignore[arg-type]
