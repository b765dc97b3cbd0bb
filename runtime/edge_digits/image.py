"""Any picture a caller may have, as a BGR array."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import ImageError
from edge_digits.integrity import JPEG, PNG, fault_of, jpeg_size

ImageSource: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | NDArray[Any]
"""A path, the bytes of a picture file, or a uint8 array; OpenCV's own types do not tell that their frames
are uint8, so that is checked when one is read."""

PICTURE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".gif"}
)
"""File endings taken for pictures when a folder is read."""

_REDUCED = {
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
}
"""By how many times smaller a JPEG file may be decoded, and how OpenCV calls that."""
_FLAT = 48
"""Grey levels up to which brightness tells too little to read by."""
_MORE_COLOURFUL = 2
"""So many times more levels make a channel worth reading in its place."""
_SAMPLED = 8
"""Every so many pixels are looked at first."""
_SOURCES = "Wanted is a path, the bytes of a picture file, or a uint8 numpy array"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_AS_UINT8 = {
    "f": "for floats in 0..1: (image * 255).astype('uint8')",
    "u": "for 16 bits a channel: (image // 257).astype('uint8')",
    "b": "for True where it is white: image.astype('uint8') * 255",
    "i": "for values in that range: image.astype('uint8')",
}
"""By the kind of dtype that was given, how it becomes what is wanted."""
_FORMATS = "Wanted is a PNG, JPEG, BMP, WebP or TIFF picture"


def load_image(source: ImageSource) -> NDArray[np.uint8]:
    """Reads a picture upright, without transparency, 8 bits a channel.

    A picture file's EXIF orientation is applied. A transparent picture is laid
    on white, or on black where its visible ink is light, so that a drawing
    canvas reads either way.

    Args:
        source: A path, the bytes of a picture file, or a uint8 array of shape
            (h, w), (h, w, 1), (h, w, 3) BGR or (h, w, 4) BGRA.

    Returns:
        A BGR picture of shape (h, w, 3), uint8.

    Raises:
        ImageError: No such file, not a picture, truncated, or an array of
            another shape or dtype.
    """
    if isinstance(source, np.ndarray):
        return _to_bgr(_checked(source))
    data, name = _contents(source)
    return _to_bgr(_checked(_decode(data, name)))


def load_grey(source: ImageSource, longest: int) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Reads what is seen of a picture without colour, upright, and not much larger than is wanted.

    A JPEG file holds its brightness by itself and can be decoded at a half, a
    quarter or an eighth of its size, at a fraction of the cost of a full
    decoding; all else is read as `load_image` does, and then made as much
    smaller. Where colours differ but hardly in brightness, as blue on black or
    red on green, the channel that they differ most in stands for it.

    Args:
        source: As `load_image` takes it.
        longest: Longer side in pixels that is enough; a picture is never made smaller than that.

    Returns:
        Shape (h, w), uint8, and width and height of the picture itself.

    Raises:
        ImageError: As `load_image` does.
    """
    if isinstance(source, np.ndarray):
        return _no_larger(*_to_grey(_checked(source)), longest)
    data, name = _contents(source)
    stored = jpeg_size(data) if data.startswith(JPEG) else None
    if stored is None:
        return _no_larger(*_to_grey(_checked(_decode(data, name))), longest)
    flags = _reduced(stored, longest)
    grey, _ = _to_grey(_checked(_decode(data, name, flags)))
    if _is_flat(grey):
        grey, _ = _to_grey(_checked(_decode(data, name, flags | cv2.IMREAD_COLOR)))
    lying = (grey.shape[1] > grey.shape[0]) != (stored[0] > stored[1])
    return grey, stored[::-1] if lying else stored


