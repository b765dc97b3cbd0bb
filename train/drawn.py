"""Digits drawn with strokes of our own, for lessons: rare ways of writing one as often as common ones.

MNIST was written by Americans of one time: it has next to no 1 with a flag, and few an open 4 or a crossed
7. A network that learns them as rarely as they are met there reads the flagged 1 as a 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from edge_digits.normalize import SIZE
from train import junk
from train.pages import Crops
from train.scenes import draw_digit, variants
from train.scenes.hand import Hand

_HEIGHT: Final = 48
_BRUSH: Final = 0.2
"""Share of digits drawn with a brush, as on a small canvas."""
_SHARES: Final = {"1": 3.0, "4": 1.5, "7": 1.5, "9": 1.5}
"""How often a digit is drawn beside the others, 1 where not named: more where hands differ most."""
_FLAT_FLAG: Final = "flat flag"
"""The way of writing a 1 that is nearest to a 7; drawn twice as often as its others."""


@dataclass(frozen=True)
class _Widths:
    """How wide the writers of a digit make it: a factor, log-normal and bounded."""

    centre: float
    spread: float
    least: float
    most: float


_WIDTHS: Final = {"1": _Widths(0.03, 0.24, 0.6, 1.15), "7": _Widths(0.03, 0.24, 0.85, 1.6)}
"""Of digits held to narrower bounds: a wide 1 with a flag and a narrow 7 are the same picture."""
_ANY_WIDTH: Final = _Widths(-0.03, 0.32, 0.36, 1.8)


def draw_digits(count: int, rng: np.random.Generator) -> Crops:
    """Draw digits in all our ways, by many hands and pens.

    Args:
        count: How many.
        rng: Source of all variation.

    Returns:
        Crops as `normalize` makes them, with labels 0 to 9.
    """
    shares = np.array([_SHARES.get(str(label), 1.0) for label in range(10)])
    labels = rng.choice(10, count, p=shares / shares.sum()).astype(np.uint8)
    crops = np.empty((count, SIZE, SIZE), np.uint8)
    for crop, label in zip(crops, labels, strict=True):
        ink = draw_digit(
            str(label),
            rng,
            height=_HEIGHT,
            thickness=_pen(rng),
            variant=_way(str(label), rng),
            hand=_unruly(rng, _WIDTHS.get(str(label), _ANY_WIDTH)),
        )
        crop[:] = junk.to_crop(ink)
    return Crops(crops, labels)


def _way(label: str, rng: np.random.Generator) -> str:
    """Draw a way of writing a digit."""
    ways = variants(label)
    shares = np.array([2.0 if way == _FLAT_FLAG else 1.0 for way in ways])
    return ways[int(rng.choice(len(ways), p=shares / shares.sum()))]


def _pen(rng: np.random.Generator) -> float:
    """Draw the width of a pen, in pixels: now and then a brush whose strokes close the eyes of digits."""
    return float(rng.uniform(8, 12) if rng.random() < _BRUSH else rng.uniform(2.2, 8))


def _unruly(rng: np.random.Generator, widths: _Widths) -> Hand:
    """Draw a writer less tidy than those of the pages."""
    return Hand(
        slant=float(np.clip(rng.normal(0.08, 0.14), -0.25, 0.42)),
        aspect=float(np.clip(np.exp(rng.normal(widths.centre, widths.spread)), widths.least, widths.most)),
        jitter=float(rng.uniform(0.01, 0.032)),
        wobble=float(rng.uniform(0.001, 0.007)),
        taper=float(rng.uniform(0, 0.45)),
        contrast=float(rng.uniform(0.03, 0.45)),
        tilt=float(rng.uniform(1, 4)),
    )
