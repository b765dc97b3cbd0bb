"""Numbers, words, sums, and numbers among words as pictures, in typefaces that the user gives."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.typefaces import open_typeface

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

DIGITS: Final = "0123456789"
_HEIGHTS: Final = (16, 22, 32, 48, 70)
"""Of a digit, pixels."""
_SPACING: Final = {
    "numbers": (0.05, 0.15, 0.25, 0.4),
    "words": (0.0, 0.1, 0.3, 0.6),
    "mixed": (0.0, 0.1, 0.2, 0.4),
    "one digit": (0.0,),
    "sums": (0.0, 0.1, 0.2, 0.4),
}
"""How much further apart signs are than their typeface has them, as shares of a digit's height."""
_SENTENCES: Final = (
    "The kettle is on", "We missed the last bus", "Please water the plants", "Bob sold his old boat",
    "Is it so?", "Off to the zoo", "Zoe is ill again", "Bring bread, eggs and jam", "Oil the bolts",
    "Lola lost all the balls", "So long, Lissy", "GOOD LUCK", "NO EXIT", "CLOSED ON SUNDAY", "BOIL SLOWLY",
    "Ask Ossi about the bill", "Gigi has a big silo", "yes or no", "Who left the door open?",
    "Dinner is in the oven", "Thank you for the lovely flowers", "A quiet evening by the sea", "Do not bend",
    "The short answer is no", "soil, oil, hills", "ZIGZAG", "Shall we go skiing?", "Read it out loud",
    "I will see to it", "Best regards, Olli", "so-so",
)  # fmt: skip
"""Words of everyday notes; many are made of letters that look like digits."""
_TEMPLATES: Final = (
    "Room {}", "Tel {}", "House {}", "No. {}", "Page {}", "Answer {}", "Total: {}", "x = {}",
    "{} apples and {} pears", "{} x {} = {}", "{} + {} = {}", "Score {} : {}", "Call me at {}",
    "Bus {} to the zoo", "I am {:.2} years old", "Date {:.2}.{:.2}.{}", "{}\nis the number",
    "Name: Tom\nAge: {:.2}", "Milk {}\nBread {}\nEggs {}", "Gate {}\nRow {}\nSeat {}",
)  # fmt: skip
"""Where numbers of one to four digits are filled in; :.2 leaves two of them."""
_SUMS: Final = (
    "{a}+{b}={c}", "{a} + {b} = {c}", "{a}-{b}={c}", "{a} - {b} = {c}", "{a}x{b}={c}", "{a} x {b} = {c}",
    "{a}*{b}={c}", "{a}:{b}={c}", "{a} + {b} = {c}\n{b} - {a} = {c}", "{a} x {b}\n= {c}", "({a}+{b})*{c}",
    "{a}({b}-{c})", "{a} > {b}", "{a} < {b}", "{a}.{b}", "{a},{b}", "${a}", "${a}.{b}",
    "{day}/{month}/{year}", "{day}.{month}.{year}", "1) {a}\n2) {b}\n3) {c}", "1. {a}\n2. {b}\n3. {c}",
)  # fmt: skip
"""Numbers among signs: sums, prices, dates, lists. The numbers a, b and c have one to three digits."""
SIGNS: Final = "".join(
    sign
    for sign in dict.fromkeys("".join((DIGITS, ascii_lowercase, *_SENTENCES, *_TEMPLATES, *_SUMS)))
    if sign not in " \n{}"
)
"""What a typeface has to have."""


@dataclass(frozen=True)
class Text:
    """One picture to render."""

    name: str
    """File name."""
    category: str
    """numbers, words, mixed, one digit or sums."""
    text: str
    """All that is written, line by line."""
    typeface: Path
    """File of the typeface."""
    seed: tuple[int, ...]
    """Of the randomness."""

    @property
    def digits(self) -> str:
        """The digits of each line that has some, lines joined by "/"."""
        lines = ("".join(sign for sign in line if sign in DIGITS) for line in self.text.split("\n"))
        return "/".join(filter(None, lines))

    def render(self) -> NDArray[np.uint8]:
        """The picture, shape (h, w)."""
        rng = np.random.default_rng(self.seed)
        height = int(rng.choice(_HEIGHTS))
        spacing = height * float(rng.choice(_SPACING[self.category]))
        margin = round(height * (float(rng.uniform(0.3, 2)) if self.category == "one digit" else 1.2))
        font = open_typeface(self.typeface, height)
        return _photographed(
            _written(self.text, font, rng, height=height, spacing=spacing, margin=margin), rng
        )


