"""A program that embeds the library is checked by mypy --strict as well as the library itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import cv2
from edge_digits import DigitReader, ImageSource, Mode, Reading


def read_all(frames: cv2.VideoCapture, mode: Mode) -> list[Reading]:
    tracker = DigitReader(mode=mode).track()
    return [tracker.update(frames.read()[1])]


def read_one(picture: ImageSource) -> str:
    return DigitReader().read(picture).text
"""


def complaints(program: str, folder: Path) -> list[str]:
    pytest.importorskip("mypy")
    path = folder / "program.py"
    path.write_text(program, encoding="utf-8")
    # The cache that `make lint` fills saves most of the time.
    command = ["--strict", "--no-error-summary", "--cache-dir", str(ROOT / ".mypy_cache"), str(path)]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *command],
        check=False,
        env={**os.environ, "MYPYPATH": str(ROOT / "runtime")},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
    )
    return [line.split(" ", 1)[1] for line in (run.stdout + run.stderr).splitlines() if line]


def test_frames_of_opencv_and_the_snippet_of_the_readme_pass(tmp_path: Path) -> None:
    snippet = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippet) == 1
    # What the snippet takes as given.
    given = "image = frame = cv2.VideoCapture(0).read()[1]\n"
    assert complaints(PROGRAM + given + snippet[0], tmp_path) == []


def test_a_misspelt_name_is_found(tmp_path: Path) -> None:
    found = complaints("from edge_digits import DigitReeder\n", tmp_path)
    assert any('has no attribute "DigitReeder"' in line for line in found), found
