"""What is written on: paper of several kinds, a blackboard, a screen, a drawing canvas."""

from __future__ import annotations

import cv2
import numpy as np

from train.scenes.texture import Float, smooth_noise, tinted

GROUNDS = ("white", "tinted", "crumpled", "ruled", "grid", "board", "screen", "canvas")
"""Names of the grounds."""

SOFT_GROUNDS = ("screen", "canvas")
"""Grounds without paper, dust or a pen's grain."""


def make_ground(
    name: str,
    rng: np.random.Generator,
    shape: tuple[int, int],
    *,
    pitch: float,
    origin: tuple[float, float],
    dark: bool = False,
) -> Float:
    """Paints an empty ground.

    Args:
        name: One of `GROUNDS`.
        rng: Source of randomness.
        shape: (height, width).
        pitch: Distance of ruled lines or grid squares, pixels.
        origin: (x, y) where a grid line and a ruled line pass, pixels.
        dark: True for a dark ground that bright ink is written on; a board is always dark.

    Returns:
        (h, w, 3) float32 BGR, 0 to 255.
    """
    if name == "canvas":
        return np.full((*shape, 3), 0 if dark else 255, np.float32)
    if name == "board":
        return _board(rng, shape)
    if name == "screen":
        return _screen(rng, shape, dark)
    if dark:
        colour = ((38, 36, 35), (70, 45, 35), (40, 30, 70))[int(rng.integers(3))]
    elif name == "tinted":
        choices = ((165, 225, 240), (235, 215, 200), (205, 205, 240), (195, 225, 200), (190, 205, 215))
        colour = choices[int(rng.integers(len(choices)))]
    else:
        warm = float(rng.normal(0, 3))
        level = float(rng.uniform(222, 246))
        colour = (level - warm, level, level + 0.6 * warm)
    sheet = paper(rng, shape, colour)
    if name == "crumpled":
        _crumple(sheet, rng)
    if name == "ruled":
        _rule(sheet, rng, pitch, origin, dark)
    if name == "grid":
        _grid(sheet, rng, pitch, origin, dark)
    return np.clip(sheet, 0, 255)


def paper(rng: np.random.Generator, shape: tuple[int, int], colour: tuple[float, float, float]) -> Float:
    """Paints plain paper.

    Args:
        rng: Source of randomness.
        shape: (height, width).
        colour: BGR, 0 to 255.

    Returns:
        (h, w, 3) float32 BGR, near the colour.
    """
    value = 1 + 0.006 * smooth_noise(rng, shape, 1) + 0.005 * smooth_noise(rng, shape, 4)
    value += 0.012 * smooth_noise(rng, shape, max(shape) / 5)
    return tinted(value, colour)


def _crumple(sheet: Float, rng: np.random.Generator) -> None:
    """Folds: light falls differently on either side of a straight crease that fades with distance."""
    h, w = sheet.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32)
    value = np.ones((h, w), np.float32)
    for _ in range(int(rng.integers(6, 14))):
        angle = float(rng.uniform(0, np.pi))
        offset = (x - rng.uniform(0, w)) * np.sin(angle) + (y - rng.uniform(0, h)) * np.cos(angle)
        reach = max(h, w) * float(rng.uniform(0.015, 0.08))
        depth = float(rng.uniform(0.015, 0.05))
        # A crease runs out along its length.
        run = (x - rng.uniform(0, w)) * np.cos(angle) - (y - rng.uniform(0, h)) * np.sin(angle)
        depth = depth * np.exp(-((run / (max(h, w) * float(rng.uniform(0.2, 0.6)))) ** 2))
        value += np.tanh(offset / 1.5) * np.exp(-np.abs(offset) / reach) * depth
    value += 0.02 * smooth_noise(rng, (h, w), max(h, w) / 12)
    sheet *= value[:, :, None]


