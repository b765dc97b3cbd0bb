"""Whether the edge of a shadow crosses the ground that a digit stands on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.surroundings import ground_around, right_of

_REACH = 0.1
"""Share of a digit's longer side over which the ground around it is looked at."""
_FEW = 200
"""Fewer pixels of it tell nothing."""
_SHARE = 0.1
"""Share of them that lies in the shade, or in the light, at least."""
_ASIDE = 0.8
"""Difference between the shares lit to the left and to the right of a bar that an edge runs along."""
_LEFT = 0.3
"""Share of the light that is left in the shade at least."""
_SPREAD = 0.35
"""Spread of either tone of the ground, in contrasts of the digit to it, at most."""
_DARKER = 0.25
"""Contrast of the digit to the ground in the shade, for that in the light, at least."""
_APART = 0.93
"""Share of the ground's pixels that a straight line parts by their tone at least."""


def crossed_by_shadow(digit: Candidate, gray: NDArray[np.uint8], *, bar: bool = False) -> bool:
    """Whether ink stands out from a ground of two even tones that a straight line parts.

    The edge of a thing has the tone of the thing on one of its sides. What a shadow falls across is ink
    on both sides of the shadow's edge.

    Args:
        digit: A stroke of the picture.
        gray: Shape (h, w), uint8, the searched picture.
        bar: Whether it is one: beside the edge of a sheet, a bar has one tone to its left, the other to
            its right.
    """
    near = ground_around(digit, gray, _REACH * max(digit.box.width, digit.box.height))
    shades, core = near.window[near.around], near.core
    if len(shades) < _FEW or not len(core):
        return False
    if digit.polarity == "light":
        shades, core = np.invert(shades), np.invert(core)
    parting, _ = cv2.threshold(shades[:, None], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    lit = shades > parting
    if not _SHARE < lit.mean() < 1 - _SHARE:
        return False
    light, shade, ink = float(np.median(shades[lit])), float(np.median(shades[~lit])), float(np.median(core))
    if shade < _LEFT * light or shade - ink < _DARKER * (light - ink):
        return False
    for tone, pixels in ((light, shades[lit]), (shade, shades[~lit])):
        low, high = np.percentile(pixels, (20, 80))
        if high - low > _SPREAD * (tone - ink):
            return False
    if bar and _runs_along(lit, right_of(digit, near)):
        return False
    return _parted(np.argwhere(near.around).astype(np.float64), lit) >= _APART


def _parted(places: NDArray[np.float64], lit: NDArray[np.bool_]) -> float:
    """Share of places, shape (n, 2), on the right side of the line that parts two kinds (Fisher, 1936)."""
    within = np.cov(places[lit].T) * lit.mean() + np.cov(places[~lit].T) * (~lit).mean()
    across = np.linalg.solve(within + 1e-6 * np.eye(2), places[lit].mean(axis=0) - places[~lit].mean(axis=0))
    ordered = lit[np.argsort(places @ across)]
    right = np.cumsum(~ordered) + ordered.sum() - np.cumsum(ordered)
    return float(right.max() / len(lit))


def _runs_along(lit: NDArray[np.bool_], right: NDArray[np.bool_]) -> bool:
    """Whether what is lit, shape (n,), lies on one side of a bar and the rest on the other."""
    if right.all() or not right.any():
        return False
    return bool(abs(float(lit[right].mean()) - float(lit[~right].mean())) > _ASIDE)
