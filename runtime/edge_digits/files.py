"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(target: Path, contents: bytes) -> None:
    """Writes a file under a passing name beside its target and then renames it.

    Args:
        target: In a folder that is there; a file of this name is replaced.
        contents: All of it.

    Raises:
        OSError: No space, no permission; nothing new is left behind.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; this one gets the permissions that any new file would get.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
        temporary = None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
