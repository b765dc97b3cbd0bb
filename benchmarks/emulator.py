"""Instruction counts from an emulated board, where a program that emulates one is installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.errors import DataError
from benchmarks.machine import CHECKOUT
from edge_digits.paths import is_file

VARIABLE = "EDGE_DIGITS_EMULATOR"
"""Environment variable that names the emulating program."""
REMEDY = f"name a program that emulates a board: --emulator PATH or {VARIABLE}"
PACKAGES = "numpy opencv-python-headless onnxruntime!=1.21.0 ai-edge-litert"
"""What the board gets installed."""
INSIDE = "/checkout"
"""Where the board finds this checkout."""
GIVEN = "/given"
"""Where it finds the pictures."""
TIMEOUT_S = 3600.0
_MARK = re.compile(r"^ICOUNT mark (\d+) total (\d+) delta (\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Emulator:
    """A program that runs a command on an emulated board and counts its instructions.

    It is called as `PROGRAM --suite S --arch arm64 --model pi4|pi5 --pip PACKAGES --bind HOST:GUEST
    ... --icount -- COMMAND`, and writes a line `ICOUNT mark K total N delta D` to standard error for
    each close(0x7ead0000 + K) of the command: D instructions since the mark before.
    """

    program: Path
    """The program."""
    suite: str = "bookworm"
    """Release of the system: bookworm or trixie."""

    def check(self) -> None:
        """Raises where there is no such program, before anything is drawn for it.

        Raises:
            DataError: The program is missing or may not be executed.
        """
        if not os.access(self.program, os.X_OK) or not is_file(self.program):
            raise DataError(f"{self.program} does not run: it is no executable file", REMEDY)

    def run(self, board: str, words: Sequence[str], given: Path) -> tuple[dict[str, Any], list[int]]:
        """Runs benchmarks/guest.py on a board.

        Args:
            board: pi4 or pi5.
            words: After the input's name, as guest.py wants them.
            given: Folder with input.npz.

        Returns:
            What guest.py printed, and the instructions before each mark.

        Raises:
            DataError: The emulator is missing, failed, or counted nothing.
        """
        command = [str(self.program), "--suite", self.suite, "--arch", "arm64", "--model", board]
        command += ["--pip", PACKAGES, "--bind", f"{CHECKOUT}:{INSIDE}", "--bind", f"{given}:{GIVEN}"]
        command += [
            "--icount",
            "--",
            "python3",
            f"{INSIDE}/benchmarks/guest.py",
            f"{GIVEN}/input.npz",
            *words,
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
        except subprocess.CalledProcessError as error:
            lines = (error.stderr or "").strip().splitlines() or [f"exit code {error.returncode}"]
            raise DataError(f"the emulated {board} failed: {lines[-1]}", REMEDY) from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DataError(f"{self.program} does not run: {error}", REMEDY) from error
        return parse(done.stdout, done.stderr)


def parse(printed: str, counted: str) -> tuple[dict[str, Any], list[int]]:
    """Matches what the guest says with what the emulator counted.

    Args:
        printed: Standard output; its last line is guest.py's JSON.
        counted: Standard error with the ICOUNT lines.

    Returns:
        guest.py's object, and the instructions before each of its marks.

    Raises:
        DataError: Marks are missing, or nothing was printed.
    """
    try:
        said = dict(json.loads(printed.strip().splitlines()[-1]))
    except (IndexError, ValueError) as error:
        raise DataError("the emulated board printed no result", "run guest.py on it by hand") from error
    deltas = {int(number): int(delta) for number, _, delta in _MARK.findall(counted)}
    count = len(said["sections"])
    if sorted(deltas) != list(range(count)):
        raise DataError(
            f"the emulator counted {len(deltas)} of {count} marks",
            "it has to write ICOUNT lines to standard error",
        )
    return said, [deltas[number] for number in range(count)]
