"""edge-digits read: the digits of pictures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2

from edge_digits.backends import BACKENDS
from edge_digits.cli.annotated import AnnotatedCopies
from edge_digits.cli.inputs import STDIN, Inputs, find_inputs
from edge_digits.cli.progress import Progress
from edge_digits.cli.terminal import complain, error_dict, say, say_json
from edge_digits.decision import MODES
from edge_digits.errors import EdgeDigitsError, ImageError
from edge_digits.image import load_image
from edge_digits.reader import DigitReader
from edge_digits.reading import Reading

_MOST_THREADS = 64
NOTHING = "no digit"
"""Printed for a picture in which nothing looks like a digit."""


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the subcommand to an argparse subparsers object."""
    parser = commands.add_parser(
        "read",
        parents=[common],
        help="read the digits of pictures",
        description="Read the digits of pictures: one line a picture, '?' for a digit that is unsure.",
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="picture, folder of pictures, pattern, or - for stdin"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a picture, on one line")
    parser.add_argument("--annotate", metavar="DIR", help="write copies with boxes and digits to this folder")
    parser.add_argument("--model", help="model name, such as classic-int8, or a .onnx or .tflite file")
    parser.add_argument(
        "--backend", choices=("auto", *BACKENDS), default="auto", help="engine (default: %(default)s)"
    )
    parser.add_argument("--threads", type=_count, metavar="N", help="CPU threads (default: as saved, else 1)")
    parser.add_argument(
        "--mode", choices=MODES, default="balanced", help="how sure a digit must be (default: %(default)s)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Reads what was named; 1 if anything could not be read or written."""
    try:
        reader = DigitReader(
            arguments.model, backend=arguments.backend, threads=arguments.threads, mode=arguments.mode
        )
        inputs = find_inputs(arguments.files)
        copies = AnnotatedCopies(arguments.annotate, inputs.files) if arguments.annotate else None
    except EdgeDigitsError as error:
        if not arguments.json:
            raise
        say_json({"error": error_dict(error)})
        return 1
    with _opencv_threads(reader.threads):
        return _read_all(reader, inputs, copies, as_json=arguments.json)


def _read_all(reader: DigitReader, inputs: Inputs, copies: AnnotatedCopies | None, *, as_json: bool) -> int:
    """Reads every picture, whatever happens to the others."""
    progress = Progress(len(inputs.files), "pictures")
    outcomes = [Outcome(word, error=error) for word, error in inputs.errors]
    for note in inputs.notes:
        complain(note)
    for outcome in outcomes:
        _show(outcome, as_json=as_json)
    failed = bool(outcomes)
    for file in inputs.files:
        outcome = _read_one(reader, file, copies)
        progress.clear()
        _show(outcome, as_json=as_json)
        failed = failed or outcome.error is not None
        progress.step()
    progress.clear()
    return int(failed)


@dataclass(frozen=True)
class Outcome:
    """What became of one picture."""

    file: str
    """As it was named; "-" for standard input."""
    reading: Reading | None = None
    """None where it could not be read."""
    saved: str | None = None
    """The annotated copy."""
    error: EdgeDigitsError | None = None
    """Why it could not be read, or its copy not written."""

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {
            "file": self.file,
            **({} if self.reading is None else self.reading.to_dict()),
            **({} if self.saved is None else {"annotated": self.saved}),
            **({} if self.error is None else {"error": error_dict(self.error)}),
        }


def _read_one(reader: DigitReader, file: str, copies: AnnotatedCopies | None) -> Outcome:
    """Reads a picture; a copy that cannot be written does not cost the reading."""
    reading = None
    try:
        source = _stdin_bytes() if file == STDIN else file
        reading = reader.read(source)
        if copies is None:
            return Outcome(file, reading)
        return Outcome(file, reading, str(copies.write(file, reading.annotate(load_image(source)))))
    except EdgeDigitsError as error:
        return Outcome(file, reading, error=error)


def _stdin_bytes() -> bytes:
    # It is None where the shell has closed it.
    contents = sys.stdin.buffer.read() if sys.stdin is not None else b""
    if not contents:
        raise ImageError("Nothing came on standard input", "Send a picture: edge-digits read - < note.jpg")
    return contents


def _show(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        say_json(outcome.to_dict())
        return
    if outcome.reading is not None:
        first, *others = (outcome.reading.text or NOTHING).split("\n")
        name = f"{outcome.file}: "
        say(name + first)
        for line in others:
            say(" " * len(name) + line)
    if outcome.error is not None:
        complain(outcome.error.problem, outcome.error.remedy)


@contextmanager
def _opencv_threads(count: int) -> Iterator[None]:
    """Holds OpenCV's one, process-wide pool to the threads asked for while this command runs."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(count)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_THREADS:
        raise argparse.ArgumentTypeError(
            f"a whole number from 1 to {_MOST_THREADS} is wanted, but got {text!r}"
        )
    return int(text)
