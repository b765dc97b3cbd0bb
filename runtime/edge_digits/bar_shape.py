"""What a narrow stroke looks like: how it bends and leans, and whether it is an arc."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import cv2
import numpy as np

from edge_digits.candidate import Candidate

_ROUND: Final = 0.35
"""Share of the bend by which it may differ from an arc."""
_INK: Final = 64
"""Of 255, from which a pixel of a cut-out is ink."""
_FOOT: Final = 4.0
"""Widths of the pen from which a row of ink is a foot; brackets have none."""


class BarShape(NamedTuple):
    """What a bar looks like."""

    bend: float
    """By what share of its length it bends, below 0 to the left as ( does."""
    arc: bool
    """Whether it bends evenly, as a bracket does."""
    lean: float
    """How far it leans to the right, in degrees."""


def slant_of(candidate: Candidate) -> float:
    """How far a digit leans to the right, in degrees."""
    moments = cv2.moments(candidate.ink)
    return math.degrees(math.atan2(-moments["mu11"], max(moments["mu02"], 1e-6)))


def strokes_across(candidate: Candidate) -> int:
    """How many strokes the row that crosses most of them shows, 1 or more."""
    ink = np.pad(candidate.ink > _INK, ((0, 0), (1, 0)))
    return int((ink[:, 1:] & ~ink[:, :-1]).sum(axis=1).max(initial=1))


def shape_of(candidate: Candidate) -> BarShape:
    """Measures the middle line of a stroke from its top to its foot."""
    ink = candidate.ink.astype(np.float32)
    sums = ink.sum(axis=1)
    rows = np.flatnonzero(sums > 0)
    middle = (ink[rows] @ np.arange(ink.shape[1])) / sums[rows]
    end = max(1, len(rows) // 8)
    dx, dy = middle[-end:].mean() - middle[:end].mean(), float(rows[-end:].mean() - rows[:end].mean())
    length = max(math.hypot(dx, dy), 1e-6)
    away = ((middle - middle[:end].mean()) * dy - (rows - rows[:end].mean()) * dx) / length**2
    along = np.linspace(0, 1, len(rows))
    arc = 4 * along * (1 - along)
    bend = float(away @ arc / max(float(arc @ arc), 1e-6))
    rest = float(np.sqrt(np.mean((away - bend * arc) ** 2)))
    own = candidate.ink > _INK
    crossings = (np.diff(own.astype(np.int8), axis=1) > 0).sum(axis=1).max(initial=0)
    single = int(crossings) + int(own[:, 0].any()) <= 2
    footed = own.sum(axis=1).max(initial=0) > _FOOT * candidate.stroke
    is_arc = single and not footed and rest < _ROUND * abs(bend)
    return BarShape(bend, is_arc, math.degrees(math.atan2(-dx, dy)))
