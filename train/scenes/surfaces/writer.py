"""Somebody who writes as a typeface does, with one pen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import ascii_letters
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from train.scenes.pens import Colour, Pen, write
from train.scenes.surfaces.drawing import line_mask, pick
from train.scenes.surfaces.surface import Box, Surface
from train.scenes.texts import DIGITS, random_number
from train.scenes.typed_hand import bent, in_pen
from train.scenes.typefaces import open_typeface

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SIGNS: Final = DIGITS + ascii_letters + ".,"
"""What a typeface has to have."""
_SPACING: Final = (0.05, 0.15, 0.25)
"""How much further apart digits are than their typeface has them, as shares of a digit's height."""
_LEAN, _SLOPE = 0.06, 0.8
"""Standard deviations of a hand's slant and of the rise of its lines in degrees..."""
_JUMP, _BEND = 0.02, 0.02
"""...of a sign's distance from the line, and of its bending, in heights of a digit."""
_TALLEST: Final = 1.4
"""What a typeface's digits may take up from the lowest to the highest, in heights of a 0: old-style digits,
most of them taller than their 0, are written smaller."""
_KNOT: Final = 0.7
"""Distance of the knots between which signs are bent, in heights of a digit."""


@dataclass(frozen=True)
class Ink:
    """A line as it is about to be written."""

    text: str
    """What it says."""
    pixels: NDArray[np.uint8]
    """Shape (h, w), bright on 0, cut to the ink."""
    left: int
    """From where the line begins to the ink's left edge, pixels..."""
    top: int
    """...and from its baseline down to the ink's top edge, mostly negative."""

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[0])


