"""Pens: how wide they write, in which colours, and how their ink lies on a ground."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from train.scenes.hand import Hand
from train.scenes.texture import smooth_noise

Colour = tuple[float, float, float]
"""Blue, green, red, 0 to 255."""


@dataclass(frozen=True)
class Pen:
    """One kind of pen."""

    width: tuple[float, float]
    """Range of the stroke's width in heights of a digit."""
    colours: tuple[Colour, ...]
    """Inks it comes in, most common first."""
    opacity: tuple[float, float]
    """How much of the ground it covers, 0 to 1."""
    grain: float = 0.0
    """How much the ground's roughness shows, 0 to 1."""
    taper: float = 1.0
    """Multiplies the hand's taper."""
    dryness: tuple[float, float] = (0.0, 0.0)
    """Range of the share of a stroke where the ink fails."""
    covers: bool = False
    """True for chalk and screens, which hide the ground; ink on paper darkens it."""


PENS: dict[str, Pen] = {
    "ballpoint": Pen(
        (0.035, 0.06),
        ((120, 55, 35), (45, 40, 38), (150, 70, 30), (60, 45, 170), (70, 105, 40)),
        (0.8, 0.97),
        0.25,
        0.8,
        (0.0, 0.02),
    ),
    "felt": Pen(
        (0.055, 0.085), ((40, 36, 36), (125, 50, 35), (48, 40, 175), (60, 100, 30)), (0.85, 0.98), 0.12, 1.0
    ),
    "marker": Pen(
        (0.09, 0.15), ((42, 38, 38), (135, 55, 45), (60, 50, 185), (55, 95, 40)), (0.85, 0.97), 0.08, 0.4
    ),
    "pencil": Pen(
        (0.04, 0.075), ((92, 88, 88), (75, 72, 72), (110, 106, 106)), (0.75, 0.92), 0.6, 1.2, (0, 0.01)
    ),
    "chalk": Pen(
        (0.075, 0.12),
        ((235, 238, 238), (150, 225, 240), (215, 190, 240)),
        (0.8, 0.95),
        0.6,
        0.3,
        (0, 0.03),
        True,
    ),
    "white gel": Pen(
        (0.045, 0.075), ((240, 242, 242), (190, 235, 245)), (0.85, 0.97), 0.15, 0.7, covers=True
    ),
    "stylus": Pen(
        (0.05, 0.11), ((18, 18, 18), (160, 70, 20), (40, 40, 190)), (1.0, 1.0), 0.0, 0.1, covers=True
    ),
    "bright stylus": Pen((0.05, 0.11), ((255, 255, 255), (140, 240, 250)), (1.0, 1.0), 0.0, 0.1, covers=True),
}


def hold(hand: Hand, pen: Pen, rng: np.random.Generator) -> Hand:
    """The same writer with this pen in the hand."""
    return replace(hand, taper=min(hand.taper * pen.taper, 0.9), dryness=float(rng.uniform(*pen.dryness)))


def write(
    sheet: NDArray[np.float32],
    ink: NDArray[np.uint8],
    corner: tuple[int, int],
    *,
    colour: Colour,
    opacity: float,
    pen: Pen,
    rng: np.random.Generator,
) -> None:
    """Lays ink on a sheet, in place; what falls beside the sheet is lost.

    Args:
        sheet: (h, w, 3) float32 BGR, 0 to 255.
        ink: (n, m) uint8, bright on 0.
        corner: (x, y) of the ink's top left corner on the sheet.
        colour: BGR of the ink.
        opacity: 0 to 1.
        pen: Tells grain and whether the ink hides the ground.
        rng: Source of the grain.
    """
    x, y = corner
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + ink.shape[1], sheet.shape[1]), min(y + ink.shape[0], sheet.shape[0])
    if right <= left or bottom <= top:
        return
    alpha = ink[top - y : bottom - y, left - x : right - x].astype(np.float32) * (opacity / 255)
    if pen.grain:
        rough = 0.6 * smooth_noise(rng, alpha.shape, 1.2) + 0.4 * smooth_noise(rng, alpha.shape, 3)
        alpha *= np.clip(1 + pen.grain * 0.45 * (rough - 0.6), 0.15, 1)
    patch = sheet[top:bottom, left:right]
    tone = np.array(colour, np.float32)
    target = tone if pen.covers else patch * (tone / 255)
    patch += (target - patch) * alpha[:, :, None]
