"""What to do where a training cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from edge_digits.errors import OutputError

OUT: Final = "Free some space or name another folder with --out DIR; add --resume to go on with a run."
"""The way out where a command's own folder cannot be written."""
CACHE: Final = (
    "Free some space or choose another place with XDG_CACHE_HOME; add --resume to go on with a run."
)
"""The same for the user's cache, which --out does not move."""


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
