"""What the command writes where: results to stdout, everything else to stderr."""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from edge_digits.errors import EdgeDigitsError, OutputError


@contextmanager
def standard_streams() -> Iterator[None]:
    """Laid around a command, lets it end with its own exit code whatever becomes of stdout and stderr.

    Python ends with 120 where it cannot write what is left in their buffers, such as argparse's
    help. What stderr does not take is lost; a closed stderr is replaced by one that leads nowhere.

    Raises:
        SystemExit: With 1, where stdout does not take what is left for it.
    """
    _fill_closed_descriptors()
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    try:
        yield
    finally:
        failed = False
        try:
            with _guarded_stdout():
                pass
        except BrokenPipeError:
            failed = True
        except OutputError as error:
            warn(f"error: {error}")
            failed = True
        warn("", end="")
        if failed:
            raise SystemExit(1)


def _fill_closed_descriptors() -> None:
    """Opens those of 0 to 2 that are closed, lest a file gets one and receives what engines print there."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)  # the processes that a training starts need them as well
    os.close(descriptor)


@contextmanager
def _guarded_stdout() -> Iterator[None]:
    """Turns what stdout does when it takes no more into an error to be told; it then leads nowhere.

    Raises:
        BrokenPipeError: Whoever read it has gone.
        OutputError: The disk is full, or stdout was closed.
    """
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _give_up(sys.stdout)
        raise
    except OSError as error:
        _give_up(sys.stdout)
        raise OutputError(
            f"The output cannot be written: {error.strerror or error}", "Free some space, or write elsewhere"
        ) from error


def _give_up(stream: TextIO) -> None:
    """Points a stream at nothing, so that Python does not fail again while it closes."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
        stream.flush()
    except (OSError, ValueError, AttributeError):
        logging.getLogger(__name__).debug("the stream has no file descriptor")


def say(text: str = "") -> None:
    """Writes a line of result, at once, so that a pipe sees it when it is known.

    Raises:
        BrokenPipeError: Whoever read stdout has gone.
        OutputError: The disk is full, or stdout was closed.
    """
    with _guarded_stdout():
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        # A file name may hold bytes that are no text, and a terminal may know fewer letters than we do.
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def say_json(value: Any) -> None:
    """Writes one JSON value on one line, as `say` does."""
    say(json.dumps(value))


def warn(text: str, *, end: str = "\n") -> None:
    """Writes to stderr at once; what it does not take is lost, for there is nowhere left to say it."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + end)
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)


def complain(problem: str, remedy: str = "") -> None:
    """Writes what is wrong, and below it what mends it."""
    warn(f"edge-digits: {problem}" + (f"\n  {remedy}" if remedy else ""))


def error_dict(error: EdgeDigitsError) -> dict[str, str]:
    """An error as a JSON-ready dictionary."""
    return {"type": type(error).__name__, "problem": error.problem, "remedy": error.remedy}


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lines of a table with columns as wide as they need be.

    Args:
        head: Names of the columns.
        rows: Cells, as many a row as there are columns.
        right: Indices of the columns set flush right.
    """
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return [
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]
