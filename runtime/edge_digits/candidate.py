"""Connected ink that may be a digit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_digits.ink import Polarity
from edge_digits.reading import Box
from edge_digits.stroke import stroke_width


@dataclass
class Candidate:
    """Connected ink that may be a digit, or a part of one."""

    box: Box
    """In pixels of the searched picture."""
    ink: NDArray[np.uint8]
    """The cut-out, shape (box.height, box.width), bright ink on 0, other strokes blanked."""
    contrast: float
    """Of its stroke against the ground, 0 to 255."""
    stroke: float
    """Width of its stroke in pixels."""
    area: int
    """Pixels of ink."""
    polarity: Polarity
    """Dark on light or light on dark."""
    freed: bool = False
    """Whether it was joined to fainter ink, such as ruling, at its own threshold."""
    tick: bool = False
    """Whether it is one of several bars on a line, see `edge_digits.ticks`."""
    parted: bool = False
    """Whether it was joined to a digit of another line, see `edge_digits.stacked`."""

    @property
    def boldness(self) -> float:
        """How much the eye is drawn to it: contrast times the root of its area."""
        return self.contrast * math.sqrt(self.area)

    def continues(self, other: Candidate) -> bool:
        """Whether it is of a like height and pen as another one, and on a line with it."""
        return (
            0.6 < self.box.height / other.box.height < 1.7
            and 0.4 < self.stroke / other.stroke < 2.5
            and self.box.shared_height(other.box) > 0.5 * min(self.box.height, other.box.height)
        )

    def freed_part(self, x: int, y: int, own: NDArray[np.uint8]) -> Candidate:
        """A part that comes free of the rest, such as a digit of the line it stands on.

        Args:
            x: Its left end, in pixels of the box.
            y: Its upper end.
            own: Shape (h, w), uint8, 1 on its own ink, else 0.
        """
        height, width = own.shape
        box = Box(self.box.x + x, self.box.y + y, width, height)
        ink = self.ink[y : y + height, x : x + width] * own
        area = int(np.count_nonzero(own))
        return Candidate(box, ink, self.contrast, stroke_width(own), area, self.polarity, freed=True)
