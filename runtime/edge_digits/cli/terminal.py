"""What the command writes where: results to stdout, everything else to stderr."""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from edge_digits.errors import EdgeDigitsError, OutputError


@contextmanager
def guarded_stdout() -> Iterator[None]:
    """Turns what stdout does when it takes no more into an error to be told; it then leads nowhere.

    Raises:
        BrokenPipeError: Whoever read it has gone.
        OutputError: The disk is full, or stdout was closed.
    """
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        _give_up_stdout()
        raise
    except OSError as error:
        _give_up_stdout()
        raise OutputError(
            f"The output cannot be written: {error.strerror or error}", "Free some space, or write elsewhere"
        ) from error


def _give_up_stdout() -> None:
    """Points stdout at nothing, so that Python does not fail again while it closes."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError, AttributeError):
        logging.getLogger(__name__).debug("stdout has no file descriptor")


def say(text: str = "") -> None:
    """Writes a line of result, at once, so that a pipe sees it when it is known."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    # A file name may hold bytes that are no text, and a terminal may know fewer letters than we do.
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()


def say_json(value: Any) -> None:
    """Writes one JSON value on one line."""
    say(json.dumps(value))


def complain(problem: str, remedy: str = "") -> None:
    """Writes what is wrong, and below it what mends it."""
    if sys.stderr is None:
        return
    text = f"edge-digits: {problem}\n" + (f"  {remedy}\n" if remedy else "")
    with suppress(OSError):  # then there is nowhere left to say it
        sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
        sys.stderr.flush()


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
