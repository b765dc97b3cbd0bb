"""Write a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from edge_digits.errors import OutputError

OUT: Final = "Free some space or name another folder with --out DIR; add --resume to go on with a run."
"""The way out where a command's own folder cannot be written."""
CACHE: Final = (
    "Free some space or choose another place with XDG_CACHE_HOME; add --resume to go on with a run."
)
"""The same for the user's cache, which --out does not move."""


@contextmanager
def write_atomically(path: Path) -> Iterator[BinaryIO]:
    """Open a file under another name and give it its own when all is written.

    Args:
        path: The final name; its folder must exist.

    Yields:
        The open file. If the block raises, nothing is left and an older file stays as it was.

    Raises:
        OSError: The folder cannot be written, or is full.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            # Without this, a power cut after the rename can leave an empty file under the final name.
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path, remedy: str = OUT) -> Iterator[None]:
    """Turn a full disk or a forbidden folder into an error that says what to do.

    Args:
        folder: What is being written to, for the message.
        remedy: What to do.

    Raises:
        OutputError: In place of an OSError raised in the block.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}", remedy) from error
