"""Writes annotated copies of pictures, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import OutputError
from edge_digits.files import write_whole

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
        self._sources = {os.path.realpath(source) for source in sources}
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
        try:
            write_whole(target, encoded.tobytes())
        except OSError as error:
            raise OutputError(
                f"{target} cannot be written: {error.strerror or error}",
                "Free some space, or name another folder",
            ) from error
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
        if os.path.realpath(target) in self._sources:
            raise OutputError(
                f"The annotated copy {target} would overwrite a picture that is being read",
                "Name another folder: --annotate annotated",
            )
        return target
