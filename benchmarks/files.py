"""Writing results whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any

from edge_digits.errors import OutputError
from edge_digits.files import write_whole
from edge_digits.paths import exists, is_file


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name and then gives it its own.

    Args:
        path: Where the file goes; missing folders are made.
        content: All of it.

    Raises:
        OutputError: The folder or file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or (exists(path) and not is_file(path)):
            # What is a link, a pipe or a device is to stay one.
            with path.open("wb") as stream:
                stream.write(content)
        else:
            write_whole(path, content)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def demand_writable(*paths: Path | None) -> None:
    """Makes sure, before anything is measured, that files can be written.

    Args:
        paths: Files to be; missing folders are made. None stands for none.

    Raises:
        OutputError: One is a folder or no possible name, or its folder cannot be made or written.
    """
    for path in paths:
        if path is None:
            continue
        try:
            if stat.S_ISDIR(path.stat().st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise _unwritable(path, error.strerror or str(error)) from error
        demand_folder(path.parent)


def demand_folder(path: Path) -> None:
    """Makes a folder for results, unless it is there.

    Raises:
        OutputError: It cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error
    if not os.access(path, os.W_OK):
        raise _unwritable(path, "Permission denied")


def _unwritable(path: Path, reason: str) -> OutputError:
    return OutputError(f"cannot write {path}: {reason}", "name a file in a folder you may write to")


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 text as `write_bytes` does."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Writes indented JSON as `write_bytes` does."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
