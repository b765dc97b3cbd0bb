"""Vary a crop as hands, pens and cameras do: turned, slanted, bent, thin or thick, blurred, pale, cut off.

Most crops are varied at their own size. The others are enlarged, so that the pen's width
can be changed finely, and then brought to MNIST's size by the runtime's own code, which is what
happens to a digit on its way from a picture to the network.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.normalize import SIZE, normalize
from edge_digits.stroke import even_stroke, stroke_width
from train.ink_box import cut_to_ink

TURN: Final = 13.0
"""Largest turn, degrees."""
SHEAR: Final = 0.2
"""Largest slant to either side."""
SCALE: Final = 0.13
"""Largest change of width or height."""
SHIFT: Final = 2.0
"""Largest shift, pixels."""
ELASTIC: Final = 0.9
"""Standard deviation of the bending, pixels (Simard et al., "Best practices for convolutional neural
networks", 2003)."""

_COARSE: Final = 0.2
"""Share of the enlarged crops that are made of few pixels."""
_TWO_TONED: Final = 0.4
"""Share of those whose pixels are black or white."""
_KNOTS: Final = 5
_CHUNK: Final = 512
_ENLARGED: Final = 2 * SIZE


def augment(
    images: NDArray[np.uint8], rng: np.random.Generator, *, strength: float = 1.0
) -> NDArray[np.uint8]:
    """Vary crops, each in its own way.

    Args:
        images: Shape (n, 28, 28), white ink on black.
        rng: Source of all randomness.
        strength: 1 for all of it, 0 for next to none: scales sizes and probabilities alike.

    Returns:
        New crops of the same shape.
    """
    varied = np.empty_like(images)
    for start in range(0, len(images), _CHUNK):
        part = images[start : start + _CHUNK]
        by_pen = rng.random(len(part)) < 0.4 * strength
        chunk = varied[start : start + _CHUNK]
        chunk[~by_pen] = _at_own_size(part[~by_pen], rng, strength)
        chunk[by_pen] = _with_pen(part[by_pen], rng, strength)
    return varied


def warps(
    count: int, size: int, rng: np.random.Generator, strength: float, *, shift: float = SHIFT
) -> NDArray[np.float32]:
    """Draw where each pixel of a varied crop comes from.

    Args:
        count: How many crops.
        size: Side of the result in pixels; the source has 28.
        rng: Source of all randomness.
        strength: Scales turn, slant, scale, shift and bending.
        shift: Largest shift, pixels of the source.

    Returns:
        x and y in the source, shape (count, size, size, 2).
    """
    turn = np.deg2rad(rng.uniform(-TURN, TURN, count) * strength)
    shear = rng.uniform(-SHEAR, SHEAR, count) * strength
    scale = np.exp(rng.uniform(-SCALE, SCALE, (count, 2)) * strength)
    move = rng.uniform(-shift, shift, (count, 2)) * strength
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.empty((count, 2, 2))
    matrix[:, 0, 0], matrix[:, 0, 1] = cos, -sin + shear * cos
    matrix[:, 1, 0], matrix[:, 1, 1] = sin, cos + shear * sin
    matrix /= scale[:, :, None]
    middle = (SIZE - 1) / 2
    grid = (np.arange(size) + 0.5) * (SIZE / size) - 0.5 - middle
    points = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    sources = (points @ matrix.transpose(0, 2, 1)).astype(np.float32)
    sources += (middle + move)[:, None].astype(np.float32)
    sources = sources.reshape(count, size, size, 2)
    # Two knots more than are needed: the outermost would be stretched to a plateau.
    bends = rng.normal(0, ELASTIC * strength, (count, _KNOTS, _KNOTS, 2)).astype(np.float32)
    for i, bend in enumerate(bends):
        sources[i] += cv2.resize(bend, (size, size), interpolation=cv2.INTER_CUBIC)
    return sources


def _at_own_size(images: NDArray[np.uint8], rng: np.random.Generator, strength: float) -> NDArray[np.uint8]:
    varied = np.empty_like(images)
    sources = warps(len(images), SIZE, rng, strength)
    lots = rng.random((len(images), 3))
    for crop, image, source, lot in zip(varied, images, sources, lots, strict=True):
        crop[:] = cv2.remap(image, source, None, cv2.INTER_LINEAR)
        if lot[0] < 0.12 * strength:
            crop[:] = cv2.GaussianBlur(crop, (0, 0), float(rng.uniform(0.35, 0.9)))
        if lot[1] < 0.2 * strength:
            crop[:] = _tone(crop, rng)
        if lot[2] < 0.05 * strength:
            noisy = crop + rng.normal(0, rng.uniform(4, 24), crop.shape)
            crop[:] = np.clip(noisy, 0, 255).astype(np.uint8)
    return varied


def _with_pen(images: NDArray[np.uint8], rng: np.random.Generator, strength: float) -> NDArray[np.uint8]:
    varied = np.empty_like(images)
    sources = warps(len(images), _ENLARGED, rng, strength, shift=0)
    lots = rng.random((len(images), 5))
    for crop, image, source, lot in zip(varied, images, sources, lots, strict=True):
        ink = np.asarray(cv2.remap(image, source, None, cv2.INTER_LINEAR), np.uint8)
        ink = _coarse(ink, rng) if lot[4] < _COARSE else _pen(ink, lot[0])
        if lot[1] < 0.3:
            ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.5, 1.8))), np.uint8)
        elif lot[1] < 0.7:
            # As segmentation leaves it: stretched to full contrast, and hard at the edge.
            ink = _hardened(ink, float(rng.uniform(1.3, 3)))
        if lot[2] < 0.2:
            ink = _tone(ink, rng)
        ink = cut_to_ink(ink, above=24)
        if lot[3] < 0.05 and min(ink.shape) > 12:
            ink = cut_to_ink(_cut_side(ink, rng), above=24)
        width = stroke_width((ink > 100).astype(np.uint8)) if ink.size else 0.0
        crop[:] = normalize(even_stroke(ink, width)) if ink.size else image
    return varied


