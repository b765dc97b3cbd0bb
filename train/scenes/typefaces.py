"""Files of typefaces that the user gives."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_digits.paths import is_file, is_folder
from train.mnist import DataError
from train.quiet import require

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_ENDINGS: Final = (".ttf", ".otf", ".woff")
_NAMED: Final = 15
"""Signs at most of those that a typeface lacks."""


def find_typefaces(folder: Path, signs: str) -> tuple[list[Path], list[str]]:
    """Looks for typefaces that have all signs that are wanted.

    Args:
        folder: Holds .ttf, .otf or .woff files.
        signs: What is to be written with them.

    Returns:
        The files by name, and a sentence for each that is left out.

    Raises:
        DataError: The folder is missing or holds no such typeface.
        EdgeDigitsError: Pillow is not installed.
    """
    require("PIL")
    remedy = "Fetch one for --fonts package/files with: tar xzf $(npm pack --silent @fontsource/caveat)"
    if not is_folder(folder):
        raise DataError(f"{folder} is no folder", remedy)
    files = (path for path in folder.glob("*") if path.suffix.lower() in _ENDINGS and is_file(path))
    found: dict[str, Path] = {}
    left_out: list[str] = []
    for path in sorted(files, key=lambda path: (path.stem, path.suffix)):
        twin = found.get(path.stem)
        reason = f"as {twin.name} is there" if twin else _unfit(path, signs)
        if reason:
            left_out.append(f"left out: {path.name}, {reason}")
        else:
            found[path.stem] = path
    if not found:
        kinds = ", ".join(_ENDINGS)
        raise DataError(
            "\n  ".join([f"{folder} holds no typeface ({kinds}) with all digits and letters", *left_out]),
            remedy,
        )
    return list(found.values()), left_out


def open_typeface(path: Path, height: int) -> FreeTypeFont:
    """Opens a typeface in the size at which its 0 is as high as wanted.

    Args:
        path: Its file.
        height: Of a 0, pixels.

    Returns:
        What Pillow writes with.

    Raises:
        OSError: The file cannot be read, or is no typeface.
    """
    from PIL import ImageFont

    # Given a path that it cannot open, Pillow takes a file of the same name from the system's folders.
    data = io.BytesIO(path.read_bytes())
    font = ImageFont.truetype(data, 200, layout_engine=ImageFont.Layout.BASIC)
    _, top, _, bottom = font.getbbox("0")
    return font.font_variant(size=max(8, round(200 * height / max(bottom - top, 1))))


def _unfit(path: Path, signs: str) -> str:
    """Why this is no typeface to write with, or nothing."""
    if not path.name.isprintable():
        return "whose name cannot be written into a list"
    try:
        font = open_typeface(path, 40)
        missing = _glyph(font, "\uffff")
        glyphs = {sign: _glyph(font, sign) for sign in signs}
    except OSError:
        return "which cannot be opened as a typeface"
    lacking = "".join(sign for sign, glyph in glyphs.items() if glyph == missing or not any(glyph))
    if not lacking:
        return ""
    return f"which lacks {lacking[:_NAMED]}{' and others' if len(lacking) > _NAMED else ''}"


def _glyph(font: FreeTypeFont, sign: str) -> bytes:
    from PIL import Image, ImageDraw

    canvas = Image.new("L", (160, 160))
    ImageDraw.Draw(canvas).text((40, 110), sign, font=font, fill=255, anchor="ls")
    return canvas.tobytes()
