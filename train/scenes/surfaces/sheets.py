"""Sheets of all sorts: a notebook, a newspaper, stained, torn, ruled and wrapped paper."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from train.scenes.ground import make_ground, paper
from train.scenes.pens import PENS, Colour
from train.scenes.surfaces.drawing import disc, disc_mask, line, pick
from train.scenes.surfaces.printing import column, print_words
from train.scenes.surfaces.surface import Surface
from train.scenes.surfaces.writer import Writer, write_numbers
from train.scenes.texts import random_number
from train.scenes.texture import Float, blend, smooth_noise

WHITE: Colour = (240, 243, 244)
"""BGR of plain paper."""
FINE_PENS = ("ballpoint", "felt", "pencil")
"""What people write on paper with..."""
INK_PENS = ("ballpoint", "felt", "marker")
"""...and where a pencil would not show."""
_SHEET, _AREA = (760, 1000), (90, 80, 820, 600)
"""Height and width of a plain sheet, and where to write on it: x, y, width, height."""


def plain_sheet(rng: np.random.Generator, colour: Colour = WHITE) -> Surface:
    """An empty sheet of paper that lies on a desk, 1000x760 pixels."""
    return Surface(paper(rng, _SHEET, colour))


def notebook(rng: np.random.Generator, typeface: Path) -> Surface:
    """A page of a spiral notebook, ruled, squared or plain."""
    style = pick(rng, ("ruled", "grid", "white"))
    pitch = float(rng.uniform(40, 60))
    surface = Surface(make_ground(style, rng, (900, 700), pitch=pitch, origin=(30, 40)))
    for x in range(28, 690, 26):
        disc(surface.image, (x, 28), 6.5, (70, 72, 76))
        line(surface.image, [(x, 28), (x + 3, -5)], (196, 196, 194), width=4)
        line(surface.image, [(x - 2, 28), (x + 1, -5)], (96, 94, 92), width=1)
    writer = Writer(rng, typeface, PENS[pick(rng, FINE_PENS)])
    write_numbers(writer, surface, (100, 110, 530, 720), lines=(2, 5), height=(0.3, 0.5))
    return surface


def newspaper(rng: np.random.Generator, typeface: Path) -> Surface:
    """A newspaper with a number written into the room that its columns leave."""
    surface = Surface(paper(rng, (900, 1000), (205, 215, 220)))
    x = 30.0
    for _ in range(3):
        print_words(surface.image, column(rng, 16, 33), (x, 44), 14, face="serif")
        print_words(surface.image, column(rng, 15, 33), (x, 620), 14, face="serif")
        x += 322
    if rng.random() < 0.5:
        headline = column(rng, 1, 22).capitalize()
        print_words(surface.image, headline, (30, 590), 40, face="serif bold")
        area = (80.0, 360.0, 840.0, 170.0)
    else:
        area = (80.0, 360.0, 840.0, 220.0)
    blend(surface.image, np.clip(0.03 * smooth_noise(rng, (900, 1000), 2), 0, 1), (120, 120, 120))
    write_numbers(Writer(rng, typeface, PENS["marker"]), surface, area, lines=(1, 1), height=(0.4, 0.7))
    return surface


def stained_paper(rng: np.random.Generator, typeface: Path) -> Surface:
    """Yellowed paper on which cups have stood, over the writing as well."""
    surface = plain_sheet(rng, (225, 236, 242))
    write_numbers(Writer(rng, typeface, PENS[pick(rng, FINE_PENS)]), surface, _AREA)
    shape = surface.image.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        centre = (float(rng.uniform(0, shape[1])), float(rng.uniform(0, shape[0])))
        radius, width = float(rng.uniform(80, 140)), float(rng.uniform(4, 12))
        whole = disc_mask(shape, centre, radius)
        rim = cv2.GaussianBlur(whole - disc_mask(shape, centre, radius - width), (0, 0), 2)
        # Coffee dries unevenly: the ring fades and comes back along its way.
        alpha = rim * (0.35 + 0.2 * smooth_noise(rng, shape, 40)) + 0.06 * whole
        blend(surface.image, np.clip(alpha, 0, 1).astype(np.float32), (70, 110, 150))
    return surface


def torn_slip(rng: np.random.Generator, typeface: Path) -> Surface:
    """A strip torn off a sheet, above and below."""
    h, w = 330, 760
    surface = Surface(paper(rng, (h, w), WHITE))
    rows = np.arange(h, dtype=np.float32)[:, None]
    torn = [13 + 7 * smooth_noise(rng, (2, w), 70)[0] + 3 * smooth_noise(rng, (2, w), 5)[0] for _ in range(2)]
    above, below = (np.clip(edge, 1, 40) for edge in torn)
    surface.outline = np.clip(np.minimum(rows - above, h - below - rows), 0, 1).astype(np.float32)
    # Where paper tears, its white core shows.
    core = np.clip(1 - np.minimum(rows - above, h - below - rows) / 6, 0, 1) * 0.6
    blend(surface.image, core.astype(np.float32), (252, 253, 253))
    writer = Writer(rng, typeface, PENS[pick(rng, FINE_PENS)])
    write_numbers(writer, surface, (80, 60, 600, 210), lines=(1, 1), height=(0.35, 0.6))
    return surface


def index_card(rng: np.random.Generator, typeface: Path) -> Surface:
    """A ruled card with small numbers on its lines."""
    surface = Surface(paper(rng, (560, 900), (238, 246, 250)))
    line(surface.image, [(0, 90), (900, 90)], (90, 90, 220), width=3)
    for y in range(140, 560, 50):
        line(surface.image, [(0, y), (900, y)], (215, 180, 150), width=2, opacity=0.8)
    if rng.random() < 0.5:
        line(surface.image, [(100, 0), (100, 560)], (110, 110, 230), width=2)
    writer = Writer(rng, typeface, PENS[pick(rng, FINE_PENS)])
    for i in range(int(rng.integers(1, 5))):
        start = (135 + rng.normal(0, 8), 188 + 100 * i + rng.normal(0, 2))
        writer.write(surface, random_number(rng, 2, 7), start, 40)
    return surface


def graph_paper(rng: np.random.Generator, typeface: Path) -> Surface:
    """Millimetre paper: fine lines, every fifth stronger and every tenth wider."""
    surface = plain_sheet(rng)
    colour = pick(rng, ((120, 160, 240), (200, 190, 150), (150, 200, 150)))
    h, w = surface.image.shape[:2]
    pitch = float(rng.uniform(9, 14))
    for extent, along in ((w, False), (h, True)):
        for i, at in enumerate(np.arange(5, extent, pitch)):
            points = [(0, at), (w, at)] if along else [(at, 0), (at, h)]
            width, opacity = (2, 0.8) if i % 10 == 0 else (1, 0.55) if i % 5 == 0 else (1, 0.35)
            line(surface.image, points, colour, width=width, opacity=opacity)
    write_numbers(Writer(rng, typeface, PENS[pick(rng, INK_PENS)]), surface, _AREA)
    return surface


def plastic_sleeve(rng: np.random.Generator, typeface: Path) -> Surface:
    """A sheet in a plastic sleeve whose folds shine, with holes for a binder."""
    surface = plain_sheet(rng)
    write_numbers(Writer(rng, typeface, PENS[pick(rng, INK_PENS)]), surface, (130, 80, 790, 600))
    surface.image += _shine(rng, surface.image.shape[:2])[:, :, None]
    strip = surface.image[:, :70]
    strip += (np.float32(228) - strip) * 0.5
    line(surface.image, [(70, 0), (70, 760)], (205, 206, 206), width=2, opacity=0.8)
    for y in range(130, 760, 166):
        disc(surface.image, (34, y), 14, (120, 120, 118))
    np.clip(surface.image, 0, 262, out=surface.image)
    return surface


def _shine(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Light on the folds of a film, (h, w), to be added."""
    rows, columns = np.indices(shape, np.float32)
    light = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(2, 5))):
        slope, bend = float(rng.uniform(-0.6, 0.6)), 20 * np.sin(columns / float(rng.uniform(60, 200)))
        distance = rows - rng.uniform(0, shape[0]) - slope * (columns - shape[1] / 2) - bend
        light += np.exp(-((distance / float(rng.uniform(3, 20))) ** 2)) * float(rng.uniform(20, 90))
    return light