def load_colours(source: ImageSource, longest: int) -> NDArray[np.uint8] | None:
    """Reads the colours of a picture, upright, and where that is cheap not much larger than is wanted.

    Args:
        source: As `load_image` takes it.
        longest: Longer side in pixels that is enough.

    Returns:
        Shape (h, w, 3), uint8, BGR; None for a grey array.

    Raises:
        ImageError: As `load_image` does.
    """
    if isinstance(source, np.ndarray):
        image = _checked(source)
        return None if image.ndim == 2 else _to_bgr(image)
    data, name = _contents(source)
    stored = jpeg_size(data) if data.startswith(JPEG) else None
    flags = None if stored is None else _reduced(stored, longest) | cv2.IMREAD_COLOR
    return _to_bgr(_checked(_decode(data, name, flags)))


def _reduced(stored: tuple[int, int], longest: int) -> int:
    """How OpenCV decodes a JPEG file of some width and height without colour, as small as is enough."""
    # Of a picture that is nearly square, a reduced one would not tell whether it was turned.
    reducible = stored[0] == stored[1] or abs(stored[0] - stored[1]) >= max(_REDUCED)
    fits = (flag for times, flag in _REDUCED.items() if reducible and max(stored) >= times * longest)
    return next(fits, cv2.IMREAD_GRAYSCALE)


