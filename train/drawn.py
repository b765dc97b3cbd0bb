"""Digits drawn with strokes of our own, for lessons: rare ways of writing one as often as common ones.

MNIST was written by Americans of one time: it has next to no 1 with a flag, and few an open 4 or a crossed
7. A network that learns them as rarely as they are met there reads the flagged 1 as a 7.
"""

from __future__ import annotations

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
_WIDTHS: Final = {"1": (0.6, 1.15), "7": (0.6, 1.6)}
"""Least and most width: a wide 1 with a flag and a narrow 7 are the same picture."""


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
        ways = variants(str(label))
        ink = draw_digit(
            str(label),
            rng,
            height=_HEIGHT,
            thickness=_pen(rng),
            variant=ways[int(rng.integers(len(ways)))],
            hand=_unruly(rng, *_WIDTHS.get(str(label), (0.36, 1.8))),
        )
        crop[:] = junk.to_crop(ink)
    return Crops(crops, labels)


def _pen(rng: np.random.Generator) -> float:
    """Draw the width of a pen, in pixels: now and then a brush whose strokes close the eyes of digits."""
    return float(rng.uniform(8, 12) if rng.random() < _BRUSH else rng.uniform(2.2, 8))


def _unruly(rng: np.random.Generator, narrowest: float, widest: float) -> Hand:
    """Draw a writer less tidy than those of the pages."""
    return Hand(
        slant=float(np.clip(rng.normal(0.08, 0.14), -0.25, 0.42)),
        aspect=float(np.clip(np.exp(rng.normal(-0.03, 0.32)), narrowest, widest)),
        jitter=float(rng.uniform(0.01, 0.032)),
        wobble=float(rng.uniform(0.001, 0.007)),
        taper=float(rng.uniform(0, 0.45)),
        contrast=float(rng.uniform(0.03, 0.45)),
        tilt=float(rng.uniform(1, 4)),
    )
