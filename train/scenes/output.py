"""Files that are there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_digits.errors import OutputError


@contextmanager
def finished_file(path: Path) -> Iterator[Path]:
    """Yields a name to write to, which takes the final name only when all went well.

    Args:
        path: The final name.

    Yields:
        A name in the same folder, with the same ending.

    Raises:
        OutputError: The folder is missing or nothing can be written there.
    """
    if not path.parent.is_dir():
        raise OutputError(f"There is no folder {path.parent}.", f"Make it with: mkdir -p {path.parent}")
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", "Give a place that can.") from error
    finally:
        part.unlink(missing_ok=True)
