"""A thing with numbers on it, before any camera sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from train.scenes.texture import Float

Box = tuple[int, int, int, int]
"""x, y, width and height in pixels."""

WALL = (900, 1200)
"""Height and width of surfaces that reach beyond the picture, pixels. Writing keeps clear of their rim."""
WALL_AREA = (190, 140, 820, 620)
"""Where on them to write: x, y, width, height."""


@dataclass
class Surface:
    """A surface and the truth about it; writing on it changes both."""

    image: Float
    """(h, w, 3) BGR, 0 to 255."""
    place: Literal["desk", "wall", "whole"] = "desk"
    """Lying on a desk, hanging on a wall, or reaching beyond the picture on all sides."""
    outline: Float | None = None
    """(h, w), 1 where there is something of it; None where it is a rectangle."""
    layout: Literal["lines", "scatter"] = "lines"
    """scatter where the digits have no reading order."""
    lines: list[str] = field(default_factory=list)
    """The digits of each line, in reading order."""
    boxes: list[Box] = field(default_factory=list)
    """Around each piece of handwriting, words among them."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]

    @property
    def text(self) -> str:
        """The digits, lines parted by newlines."""
        return "\n".join(self.lines)

    def note(self, text: str, box: Box, *, same_line: bool = False) -> None:
        """Notes what was written.

        Args:
            text: All of it; only its digits count.
            box: Where it stands.
            same_line: Whether it goes on with the last line that has digits.
        """
        self.boxes.append(box)
        digits = "".join(sign for sign in text if sign.isdigit())
        if digits and same_line and self.lines:
            self.lines[-1] += digits
        elif digits:
            self.lines.append(digits)


Kind = Callable[[np.random.Generator, Path], Surface]
"""Paints a surface and writes on it in the typeface of a file."""
