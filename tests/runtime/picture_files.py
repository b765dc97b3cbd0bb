"""Picture files made byte by byte, so that a test says what is in them."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_file(
    pixels: NDArray[np.generic],
    colour: int,
    *extra: bytes,
    depth: int = 8,
    size: tuple[int, int] | None = None,
) -> bytes:
    """A PNG of the pixels as they are; `extra` chunks stand before the pixels; 16 bits must be ">u2"."""
    height, width = pixels.shape[:2] if size is None else size[::-1]
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels))
    body = chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def exif(orientation: int) -> bytes:
    """A TIFF block with one entry: tag 0x112, how the camera was held."""
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)


def jpeg_with_exif(jpeg: bytes, block: bytes) -> bytes:
    """Puts an APP1 segment behind a JPEG's first marker."""
    payload = b"Exif\0\0" + block
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:]


def encoded(ending: str, image: NDArray[np.uint8], *options: int) -> bytes:
    fine, data = cv2.imencode(ending, image, list(options))
    assert fine
    return data.tobytes()


def smooth_picture(height: int = 60, width: int = 80) -> NDArray[np.uint8]:
    """Soft coloured blots that differ everywhere."""
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 4)
    return cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
