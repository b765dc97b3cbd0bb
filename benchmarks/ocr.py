"""Other programs that read text in pictures, asked about the same pictures in the same run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from benchmarks.errors import DataError

TESSERACT_PSM = 6
"""Page segmentation mode: a single uniform block of text, the best of 6, 7 and 11 on pages of digits."""
WORKER = Path(__file__).with_name("rapidocr_worker.py")
RAPIDOCR_VARIABLE = "EDGE_DIGITS_RAPIDOCR_PYTHON"
"""Environment variable that names a Python with RapidOCR; without it this one is tried."""
TIMEOUT_S = 120.0
OCR_NAMES = ("rapidocr", "tesseract")


class Peer(Protocol):
    """A program that reads pictures."""

    name: str
    """As in the table."""
    how: str
    """Version and settings."""

    def read(self, path: Path) -> tuple[str, float]:
        """Text of a picture, lines joined by "/", and the milliseconds that took."""
        ...

    def close(self) -> None:
        """Ends whatever was started."""
        ...


class RapidOcr:
    """RapidOCR in a process of its own, with the models its package brings.

    It asks for another OpenCV package than ours, so it may live in another environment: then
    RAPIDOCR_VARIABLE names its Python. Its time is taken within that process, around the call alone.

    Args:
        threads: Of its engine and its OpenCV.

    Raises:
        DataError: It is not installed, or does not start.
    """

    name = "RapidOCR"

    def __init__(self, threads: int) -> None:
        python = os.environ.get(RAPIDOCR_VARIABLE) or sys.executable
        missing = DataError(
            "RapidOCR is not installed",
            f"install the package rapidocr, here or where {RAPIDOCR_VARIABLE} says",
        )
        if python == sys.executable and find_spec("rapidocr") is None:
            raise missing
        try:
            self._process = subprocess.Popen(
                [python, str(WORKER), str(threads)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        except OSError as error:
            raise DataError(f"{python} does not run: {error}", f"correct {RAPIDOCR_VARIABLE}") from error
        greeting = self._answer()
        if greeting is None:
            self.close()
            raise missing
        self.how = f"{greeting['version']}, threads {threads}, models of its package"

    def read(self, path: Path) -> tuple[str, float]:
        """As Peer has it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(str(path.resolve())) + "\n")
            self._process.stdin.flush()
            answer = self._answer()
        except OSError:
            answer = None
        if answer is None:
            raise DataError(f"RapidOCR stopped at {path.name}", "leave it out: --peers tesseract")
        return str(answer["text"]), float(answer["ms"])

    def close(self) -> None:
        """As Peer has it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        for stream in (self._process.stdin, self._process.stdout):
            try:
                stream.close()
            except OSError:
                continue
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else None


class Tesseract:
    """The program tesseract, started anew for each picture, told to look for digits alone.

    Args:
        threads: OMP_THREAD_LIMIT.

    Raises:
        DataError: It is not installed.
    """

    name = "Tesseract"

    def __init__(self, threads: int) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise DataError("Tesseract is not installed", "install the program tesseract (tesseract-ocr)")
        self._program = program
        self._environment = {**os.environ, "OMP_THREAD_LIMIT": str(threads)}
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        first = (said.stdout or said.stderr).strip().splitlines()[:1]
        version = first[0] if first else "tesseract of unknown version"
        self.how = f"{version}, --psm {TESSERACT_PSM}, digits only, threads {threads}, a process a picture"

    def read(self, path: Path) -> tuple[str, float]:
        """As Peer has it; what it refuses has no text."""
        words = [self._program, str(path), "-", "--psm", str(TESSERACT_PSM)]
        words += ["-c", "tessedit_char_whitelist=0123456789"]
        begin = time.perf_counter_ns()
        try:
            done = subprocess.run(
                words,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=TIMEOUT_S,
                env=self._environment,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "", 1e3 * TIMEOUT_S
        taken = (time.perf_counter_ns() - begin) / 1e6
        return "/".join(line.strip() for line in done.stdout.splitlines() if line.strip()), taken

    def close(self) -> None:
        """Nothing is left to end."""


_KINDS: dict[str, type[RapidOcr] | type[Tesseract]] = {"rapidocr": RapidOcr, "tesseract": Tesseract}


def find_ocr(names: Sequence[str], threads: int) -> tuple[list[Peer], list[str]]:
    """Starts those of the programs that are installed.

    Args:
        names: Of OCR_NAMES.
        threads: For one picture.

    Returns:
        The programs, and for each that is missing a sentence with what mends that.
    """
    found: list[Peer] = []
    missing = []
    for name in names:
        try:
            found.append(_KINDS[name](threads))
        except DataError as error:
            missing.append(f"{error.problem}: {error.remedy}")
    return found, missing
