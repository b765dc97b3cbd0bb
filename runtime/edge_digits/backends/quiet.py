"""Keeps an engine's start-up chatter off the terminal."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

_LOGGER = logging.getLogger(__name__)
# File descriptor 2 belongs to the whole process, so two threads must not swap it at once.
_LOCK = threading.Lock()


@contextmanager
def native_stderr_to_log() -> Iterator[None]:
    """Sends what native code writes to file descriptor 2 to the log, at debug level.

    TFLite's "Created TensorFlow Lite XNNPACK delegate" and OpenCV's importer messages bypass
    Python's sys.stderr, and no setting silences them all. What other threads write to descriptor 2
    meanwhile lands in the log too, so the block must be short. Without a usable descriptor 2 (a
    service, pythonw) nothing is redirected.
    """
    with _LOCK:
        saved = _duplicate()
        if saved is None:
            yield
            return
        caught = _catch_basin()
        _flush()
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            _flush()
            os.dup2(saved, 2)
            os.close(saved)
            with caught:
                caught.seek(0)
                for line in caught.read().decode(errors="replace").splitlines():
                    if line.strip():
                        _LOGGER.debug("%s", line)


def _duplicate() -> int | None:
    try:
        return os.dup(2)
    except OSError:
        return None


def _catch_basin() -> BinaryIO:
    """A temporary file; the null device where a read-only system has no room for one."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return open(os.devnull, "r+b", buffering=0)  # noqa: PTH123


def _flush() -> None:
    """Empties Python's buffer, so that its text goes where it was meant to go."""
    if sys.stderr is not None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            _LOGGER.debug("sys.stderr cannot be flushed")
