"""One digit that a tracker follows over frames."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_digits.reading import Box, Digit

_MEMORY = 0.7
"""Share of a digit's evidence that survives one more search."""
_CONFIRM = 3
"""A digit is shown once it was seen in this many frames."""
_CALM = 2
"""A digit that comes is shown once it has rested for this many frames."""
_LONG = 16
"""One that never rests is shown once it was seen in this many."""
_SWIFT = 0.25
"""Heights that a digit moves from one frame to the next where the sheet is on its way."""


@dataclass
class Track:
    """A digit over the frames in which it was seen."""

    number: int
    """No other digit has it."""
    box: Box
    """Where it is, in pixels of the frame."""
    latest: Digit
    """As it was last found."""
    evidence: NDArray[np.float64]
    """Shape (classes,), sum of the probabilities of all frames, older ones fading."""
    outputs: Sequence[int]
    """Which of the model's outputs stand for something written."""
    certainty: float
    """Share of searches in which it was sure, older ones fading."""
    hits: int = 1
    """In how many it was found."""
    misses: int = 0
    """In how many of the last ones it was not."""
    offset: tuple[float, float] = (0.0, 0.0)
    """Movement in pixels since the box was last found by a search."""
    stood: Box | None = None
    """Where it was in the frame before."""
    calm: int = 0
    """In how many searches in a row it had hardly moved."""
    waited: int = 0
    """For how many frames it has waited for others that come with it."""
    told: bool = False
    """Whether it is shown."""
    label: int = field(init=False)
    """Which of the model's outputs it is by all evidence: that it is one has been decided."""
    probabilities: NDArray[np.float32] = field(init=False)
    """Shape (classes,), the evidence as shares of its sum."""
    agreed: bool = field(init=False)
    """Whether it was found to be the same by itself the last time."""

    def __post_init__(self) -> None:
        self._weigh()

    def see(self, digit: Digit) -> None:
        """Adds what one more search found of it."""
        self.box, self.latest, self.offset = digit.box, digit, (0.0, 0.0)
        self.evidence = _MEMORY * self.evidence + digit.probabilities
        self.certainty = _MEMORY * self.certainty + (1 - _MEMORY) * float(digit.sure)
        self.hits += 1
        self.misses = 0
        self._weigh()

    def _weigh(self) -> None:
        # Once a search, not once a frame: there are ten times as many of these.
        self.label = self._likeliest(self.evidence)
        self.probabilities = (self.evidence / self.evidence.sum()).astype(np.float32)
        self.agreed = self.label == self._likeliest(self.latest.probabilities)

    def _likeliest(self, probabilities: NDArray[np.floating]) -> int:
        return max(self.outputs, key=lambda output: float(probabilities[output]))

    @property
    def established(self) -> bool:
        """Whether it was seen so often that it is no flicker."""
        return self.hits >= _CONFIRM

    @property
    def sure(self) -> bool:
        """Whether it was in most of the last searches."""
        return self.certainty >= 0.5

    @property
    def step(self) -> tuple[float, float]:
        """By how many pixels it has moved since the frame before."""
        (x, y), (left, top) = self.box.center, (self.stood or self.box).center
        return x - left, y - top

    def swift(self, height: float) -> bool:
        """Whether it has moved since the frame before, by its own height or a greater one."""
        return self.stood is None or math.hypot(*self.step) > _SWIFT * max(self.box.height, height)

    @property
    def settled(self) -> bool:
        """Whether further searches of the same scene would tell nothing new."""
        certain = self.sure == self.latest.sure
        return (self.told or self.ready) and self.misses == 0 and self.agreed and certain

    @property
    def ready(self) -> bool:
        """Whether it was seen often enough to be shown; what does not rest, more often."""
        return self.hits >= (_CONFIRM if self.calm >= _CALM else _LONG)

    def move(self, by: NDArray[np.float64]) -> None:
        """Moves the box, fractions of a pixel adding up."""
        self.offset = (self.offset[0] + float(by[0]), self.offset[1] + float(by[1]))
        found = self.latest.box
        self.box = found._replace(x=round(found.x + self.offset[0]), y=round(found.y + self.offset[1]))
