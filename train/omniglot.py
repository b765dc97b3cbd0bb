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

from edge_digits.files import write_whole
from edge_digits.paths import is_file
from train.files import CACHE, writing
from train.junk import to_crop, turn
from train.mnist import DataError, cache_dir

NAME: Final = "omniglot_small1.zip"
URL: Final = (
    "https://raw.githubusercontent.com/brendenlake/omniglot/master/python/images_background_small1.zip"
)
DIGEST: Final = "f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4"
"""SHA-256 of the archive."""

LOOK_ALIKES: Final = {
    "Balinese": (5, 14),
    "Early_Aramaic": (2, 3, 4, 6, 10, 12, 16, 17, 20),
    "Greek": (2, 4, 6, 8, 9, 14, 15, 18),
    "Korean": (21, 22, 27, 33),
    "Latin": (1, 2, 7, 9, 10, 12, 15, 17, 19, 25, 26),
}
"""Characters that are a digit to the eye, by the number of their folder: Greek omicron, Latin l and z."""
_UNLIKE: Final = {
    "Balinese": "1:23467 3:234567 5:13467 7:12456 9:2456 11:2346 13:12456 15:246 17:246 19:234567 "
    "21:2467 23:23467",
    "Early_Aramaic": "1:1234567 3:13456 5:123457 7:3 9:1234567 11:147 13:13457 15:1234567 17:1346 21:23467",
    "Greek": "1:246 3:23467 5:13567 7:12456 9:13567 11:123467 13:23456 17:1237 19:135 21:23467 23:23467",
    "Korean": "1:13567 3:134567 5:1234567 7:123457 9:123467 11:1234567 13:23467 15:1234567 17:12345 "
    "19:246 21:1357 23:1234567 25:123456 27:1357 29:1234567 31:12456 35:1234567 "
    "37:1234567 39:1234567",
    "Latin": "1:356 3:13456 5:135 7:13457 9:1357 11:1234567 13:12456 17:34567 19:1357 21:1234567 "
    "23:23467 25:234567",
}
"""Turns (see `turn`) of the taught characters that are no digit either: an earlier network of ours
read no more than half of their drawings as one."""

_TIMEOUT_S: Final = 30.0


def load_omniglot(
    path: Path | None, *, held_out: bool = False, look_alikes: bool = False
) -> NDArray[np.uint8]:
    """Load one half of the characters as crops.

    Args:
        path: The archive; None means the cache, filled by a download.
        held_out: Those of even number in their alphabet, upright, which no network learns from; else
            those of odd number, upright and in all turns and mirrorings that are no digit.
        look_alikes: Whether to take those that look like digits upright, too.

    Returns:
        Shape (n, 28, 28), uint8, white on black, brought to a crop in the runtime's way.

    Raises:
        DataError: The archive is missing, damaged or another one, or cannot be downloaded.
        OutputError: The cache cannot be written.
    """
    archive = zipfile.ZipFile(io.BytesIO(_contents(path)))
    unlike = {
        alphabet: {int(number): list(map(int, turns)) for number, turns in map(_halves, text.split())}
        for alphabet, text in _UNLIKE.items()
    }
    crops: list[NDArray[np.uint8]] = []
    for name in sorted(archive.namelist()):
        parts = name.split("/")
        if not name.endswith(".png") or len(parts) != 4 or parts[1] not in LOOK_ALIKES:
            continue
        character = int(parts[2].removeprefix("character"))
        if (character % 2 == 0) != held_out:
            continue
        picture = cv2.imdecode(np.frombuffer(archive.read(name), np.uint8), cv2.IMREAD_GRAYSCALE)
        ink = np.asarray(255 - np.asarray(picture, np.uint8), np.uint8)
        turns = [] if held_out else unlike[parts[1]].get(character, [])
        if look_alikes or character not in LOOK_ALIKES[parts[1]]:
            turns = [0, *turns]
        crops += [to_crop(turn(ink, how)) for how in turns]
    return np.stack(crops)


def _halves(entry: str) -> tuple[str, str]:
    number, _, turns = entry.partition(":")
    return number, turns


def _contents(path: Path | None) -> bytes:
    """Return the archive, verified."""
    remedy = "Name the right archive with --omniglot FILE, or leave it away to download it."
    place = path or cache_dir().parent / "omniglot" / NAME
    if path is None and not is_file(place):
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
    with writing(place.parent, CACHE):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, contents)
