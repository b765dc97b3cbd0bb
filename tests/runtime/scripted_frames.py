"""A reader that reads what it is told, and frames for it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from edge_digits.reading import Box, Digit, Reading

LABELS = tuple("0123456789")
SOON = 5
"""Frames within which a steady digit must show."""


def seen(label: str, x: float = 100, y: float = 100, *, share: float = 0.9, sure: bool = True) -> Digit:
    probabilities = np.full(10, (1 - share) / 9, np.float32)
    probabilities[int(label)] = share
    return Digit(label, share, Box(round(x), round(y), 40, 60), probabilities, sure)


class ScriptedReader:
    """Reads what it is told: a frame is the digits in it."""

    labels = LABELS
    size = (640, 480)

    def read(self, frame: Iterable[Digit]) -> Reading:
        return Reading((tuple(frame),) if frame else (), self.size, "classic", "script", LABELS)


def grainy(rng: np.random.Generator, level: int = 180) -> np.ndarray:
    return np.clip(rng.normal(level, 6, (240, 320, 3)), 0, 255).astype(np.uint8)
