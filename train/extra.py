"""A user's own labelled pictures, so that a digit that was misread can be taught."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.image import load_image
from edge_digits.paths import is_folder
from train.mnist import DataError
from train.one_character import crop_of
from train.pages import Crops

_LABELS: Final = (*"0123456789", NOT_A_DIGIT)
_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")


def load_extra(folder: Path, labels: tuple[str, ...] = _LABELS) -> Crops:
    """Load pictures from folders that are named after what they show.

    Args:
        folder: Holds folders named as the labels, or some of them. Each picture shows one
            character, dark on light or light on dark, and is brought to a crop in the runtime's way;
            one that is a crop already, 28x28, is taken as it is, light on dark.
        labels: What the folders may be called, in the order of the model's outputs.

    Returns:
        The crops, in the order of the labels and names, labelled by their place in `labels`.

    Raises:
        DataError: The folder is missing, holds other folders or no picture, or a picture shows nothing.
        ImageError: A picture is damaged.
    """
    found = labelled_pictures(folder, labels)
    images = np.stack([_crop(path, labels[label]) for path, label in found])
    return Crops(images, np.array([label for _, label in found], np.uint8))


def labelled_pictures(folder: Path, labels: tuple[str, ...] = _LABELS) -> list[tuple[Path, int]]:
    """List the pictures in folders that are named after what they show.

    Args:
        folder: Holds folders named as the labels, or some of them.
        labels: What the folders may be called.

    Returns:
        Each picture's path and the place of its label in `labels`, in the order of both.

    Raises:
        DataError: The folder is missing, holds other folders or no picture.
    """
    names = ", ".join(labels).replace("0, 1, 2, 3, 4, 5, 6, 7, 8, 9", "0 to 9")
    remedy = f"Wanted: folders named {names}, with one picture of one character in each file."
    if not is_folder(folder):
        raise DataError(f"{folder} is no folder", remedy)
    strangers = sorted(path.name for path in folder.iterdir() if is_folder(path) and path.name not in labels)
    if strangers:
        raise DataError(f"{folder} holds {', '.join(strangers)}, which is no label", remedy)
    found = [
        (path, label)
        for label, name in enumerate(labels)
        for path in sorted((folder / name).glob("*"))
        if path.suffix.lower() in _ENDINGS
    ]
    if not found:
        raise DataError(f"{folder} holds no picture ({', '.join(_ENDINGS)}) in a folder of its label", remedy)
    return found


def _crop(path: Path, label: str) -> NDArray[np.uint8]:
    crop = crop_of(load_image(path))
    if crop is None and label != NOT_A_DIGIT:
        raise DataError(
            f"{path} shows nothing", f"Wanted: a picture of one {label}, or move it to {NOT_A_DIGIT}."
        )
    return np.zeros((28, 28), np.uint8) if crop is None else crop
