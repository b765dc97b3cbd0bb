"""Questions about paths that a user named, none of which raises.

Path's own do where a folder may not be entered, a name is too long, or "~" stands for a user that
there is not; whoever then opens the path says why it fails.
"""

# ruff: noqa: PTH110, PTH111, PTH112, PTH113, PTH207

from __future__ import annotations

import glob
import os
from pathlib import Path


def expanded(path: str | Path) -> Path:
    """A path with "~" in place; one of a user that there is not stays as it is, and is not found."""
    return Path(os.path.expanduser(path))


def exists(path: str | Path) -> bool:
    """Whether anything can be seen there."""
    return os.path.exists(path)


def is_file(path: str | Path) -> bool:
    """Whether a file can be seen there."""
    return os.path.isfile(path)


def is_folder(path: str | Path) -> bool:
    """Whether a folder can be seen there."""
    return os.path.isdir(path)


def files_matching(pattern: str) -> list[str]:
    """The files that a pattern stands for, by name; it may be absolute, and "**" goes into subfolders."""
    return sorted(match for match in glob.glob(pattern, recursive=True) if is_file(match))
