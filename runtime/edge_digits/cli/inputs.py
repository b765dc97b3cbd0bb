"""Which pictures the words on the command line stand for."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from edge_digits.errors import ImageError
from edge_digits.image import PICTURE_SUFFIXES
from edge_digits.paths import exists, files_matching, is_file, is_folder

STDIN: Final = "-"
"""The word for a picture on standard input."""


@dataclass
class Inputs:
    """What was found."""

    files: list[str] = field(default_factory=list)
    """Pictures in the order given, those of a folder by name; "-" for standard input."""
    notes: list[str] = field(default_factory=list)
    """What was passed over and why."""
    errors: list[tuple[str, ImageError]] = field(default_factory=list)
    """Words that stand for nothing, and why."""


def find_inputs(words: Sequence[str]) -> Inputs:
    """Finds pictures.

    Args:
        words: Files, folders (their pictures by suffix, subfolders left alone), patterns that the
            shell did not expand, or "-".
    """
    found = Inputs()
    for word in words:
        if not word:
            found.errors.append((word, ImageError("An empty name was given", "Name a picture or a folder")))
        elif word != STDIN and is_folder(word):
            _add_folder(Path(word), found)
        elif word == STDIN or exists(word) or not glob.has_magic(word):
            found.files.append(word)
        else:
            _add_pattern(word, found)
    return found


def _add_folder(folder: Path, found: Inputs) -> None:
    try:
        files = sorted(entry for entry in folder.iterdir() if is_file(entry))
    except OSError as error:
        problem = f"The folder {folder} cannot be read: {error.strerror or error}"
        found.errors.append((str(folder), ImageError(problem, f"Check its permissions: ls -ld {folder}")))
        return
    pictures = [str(file) for file in files if file.suffix.lower() in PICTURE_SUFFIXES]
    if not pictures:
        wanted = ", ".join(sorted(PICTURE_SUFFIXES))
        found.errors.append(
            (
                str(folder),
                ImageError(
                    f"There is no picture in the folder {folder}", f"Wanted are files ending in {wanted}"
                ),
            )
        )
    elif len(files) > len(pictures):
        found.notes.append(
            f"{folder}: {len(files) - len(pictures)} of {len(files)} files are no pictures and were skipped"
        )
    found.files += pictures


def _add_pattern(pattern: str, found: Inputs) -> None:
    matches = files_matching(pattern)
    if not matches:
        found.errors.append((pattern, ImageError(f"No file matches {pattern}", "Check the pattern with ls")))
    found.files += matches
