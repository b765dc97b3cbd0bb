"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast


def write_whole(target: Path, contents: bytes) -> None:
    """Writes a file under a passing name beside its target and then renames it.

    Args:
        target: In a folder that is there; a file of this name is replaced.
        contents: All of it.

    Raises:
        OSError: No space, no permission; nothing new is left behind.
    """
    with written_whole(target) as file:
        file.write(contents)


@contextmanager
def written_whole(target: Path) -> Iterator[BinaryIO]:
    """Opens a file under a passing name and gives it its own when all is written.

    Args:
        target: In a folder that is there; a file of this name is replaced.

    Yields:
        The open file, for writing and reading. If the block raises, nothing is left of it and an
        older file stays as it was.

    Raises:
        OSError: No space, no permission; nothing new is left behind.
    """
    with written_beside(target) as file:
        yield file
    try:
        Path(file.name).replace(target)
    except OSError:
        Path(file.name).unlink(missing_ok=True)
        raise


@contextmanager
def written_beside(target: Path) -> Iterator[BinaryIO]:
    """Opens a file whose passing name is left for the caller to change into its target.

    Args:
        target: In a folder that is there.

    Yields:
        The open file, for writing and reading; its `name` is the path. After the block it is closed
        and on its disk; if the block raises, nothing is left of it.

    Raises:
        OSError: No space, no permission; nothing new is left behind.
    """
    with tempfile.NamedTemporaryFile(
        dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp", delete=False
    ) as file:
        try:
            yield cast(BinaryIO, file)
            file.flush()
            # Without this, a power cut after the renaming can leave an empty file under the final name.
            os.fsync(file.fileno())
            # A temporary file is private; this one gets the permissions that any new file would get.
            Path(file.name).chmod(0o666 & ~_umask())
        except BaseException:
            # What is still buffered may not fit on the disk either.
            with suppress(OSError):
                file.close()
            Path(file.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
