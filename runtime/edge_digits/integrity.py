"""Whether a picture file is whole, told before a decoder sees it.

Decoders fill what is missing with grey or complain on stderr, where no caller hears them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

JPEG = b"\xff\xd8"
"""How every JPEG file begins."""
PNG = b"\x89PNG\r\n\x1a\n"
"""How every PNG file begins."""


def fault_of(data: bytes) -> str | None:
    """Looks for what is wrong with the bytes of a picture file.

    Args:
        data: The bytes of a PNG or JPEG file; others are not looked into, their decoders do it.

    Returns:
        The fault, to be read after the file's name, or None.
    """
    if data.startswith(PNG):
        return _png_fault(data)
    if data.startswith(JPEG):
        return _CUT if _jpeg_is_cut(data) else None
    return None


_SCAN = 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG's frame header, which tells the size; the three left out are tables and reserved."""
_CUT = "is cut short: its end is missing"
_DAMAGED = "is damaged: a checksum in it is wrong"


def _png_fault(data: bytes) -> str | None:
    """Walks the chunks, checking the CRC of those that matter (PNG specification, 5.3 and 5.4)."""
    view = memoryview(data)
    position = len(PNG)
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        if end > len(data):
            return _CUT
        kind = data[position + 4 : position + 8]
        # A capital first letter marks a chunk without which there is no picture.
        if kind[:1].isupper() and zlib.crc32(view[position + 4 : end - 4]) != int.from_bytes(
            view[end - 4 : end], "big"
        ):
            return _DAMAGED
        if kind == b"IEND":
            return None
        position = end
    return _CUT


def _jpeg_is_cut(data: bytes) -> bool:
    """Whether no end marker follows the first scan; one inside an EXIF thumbnail does not count."""
    for marker, position in _jpeg_segments(data):
        if marker in {_SCAN, None}:
            return marker == _SCAN and data.find(b"\xff\xd9", position) < 0
    return True


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels that a JPEG file tells, as stored; None where it tells none."""
    for marker, position in _jpeg_segments(data):
        if marker in _FRAMES:
            height, width = data[position + 5 : position + 7], data[position + 7 : position + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
    return None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int | None, int]]:
    """Markers up to the first scan and where each stands; None for what is none (ITU-T T.81, annex B)."""
    position = len(JPEG)
    while position + 4 <= len(data):
        marker = data[position + 1]
        if data[position] == 0xFF and marker == 0xFF:
            # Any number of 0xFF may stand before a marker.
            position += 1
            continue
        yield marker if data[position] == 0xFF else None, position
        if marker == _SCAN or data[position] != 0xFF:
            return
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
