"""What people do to numbers on paper: colour, mark, ring, underline and list them, and stick them up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from train.scenes.geometry import seen_box, view
from train.scenes.ground import make_ground, paper
from train.scenes.pens import PENS, Pen
from train.scenes.scene import lay
from train.scenes.surfaces.drawing import disc, frame, line, line_mask, pick
from train.scenes.surfaces.sheets import FINE_PENS, INK_PENS, plain_sheet
from train.scenes.surfaces.surface import WALL, Box, Surface
from train.scenes.surfaces.writer import Writer, write_numbers
from train.scenes.texts import random_number
from train.scenes.texture import SURROUNDINGS

_CRAYONS = ((60, 80, 230), (60, 180, 60), (220, 120, 40), (60, 160, 250), (200, 90, 190), (60, 120, 170))
_HIGHLIGHTS = ((90, 250, 250), (150, 255, 150), (250, 170, 250), (120, 205, 255))
_NOTES = ((120, 230, 250), (190, 150, 250), (160, 240, 180), (240, 210, 140), (130, 180, 255))
_NOTE = 270
"""Side of a sticky note, pixels."""


def crayon(rng: np.random.Generator, typeface: Path) -> Surface:
    """Numbers in a wax crayon, whose colour the paper's grain breaks."""
    surface = plain_sheet(rng)
    wax = Pen((0.1, 0.16), _CRAYONS, (0.8, 0.9), 1.3)
    write_numbers(Writer(rng, typeface, wax), surface, (90, 80, 820, 600))
    return surface


def highlighter(rng: np.random.Generator, typeface: Path) -> Surface:
    """Numbers below each other, most of them marked with a highlighter."""
    surface = plain_sheet(rng)
    writer = Writer(rng, typeface, PENS[pick(rng, ("ballpoint", "felt"))])
    tall, colour = float(rng.uniform(60, 110)), pick(rng, _HIGHLIGHTS)
    y = 190.0
    for _ in range(int(rng.integers(1, 5))):
        box = writer.write(surface, random_number(rng, 2, 6), (100, y), tall, width=780)
        if rng.random() < 0.8:
            _mark(surface, rng, box, colour)
        y += 1.7 * tall
        if y > 690:
            break
    return surface


def _mark(surface: Surface, rng: np.random.Generator, box: Box, colour: tuple[float, ...]) -> None:
    """A highlighter's stroke over a box: what is under it shows through."""
    x, y, w, h = box
    middle = y + 0.55 * h
    ends = [(x - 15 + rng.normal(0, 8), middle), (x + w + 15 + rng.normal(0, 8), middle + rng.normal(0, 5))]
    mask, left, top = line_mask(ends, h * float(rng.uniform(0.6, 1.25)))
    left, top, cut = max(left, 0), max(top, 0), mask[max(0, -top) :, max(0, -left) :]
    patch = surface.image[top : top + cut.shape[0], left : left + cut.shape[1]]
    seen = cut[: patch.shape[0], : patch.shape[1], None].astype(np.float32) / 255
    patch *= 1 - 0.9 * seen * (1 - np.array(colour, np.float32) / 255)


def ringed(rng: np.random.Generator, typeface: Path) -> Surface:
    """Numbers in rows, many with a ring drawn round them."""
    surface = plain_sheet(rng)
    writer = Writer(rng, typeface, PENS[pick(rng, INK_PENS)])
    tall = float(rng.uniform(55, 95))
    for row in range(int(rng.integers(2, 5))):
        x, baseline = 90 + float(rng.uniform(0, 60)), 60 + 1.35 * tall + row * 2.1 * tall
        if baseline > 700:
            break
        for place in range(int(rng.integers(1, 4))):
            ink = writer.ink(random_number(rng, 1, 2), tall)
            if x + ink.left + ink.width + 0.6 * tall > 980:
                break
            box = writer.put(surface, ink, (x, baseline), same_line=place > 0)
            if rng.random() < 0.6:
                ring(writer, surface, box, tall)
            x = box[0] + box[2] + 1.6 * tall
    return surface


def ring(writer: Writer, surface: Surface, box: Box, height: float) -> None:
    """Draws a ring round a box, not quite closed or more than closed, as wide as digits so high want it."""
    rng = writer.rng
    x, y, w, h = box
    angle = np.linspace(rng.uniform(-2, -0.5), rng.uniform(4.6, 5.4), 60)
    wobble = 1 + 0.04 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.01 * (angle - angle[0])
    across, down = w / 2 + 0.42 * height, h / 2 + 0.26 * height
    points = [x + w / 2 + across * wobble * np.cos(angle), y + h / 2 + down * wobble * np.sin(angle)]
    writer.trace(surface, np.stack(points, 1), height)


def underlined(rng: np.random.Generator, typeface: Path) -> Surface:
    """Numbers underlined once, twice or not."""
    surface = plain_sheet(rng)
    writer = Writer(rng, typeface, PENS[pick(rng, INK_PENS)])
    tall = float(rng.uniform(60, 100))
    for row in range(int(rng.integers(1, 4))):
        start = (90 + float(rng.uniform(0, 150)), 70 + 1.3 * tall + row * 2.1 * tall)
        x, y, w, h = writer.write(surface, random_number(rng, 2, 6), start, tall, width=720)
        for below in range(int(rng.integers(0, 3))):
            along = np.linspace(x - 12 + rng.normal(0, 5), x + w + 14 + rng.normal(0, 8), 20)
            level = y + h + (0.14 + 0.16 * below) * tall + np.cumsum(rng.normal(0, 0.6, 20))
            writer.trace(surface, np.stack([along, level], 1), tall)
    return surface


