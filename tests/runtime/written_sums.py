"""Sums, prices, dates and lists, written with strokes of our own by one hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from train.scenes import draw_digit
from train.scenes.hand import Hand
from train.scenes.marks import LETTERS, OPERATORS
from train.scenes.strokes import draw_strokes

SIGNS = {
    **OPERATORS,
    "x": LETTERS["x"],
    ":": ("28,60 30,62", "28,94 30,96"),
    "*": ("30,18 30,36 30,54", "14,27 30,36 46,45", "46,27 30,36 14,45"),
    ">": ("8,24 30,38 54,52! 30,66 8,80",),
    "<": ("54,24 32,38 8,52! 32,66 54,80",),
    "$": ("54,20 34,8 12,22 32,48 54,72 34,92 8,82", "31,-8 31,50 31,108"),
}
"""Pen paths of what stands among digits."""


def write_sum(text: str, seed: int, height: int = 60) -> NDArray[np.uint8]:
    """Writes lines of digits and signs, each line from the right as sums in columns are.

    Args:
        text: Lines, parted by newlines; a "_" is a line across the page, a space is one.
        seed: Of the hand.
        height: Of a digit, pixels.

    Returns:
        Dark on bright, shape (h, w).
    """
    rng = np.random.default_rng(seed)
    hand = Hand.random(rng)
    lines = text.split("\n")
    longest = max(map(len, lines))
    page = np.full((int((1.5 * len(lines) + 1) * height) + 20, (height + 22) * longest + 120), 245, np.uint8)
    for row, line in enumerate(lines):
        inks = [_ink(sign, rng, height, hand) for sign in line]
        # Numbers below each other end below each other.
        x = 40 if len(lines) == 1 else page.shape[1] - 40 - sum(ink.shape[1] + 22 for ink, _ in inks)
        top = 40 + int(1.5 * row * height)
        for ink, dy in inks:
            window = page[top + dy : top + dy + ink.shape[0], x : x + ink.shape[1]]
            np.minimum(window, 255 - ink, out=window)
            x += ink.shape[1] + 22
    return page


def _ink(sign: str, rng: np.random.Generator, height: int, hand: Hand) -> tuple[NDArray[np.uint8], int]:
    """What a sign looks like, and how far below the line's top it begins."""
    if sign == " ":
        return np.zeros((1, height // 3), np.uint8), 0
    if sign.isdigit():
        return draw_digit(sign, rng, height=height, thickness=6, hand=hand), 0
    ink, (_, dy) = draw_strokes(SIGNS[sign], rng, em=height, thickness=6, hand=hand)
    return ink, dy
