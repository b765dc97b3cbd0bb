"""MNIST: four published files, fetched once, and believed only when their SHA-256 is right.

The files are looked for in a folder you name, or else in the user's cache
(`$XDG_CACHE_HOME/edge-digits/mnist`, by default `~/.cache/edge-digits/mnist`), and are
downloaded into that cache when they are not there.

Format and data: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten
digits". Checksums are those of the files' uncompressed contents, since mirrors compress
them anew.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import struct
import urllib.request
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import EdgeDigitsError, OutputError
from edge_digits.files import written_whole
from edge_digits.paths import is_file, is_folder

_LOGGER = logging.getLogger(__name__)

MIRRORS: Final = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
"""Folders that hold the four files as published, asked in this order."""

DIGESTS: Final[Mapping[str, str]] = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of each file's uncompressed contents."""

_IMAGES_MAGIC: Final = 0x00000803
_LABELS_MAGIC: Final = 0x00000801
_TIMEOUT_S: Final = 30.0
_CHUNK: Final = 1 << 16
_LEAST_PICTURES: Final = 12
"""To learn from; of so many one is held out for validation."""


class DataError(EdgeDigitsError):
    """A data file is missing, truncated, or not the one that was published."""


@dataclass(frozen=True)
class Mnist:
    """The data set as published: white ink on black, 28x28."""

    train_images: NDArray[np.uint8]
    """Shape (60000, 28, 28), 0..255."""
    train_labels: NDArray[np.uint8]
    """Shape (60000,), 0..9."""
    test_images: NDArray[np.uint8]
    """Shape (10000, 28, 28), 0..255."""
    test_labels: NDArray[np.uint8]
    """Shape (10000,), 0..9."""
    digest: str
    """SHA-256 over the four files' digests: names exactly this data."""


@dataclass(frozen=True)
class Split:
    """The training pictures in two parts that share none."""

    fit_images: NDArray[np.uint8]
    """Shape (55000, 28, 28): what a network learns from."""
    fit_labels: NDArray[np.uint8]
    """Shape (55000,)."""
    validation_images: NDArray[np.uint8]
    """Shape (5000, 28, 28): what choices are made by, never learnt from."""
    validation_labels: NDArray[np.uint8]
    """Shape (5000,)."""


def cache_dir() -> Path:
    """Return the folder in which downloads are kept; it need not exist yet."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "edge-digits" / "mnist"


def load_mnist(
    folder: Path | None = None,
    *,
    mirrors: Sequence[str] = MIRRORS,
    digests: Mapping[str, str] | None = DIGESTS,
    progress: bool = True,
) -> Mnist:
    """Load MNIST from a folder, from the cache, or from a mirror.

    Args:
        folder: Where the four files lie, as .gz or uncompressed; None means the cache,
            filled from a mirror where needed.
        mirrors: URLs of folders to download from, tried in turn.
        digests: SHA-256 of each file's uncompressed contents; None takes any well-formed
            files (your own data in MNIST's format) and needs a folder.
        progress: Show a bar while downloading.

    Returns:
        The pictures and labels, in the published order.

    Raises:
        DataError: A file is missing, truncated, of a wrong format or of other contents,
            or no mirror yields it.
        OutputError: The cache cannot be written.
        ValueError: `digests` is None without a folder.
    """
    if folder is None and digests is None:
        raise ValueError("digests=None needs a folder: what is downloaded must be verified")
    contents = {
        name: _from_folder(folder, name, digests)
        if folder is not None
        else _from_cache(name, mirrors, DIGESTS if digests is None else digests, progress)
        for name in DIGESTS
    }
    train_images = _parse_images("train-images-idx3-ubyte", contents)
    train_labels = _parse_labels("train-labels-idx1-ubyte", contents, len(train_images))
    test_images = _parse_images("t10k-images-idx3-ubyte", contents)
    test_labels = _parse_labels("t10k-labels-idx1-ubyte", contents, len(test_images))
    digest = hashlib.sha256("".join(_sha256(contents[name]) for name in DIGESTS).encode()).hexdigest()
    return Mnist(train_images, train_labels, test_images, test_labels, digest)


def split_validation(mnist: Mnist, *, seed: int = 0) -> Split:
    """Hold a twelfth of the training pictures out for validation: 5,000 of MNIST's 60,000.

    Args:
        mnist: The data set; its test pictures are not looked at.
        seed: Chooses the pictures. All models of this project use 0, whatever seed
            they are trained with, so that their validation figures can be compared.

    Returns:
        The two parts; the same seed gives the same parts on every machine.

    Raises:
        DataError: There are too few pictures to hold one out.
    """
    count = len(mnist.train_images)
    if count < _LEAST_PICTURES:
        raise DataError(
            f"train-images-idx3-ubyte holds {count} pictures: none can be held out for validation",
            f"Put {_LEAST_PICTURES} or more there; for a network of any use, hundreds of each digit.",
        )
    # RandomState's stream is frozen by numpy's policy; a Generator's may change with a release.
    order = np.random.RandomState(seed).permutation(count)
    held_out = count // _LEAST_PICTURES
    fit, held = np.sort(order[held_out:]), np.sort(order[:held_out])
    return Split(
        mnist.train_images[fit], mnist.train_labels[fit], mnist.train_images[held], mnist.train_labels[held]
    )


def _sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def _decompress(path: Path) -> bytes:
    """Return a file's contents, unzipped where its name ends in .gz."""
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path} is damaged: {error}", "Fetch the file again; it may have been cut short."
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}", "Check the file and its permissions."
        ) from error


