"""Omniglot: handwritten letters of many alphabets, taught as "not a digit".

B. M. Lake, R. Salakhutdinov, J. B. Tenenbaum, "Human-level concept learning through probabilistic
program induction", Science 350, 2015; the small background set 1, five alphabets, 136 characters
drawn by 20 people each, MIT licence. It is looked for as a file you name, or in the user's cache,
and downloaded there when it is missing.
"""

from __future__ import annotations

import hashlib
import io
import urllib.request
import zipfile
from http.client import HTTPException
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from train.files import write_atomically, writing
from train.junk import to_crop
from train.mnist import DataError, cache_dir

NAME: Final = "omniglot_small1.zip"
URL: Final = (
    "https://raw.githubusercontent.com/brendenlake/omniglot/master/python/images_background_small1.zip"
)
DIGEST: Final = "f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4"
"""SHA-256 of the archive."""

TAUGHT: Final = ("Balinese", "Greek", "Latin")
"""Alphabets to learn from."""
HELD_OUT: Final = ("Early_Aramaic", "Korean")
"""Alphabets that no network learns from."""
LOOK_ALIKES: Final = {
    "Balinese": (5, 14),
    "Early_Aramaic": (2, 3, 4, 6, 10, 12, 16, 17, 20),
    "Greek": (2, 4, 6, 8, 9, 14, 15, 18),
    "Korean": (21, 22, 27, 33),
    "Latin": (1, 2, 7, 9, 10, 12, 15, 17, 19, 25, 26),
}
"""Characters that are a digit to the eye, by the number of their folder: Greek omicron, Latin l and z."""

_TIMEOUT_S: Final = 30.0


def load_omniglot(
    path: Path | None, alphabets: tuple[str, ...], *, look_alikes: bool = False
) -> NDArray[np.uint8]:
    """Load characters as crops.

    Args:
        path: The archive; None means the cache, filled by a download.
        alphabets: Which ones, of `TAUGHT` and `HELD_OUT`.
        look_alikes: Whether to take those that look like digits too.

    Returns:
        Shape (n, 28, 28), uint8, white on black, brought to a crop in the runtime's way.

    Raises:
        DataError: The archive is missing, damaged or another one, or cannot be downloaded.
        OutputError: The cache cannot be written.
    """
    archive = zipfile.ZipFile(io.BytesIO(_contents(path)))
    crops = []
    for name in sorted(archive.namelist()):
        parts = name.split("/")
        if not name.endswith(".png") or len(parts) != 4 or parts[1] not in alphabets:
            continue
        if not look_alikes and int(parts[2].removeprefix("character")) in LOOK_ALIKES[parts[1]]:
            continue
        picture = cv2.imdecode(np.frombuffer(archive.read(name), np.uint8), cv2.IMREAD_GRAYSCALE)
        crops.append(to_crop(np.asarray(255 - np.asarray(picture, np.uint8), np.uint8)))
    return np.stack(crops)


def _contents(path: Path | None) -> bytes:
    """Return the archive, verified."""
    remedy = "Name the right archive with --omniglot FILE, or leave it away to download it."
    place = path or cache_dir().parent / "omniglot" / NAME
    if path is None and not place.is_file():
        _download(place)
    try:
        contents = place.read_bytes()
    except OSError as error:
        raise DataError(f"{place} cannot be read: {error.strerror or error}", remedy) from error
    found = hashlib.sha256(contents).hexdigest()
    if found != DIGEST:
        raise DataError(f"{place} is not the published archive: SHA-256 is {found}, wanted {DIGEST}", remedy)
    return contents


def _download(place: Path) -> None:
    try:
        with urllib.request.urlopen(URL, timeout=_TIMEOUT_S) as response:
            contents = response.read()
    except (OSError, HTTPException, ValueError) as error:
        raise DataError(
            f"{URL} could not be downloaded: {error}",
            "Check the network, or fetch the file by hand and name it with --omniglot FILE.",
        ) from error
    if hashlib.sha256(contents).hexdigest() != DIGEST:
        raise DataError(f"{URL} is not the published archive: wrong SHA-256", "Try again later.")
    with writing(place.parent):
        place.parent.mkdir(parents=True, exist_ok=True)
        with write_atomically(place) as file:
            file.write(contents)
