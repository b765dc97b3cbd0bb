"""Printed words. None holds a digit, as only handwriting counts."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from train.scenes.pens import Colour
from train.scenes.texture import Float, blend

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FACES: Final = MappingProxyType(
    {
        "sans": "DejaVuSans.ttf",
        "bold": "DejaVuSans-Bold.ttf",
        "serif": "DejaVuSerif.ttf",
        "serif bold": "DejaVuSerif-Bold.ttf",
        "typewriter": "DejaVuSansMono.ttf",
    }
)
"""Files that matplotlib brings."""
DARK: Final = (48.0, 46.0, 44.0)
"""BGR of printing ink."""
_WORDS: Final = (
    "the quick answer of many small letters comes with every morning paper that someone reads about towns "
    "and people who never learn what they should have known before lunch although it was said quite often"
)


def print_words(
    image: Float,
    text: str,
    start: tuple[float, float],
    size: float,
    *,
    face: str = "sans",
    colour: Colour = DARK,
    opacity: float = 1,
) -> float:
    """Prints lines of words, in place.

    Args:
        image: (h, w, 3) float32 BGR; what falls beside it is lost.
        text: What to print, lines parted by newlines.
        start: x, and y of the first line's baseline, pixels.
        size: Of the typeface, pixels.
        face: One of `FACES`.
        colour: BGR, 0 to 255.
        opacity: 0 to 1.

    Returns:
        Width of the longest line, pixels.
    """
    from PIL import Image, ImageDraw

    font = typeface(face, size)
    wide = max(font.getlength(line) for line in text.split("\n"))
    pitch = 1.3 * size
    canvas = Image.new("L", (int(wide) + 4, int((text.count("\n") + 1) * pitch + size)))
    drawing = ImageDraw.Draw(canvas)
    for i, line in enumerate(text.split("\n")):
        drawing.text((1, size + i * pitch), line, font=font, fill=255, anchor="ls")
    mask = np.asarray(canvas, np.float32) * (opacity / 255)
    left, top = round(start[0]), round(start[1] - size)
    patch = image[max(0, top) : max(0, top + mask.shape[0]), max(0, left) : max(0, left + mask.shape[1])]
    seen = mask[max(0, -top) :, max(0, -left) :][: patch.shape[0], : patch.shape[1]]
    if seen.size:
        blend(patch, np.ascontiguousarray(seen), colour)
    return float(wide)


def typeface(face: str, size: float) -> FreeTypeFont:
    """Opens one of `FACES` in a size in pixels."""
    import matplotlib
    from PIL import ImageFont

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / FACES[face]
    return ImageFont.truetype(str(path), round(size))


def column(rng: np.random.Generator, lines: int, letters: int) -> str:
    """Prose: so many lines of so many letters at most, the last of a paragraph shorter."""
    words = _WORDS.split()
    rows: list[str] = []
    while len(rows) < lines:
        room = letters if rng.random() < 0.85 else int(letters * rng.uniform(0.3, 0.8))
        row = str(rng.choice(words))
        while len(row) + len(word := str(rng.choice(words))) + 1 <= room:
            row += f" {word}"
        rows.append(row)
    return "\n".join(rows)
