"""Run inside an emulated board by `python -m benchmarks instructions`: calls each row between two marks.

A mark is close(0x7ead0000 + number), a call of the system that does nothing but that the emulator
writes down beside the number of instructions executed so far. Prints one JSON line: what each mark ends.

    python3 guest.py INPUT.npz CALLS NAME...      # NAME: an artifact, or "frames"
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
FIRST_MARK = 0x7EAD0000
FRAMES = "frames"
"""Stands among the names of artifacts for reading whole frames."""


class Marks:
    """Numbers the marks and remembers what each of them ends."""

    def __init__(self) -> None:
        self.sections: list[dict[str, Any] | None] = []

    def mark(self, ended: dict[str, Any] | None = None) -> None:
        """Marks this moment; `ended` says what ran since the mark before, None that it does not matter."""
        number = len(self.sections)
        self.sections.append(ended)
        try:
            os.close(FIRST_MARK + number)
        except OSError:
            return


class StageClock:
    """Stands in for the module `time` in edge_digits.reader, which looks at it where a stage ends."""

    def __init__(self, marks: Marks, frame: str, stages: Sequence[str]) -> None:
        self._marks, self._frame, self._stages = marks, frame, stages
        self._looks = 0

    def perf_counter(self) -> float:
        """Marks the stage that ends here."""
        turn = self._looks % (len(self._stages) + 1)
        self._looks += 1
        ended = {"frame": self._frame, "stage": self._stages[turn - 1]} if turn else None
        self._marks.mark(ended)
        return float(self._looks)


def main(words: Sequence[str]) -> None:
    """Runs what is named and prints what the marks mean."""
    sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "runtime")]
    import cv2
    import numpy as np

    from edge_digits.backends import BACKENDS, Backend, available_backends, open_backend
    from edge_digits.errors import EdgeDigitsError
    from edge_digits.registry import artifacts

    cv2.setNumThreads(1)
    given = np.load(words[0])
    calls, crops, marks = int(words[1]), given["crops"], Marks()
    formats = {backend.name: backend.formats for backend in Backend.__subclasses__()}
    installed = available_backends()
    refused = []
    for artifact in artifacts():
        if artifact.name not in words[2:]:
            continue
        for name in BACKENDS:
            if installed[name] is None or artifact.format not in formats[name]:
                continue
            row = {"file": artifact.path.name, "backend": name}
            try:
                predict = open_backend(artifact, backend=name).predict
            except EdgeDigitsError as error:
                refused.append({**row, "reason": error.problem.replace(str(artifact.path), row["file"])})
                continue
            _count(marks, {**row, "calls": calls}, predict, [crop[np.newaxis] for crop in crops], calls)
    if FRAMES in words[2:]:
        _read_frames(marks, given)
    said = {"sections": marks.sections, "refused": refused, "engines": installed}
    sys.stdout.write(json.dumps({**said, "python": sys.version.split()[0]}) + "\n")


def _count(
    marks: Marks, row: dict[str, Any], call: Callable[[Any], object], given: Sequence[Any], calls: int
) -> None:
    for crop in given[:3]:
        call(crop)
    marks.mark()
    for index in range(calls):
        call(given[index % len(given)])
    marks.mark(row)


def _read_frames(marks: Marks, given: Any) -> None:
    from unittest.mock import patch

    from benchmarks.frames import threshold
    from edge_digits import DigitReader, reader
    from edge_digits.reading import Timing

    stages = tuple(Timing.__dataclass_fields__)
    one = DigitReader()
    names = [name for name in given.files if name not in ("crops", "reference")]
    for name in names:
        one.read(given[name])
        # The stages' own marks divide the call; whatever is left over goes to the last of them.
        with patch.object(reader, "time", StageClock(marks, name, stages)):
            one.read(given[name])
    threshold(given["reference"])
    marks.mark()
    threshold(given["reference"])
    marks.mark({"frame": "R", "stage": "reference"})


if __name__ == "__main__":
    main(sys.argv[1:])
