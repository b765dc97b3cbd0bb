"""Writes annotated copies of pictures, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import OutputError

_KEPT_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})


class AnnotatedCopies:
    """A folder for annotated copies, named like their pictures.

    PNG and JPEG keep their kind, others become PNG. Two pictures of one name from different
    folders become note.png and note-2.png. A picture that is being read is never overwritten.

    Args:
        folder: Made if it is not there.
        sources: All pictures that are being read.

    Raises:
        OutputError: The folder cannot be made.
    """

    def __init__(self, folder: str | Path, sources: Iterable[str]) -> None:
        self._folder = Path(folder)
        self._sources = {Path(source).resolve() for source in sources}
        self._used: set[str] = set()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"The folder {folder} for annotated copies cannot be made: {error.strerror or error}",
                "Name a folder that can be written",
            ) from error

    def write(self, source: str, picture: NDArray[np.uint8]) -> Path:
        """Writes one copy.

        Args:
            source: The picture's file, or "-".
            picture: The annotated copy, uint8, (h, w, 3) BGR.

        Returns:
            The file written.

        Raises:
            OutputError: The copy would overwrite a picture being read, or the disk refuses it;
                then nothing is left under the final name.
        """
        target = self._target(source)
        done, encoded = cv2.imencode(target.suffix, picture)
        if not done:
            raise OutputError(
                f"OpenCV cannot encode {target.name}", "Check the installation: edge-digits doctor"
            )
        write_whole(target, encoded.tobytes())
        return target

    def _target(self, source: str) -> Path:
        """A name in the folder that no other picture of this run has."""
        path = Path("stdin.png" if source == "-" else source)
        suffix = path.suffix if path.suffix.lower() in _KEPT_SUFFIXES else ".png"
        number = 1
        name = path.stem + suffix
        while name.casefold() in self._used:
            number += 1
            name = f"{path.stem}-{number}{suffix}"
        self._used.add(name.casefold())
        target = self._folder / name
        if target.resolve() in self._sources:
            raise OutputError(
                f"The annotated copy {target} would overwrite a picture that is being read",
                "Name another folder: --annotate annotated",
            )
        return target


def write_whole(target: Path, contents: bytes) -> None:
    """Writes a file under a passing name beside its target and then renames it.

    Raises:
        OutputError: No space, no permission; nothing new is left behind.
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
        # A temporary file is private; a copy gets the permissions that any new file would get.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
        temporary = None
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error.strerror or error}",
            "Free some space, or name another folder",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
