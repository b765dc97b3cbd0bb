"""Letters and digits as printers set them, in the typefaces that matplotlib brings.

On a page of print each letter is a candidate of its own. Taught in one typeface only, a network reads the
"a" of others as a 2 and their "t" as a 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.normalize import SIZE
from train.ink_box import cut_to_ink
from train.junk import to_crop, turn
from train.pages import Crops

TYPEFACES: Final = (
    *(f"DejaVuSans{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(f"DejaVuSansMono{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(f"DejaVuSerif{style}" for style in ("", "-Bold", "-Italic", "-BoldItalic")),
    *(f"STIXGeneral{style}" for style in ("", "Bol", "Italic", "BolIta")),
    *("cmr10", "cmb10", "cmss10", "cmti10", "cmtt10"),
)
"""Names of files; they come with matplotlib under free licences."""
_LETTERS: Final = tuple("AACEEFFHHJKLMNPRRTTUVWXYaaaacceeeefffhhhkmnnrrrtttuvwxdp&@#?+=%$<>{}*~")
"""Left out: what is a digit in some hand or typeface (B D G I O Q S Z b g i j l o q s y z). Twice and more:
what is common in text and was taken for a digit."""
_OVERTURNED: Final = frozenset("ACEFKMNPRTUVWXYacekmnuvwx&@?")
"""What is no digit upside down either: h is a 4 then, t and J are a 1 or a 7."""
_LIKE_WRITTEN: Final = frozenset({"STIXGeneralItalic", "STIXGeneralBolIta", "cmti10"})
"""Typefaces whose "a" is a ring with a stem, as written by hand, which may be a 9."""
_EM: Final = 72
_SMALLEST, _LARGEST = 11, 64
"""Height of the drawn letters, pixels."""


def typeset(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Print letters and signs in many typefaces, some upside down, some in short words.

    Args:
        count: How many crops.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8.
    """
    made = np.empty((count, SIZE, SIZE), np.uint8)
    press = _Press()
    for crop in made:
        face = TYPEFACES[int(rng.integers(len(TYPEFACES)))]
        word = "".join(rng.choice(_LETTERS, size=1 if rng.random() < 0.85 else int(rng.integers(2, 4))))
        if word == "a" and face in _LIKE_WRITTEN:
            word = "e"
        over = word in _OVERTURNED and rng.random() < 0.25
        ink = press.print(word, face, rng)
        crop[:] = to_crop(turn(ink, 2) if over else ink)
    return made


def typeset_digits(count: int, rng: np.random.Generator) -> Crops:
    """Print digits in the same typefaces: that something is printed does not make it no digit.

    Args:
        count: How many crops.
        rng: Source of all randomness.

    Returns:
        Crops as `normalize` makes them, with labels 0 to 9.
    """
    labels = (rng.permutation(count) % 10).astype(np.uint8)
    made = np.empty((count, SIZE, SIZE), np.uint8)
    press = _Press()
    for crop, label in zip(made, labels, strict=True):
        face = TYPEFACES[int(rng.integers(len(TYPEFACES)))]
        crop[:] = to_crop(press.print(str(label), face, rng))
    return Crops(made, labels)


class _Press:
    """Opens each typeface once."""

    def __init__(self) -> None:
        import matplotlib
        from PIL import ImageFont

        folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self._faces = {name: ImageFont.truetype(folder / f"{name}.ttf", _EM) for name in TYPEFACES}

    def print(self, word: str, face: str, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Return light ink on dark, of any height that letters have in pictures, perhaps soft."""
        from PIL import Image, ImageDraw

        width, height = (len(word) + 1) * _EM * 3 // 2, 2 * _EM
        canvas = Image.new("L", (width, height), 0)
        ImageDraw.Draw(canvas).text((_EM // 2, _EM // 3), word, font=self._faces[face], fill=255)
        lean = float(rng.uniform(-0.15, 0.12))
        matrix = np.array([[1, lean, -lean * _EM], [0, 1, 0]], np.float32)
        ink = cv2.warpAffine(np.asarray(canvas, np.uint8), matrix, (width, height))
        tight = cut_to_ink(np.asarray(ink, np.uint8), above=0)
        box = cv2.copyMakeBorder(tight, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=(0,))
        scale = min(1.0, float(np.exp(rng.uniform(np.log(_SMALLEST), np.log(_LARGEST)))) / max(tight.shape))
        box = cv2.resize(box, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if rng.random() < 0.5:
            box = cv2.GaussianBlur(box, (0, 0), float(rng.uniform(0.3, 0.8)))
        # Small letters lose contrast, which segmentation gives back.
        return np.asarray(cv2.convertScaleAbs(box, alpha=255 / max(int(box.max()), 1)), np.uint8)
