"""Things at hand: a cardboard box, an arm, a tablet, the lid of a jar."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import ArrayLike

from train.scenes import things
from train.scenes.ground import paper
from train.scenes.pens import PENS, Colour
from train.scenes.surfaces.drawing import disc_mask, frame, line, pick, rounded
from train.scenes.surfaces.printing import print_words
from train.scenes.surfaces.surface import WALL, Surface
from train.scenes.surfaces.writer import Writer, write_numbers
from train.scenes.texts import random_number
from train.scenes.texture import SURROUNDINGS, Float, blend, smooth_noise, tinted

_TAPE: Colour = (95, 140, 180)


def cardboard(rng: np.random.Generator, typeface: Path) -> Surface:
    """The side of a cardboard box, with flutes that show, perhaps a seam, tape or a printed word."""
    h, w = 760, 1000
    board = paper(rng, (h, w), (110, 155, 190))
    board *= (1 + 0.05 * smooth_noise(rng, (h, w), 60))[:, :, None]
    rows = np.arange(h, dtype=np.float32)
    board *= (1 + 0.03 * np.sin(rows / float(rng.uniform(2, 5))))[:, None, None]
    surface = Surface(board, pick(rng, ("desk", "whole")))
    if rng.random() < 0.5:
        y = float(rng.uniform(60, 700))
        line(board, [(0, y), (w, y)], (70, 100, 130), width=8, opacity=0.5)
    if rng.random() < 0.5:
        strip = board[:, 30:130]
        strip += (np.array(_TAPE, np.float32) * 1.15 - strip) * 0.6
        strip += 12 * np.clip(smooth_noise(rng, (h, 100), (90, 12)), 0, 2)[:, :, None]
    if rng.random() < 0.4:
        word = pick(rng, ("FRAGILE", "THIS SIDE UP", "HANDLE WITH CARE"))
        print_words(board, word, (190, 690), 38, face="bold", colour=(60, 80, 110), opacity=0.85)
    write_numbers(Writer(rng, typeface, PENS["marker"]), surface, (180, 110, 660, 490))
    return surface


def skin(rng: np.random.Generator, typeface: Path) -> Surface:
    """A forearm over a table, round, with pores, freckles and hairs, and a number in pen on it."""
    surface = Surface(pick(rng, tuple(SURROUNDINGS.values()))(rng, WALL), "whole")
    h, w = WALL
    tone = pick(rng, things.SKINS[:4])
    rows, columns = np.indices(WALL, np.float32)
    # It narrows towards the wrist.
    half = 330 - 70 * columns / w + 8 * smooth_noise(rng, (2, w), 300)[:1]
    around = (rows - h / 2 - 15 * np.sin(columns / 500 + float(rng.uniform(0, 6)))) / half
    outline = np.clip((1 - np.abs(around)) * half / 2, 0, 1)
    lit = 0.62 + 0.42 * np.sqrt(np.clip(1 - around**2, 0, 1)) - 0.08 * around
    lit += 0.025 * smooth_noise(rng, WALL, 4) + 0.05 * smooth_noise(rng, WALL, 180)
    arm = tinted(lit.astype(np.float32), tone)
    for _ in range(int(rng.integers(0, 12))):
        spot = (float(rng.uniform(0, w)), float(rng.uniform(250, 650)))
        blend(arm, disc_mask(WALL, spot, float(rng.uniform(1.5, 4))) * 0.5, tuple(0.6 * c for c in tone))
    _hairs(arm, rng, tone)
    things.shadowed(surface.image, outline, offset=(10, 22), soft=14, depth=0.5)
    blend(surface.image, outline, np.asarray(cv2.GaussianBlur(arm, (0, 0), 1.1), np.float32))
    # A fine pen does not show on dark skin.
    pen = pick(rng, ("ballpoint", "felt") if tone in things.SKINS[:2] else ("felt", "marker"))
    writer = Writer(rng, typeface, PENS[pen])
    write_numbers(writer, surface, (220, 310, 760, 280), lines=(1, 2), height=(0.4, 0.6))
    return surface


def _hairs(arm: Float, rng: np.random.Generator, tone: Colour) -> None:
    dark = (0.55 * tone[0], 0.55 * tone[1], 0.55 * tone[2])
    for _ in range(int(rng.integers(20, 140))):
        start = np.array([rng.uniform(0, WALL[1]), rng.uniform(180, 720)])
        bend = np.cumsum(rng.normal((5, 1.5), 1.5, (7, 2)), axis=0)
        line(arm, start + bend, dark, width=1, opacity=float(rng.uniform(0.2, 0.5)))


def tablet(rng: np.random.Generator, typeface: Path) -> Surface:
    """A tablet that shows a note: a bar with tools above, a title, and numbers by a stylus."""
    dark = bool(rng.random() < 0.5)
    ground, bar, tool = ((28, 26, 24), (60, 56, 52), 220) if dark else ((250, 250, 250), (234, 232, 232), 60)
    h, w, rim = 980, 780, 40
    surface = Surface(np.full((h, w, 3), 20, np.float32), outline=rounded((h, w), 46))
    screen = surface.image[rim:-rim, rim:-rim]
    screen[:] = ground
    screen[:80] = bar
    ink: Colour = (tool, tool, tool)
    for x in range(40, w - 2 * rim - 20, 80):
        _tool(screen, rng, x, ink)
    print_words(
        screen, pick(rng, ("Untitled note", "Shopping", "Meeting", "My notes")), (250, 122), 24, colour=ink
    )
    writer = Writer(rng, typeface, PENS["bright stylus" if dark else "stylus"])
    write_numbers(writer, surface, (110, 220, 560, 640))
    return surface


def _tool(screen: Float, rng: np.random.Generator, x: int, colour: Colour) -> None:
    """One of the signs that such programs have on their buttons, around (x, 40)."""
    angle = np.linspace(0, 2 * np.pi, 24)
    signs: dict[str, list[ArrayLike]] = {
        "lasso": [np.stack([14 * np.cos(angle), 14 * np.sin(angle)], 1)],
        "pen": [[(-14, 10), (14, -12)]],
        "box": [[(-14, -14), (14, -14), (14, 14), (-14, 14), (-14, -14)]],
        "menu": [[(-14, y), (14, y)] for y in (-10, 0, 10)],
        "forward": [[(-8, -12), (6, 0), (-8, 12)]],
    }
    for points in signs[pick(rng, tuple(signs))]:
        line(screen, np.add(points, (x, 40)), colour, width=3)


def jar_lid(rng: np.random.Generator, typeface: Path) -> Surface:
    """The lid of a jar from above, with a label: what is in it, and a number or two."""
    side = 760
    centre = ((side - 1) / 2, (side - 1) / 2)
    colour = pick(rng, ((190, 195, 196), (70, 70, 190), (225, 228, 230), (90, 190, 220), (80, 110, 60)))
    rows, columns = np.indices((side, side), np.float32)
    angle = np.arctan2(rows - centre[1], columns - centre[0])
    # Brushed metal throws light into two opposite directions.
    gloss = (
        1 + 0.07 * np.cos(2 * (angle - float(rng.uniform(0, 3)))) + 0.01 * smooth_noise(rng, (side, side), 2)
    )
    surface = Surface(tinted(gloss.astype(np.float32), colour), outline=disc_mask((side, side), centre, 376))
    for radius, shade in ((340, 0.82), (334, 1.12)):
        edge = disc_mask((side, side), centre, radius + 3) - disc_mask((side, side), centre, radius - 3)
        blend(surface.image, edge, tuple(min(255.0, shade * c) for c in colour))
    tape = pick(rng, ((236, 240, 241), (170, 215, 232), (205, 225, 238)))
    top, tall = (230, 300) if rng.random() < 0.5 else (270, 220)
    label = surface.image[top : top + tall, 120:640]
    things.shadowed(
        surface.image, _box_mask((side, side), (120, top, 520, tall)), offset=(2, 3), soft=3, depth=0.3
    )
    label[:] = paper(rng, (tall, 520), tape)
    if rng.random() < 0.4:
        frame(label, (14, 14, 492, tall - 28), pick(rng, ((60, 60, 190), (150, 90, 40))), width=3)
    writer = Writer(rng, typeface, PENS[pick(rng, ("felt", "marker", "ballpoint"))])
    if tall == 300:
        word = pick(rng, ("Jam", "Plum", "Honey", "Soup", "Beans", "Tea"))
        writer.write(surface, word, (190, top + 102), 48, width=360)
        writer.write(surface, random_number(rng, 1, 4), (190, top + 240), 62, width=360)
    else:
        write_numbers(writer, surface, (165, top + 30, 430, tall - 60), lines=(1, 2), height=(0.5, 0.6))
    return surface


def _box_mask(shape: tuple[int, int], box: tuple[int, int, int, int]) -> Float:
    x, y, w, h = box
    mask = np.zeros(shape, np.float32)
    mask[y : y + h, x : x + w] = 1
    return mask
