"""Whether the edge of a shadow crosses the ground that a digit stands on."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.percentile import median, spread
from edge_digits.surroundings import ground_around, right_of

_REACH = 0.2
"""Share of a digit's longer side over which the ground around it is looked at."""
_FEW = 200
"""Fewer pixels of it tell nothing."""
_SHARE = 0.05
"""Share of them that lies in the shade, or in the light, at least."""
_ASIDE = 0.8
"""Difference between the shares lit to the left and to the right of a bar that an edge runs along."""
_LEFT, _MOST = 0.3, 0.78
"""Share of the light that is left in the shade at least, and at most: smears and grain part a ground, too."""
_SPREAD = 0.35
"""Spread of either tone of the ground, in contrasts of the digit to it, at most."""
_DARKER = 0.2
"""Contrast of a digit on one side of the edge to the ground in the shade, for that in the light, at least."""
_SOME = 0.05
"""Share of the ink on either side of the edge, at least, that tells how dark it is there."""
_ALIKE = 1.6
"""Ratio of the shares of the light that ink takes away in the light and in the shade, at most."""
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
    places = np.argwhere(near.around).astype(np.float64)
    across, at, right = _parted(places, lit)
    if right < _APART or (bar and _runs_along(lit, right_of(digit, near))):
        return False
    away = np.abs(places @ across - at)
    in_light = np.argwhere(near.written) @ across > at
    # The edge of a shadow may be soft.
    grounds = [shades[side & (away >= median(away[side]))] for side in (lit, ~lit)]
    return _is_ink_on(grounds, core, [in_light, ~in_light])


def _is_ink_on(
    grounds: Sequence[NDArray[np.uint8]], core: NDArray[np.uint8], places: Sequence[NDArray[np.bool_]]
) -> bool:
    """Whether a stroke takes as much of the light away in the light as in the shade, and both are even.

    Args:
        grounds: Pixels of the ground in the light and of that in the shade.
        core: Shape (n,), the stroke's pixels.
        places: Which of them, shape (n,), are in the light, and which in the shade.
    """
    light, shade = (median(ground) for ground in grounds)
    if not _LEFT * light <= shade <= _MOST * light:
        return False
    shares = []
    for tone, ground, inked in zip((light, shade), grounds, places, strict=True):
        # What little ink there is beyond the edge is half in the light.
        little = np.count_nonzero(inked) < _SOME * len(core)
        ink = median(core if little else core[inked])
        if spread(ground, 0.2) > _SPREAD * (tone - ink):
            return False
        shares += [] if little else [1 - ink / tone]
    if len(shares) == len(grounds):
        return max(shares) < _ALIKE * min(shares)
    ink = median(core)
    return shade - ink >= _DARKER * (light - ink)


def _parted(places: NDArray[np.float64], lit: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float, float]:
    """Parts places of two kinds by a straight line (linear discriminant; Fisher, 1936).

    Args:
        places: Shape (n, 2).
        lit: Shape (n,), of which kind each is.

    Returns:
        A direction, shape (2,); how far along it the line lies, beyond which places are lit; and the share of
        places on the right side of it.
    """
    share = np.count_nonzero(lit) / len(lit)
    (light, spread), (shade, other) = (_middle_and_spread(places[side]) for side in (lit, ~lit))
    within = spread * share + other * (1 - share)
    across = np.asarray(np.linalg.solve(within + 1e-6 * np.eye(2), light - shade), np.float64)
    along = places @ across
    order = np.argsort(along)
    ordered = lit[order]
    right = np.cumsum(~ordered) + ordered.sum() - np.cumsum(ordered)
    best = int(right.argmax())
    return across, float(along[order[best]]), float(right[best] / len(lit))


def _middle_and_spread(places: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean, shape (2,), and covariance, shape (2, 2), of n places, shape (n, 2)."""
    middle = places.sum(axis=0) / len(places)
    away = places - middle
    return middle, away.T @ away / max(1, len(places) - 1)


def _runs_along(lit: NDArray[np.bool_], right: NDArray[np.bool_]) -> bool:
    """Whether what is lit, shape (n,), lies on one side of a bar and the rest on the other."""
    if right.all() or not right.any():
        return False
    return bool(abs(float(lit[right].mean()) - float(lit[~right].mean())) > _ASIDE)
