"""What was found on a picture, or on the one sheet that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_digits.alone import Writing
from edge_digits.candidate import Candidate
from edge_digits.decision import Verdict
from edge_digits.flatten import FlatSheet
from edge_digits.inks import Colours
from edge_digits.percentile import median
from edge_digits.reading import Box, Digit
from edge_digits.segmentation import LONGEST

_MOSTLY = 0.75
"""Share of the digits of a sheet that are sure, else it is not looked at by itself."""

_CERTAIN = 0.99
"""Confidence of a digit that leaves no doubt..."""
_ANYWHERE = ("0", "1")
"""...and is none of those that holes and the rims of cups look like."""


@dataclass(frozen=True)
class View:
    """A picture, a part of it or a sheet, as it is looked at."""

    began: tuple[float, float]
    """When loading began and ended, in seconds."""
    colours: Colours
    """Of its pixels."""
    longest: int = LONGEST
    """Longer side in pixels at which it is searched."""
    light: bool = False
    """Whether light ink is looked for on ground that is hardly dark as well."""

    def onto(self, colours: Colours, longest: int | None = None) -> View:
        """The view of a part of it, with the colours of that, and perhaps another size."""
        return replace(self, colours=colours, longest=longest or self.longest)


@dataclass(frozen=True)
class Page:
    """What was found on a picture, or on one sheet."""

    verdicts: Sequence[Verdict]
    written: Sequence[Candidate]
    """The digits, on the page turned upright."""
    boxes: Sequence[Box]
    """Where each stands on the page as it was searched."""
    likely: Sequence[Box]
    """Where single strokes stand there that look like digits other than 1, whatever came of them."""
    unlikely: Sequence[Box]
    """Where the other single strokes of a digit's proportions stand."""
    size: tuple[int, int]
    """Width and height of the page as it was searched."""
    scale: float
    """Pixels of that for one of the page given."""
    probabilities: NDArray[np.float32]
    crops: NDArray[np.uint8]
    moments: tuple[float, ...]
    """When its reading began and when each stage but the last ended, in seconds."""
    flat: FlatSheet | None = None
    """The sheet that it is."""

    @property
    def sure(self) -> int:
        """How many digits are sure."""
        return sum(verdict.sure for verdict in self.verdicts)

    @property
    def is_clear(self) -> bool:
        """Whether there are digits, and most of them sure."""
        return bool(self.verdicts) and self.sure >= _MOSTLY * len(self.verdicts)

    def is_in_chalk(self, labels: Sequence[str]) -> bool:
        """Whether what is sure is light, as are the holes of dark letters, and more than bars and rings.

        Args:
            labels: What each class stands for.
        """
        pairs = zip(self.verdicts, self.written, strict=True)
        sure = [(verdict, stroke) for verdict, stroke in pairs if verdict.sure]
        telling = any(v.confidence > _CERTAIN and labels[v.label] not in _ANYWHERE for v, _ in sure)
        return telling and all(stroke.polarity == "light" for _, stroke in sure)

    def writing(self, flat: FlatSheet, scale: float) -> Writing:
        """What the digits on a sheet look like in the picture made `scale` times larger."""
        height = scale * median([flat.in_picture(box, self.scale).height for box in self.boxes])
        pen = height * median([stroke.stroke / stroke.box.height for stroke in self.written])
        return Writing(median([stroke.contrast for stroke in self.written]), height, pen)

    def in_picture(self, box: Box, scale: float, size: tuple[int, int], margin: float) -> Box:
        """One of its boxes, in pixels of the picture and inside it.

        Args:
            box: On the page as it was searched.
            scale: Pixels of the page given for one of the picture.
            size: Width and height of the picture.
            margin: Pixels of the page given that were laid around the picture.
        """
        if self.flat is not None:
            return in_picture(self.flat.in_picture(box, self.scale), scale, size, margin)
        return in_picture(box, scale * self.scale, size, self.scale * margin)


def as_digit(
    verdict: Verdict,
    box: Box,
    labels: Sequence[str],
    probabilities: NDArray[np.float32],
    crops: NDArray[np.uint8],
) -> Digit:
    """A verdict as callers see it.

    Args:
        verdict: On one of n hypotheses.
        box: Where it stands in the picture given.
        labels: What each class stands for.
        probabilities: Of all hypotheses, shape (n, classes), float32.
        crops: Theirs, shape (n, 28, 28), uint8.
    """
    return Digit(
        label=labels[verdict.label],
        confidence=verdict.confidence,
        box=box,
        # Copies: a reading that is kept does not hold on to all that was no digit.
        probabilities=probabilities[verdict.index].copy(),
        sure=verdict.sure,
        crop=crops[verdict.index].copy(),
    )


def in_picture(box: Box, scale: float, size: tuple[int, int], margin: float = 0) -> Box:
    """A box of a searched picture, in pixels of the picture given and inside it.

    Args:
        box: In the searched picture.
        scale: Pixels of that for one of the picture given.
        size: Width and height of the picture given.
        margin: Pixels of the searched picture that were laid around it.
    """
    width, height = size
    x, y = box.x - margin, box.y - margin
    left, top = (min(max(0, int(at / scale)), most - 1) for at, most in ((x, width), (y, height)))
    right, bottom = min(round((x + box.width) / scale), width), min(round((y + box.height) / scale), height)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
