"""A page turned upright: its strokes and what they stand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.orientation import Orientation
from edge_digits.segmentation import Search
from edge_digits.turning import turned_back, turned_by, turned_picture, turned_size


@dataclass(frozen=True)
class Upright:
    """What stands on a page that has been turned."""

    strokes: list[Candidate]
    """What may be written."""
    grounds: Mapping[Polarity, NDArray[np.uint8]]
    """The turned page, shape (h, w), uint8; for one polarity it may be its panels alone."""
    size: tuple[int, int]
    """Its width and height."""


def turned_upright(
    gray: NDArray[np.uint8],
    found: Search,
    lie: Orientation,
    seek: Callable[[NDArray[np.uint8]], Search],
) -> Upright:
    """Turns a page by what its writing tells.

    A page on its side is searched anew: a 1 that lies is as flat as a rule, and nothing told how faint
    digits may be where none stood upright.

    Args:
        gray: The page, shape (h, w), uint8.
        found: What was found on it.
        lie: How its writing lies.
        seek: Finds what may be written on a page, as it was found on this one.
    """
    if lie.turn in {90, 180, 270}:
        again = seek(turned_picture(gray, lie.turn))
        strokes = [
            s for s in again.candidates if lie.may_be_written(s, turned_back(s.box, lie.turn, found.size))
        ]
        return Upright(strokes, again.grounds, again.size)
    strokes = [
        turned_by(stroke, lie.turn, found.size)
        for stroke in found.candidates
        if lie.may_be_written(stroke, stroke.box)
    ]
    grounds = {polarity: turned_picture(ground, lie.turn) for polarity, ground in found.grounds.items()}
    return Upright(strokes, grounds, turned_size(found.size, lie.turn))