def _verified(path: Path, contents: bytes, expected: str) -> bytes:
    """Return the contents if they are the published ones."""
    found = _sha256(contents)
    if found != expected:
        raise DataError(
            f"{path} is not the published MNIST file: SHA-256 of its contents is {found}, wanted {expected}",
            "Fetch the file again, or leave --data away to download it; for your own data in "
            "MNIST's format add --own-data.",
        )
    return contents


def _from_folder(folder: Path, name: str, digests: Mapping[str, str] | None) -> bytes:
    for path in (folder / f"{name}.gz", folder / name):
        if is_file(path):
            contents = _decompress(path)
            return contents if digests is None else _verified(path, contents, digests[name])
    state = "is missing" if is_folder(folder) else "is missing: there is no such folder"
    raise DataError(
        f"{folder / name}.gz {state}",
        f"--data wants a folder with {', '.join(f'{each}.gz' for each in DIGESTS)} "
        "(or the same without .gz); leave it away to download them.",
    )


def _from_cache(name: str, mirrors: Sequence[str], digests: Mapping[str, str], progress: bool) -> bytes:
    path = cache_dir() / f"{name}.gz"
    if is_file(path):
        try:
            return _verified(path, _decompress(path), digests[name])
        except DataError as error:
            _LOGGER.warning("%s; downloading it again", error.problem)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable_cache(path.parent, error) from error
    reasons = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{path.name}"
        try:
            return _download(url, path, digests[name], progress)
        except DataError as error:
            _LOGGER.info("%s", error.problem)
            reasons.append(error.problem)
    raise DataError(
        f"{path.name} could not be downloaded:" + "".join(f"\n    {reason}" for reason in reasons),
        "Check the network, or fetch the four files by hand and name their folder with --data DIR.",
    )


def _download(url: str, path: Path, expected: str, progress: bool) -> bytes:
    """Fetch one file to its final name; until it is whole and verified it has another."""
    try:
        with written_whole(path) as file:
            _stream(url, file.write, path.name, progress)
            file.seek(0)
            contents = gzip.decompress(file.read())
            if _sha256(contents) != expected:
                raise DataError(f"{url} is not the published MNIST file: wrong SHA-256")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{url} is damaged: {error}") from error
    except OSError as error:
        raise _unwritable_cache(path.parent, error) from error
    return contents


def _stream(url: str, write: Callable[[bytes], object], label: str, progress: bool) -> None:
    """Pass a URL's bytes to `write`; network trouble is a DataError, so that OSError means the disk."""
    from tqdm import tqdm

    try:
        response = urllib.request.urlopen(url, timeout=_TIMEOUT_S)
    except (OSError, HTTPException, ValueError) as error:
        raise DataError(f"{url}: {error}") from error
    with (
        response,
        tqdm(
            total=response.length, desc=label, unit="B", unit_scale=True, disable=not progress, leave=False
        ) as bar,
    ):
        wanted, received = response.length, 0
        while True:
            try:
                chunk = response.read(_CHUNK)
            except (OSError, HTTPException) as error:
                raise DataError(f"{url} broke off after {received} bytes: {error}") from error
            if not chunk:
                break
            write(chunk)
            received += len(chunk)
            bar.update(len(chunk))
    if wanted is not None and received != wanted:
        raise DataError(f"{url} broke off after {received} of {wanted} bytes")


def _unwritable_cache(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"The cache {folder} cannot be written: {error.strerror or error}",
        "Free some space, choose another place with XDG_CACHE_HOME, or name the files' folder with --data.",
    )


def _parse_images(name: str, contents: Mapping[str, bytes]) -> NDArray[np.uint8]:
    raw = contents[name]
    header = struct.unpack(">4I", raw[:16]) if len(raw) >= 16 else None
    if header is None or header[0] != _IMAGES_MAGIC or header[2:] != (28, 28):
        raise DataError(f"{name} does not hold 28x28 pictures in MNIST's idx format", _FORMAT_REMEDY)
    return _body(name, raw, 16, header[1], (28, 28))


def _parse_labels(name: str, contents: Mapping[str, bytes], pictures: int) -> NDArray[np.uint8]:
    raw = contents[name]
    header = struct.unpack(">2I", raw[:8]) if len(raw) >= 8 else None
    if header is None or header[0] != _LABELS_MAGIC:
        raise DataError(f"{name} does not hold labels in MNIST's idx format", _FORMAT_REMEDY)
    labels = _body(name, raw, 8, header[1], ())
    if len(labels) != pictures:
        raise DataError(f"{name} has {len(labels)} labels for {pictures} pictures", _FORMAT_REMEDY)
    if labels.max() > 9:
        raise DataError(f"{name} holds the label {labels.max()}, wanted 0 to 9", _FORMAT_REMEDY)
    return labels


def _body(name: str, raw: bytes, start: int, count: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    wanted = count * int(np.prod(shape, dtype=np.int64))
    if len(raw) - start != wanted:
        raise DataError(
            f"{name} is truncated or overlong: {len(raw) - start} bytes of data where its header announces "
            f"{wanted}",
            _FORMAT_REMEDY,
        )
    if count == 0:
        raise DataError(f"{name} is empty", _FORMAT_REMEDY)
    return np.frombuffer(raw, dtype=np.uint8, offset=start).reshape(count, *shape).copy()


_FORMAT_REMEDY: Final = (
    "Wanted: a big-endian idx file, magic 2051 (pictures, 28x28 bytes each) or 2049 (labels, 0 to 9)."
)