def block_means(grey: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Makes a picture smaller by the means of whole blocks, at a fifth of the cost of other factors.

    Args:
        grey: Shape (h, w), uint8.
        side: Of a block, in pixels, at least 1.

    Returns:
        Shape (h // side, w // side), uint8: a few rows and columns at the end are lost.
    """
    if side == 1:
        return grey
    rows, columns = grey.shape[0] // side, grey.shape[1] // side
    whole = grey[: rows * side, : columns * side]
    return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def halved(grey: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Makes a picture smaller by halving it, which is far cheaper than means of blocks of 4 or 8.

    Args:
        grey: Shape (h, w), uint8.
        times: How often.

    Returns:
        Shape (h >> times, w >> times), uint8.
    """
    for _ in range(times):
        grey = block_means(grey, 2)
    return grey


def means_of(grey: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Makes a picture smaller by any factor, for a third of what the means of broken pixels cost.

    Every pixel is the mean of four places of the picture, half a pixel apart, and these are
    interpolated: enough as long as it gets no less than half as large. Before that it is halved.

    Args:
        grey: Shape (h, w), uint8.
        size: Width and height that it is to have, neither larger than it is.

    Returns:
        Shape (height, width), uint8.
    """
    width, height = size
    while grey.shape[1] >= 2 * width and grey.shape[0] >= 2 * height:
        grey = block_means(grey, 2)
    twice = cv2.resize(grey, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR_EXACT)
    return block_means(np.asarray(twice, np.uint8), 2)


def _no_larger(
    grey: NDArray[np.uint8], size: tuple[int, int], longest: int
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """A picture of some width and height, as many times smaller as a JPEG file would be decoded."""
    times = next((times for times in _REDUCED if max(size) >= times * longest), 1)
    # A strip of few rows cannot be halved as often.
    return halved(grey, min(times, *grey.shape).bit_length() - 1), size


def _contents(source: object) -> tuple[bytes, str]:
    """The bytes of a picture file and its name for a message."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), "The data given"
    if isinstance(source, (str, os.PathLike)):
        name = os.fsdecode(source)
        if not name:
            raise ImageError("The name of the picture is empty", _SOURCES)
        if _ADDRESS.match(name):
            raise ImageError(
                f"{name} is an address, not a file", f"Download it first: curl -O {shlex.quote(name)}"
            )
        return _read_file(Path(name)), name
    raise ImageError(f"A picture cannot be read from an object of type {type(source).__name__}", _way(source))


def _way(source: object) -> str:
    """How to make something readable of what is none of the kinds that are read."""
    if callable(getattr(source, "convert", None)) and callable(getattr(source, "getbands", None)):
        return "Of a PIL image give the pixels: numpy.asarray(image.convert('RGB'))[:, :, ::-1]"
    if callable(getattr(source, "read", None)):
        return "Of an open file give the contents: file.read()"
    return _SOURCES


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ImageError(f"No such picture: {path}", f"Check the name: ls {_quoted(path.parent)}") from None
    except IsADirectoryError:
        raise ImageError(f"{path} is a folder", "Name a picture file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImageError(
            f"{path} cannot be read: {reason}", f"Check its permissions: ls -l {_quoted(path)}"
        ) from None


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _decode(data: bytes, name: str, flags: int | None = None) -> NDArray[np.uint8]:
    """Decodes by OpenCV's flags, None for all that a file tells."""
    if not data:
        raise ImageError(f"{name} is empty (0 bytes)", _FORMATS)
    fault = fault_of(data)
    if fault is not None:
        raise ImageError(f"{name} {fault}", "Copy or download the file again")
    try:
        image = _decode_upright(data) if flags is None else cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise ImageError(f"{name} cannot be decoded: {error.err}", _FORMATS) from None
    if image is None:
        raise ImageError(f"{name} is not a picture that OpenCV can decode", _FORMATS)
    return _to_eight_bits(image)


def _decode_upright(data: bytes) -> NDArray[np.generic] | None:
    """Decodes with alpha where there is alpha, else turned as EXIF says: OpenCV has no flag for both."""
    buffer = np.frombuffer(data, np.uint8)
    if not data.startswith(JPEG):
        image = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
        # A large picture is decoded a second time only where that may turn it.
        turned = not data.startswith(PNG) or b"eXIf" in data
        if image is None or not turned or image.dtype != np.uint8 or image.shape[2:] == (4,):
            return image
        del image
    return cv2.imdecode(buffer, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)


def _to_eight_bits(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    if image.dtype == np.uint16:
        return (image.astype(np.uint32) // 257).astype(np.uint8)
    if image.dtype != np.uint8:
        floats = np.nan_to_num(image.astype(np.float32))
        low, high = float(floats.min()), float(floats.max())
        return ((floats - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
    return image.astype(np.uint8, copy=False)


def check_array(image: NDArray[np.uint8]) -> None:
    """Makes sure that an array is a picture.

    Raises:
        ImageError: Another shape or dtype than `load_image` takes.
    """
    if image.dtype != np.uint8:
        raise ImageError(
            f"The array's dtype is {image.dtype}, shape {image.shape}",
            f"Wanted is uint8 (0 to 255); {_AS_UINT8.get(image.dtype.kind, _AS_UINT8['i'])}",
        )
    if image.size == 0 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
        raise ImageError(
            f"The array's shape is {image.shape}",
            "Wanted is (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA with h and w of at least 1",
        )


def _checked(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    check_array(image)
    return np.ascontiguousarray(image[:, :, 0] if image.shape[2:] == (1,) else image)


def _to_bgr(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    return image if image.shape[2] == 3 else _flatten(image)


def _to_grey(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    grey = image if image.ndim == 2 else _grey_of(_to_bgr(image))
    return grey, (grey.shape[1], grey.shape[0])


def _grey_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    if not _is_flat(grey):
        return grey
    widest = max(cv2.split(picture), key=_levels)
    return np.asarray(widest, np.uint8) if _levels(widest) > _MORE_COLOURFUL * _levels(grey) else grey


def _is_flat(grey: NDArray[np.uint8]) -> bool:
    """Whether there is next to no light and dark in a picture."""
    return _levels(grey[::_SAMPLED, ::_SAMPLED]) < _FLAT and _levels(grey) < _FLAT


def _levels(channel: NDArray[np.generic]) -> int:
    """From the darkest pixel to the brightest."""
    return int(channel.max()) - int(channel.min())


def _flatten(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    alpha = image[:, :, 3:].astype(np.uint16)
    if int(alpha.min()) == 255:
        return np.ascontiguousarray(image[:, :, :3])
    weight = int(alpha.sum())
    visible = float((image[:, :, :3].mean(axis=2) * alpha[:, :, 0]).sum()) / weight if weight else 0.0
    ground = 0 if visible > 127 else 255
    return ((image[:, :, :3] * alpha + ground * (255 - alpha) + 127) // 255).astype(np.uint8)