def bullet_list(rng: np.random.Generator, typeface: Path) -> Surface:
    """A list: numbers behind dashes, arrows, dots, stars or boxes to tick."""
    style = pick(rng, ("ruled", "white", "grid"))
    surface = Surface(make_ground(style, rng, (760, 900), pitch=60, origin=(20, 40)))
    writer = Writer(rng, typeface, PENS[pick(rng, FINE_PENS)])
    mark = pick(rng, ("dash", "arrow", "dot", "star", "box"))
    for row in range(int(rng.integers(3, 6))):
        # Every other line of ruled paper.
        baseline = 157 + 120 * row + rng.normal(0, 2)
        _bullet(writer, surface, mark, (105, baseline - 20))
        writer.write(surface, random_number(rng, 2, 5), (165 + rng.normal(0, 4), baseline), 46)
    return surface


def _bullet(writer: Writer, surface: Surface, mark: str, centre: tuple[float, float]) -> None:
    middle = np.array(centre)
    lines = {
        "dash": [[(-16, 0), (16, 1)]],
        "arrow": [[(-26, 0), (24, 0)], [(10, -12), (24, 0), (10, 12)]],
        "star": [[(-12, -7), (12, 7)], [(12, -7), (-12, 7)], [(0, -14), (0, 14)]],
        "box": [[(-14, -14), (14, -13), (13, 14), (-14, 13), (-14, -15)]],
    }
    for points in lines.get(mark, []):
        writer.trace(surface, middle + points + writer.rng.normal(0, 1, 2), 46)
    if mark == "dot":
        disc(surface.image, centre, 7, writer.colour, opacity=0.95)


def childs_hand(rng: np.random.Generator, typeface: Path) -> Surface:
    """Digits as children write them: each of another size, and turned."""
    surface = plain_sheet(rng)
    writer = Writer(rng, typeface, replace(PENS["marker"], colours=(*PENS["marker"].colours, *_CRAYONS)))
    x, bottom, first = 90.0, 290.0, True
    for _ in range(int(rng.integers(2, 9))):
        ink = writer.ink(random_number(rng, 1, 1), float(rng.uniform(90, 170)), turn=float(rng.normal(0, 9)))
        if x + ink.width > 930:
            x, bottom, first = 90.0, bottom + 310, True
        if bottom > 700:
            break
        # Its foot stands near the line, however deep the typeface sets it.
        start = (x - ink.left, bottom - ink.height - ink.top + rng.normal(0, 13))
        writer.put(surface, ink, start, same_line=not first)
        x, first = x + ink.width + float(rng.uniform(15, 55)), False
    return surface


def sticky_notes(rng: np.random.Generator, typeface: Path) -> Surface:
    """One to four sticky notes on a table, each with a number of up to three digits."""
    surface = Surface(pick(rng, tuple(SURROUNDINGS.values()))(rng, WALL), "whole", layout="scatter")
    writer = Writer(rng, typeface, PENS["marker"])
    places = [(x, y) for y in (290, 610) for x in (270, 600, 930)]
    for place in sorted(rng.permutation(len(places))[: int(rng.integers(1, 5))]):
        note = Surface(paper(rng, (_NOTE, _NOTE), pick(rng, _NOTES)))
        # The glued edge lies flat, the other bends up out of the light.
        note.image *= np.linspace(1.02, 0.9, _NOTE, dtype=np.float32)[:, None, None]
        write_numbers(writer, note, (35, 50, 200, 170), lines=(1, 1), longest=3, height=(0.6, 0.75))
        centre = np.array(places[place]) + rng.normal(0, 9, 2)
        matrix = view(
            note.size,
            (WALL[1], WALL[0]),
            roll=float(rng.normal(0, 5)),
            centre=(float(centre[0]) / WALL[1], float(centre[1]) / WALL[0]),
        )
        lay(surface.image, note.image, matrix, lift=float(rng.uniform(3, 8)))
        surface.note(note.text, seen_box(note.boxes[0], matrix))
    return surface


def score_sheet(rng: np.random.Generator, typeface: Path) -> Surface:
    """A table of scores, row by row, under the players' names."""
    surface = plain_sheet(rng)
    writer = Writer(rng, typeface, PENS[pick(rng, FINE_PENS)])
    columns, rows = int(rng.integers(2, 4)), int(rng.integers(3, 6))
    wide, pitch = 840 / columns, 540 / (rows + 1)
    for i in range(columns):
        name = pick(rng, ("Ann", "Max", "Eva", "Tom", "Kim", "Ray"))
        writer.write(surface, name, (80 + i * wide + 0.25 * wide, 120), 38, width=0.6 * wide)
    for row in range(rows):
        for i in range(columns):
            ink = writer.ink(random_number(rng, 1, 3), 0.5 * pitch, width=0.55 * wide)
            start = (80 + i * wide + 0.25 * wide, 160 + (row + 0.72) * pitch)
            writer.put(surface, ink, start, same_line=i > 0)
    writer.trace(surface, [(80, 150), (920, 148 + rng.normal(0, 3))], 38)
    for i in range(1, columns):
        writer.trace(
            surface, [(80 + i * wide, 80), (80 + i * wide + rng.normal(0, 4), 160 + rows * pitch)], 38
        )
    if rng.random() < 0.4:
        frame(surface.image, (20, 20, 960, 720), (150, 140, 120), width=3, opacity=0.8)
        line(surface.image, [(20, 700), (980, 700)], (150, 140, 120), width=2, opacity=0.8)
    return surface
