"""Write several files that take their final names together."""

from __future__ import annotations

import contextlib
from pathlib import Path

from edge_digits.errors import OutputError
from edge_digits.files import written_beside


class Staged:
    """Files that are written beside their final names and take them all together.

    Use as a context manager: `put` writes to temporary names and `publish` renames.
    What was not published when the block ends leaves no trace.
    """

    def __init__(self) -> None:
        self._waiting: dict[Path, Path] = {}

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, *_: object) -> None:
        for temporary in self._waiting.values():
            # Where the folder itself is the trouble, there is nothing to remove.
            with contextlib.suppress(OSError):
                temporary.unlink()

    def put(self, path: Path, contents: bytes) -> None:
        """Write contents beside `path`, to its disk.

        Raises:
            OutputError: The folder cannot be made or written, or the disk is full.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with written_beside(path) as file:
                file.write(contents)
            self._waiting[path] = Path(file.name)
        except OSError as error:
            raise _unwritable(path, error) from error

    def publish(self) -> None:
        """Give all waiting files their final names, in the order they were put.

        Raises:
            OutputError: A final name cannot be taken.
        """
        for path, temporary in list(self._waiting.items()):
            try:
                temporary.replace(path)
            except OSError as error:
                raise _unwritable(path, error) from error
            del self._waiting[path]


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} cannot be written: {error.strerror or error}",
        "Free some space, mend the folder's permissions, or choose another folder with --models DIR.",
    )