def _line(
    sheet: Float, start: tuple[float, float], end: tuple[float, float], colour: Float, alpha: float
) -> None:
    mask = np.zeros(sheet.shape[:2], np.uint8)
    points = np.rint(np.array([start, end]) * 16).astype(int).tolist()
    cv2.line(mask, points[0], points[1], 255, 1, cv2.LINE_AA, 4)
    rows = slice(max(0, int(min(start[1], end[1])) - 3), int(max(start[1], end[1])) + 4)
    columns = slice(max(0, int(min(start[0], end[0])) - 3), int(max(start[0], end[0])) + 4)
    weight = mask[rows, columns, None].astype(np.float32) * (alpha / 255)
    sheet[rows, columns] += (colour - sheet[rows, columns]) * weight


def _rule(
    sheet: Float, rng: np.random.Generator, pitch: float, origin: tuple[float, float], dark: bool
) -> None:
    h, w = sheet.shape[:2]
    choices = ((200, 165, 130), (175, 170, 165), (190, 150, 150))
    colour = np.array((120, 120, 120) if dark else choices[int(rng.integers(3))], np.float32)
    alpha = float(rng.uniform(0.5, 0.95))
    for y in np.arange(origin[1] % pitch, h, pitch):
        _line(sheet, (-5, y), (w + 5, y), colour, alpha)
    if rng.random() < 0.6:
        x = w * float(rng.uniform(0.03, 0.09))
        _line(sheet, (x, -5), (x, h + 5), np.array((120, 110, 225), np.float32), alpha)


def _grid(
    sheet: Float, rng: np.random.Generator, pitch: float, origin: tuple[float, float], dark: bool
) -> None:
    h, w = sheet.shape[:2]
    choices = ((205, 175, 150), (185, 182, 178), (190, 165, 175))
    colour = np.array((110, 110, 110) if dark else choices[int(rng.integers(3))], np.float32)
    alpha = float(rng.uniform(0.45, 0.9))
    for y in np.arange(origin[1] % pitch, h, pitch):
        _line(sheet, (-5, y), (w + 5, y), colour, alpha)
    for x in np.arange(origin[0] % pitch, w, pitch):
        _line(sheet, (x, -5), (x, h + 5), colour, alpha)


def _board(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    colour = ((52, 66, 46), (44, 44, 44), (70, 58, 44))[int(rng.integers(3))]
    value = 1 + 0.05 * smooth_noise(rng, shape, 1.5) + 0.05 * smooth_noise(rng, shape, max(shape) / 6)
    sheet = tinted(value, colour)
    # Chalk dust left by the wiping of the board, in broad strokes.
    dust = np.clip(smooth_noise(rng, shape, (max(shape) / 8, max(shape) / 3)), 0, None)
    dust *= 1 + 0.15 * smooth_noise(rng, shape, (9, max(shape) / 3)) + 0.05 * smooth_noise(rng, shape, 2)
    sheet += np.clip(dust, 0, None)[:, :, None] * float(rng.uniform(6, 15))
    return np.clip(sheet, 0, 255)


def _screen(rng: np.random.Generator, shape: tuple[int, int], dark: bool) -> Float:
    level = float(rng.uniform(12, 40)) if dark else float(rng.uniform(225, 250))
    sheet = np.full((*shape, 3), level, np.float32) * np.array((1.02, 1.0, 0.98), np.float32)
    # The camera's pixels and the screen's meet in faint bands.
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    pitch, angle = float(rng.uniform(2.2, 5)), float(rng.uniform(-0.3, 0.3))
    bands = np.sin((y * np.cos(angle) + x * np.sin(angle)) * (2 * np.pi / pitch))
    bands *= np.sin(y / float(rng.uniform(40, 120)) + x / 400)
    sheet *= (1 + 0.02 * bands)[:, :, None]
    sheet += 2 * smooth_noise(rng, shape, max(shape) / 3)[:, :, None]
    return np.clip(sheet, 0, 255)
