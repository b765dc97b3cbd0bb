"""Crops with nothing to read in them: blank, noise and textures, made otherwise than those taught."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.normalize import SIZE, normalize

_SEED: Final = 30_000


def nothing(count: int) -> dict[str, NDArray[np.uint8]]:
    """Make crops without anything written on them, half of them brought through `normalize`.

    `train.junk.textures` makes what networks learn from; these are drawn by other rules, so that
    a network which only knows its lessons is found out.

    Args:
        count: How many of each kind.

    Returns:
        Shape (count, 28, 28) each, by kind; always the same.
    """
    rng = np.random.Generator(np.random.PCG64(_SEED))
    return {
        kind: np.stack([_half_normalized(make(rng), i) for i in range(count)])
        for kind, make in (("blank", _blank), ("noise", _noise), ("textures", _texture))
    }


def _half_normalized(picture: NDArray[np.float32], i: int) -> NDArray[np.uint8]:
    ink = np.clip(picture, 0, 255).astype(np.uint8)
    return normalize(ink, floor=24) if i % 2 else ink


def _blank(rng: np.random.Generator) -> NDArray[np.float32]:
    """One grey level, or a slope of light over the crop."""
    y, x = np.mgrid[:SIZE, :SIZE] / (SIZE - 1)
    level, across, down = rng.uniform(0, 255), *rng.uniform(-60, 60, 2)
    return np.asarray(level + (rng.random() < 0.5) * (across * (x - 0.5) + down * (y - 0.5)), np.float32)


def _noise(rng: np.random.Generator) -> NDArray[np.float32]:
    """Uniform, normal about any level, or sparse bright pixels."""
    kind = int(rng.integers(3))
    if kind == 0:
        return np.asarray(rng.uniform(0, 255, (SIZE, SIZE)), np.float32)
    if kind == 1:
        return np.asarray(rng.normal(rng.uniform(0, 200), rng.uniform(10, 90), (SIZE, SIZE)), np.float32)
    return np.asarray(255 * (rng.random((SIZE, SIZE)) < rng.uniform(0.02, 0.5)), np.float32)


def _texture(rng: np.random.Generator) -> NDArray[np.float32]:
    """Cloth, grain of one direction, marble or pebbles."""
    kind = int(rng.integers(4))
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    grain = rng.standard_normal((SIZE, SIZE)).astype(np.float32)
    gain = float(rng.uniform(40, 150))
    if kind == 0:
        pitch = rng.uniform(2.5, 7, 2)
        return np.asarray(
            128 + gain * np.sign(np.sin(x / pitch[0] * 2 * np.pi) * np.sin(y / pitch[1] * 2 * np.pi))
        )
    if kind == 1:
        long, thin = float(rng.uniform(3, 8)), float(rng.uniform(0.3, 0.9))
        drawn = cv2.GaussianBlur(grain, (0, 0), sigmaX=long, sigmaY=thin)
        picture = drawn if rng.random() < 0.5 else drawn.T
    elif kind == 2:
        bent = cv2.GaussianBlur(grain, (0, 0), 4)
        picture = np.sin(x * float(rng.uniform(0.2, 0.9)) + 20 * bent / bent.std() * 0.2)
    else:
        spots = cv2.GaussianBlur(grain, (0, 0), float(rng.uniform(0.8, 2)))
        picture = np.tanh(2 * spots / spots.std())
    return np.asarray(128 + gain * picture / max(float(picture.std()), 1e-6), np.float32)
