"""A user's own labelled pictures of single characters, as crops."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import TestSet
from benchmarks.errors import DataError
from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.close_up import close_ups
from edge_digits.errors import ImageError
from edge_digits.extent import rim
from edge_digits.image import load_image
from edge_digits.reader import stack_crops
from edge_digits.segmentation import search
from edge_digits.two_tones import two_tones

LABELS = (*"0123456789", NOT_A_DIGIT)
WANTED = "give a folder with folders 0 to 9 and none of pictures, or a CSV with the columns path and label"


def load_pictures(place: Path) -> TestSet:
    """Pictures of one character each, from folders named after it or from a CSV.

    Args:
        place: A folder that holds folders "0" to "9" and "none", or some of them; or a CSV with
            the columns `path` (relative to it) and `label`.

    Returns:
        Their crops, by `crop_of`, and labels.

    Raises:
        DataError: There is no such place, a label is none of LABELS, or a picture is damaged.
    """
    found = list(_in_folders(place) if place.is_dir() else _in_csv(place))
    if not found:
        raise DataError(f"{place} names no picture", WANTED)
    try:
        images = np.stack([crop_of(load_image(path)) for path, _ in found])
    except ImageError as error:
        raise DataError(error.problem, error.remedy) from error
    return TestSet(images, np.array([label for _, label in found]), f"{place.name}, {len(found)} pictures")


def crop_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One character as the reader would hand it to the network.

    Args:
        picture: BGR, shape (h, w, 3).

    Returns:
        Shape (28, 28): a picture of that size as it is, turned to light on dark; of others the digit
        that fills it, or the largest thing that the reader's search finds, normalized; blank where it
        finds nothing.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    if grey.shape == (28, 28):
        return grey if np.median(rim(grey)) < 128 else np.asarray(255 - grey, np.uint8)
    tones = two_tones(grey)
    candidates = (close_ups(tones) if tones else []) or search(picture).candidates
    if not candidates:
        return np.zeros((28, 28), np.uint8)
    return stack_crops([max(candidates, key=lambda each: each.box.width * each.box.height)])[0]


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
