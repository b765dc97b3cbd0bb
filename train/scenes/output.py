"""Files that are there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from edge_digits.errors import OutputError
from edge_digits.files import written_whole
from edge_digits.paths import is_folder


@contextmanager
def finished_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a file that takes its name only when all went well.

    Args:
        path: The final name.

    Yields:
        The open file.

    Raises:
        OutputError: The folder is missing or nothing can be written there.
    """
    if not is_folder(path.parent):
        raise OutputError(f"There is no folder {path.parent}.", f"Make it with: mkdir -p {path.parent}")
    try:
        with written_whole(path) as file:
            yield file
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", "Give a place that can.") from error