def texts(typefaces: Sequence[Path], *, each: int, seed: int) -> list[Text]:
    """Composes a test set: numbers, words, both, sums, and the ten digits one by one, in every typeface.

    Args:
        typefaces: From `find_typefaces`.
        each: Pictures of numbers, of words, of both and of sums in one typeface, at least 1.
        seed: The same seed gives the same pictures of a typeface, whatever others there are.

    Returns:
        PNG pictures to render, typeface by typeface.
    """
    composed = []
    for path in typefaces:
        own = (seed, zlib.crc32(path.stem.encode(errors="surrogateescape")))
        composed += [
            Text(f"one-digit-{path.stem}-{digit}.png", "one digit", digit, path, (*own, _ONE_DIGIT, i, 1))
            for i, digit in enumerate(DIGITS)
        ]
        for number, (category, compose) in _COMPOSED.items():
            for i in range(each):
                text = compose(np.random.default_rng((*own, number, i, 0)))
                name = f"{category}-{path.stem}-{i}.png"
                composed.append(Text(name, category, text, path, (*own, number, i, 1)))
    return composed


def random_number(rng: np.random.Generator, least: int, most: int) -> str:
    """Digits at random: at least `least` of them and at most `most`."""
    return "".join(map(str, rng.integers(0, 10, int(rng.integers(least, most + 1)))))


def _numbers(rng: np.random.Generator) -> str:
    return "\n".join(random_number(rng, 2, 8) for _ in range(int(rng.integers(1, 4))))


def _words(rng: np.random.Generator) -> str:
    return "\n".join(_SENTENCES[i] for i in rng.integers(0, len(_SENTENCES), int(rng.integers(1, 5))))


def _mixed(rng: np.random.Generator) -> str:
    template = _TEMPLATES[int(rng.integers(len(_TEMPLATES)))]
    return template.format(*(random_number(rng, 1, 4) for _ in range(3)))


def _sums(rng: np.random.Generator) -> str:
    template = _SUMS[int(rng.integers(len(_SUMS)))]
    day, month, year = (int(rng.integers(low, high)) for low, high in ((1, 32), (1, 13), (1950, 2050)))
    numbers = {name: random_number(rng, 1, 3) for name in "abc"}
    return template.format(**numbers, day=day, month=month, year=year)


_COMPOSED: Final[dict[int, tuple[str, Callable[[np.random.Generator], str]]]] = {
    0: ("numbers", _numbers),
    1: ("words", _words),
    2: ("mixed", _mixed),
    4: ("sums", _sums),
}
"""What is written at random; the number is a part of its seed."""
_ONE_DIGIT: Final = 3
"""The same of the digits one by one."""


def _written(
    text: str, font: FreeTypeFont, rng: np.random.Generator, *, height: int, spacing: float, margin: int
) -> NDArray[np.float32]:
    """Ink from 0 to 1, not quite on its lines and often a little turned."""
    from PIL import Image, ImageDraw

    boxes = [font.getbbox(sign, anchor="ls") for sign in text if sign not in " \n"]
    top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
    # Twice a digit's height; long loops of one line must not run into the next.
    pitch = max(2.0 * height, 1.1 * (bottom - top))
    lines = text.split("\n")
    width = max(sum(font.getlength(sign) + spacing for sign in line) for line in lines)
    size = (int(width) + 2 * margin, int((len(lines) - 1) * pitch + bottom - top) + 2 * margin)
    canvas = Image.new("L", size)
    drawing = ImageDraw.Draw(canvas)
    for row, line in enumerate(lines):
        x, y = float(margin), margin - top + row * pitch + rng.normal(0, 0.03 * height)
        for sign in line:
            if sign == " ":
                x += font.getlength(sign)
                continue
            place = (x, y + rng.normal(0, 0.02 * height))
            drawing.text(place, sign, font=font, fill=255, anchor="ls")
            x += font.getlength(sign) + spacing
    if rng.random() < 0.7:
        canvas = canvas.rotate(rng.normal(0, 2.5), Image.Resampling.BICUBIC, expand=True)
    return np.asarray(np.asarray(canvas, np.float32) / 255, np.float32)


def _photographed(ink: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
    """On paper, perhaps a little out of focus, with grain; some bright on dark."""
    if rng.random() < 0.5:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.4, 1.1))), np.float32)
    paper = _paper(rng, *ink.shape)
    picture = paper * (1 - ink) + np.minimum(rng.uniform(20, 110), paper - 60) * ink
    picture += rng.normal(0, rng.uniform(0, 4), picture.shape)
    if rng.random() < 0.15:
        picture = 255 - picture
    return np.clip(picture, 0, 255).astype(np.uint8)


def _paper(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """Plain, unevenly lit, or ruled and unevenly lit."""
    kind = rng.choice(["plain", "lit", "lit", "ruled"])
    sheet = np.full((height, width), rng.uniform(205, 252), np.float32)
    if kind != "plain":
        angle = rng.uniform(0, 2 * np.pi)
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        slope = np.cos(angle) * columns / width + np.sin(angle) * rows / height
        sheet -= rng.uniform(5, 45) * (slope + 1) / 2
    if kind == "ruled":
        pitch = int(rng.integers(38, 80))
        for y in range(pitch // 2, height, pitch):
            sheet[y : y + 2] -= rng.uniform(20, 50)
    return sheet