class Writer:
    """Writes on surfaces and notes there what was written.

    Args:
        rng: Draws the hand, the pen's colour and width, and all that varies later.
        typeface: File of the typeface; it has to have `SIGNS`.
        pen: What is written with.
    """

    def __init__(self, rng: np.random.Generator, typeface: Path, pen: Pen) -> None:
        self.rng = rng
        self.colour: Colour = pick(rng, pen.colours)
        self._typeface = typeface
        self._pen = pen
        self._opacity = float(rng.uniform(*pen.opacity))
        self._width = float(rng.uniform(*pen.width))
        self._spacing = pick(rng, _SPACING)
        self._lean, self._slope = float(rng.normal(0, _LEAN)), float(rng.normal(0, _SLOPE))

    def ink(self, text: str, height: float, *, width: float | None = None, turn: float | None = None) -> Ink:
        """Writes a line on nothing yet.

        Args:
            text: Of `SIGNS` and blanks.
            height: Of a 0, pixels; a typeface whose other digits are far taller is written smaller.
            width: What the line has to fit into, pixels; then it may be less high.
            turn: Of the line, degrees, positive clockwise; None for as even as the hand writes.

        Returns:
            The ink.
        """
        font = self._font(height)
        length = sum(self._advances(text, font, height))
        if width is not None and length > width:
            height *= width / length
            font = self._font(height)
        angle = np.deg2rad(self._slope if turn is None else turn)
        drawn, x, y = self._drawn(text, font, height, angle)
        knots = (max(3, int(n / (_KNOT * height)) + 2) for n in drawn.shape)
        drawn = bent(drawn, self.rng, _BEND * height, (next(knots), next(knots)))
        soft = cv2.GaussianBlur(in_pen(drawn, self._width * height), (0, 0), 0.6)
        rows, columns = np.nonzero(soft > 20)
        top, left = int(rows.min()), int(columns.min())
        pixels = np.asarray(soft[top : rows.max() + 1, left : columns.max() + 1], np.uint8)
        return Ink(text, pixels, left - x, top - y)

    def put(self, surface: Surface, ink: Ink, start: tuple[float, float], *, same_line: bool = False) -> Box:
        """Writes a line on a surface.

        Args:
            surface: Is changed.
            ink: From `ink`.
            start: x, and y of the baseline, where the line begins, pixels.
            same_line: Whether it goes on with the last line that has digits.

        Returns:
            Where the ink stands.
        """
        corner = (round(start[0]) + ink.left, round(start[1]) + ink.top)
        self._lay(surface, ink.pixels, corner)
        box = (*corner, ink.width, ink.height)
        surface.note(ink.text, box, same_line=same_line)
        return box

    def write(
        self,
        surface: Surface,
        text: str,
        start: tuple[float, float],
        height: float,
        *,
        width: float | None = None,
        same_line: bool = False,
    ) -> Box:
        """Writes a line of text; `ink` and `put` in one."""
        return self.put(surface, self.ink(text, height, width=width), start, same_line=same_line)

    def trace(self, surface: Surface, points: ArrayLike, height: float) -> None:
        """Draws a line with the same pen.

        Args:
            surface: Is changed; nothing is noted, as a line is no digit.
            points: (n, 2) x and y, pixels.
            height: Of the digits that go with it, pixels: the taller, the wider the pen.
        """
        mask, left, top = line_mask(points, max(2.0, self._width * height))
        self._lay(surface, mask, (left, top))

    def _lay(self, surface: Surface, ink: NDArray[np.uint8], corner: tuple[int, int]) -> None:
        write(
            surface.image, ink, corner, colour=self.colour, opacity=self._opacity, pen=self._pen, rng=self.rng
        )

    def _font(self, height: float) -> FreeTypeFont:
        font = open_typeface(self._typeface, round(height))
        _, top, _, bottom = font.getbbox(DIGITS, anchor="ls")
        return open_typeface(self._typeface, round(height * min(1.0, _TALLEST * height / (bottom - top))))

    def _advances(self, text: str, font: FreeTypeFont, height: float) -> list[float]:
        """How far each sign takes the pen."""
        extra = self._spacing * height
        return [font.getlength(sign) + (extra if sign in DIGITS else 0) for sign in text]

    def _drawn(
        self, text: str, font: FreeTypeFont, height: float, angle: float
    ) -> tuple[NDArray[np.uint8], int, int]:
        """Ink that leans and climbs, and where on it the line begins."""
        from PIL import Image, ImageDraw

        advances = self._advances(text, font, height)
        _, top, _, bottom = font.getbbox(text, anchor="ls")
        climb = abs(np.sin(angle)) * (sum(advances) + height)
        margin = int(height + climb)
        size = (int(sum(advances)) + 2 * margin, int(bottom - top) + 2 * margin)
        x, y = margin, margin - int(top)
        canvas = Image.new("L", size)
        drawing, at = ImageDraw.Draw(canvas), float(x)
        for sign, advance in zip(text, advances, strict=True):
            drawing.text((at, y + self.rng.normal(0, _JUMP * height)), sign, font=font, fill=255, anchor="ls")
            at += advance
        cos, sin = np.cos(angle), np.sin(angle)
        matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, -self._lean], [0, 1]])
        # About the middle of the baseline, so that the line stays where it is wanted.
        pivot = np.array([x + sum(advances) / 2, y])
        turned = cv2.warpAffine(
            np.asarray(canvas, np.uint8), np.column_stack([matrix, pivot - matrix @ pivot]), size
        )
        return np.asarray(turned, np.uint8), x, y


def write_numbers(
    writer: Writer,
    surface: Surface,
    area: tuple[float, float, float, float],
    *,
    lines: tuple[int, int] = (1, 3),
    longest: int = 6,
    height: tuple[float, float] = (0.3, 0.55),
) -> None:
    """Writes numbers below each other, each somewhere in its line.

    Args:
        writer: Who writes.
        surface: Is changed.
        area: x, y, width and height of where to write, pixels.
        lines: How many, the least and the most.
        longest: Digits of a number at most.
        height: Range of a 0's height, as a share of a line's; less where a number would be too long.
    """
    rng = writer.rng
    x, y, w, h = area
    count = int(rng.integers(lines[0], lines[1] + 1))
    band = h / count
    tall = band * float(rng.uniform(*height))
    for i in range(count):
        ink = writer.ink(random_number(rng, 1, longest), tall, width=0.9 * w)
        # A narrow surface is better filled than a line drawn to its left edge.
        left = x + rng.uniform(0, max(1.0, w - ink.width)) - ink.left
        top = y + i * band + max(0.0, band - ink.height) * float(rng.uniform(0.3, 0.7))
        writer.put(surface, ink, (left, top - ink.top))
