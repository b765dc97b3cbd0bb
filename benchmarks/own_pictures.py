"""A user's own labelled pictures of single characters, as crops."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.accuracy import TestSet
from benchmarks.errors import DataError
from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.errors import ImageError
from edge_digits.image import load_image
from edge_digits.paths import is_folder

BLANK = np.zeros((28, 28), np.uint8)
LABELS = (*"0123456789", NOT_A_DIGIT)
WANTED = "give a folder with folders 0 to 9 and none of pictures, or a CSV with the columns path and label"


def load_pictures(place: Path) -> TestSet:
    """Pictures of one character each, from folders named after it or from a CSV.

    Args:
        place: A folder that holds folders "0" to "9" and "none", or some of them; or a CSV with
            the columns `path` (relative to it) and `label`.

    Returns:
        Their crops, by `train.one_character`, blank where nothing is found; and labels.

    Raises:
        DataError: There is no such place, a label is none of LABELS, or a picture is damaged.
    """
    from train.one_character import crop_of

    found = list(_in_folders(place) if is_folder(place) else _in_csv(place))
    if not found:
        raise DataError(f"{place} names no picture", WANTED)
    try:
        crops = [crop_of(load_image(path)) for path, _ in found]
    except ImageError as error:
        raise DataError(error.problem, error.remedy) from error
    images = np.stack([BLANK if crop is None else crop for crop in crops])
    return TestSet(images, np.array([label for _, label in found]), f"{place.name}, {len(found)} pictures")


def _in_folders(folder: Path) -> Iterator[tuple[Path, str]]:
    from train.extra import labelled_pictures
    from train.mnist import DataError as NoPictures

    try:
        for path, label in labelled_pictures(folder, LABELS):
            yield path, LABELS[label]
    except NoPictures as error:
        raise DataError(error.problem, error.remedy) from error


def _in_csv(path: Path) -> Iterator[tuple[Path, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.DictReader(stream)
            if not {"path", "label"} <= set(rows.fieldnames or ()):
                raise DataError(f"{path} has no columns path and label", WANTED)
            for row in rows:
                label = (row["label"] or "").strip()
                if label not in LABELS:
                    raise DataError(
                        f"{path}, line {rows.line_num}: label is {label!r}",
                        f"write one of {', '.join(LABELS)}",
                    )
                yield path.parent / (row["path"] or "").strip(), label
    except FileNotFoundError:
        raise DataError(f"there is no file or folder {path}", WANTED) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read: {error}", WANTED) from error
