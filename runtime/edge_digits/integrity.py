"""Whether a picture file is whole, told before a decoder sees it.

Decoders fill what is missing with grey or complain on stderr, where no caller hears them.
"""

from __future__ import annotations

import zlib

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
    position = len(JPEG)
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xDA:
            return data.find(b"\xff\xd9", position) < 0
        # Any number of 0xFF may stand before a marker.
        position += 1 if marker == 0xFF else 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return position + 4 > len(data)
