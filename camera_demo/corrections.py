"""Crops that a person gave the right value, kept as lessons for training."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.errors import ImageError, OutputError
from edge_digits.files import write_whole
from edge_digits.paths import expanded

LABELS = (*"0123456789", NOT_A_DIGIT)
"""What a crop can be; each is the name of a folder."""
MOST = 50_000
"""No more than this many are kept, about 200 MB of disk blocks."""

_SIDE = 28


class Corrections:
    """A folder of corrected crops, as `python -m train ... --extra DIR` takes it.

    A crop lies at DIR/<label>/<moment>-<hash>.png, 28x28 grey, white ink on
    black. Safe to share between threads.

    Args:
        folder: Made when the first crop is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._version = 0

    @property
    def version(self) -> int:
        """Counts up with each crop saved here, so that a view asks for counts only then."""
        return self._version

    def prepare(self) -> None:
        """Makes the folder now and tries it, so that a mistake is told before the first click.

        Raises:
            OutputError: The folder cannot be made or written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder) as trial:
                trial.write(b"trial")
        except OSError as error:
            raise _refusal(self.folder, error) from None

    def counts(self) -> dict[str, int]:
        """How many crops each label has, for all of LABELS; files that are no crops do not count."""
        return {label: len(self._files(label)) for label in LABELS}

    def save(self, crop: NDArray[np.uint8], label: str) -> Path:
        """Keeps a crop under its right label.

        The same crop again is kept once: under the label it was given last.

        Args:
            crop: What the model saw, shape (28, 28), uint8, white ink on black.
            label: One of LABELS.

        Returns:
            The file.

        Raises:
            ImageError: Not such a crop, or nothing on it; or the label is unknown.
            OutputError: The folder is full or cannot be written.
        """
        if label not in LABELS:
            raise ImageError(f"{label!r} is not a label", f"Wanted is one of {', '.join(LABELS)}")
        if crop.shape != (_SIDE, _SIDE) or crop.dtype != np.uint8:
            raise ImageError(
                f"A crop of shape {crop.shape} and type {crop.dtype} was given",
                f"Wanted is ({_SIDE}, {_SIDE}) and uint8, white ink on black",
            )
        if not crop.any():
            raise ImageError("The crop is empty: all of it is black", "Send white ink on black")
        with self._lock:
            path = self._keep(crop, label)
            self._version += 1
        return path

    def _keep(self, crop: NDArray[np.uint8], label: str) -> Path:
        digest = hashlib.sha256(crop.tobytes()).hexdigest()[:12]
        known = [path for other in LABELS for path in self._files(other) if path.stem.endswith(f"-{digest}")]
        path = self.folder / label / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{digest}.png"
        try:
            if known:
                return self._move(known[0], label)
            if sum(self.counts().values()) >= MOST:
                raise OutputError(
                    f"{self.folder} holds {MOST} corrections already",
                    "Train with them and move them away, or choose another folder: --collect DIR",
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, cv2.imencode(".png", crop)[1].tobytes())
        except OSError as error:
            raise _refusal(path, error) from None
        return path

    def _move(self, path: Path, label: str) -> Path:
        moved = self.folder / label / path.name
        moved.parent.mkdir(parents=True, exist_ok=True)
        return path.replace(moved)

    def _files(self, label: str) -> list[Path]:
        return list((self.folder / label).glob("*.png"))


def _refusal(path: Path, error: OSError) -> OutputError:
    remedy = (
        "Free some space, or choose a folder on another disk: --collect DIR"
        if error.errno in (errno.ENOSPC, errno.EDQUOT)
        else "Choose a folder you may write to: --collect DIR"
    )
    return OutputError(f"{path} cannot be written: {error.strerror or error}", remedy)


def default_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where this kind of computer keeps a user's data.

    Args:
        environ: The environment.
        platform: As sys.platform.

    Returns:
        Such as ~/.local/share/edge-digits/corrections.
    """
    if platform == "win32" and environ.get("LOCALAPPDATA"):
        data = Path(environ["LOCALAPPDATA"])
    elif platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        given = expanded(environ.get("XDG_DATA_HOME") or "~/.local/share")
        # The XDG specification has relative paths ignored.
        data = given if given.is_absolute() else Path.home() / ".local" / "share"
    return data / "edge-digits" / "corrections"
