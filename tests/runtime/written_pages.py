"""Pages of our own stroke digits on plain grounds, with the box of each digit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_digits.reading import Box
from train.scenes import draw_digit

WHITE, BLACK = (245.0, 245.0, 245.0), (20.0, 20.0, 20.0)


@dataclass(frozen=True)
class Page:
    """A picture and what is written on it."""

    image: NDArray[np.uint8]
    boxes: tuple[Box, ...]
    text: str

    def lit_by(self, light: NDArray[np.floating]) -> Page:
        """The page under another light, a factor for each pixel, row or column."""
        lit = self.image * np.broadcast_to(light, self.image.shape[:2])[:, :, None]
        return replace(self, image=np.clip(lit, 0, 255).astype(np.uint8))


def write_page(
    text: str,
    seed: int = 0,
    *,
    height: int = 60,
    ground: tuple[float, float, float] = WHITE,
    ink: tuple[float, float, float] = (30.0, 30.0, 30.0),
    margin: int = 50,
    gap: float = 0.6,
) -> Page:
    """Writes lines of digits, evenly spaced, with so many heights of a digit between them."""
    rng = np.random.default_rng(seed)
    gap = round(gap * height)
    rows = [[draw_digit(label, rng, height=height) for label in row] for row in text.split("\n")]
    width = max(sum(digit.shape[1] + gap for digit in row) - gap for row in rows) + 2 * margin
    page = np.full((len(rows) * (height + gap) - gap + 2 * margin, width, 3), ground, np.float32)
    boxes, y = [], margin
    for row in rows:
        x = margin
        for digit in row:
            cover = (digit / 255.0)[:, :, None]
            window = page[y : y + height, x : x + digit.shape[1]]
            window[:] = window * (1 - cover) + np.array(ink) * cover
            boxes.append(Box(x, y, digit.shape[1], height))
            x += digit.shape[1] + gap
        y += height + gap
    return Page(page.astype(np.uint8), tuple(boxes), text)


def random_text(seed: int, count: int = 5) -> str:
    """Some digits, the same for the same seed."""
    return "".join(str(d) for d in np.random.default_rng(1000 + seed).integers(0, 10, count))


def white_sheet(*lines: str) -> NDArray[np.uint8]:
    """Lines of digits in our own handwriting on white, in shades of grey."""
    rng = np.random.default_rng(3)
    sheet = np.full((60 + 120 * len(lines), 420), 255, np.uint8)
    for row, line in enumerate(lines):
        for column, label in enumerate(line):
            ink = draw_digit(label, rng, height=72)
            top, left = 40 + 120 * row, 40 + 90 * column
            sheet[top : top + ink.shape[0], left : left + ink.shape[1]] -= ink
    return sheet
