"""What stands upright and is larger than the picture: boards, brick, concrete, wood, a dusty window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from train.scenes import light
from train.scenes.ground import make_ground
from train.scenes.pens import PENS, Pen
from train.scenes.surfaces.drawing import line, pick, smear
from train.scenes.surfaces.surface import WALL, WALL_AREA, Surface
from train.scenes.surfaces.writer import Writer, write_numbers
from train.scenes.texture import Float, smooth_noise, tinted, wood

_BOARD, _BOARD_AREA = (800, 1100), (110, 80, 880, 600)
"""Height and width of a board, and where to write on it: x, y, width, height."""


def whiteboard(rng: np.random.Generator, typeface: Path) -> Surface:
    """A whiteboard with traces of what was wiped off, a lamp's reflection, and pens on its ledge."""
    surface = Surface(tinted(1 + 0.01 * smooth_noise(rng, _BOARD, 80), (238, 240, 238)), "wall")
    colours = ((50, 40, 40), (150, 60, 30), (40, 40, 190), (60, 120, 30))
    writer = Writer(rng, typeface, replace(PENS["marker"], width=(0.06, 0.12), colours=colours))
    for _ in range(int(rng.integers(0, 4))):
        smear(surface.image, rng, writer.colour, float(rng.uniform(0.05, 0.16)))
    write_numbers(writer, surface, _BOARD_AREA)
    surface.image += light.glare(rng, _BOARD)[:, :, None] * float(rng.uniform(0, 0.8))
    _edge(surface.image, np.full((*_BOARD, 3), (165, 168, 170), np.float32), 24)
    line(surface.image, [(24, 26), (1076, 26)], (110, 112, 114), width=3)
    for i in range(int(rng.integers(0, 4))):
        x = 150 + 230 * i + float(rng.uniform(0, 60))
        line(surface.image, [(x, 782), (x + 100, 782)], pick(rng, colours), width=10)
    return surface


def blackboard(rng: np.random.Generator, typeface: Path) -> Surface:
    """A blackboard in a wooden frame, dusty where it was wiped."""
    surface = Surface(make_ground("board", rng, _BOARD, pitch=1, origin=(0, 0)), "wall")
    for _ in range(int(rng.integers(0, 3))):
        smear(surface.image, rng, (200, 200, 200), float(rng.uniform(0.1, 0.3)))
    write_numbers(Writer(rng, typeface, PENS["chalk"]), surface, _BOARD_AREA)
    _edge(surface.image, wood(rng, _BOARD), 30)
    return surface


def _edge(image: Float, border: Float, width: int) -> None:
    """Puts a frame of that many pixels round a board, in place."""
    inner = np.s_[width:-width, width:-width]
    border[inner] = image[inner]
    image[:] = border


def concrete(rng: np.random.Generator, typeface: Path) -> Surface:
    """Concrete or asphalt with broad chalk, perhaps a joint across it."""
    grain = 0.08 * smooth_noise(rng, WALL, 1.2) + 0.06 * smooth_noise(rng, WALL, 5)
    colour = pick(rng, ((120, 125, 128), (95, 98, 100), (140, 150, 160)))
    surface = Surface(tinted(1 + grain + 0.05 * smooth_noise(rng, WALL, 90), colour), "whole")
    if rng.random() < 0.5:
        ends = [(0, rng.uniform(100, 800)), (1200, rng.uniform(100, 800))]
        line(surface.image, ends, (50, 52, 54), width=3)
    chalk = replace(PENS["chalk"], width=(0.08, 0.13), opacity=(0.8, 0.95), grain=1.1)
    write_numbers(Writer(rng, typeface, chalk), surface, WALL_AREA, lines=(1, 2), longest=4)
    return surface


def brick(rng: np.random.Generator, typeface: Path) -> Surface:
    """A brick wall with a number in chalk, broad enough to cross the joints."""
    surface = Surface(tinted(1 + 0.05 * smooth_noise(rng, WALL, 2), (190, 195, 200)), "whole")
    colour = pick(rng, ((70, 85, 160), (85, 105, 150), (60, 70, 125)))
    for row, y in enumerate(range(0, WALL[0], 70)):
        for x in range(-90 if row % 2 else 0, WALL[1], 180):
            stone = surface.image[y + 6 : y + 70, max(0, x + 6) : x + 180]
            value = float(rng.uniform(0.85, 1.15)) * (1 + 0.08 * smooth_noise(rng, stone.shape[:2], 2))
            stone[:] = tinted(value, colour)
    chalk = replace(PENS["chalk"], width=(0.13, 0.18), colours=((235, 238, 238), (150, 225, 240)))
    area = (WALL_AREA[0], 240, WALL_AREA[2], 420)
    writer = Writer(rng, typeface, chalk)
    write_numbers(writer, surface, area, lines=(1, 1), longest=3, height=(0.5, 0.75))
    return surface


def wooden_board(rng: np.random.Generator, typeface: Path) -> Surface:
    """Bare planks, written on with a marker or with chalk."""
    surface = Surface(wood(rng, WALL), "whole")
    writer = Writer(rng, typeface, PENS[pick(rng, ("marker", "chalk"))])
    write_numbers(writer, surface, WALL_AREA, lines=(1, 2), longest=4)
    return surface


def dusty_window(rng: np.random.Generator, typeface: Path) -> Surface:
    """A car's dusty or a kitchen's fogged window: where a finger went, the dark glass shows."""
    colour = pick(rng, ((38, 40, 36), (58, 46, 36), (30, 32, 38)))
    glass = tinted(1 + 0.25 * smooth_noise(rng, WALL, (140, 220)), colour)
    # The sky is reflected above.
    glass += np.linspace(float(rng.uniform(20, 60)), 0, WALL[0], dtype=np.float32)[:, None, None]
    surface = Surface(np.full((*WALL, 3), 255, np.float32), "whole")
    finger = Pen((0.12, 0.19), ((0, 0, 0),), (0.8, 0.95), 0.35, covers=True)
    write_numbers(Writer(rng, typeface, finger), surface, WALL_AREA, lines=(1, 2), longest=4)
    left = surface.image[:, :, 0] / 255
    # What the finger pushes aside lies thicker along its way.
    bank = np.clip(cv2.GaussianBlur(left, (0, 0), 4) - cv2.GaussianBlur(left, (0, 0), 9), 0, 1)
    patchy = 0.66 + 0.07 * smooth_noise(rng, WALL, 120) + 0.05 * smooth_noise(rng, WALL, 2)
    cover = np.clip(left * (patchy + bank), 0, 0.95)[:, :, None]
    dust = pick(rng, ((125, 145, 158), (168, 172, 172), (140, 150, 152)))
    surface.image = glass * (1 - cover) + np.array(dust, np.float32) * cover
    return surface
