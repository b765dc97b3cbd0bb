"""Keep the converters' chatter off the terminal.

TensorFlow, MLIR and LiteRT write from C++ to file descriptor 2, past Python's logging and
partly before any setting is read, so the descriptors themselves are turned aside.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator

_LOGGER = logging.getLogger(__name__)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Turn standard output and standard error aside for a while, and log them at DEBUG.

    It acts on the whole process: nothing else should be printing at the same time.
    """
    if _LOGGER.isEnabledFor(logging.DEBUG):
        yield
        return
    sys.stdout.flush()
    sys.stderr.flush()
    kept = {number: os.dup(number) for number in (1, 2)}
    try:
        with tempfile.TemporaryFile() as aside, _python_streams_aside():
            for number in kept:
                os.dup2(aside.fileno(), number)
            try:
                yield
            finally:
                for number, original in kept.items():
                    os.dup2(original, number)
    finally:
        for original in kept.values():
            os.close(original)


@contextlib.contextmanager
def _python_streams_aside() -> Iterator[None]:
    # A notebook or a test runner puts objects of its own in sys.stdout, which bypass descriptor 1.
    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,  # noqa: PTH123
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
        _logging_below(logging.ERROR),
    ):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _logging_below(level: int) -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(max(before, level - 1))
    try:
        yield
    finally:
        logging.disable(before)
