"""What Linux knows of a video device beside what its driver tells: its lasting name and who uses it."""

from __future__ import annotations

import os
from pathlib import Path

_STABLE_NAMES = Path("/dev/v4l/by-id")
_PROCESSES = Path("/proc")


def stable_name(path: Path) -> Path | None:
    """The /dev/v4l/by-id link to a device: it survives unplugging, where the number may change."""
    if not _STABLE_NAMES.is_dir():
        return None
    target = path.resolve()
    return next((link for link in sorted(_STABLE_NAMES.iterdir()) if link.resolve() == target), None)


def users_of(path: Path) -> list[str]:
    """Processes that hold a device open, as "name (pid)"; other users' are not visible."""
    found = []
    target = str(path.resolve())
    for process in _PROCESSES.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            if any(os.readlink(handle) == target for handle in (process / "fd").iterdir()):  # noqa: PTH115
                found.append(f"{(process / 'comm').read_text().strip()} ({process.name})")
        except OSError:  # gone meanwhile, or another user's
            continue
    return found