def _pen(ink: NDArray[np.uint8], lot: float) -> NDArray[np.uint8]:
    """Write the same with a thinner or a thicker pen, by at most two pixels of the enlarged crop."""
    if lot < 0.3:
        thinner = np.asarray(cv2.erode(ink, _ellipse(3)), np.uint8)
        # A pen that was thin already would be gone.
        return thinner if int(thinner.sum()) > 0.35 * int(ink.sum()) else ink
    if lot < 0.6:
        return np.asarray(cv2.dilate(ink, _ellipse(3 if lot < 0.48 else 5)), np.uint8)
    return ink


def _coarse(ink: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Make it of few pixels, enlarged smoothly or as blocks: from afar, or as the first scanners saw it."""
    box = cut_to_ink(ink, above=24)
    if not box.size:
        return ink
    scale = float(rng.uniform(8, 16)) / max(box.shape)
    height, width = (max(2, round(scale * side)) for side in box.shape)
    few = cv2.resize(box, (width, height), interpolation=cv2.INTER_AREA)
    # Segmentation brings faint strokes to full contrast, too.
    few = cv2.convertScaleAbs(few, alpha=255 / max(int(few.max()), 1))
    if rng.random() < _TWO_TONED:
        _, few = cv2.threshold(few, float(rng.uniform(70, 140)), 255, cv2.THRESH_BINARY)
    # Room for the edge to fall to zero.
    few = cv2.copyMakeBorder(few, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    size = tuple(round(side / scale) for side in few.shape[::-1])
    how = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(3))]
    return np.asarray(cv2.resize(few, size, interpolation=how), np.uint8)


def _ellipse(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _hardened(ink: NDArray[np.uint8], gain: float) -> NDArray[np.uint8]:
    return np.asarray(np.clip((ink.astype(np.float32) - 100) * gain, 0, 255), np.uint8)


def _tone(ink: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Make ink paler, and its edges softer or harder."""
    curve = 255 * rng.uniform(0.65, 1.0) * (np.arange(256) / 255) ** np.exp(rng.uniform(-0.45, 0.45))
    return np.asarray(cv2.LUT(ink, curve.astype(np.uint8)), np.uint8)


def _cut_side(ink: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Lose up to a twelfth at one side, as at a picture's edge."""
    side, share = int(rng.integers(4)), float(rng.uniform(0.02, 0.085))
    rows, columns = max(1, round(share * ink.shape[0])), max(1, round(share * ink.shape[1]))
    window = (np.s_[rows:], np.s_[:-rows], np.s_[:, columns:], np.s_[:, :-columns])[side]
    return ink[window]
