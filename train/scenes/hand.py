"""A writer: habits, slant and the scatter from one digit to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from edge_digits.errors import EdgeDigitsError
from train.scenes.curves import Points, parse, smooth, spline
from train.scenes.glyphs import DIGITS, Glyph


@dataclass(frozen=True)
class Hand:
    """How one person writes; a page is written by one hand.

    All lengths are fractions of a digit's height.
    """

    slant: float = 0.08
    """Shear to the right, 0 upright, 0.3 strongly leaning."""
    aspect: float = 1.0
    """Width relative to the glyph's own, about 0.75 to 1.3."""
    jitter: float = 0.017
    """Scatter of the points a stroke passes, from one digit to the next."""
    wobble: float = 0.004
    """Tremor along a stroke."""
    taper: float = 0.25
    """How much thinner strokes begin and end, 0 to 1."""
    contrast: float = 0.12
    """How much the width follows the pen's speed, 0 to 1."""
    dryness: float = 0.0
    """Share of a stroke where the ink fails, 0 to about 0.1."""
    tilt: float = 2.5
    """Standard deviation of a digit's turn, degrees."""
    habits: Mapping[str, str] = field(default_factory=dict)
    """Which variant this hand writes for a label; a label left out varies."""

    @classmethod
    def random(cls, rng: np.random.Generator) -> Hand:
        """Draws a writer.

        Args:
            rng: Source of randomness.

        Returns:
            A hand that mostly keeps to one variant a digit, as people do.
        """
        habits = {label: choose(glyphs, rng).name for label, glyphs in DIGITS.items() if rng.random() < 0.8}
        return cls(
            slant=float(np.clip(rng.normal(0.08, 0.11), -0.2, 0.36)),
            aspect=float(np.clip(np.exp(rng.normal(0, 0.11)), 0.76, 1.3)),
            jitter=float(rng.uniform(0.009, 0.021)),
            wobble=float(rng.uniform(0.001, 0.006)),
            taper=float(rng.uniform(0.05, 0.4)),
            contrast=float(rng.uniform(0.03, 0.2)),
            tilt=float(rng.uniform(1, 3.5)),
            habits=habits,
        )


def vary(strokes: Sequence[str], rng: np.random.Generator, hand: Hand) -> list[Points]:
    """Curves of a glyph as this hand writes it this time, in heights of a digit."""
    bend, stretch = rng.normal(0, 0.05), float(np.exp(rng.normal(0, 0.05)))
    width = hand.aspect * float(np.exp(rng.normal(0, 0.06)))
    slant = hand.slant + rng.normal(0, 0.03)
    angle = np.deg2rad(rng.normal(0, hand.tilt))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    curves = []
    for stroke in strokes:
        offset = rng.normal(0, 0.6 * hand.jitter, 2) if len(strokes) > 1 else np.zeros(2)
        pieces = []
        for piece in parse(stroke):
            points = piece + rng.normal(0, hand.jitter, piece.shape) + offset
            if pieces:
                points[0] = pieces[-1][-1]
            pieces.append(spline(points))
        curve = np.concatenate([piece if i == 0 else piece[1:] for i, piece in enumerate(pieces)])
        n = len(curve)
        curve = curve + hand.wobble * np.stack([smooth(rng.normal(0, 1, n), 12) for _ in range(2)], axis=1)
        y = np.sign(curve[:, 1]) * np.abs(curve[:, 1]) ** stretch
        x = curve[:, 0] * width + slant * (0.5 - y) + bend * (y - 0.5) ** 2
        curves.append(np.stack([x, y], axis=1) @ turn)
    return curves


def glyphs_of(label: str) -> tuple[Glyph, ...]:
    """All ways of writing a digit; EdgeDigitsError where the label is none of ours."""
    if label not in DIGITS:
        raise EdgeDigitsError(f"{label!r} is no digit we can write.", 'Give one of "0" to "9".')
    return DIGITS[label]


def choose(glyphs: Sequence[Glyph], rng: np.random.Generator) -> Glyph:
    """One of the ways, as often as its weight says."""
    weights = np.array([glyph.weight for glyph in glyphs])
    return glyphs[int(rng.choice(len(glyphs), p=weights / weights.sum()))]


def pick(label: str, name: str | None, rng: np.random.Generator) -> Glyph:
    """The way of that name, or any where no name is given."""
    glyphs = glyphs_of(label)
    if name is None:
        return choose(glyphs, rng)
    for glyph in glyphs:
        if glyph.name == name:
            return glyph
    raise EdgeDigitsError(
        f"{name!r} is no way we write {label!r}.", f"Give one of {', '.join(g.name for g in glyphs)}."
    )
