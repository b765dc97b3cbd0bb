"""Printed matter that is filled in by hand: envelopes, tickets, forms, cheques, exams."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from train.scenes.ground import paper
from train.scenes.pens import PENS
from train.scenes.surfaces.drawing import disc_mask, frame, line, pick
from train.scenes.surfaces.notes import ring
from train.scenes.surfaces.printing import DARK, column, print_words
from train.scenes.surfaces.sheets import WHITE, plain_sheet
from train.scenes.surfaces.surface import Surface
from train.scenes.surfaces.writer import Writer
from train.scenes.texts import random_number
from train.scenes.texture import Float, smooth_noise, tinted

_PENS = ("ballpoint", "felt")
_PEOPLE = ("Tom Bell", "Rose Lane", "Anna Berg", "Max Reed", "Eva Kay")
_STREETS = ("Long Road", "Rose Lane", "Mill Hill", "New Street", "Park Row")
_TOWNS = ("Munich", "Leeds", "Bonn", "Paris", "York")


def envelope(rng: np.random.Generator, typeface: Path) -> Surface:
    """A letter's envelope: sender, stamp, postmark, and an address in three lines by hand."""
    surface = Surface(paper(rng, (620, 1100), pick(rng, ((245, 246, 247), (200, 222, 236), (170, 205, 230)))))
    _stamp(surface.image, rng)
    sender = "\n".join(
        pick(rng, lines) for lines in (("Muster Trading Ltd", "Bell and Sons"), _STREETS, _TOWNS)
    )
    print_words(surface.image, sender, (40, 60), 20)
    writer = Writer(rng, typeface, PENS[pick(rng, _PENS)])
    address = (
        pick(rng, _PEOPLE),
        f"{pick(rng, _STREETS)} {random_number(rng, 1, 3)}",
        f"{random_number(rng, 5, 5)} {pick(rng, _TOWNS)}",
    )
    for row, text in enumerate(address):
        writer.write(surface, text, (420 + rng.normal(0, 8), 305 + 115 * row), 46, width=620)
    return surface


def _stamp(image: Float, rng: np.random.Generator) -> None:
    image[34:186, 934:1061] = (250, 250, 250)
    colour = pick(rng, ((120, 160, 90), (90, 90, 190), (170, 120, 70)))
    image[42:178, 942:1053] = np.clip(tinted(1 + 0.2 * smooth_noise(rng, (136, 111), 20), colour), 0, 255)
    # Perforated edges, and the waves of a postmark.
    edge = disc_mask((9, 9), (4, 4), 3.5)[:, :, None]
    for x, y in [(x, y) for x in range(934, 1062, 12) for y in (34, 186)]:
        hole = image[y - 4 : y + 5, x - 4 : x + 5]
        hole += (image[300, 20] - hole) * edge
    along = np.arange(690, 1010, 4)
    for y in range(62, 150, 22):
        line(image, np.stack([along, y + 8 * np.sin(along / 18)], 1), (60, 60, 60), width=2, opacity=0.65)


def ticket(rng: np.random.Generator, typeface: Path) -> Surface:
    """A raffle ticket with its perforated edge, name and number filled in."""
    h, w = 430, 900
    surface = Surface(paper(rng, (h, w), pick(rng, ((200, 235, 250), (215, 215, 250), (225, 245, 220)))))
    print_words(
        surface.image, pick(rng, ("RAFFLE TICKET", "CLOAKROOM", "GRAND DRAW")), (40, 64), 34, face="bold"
    )
    for y, words in ((170, "Name:"), (310, "Number:")):
        print_words(surface.image, words, (40, y), 26)
        line(surface.image, [(180, y + 5), (860, y + 5)], DARK, width=2)
    writer = Writer(rng, typeface, PENS[pick(rng, _PENS)])
    writer.write(surface, pick(rng, _PEOPLE), (200, 166), 40, width=600)
    start = (230 + float(rng.uniform(0, 120)), 306 - float(rng.uniform(0, 5)))
    writer.write(surface, random_number(rng, 3, 6), start, float(rng.uniform(46, 62)), width=480)
    surface.outline = np.ones((h, w), np.float32)
    holes = disc_mask((7, 16), (7.5, 6), 5)
    surface.outline[-7:] = 1 - np.tile(holes, (1, w // 16 + 1))[:, :w]
    return surface


def form(rng: np.random.Generator, typeface: Path) -> Surface:
    """A form with a box for each digit, some boxes left empty at the end."""
    surface = plain_sheet(rng)
    colour = pick(rng, ((90, 90, 90), (200, 160, 90), (110, 120, 220), (120, 170, 110)))
    print_words(
        surface.image,
        pick(rng, ("APPLICATION FORM", "MEMBERSHIP", "METER READING")),
        (70, 90),
        36,
        face="bold",
    )
    print_words(surface.image, column(rng, 1, 60).capitalize() + ".", (70, 130), 17)
    writer = Writer(rng, typeface, PENS[pick(rng, _PENS)])
    fields = rng.permutation(["Customer", "Phone", "Postcode", "Member", "Meter", "Account"])
    side, y = float(rng.uniform(66, 84)), 190.0
    for name in fields[: int(rng.integers(2, 5))]:
        print_words(surface.image, str(name), (70, y), 20)
        boxes = int(rng.integers(4, 10))
        digits = random_number(rng, max(2, boxes - 3), boxes)
        for i in range(boxes):
            frame(surface.image, (70 + i * side, y + 12, side, 1.15 * side), colour, opacity=0.85)
        for i, digit in enumerate(digits):
            ink = writer.ink(digit, 0.66 * side, width=0.7 * side)
            middle = np.array([70 + (i + 0.5) * side, y + 12 + 0.575 * side]) + rng.normal(0, 0.03 * side, 2)
            start = (middle[0] - ink.left - ink.width / 2, middle[1] - ink.top - ink.height / 2)
            writer.put(surface, ink, start, same_line=i > 0)
        y += 2.0 * side
        if y + 1.3 * side > 730:
            break
    return surface


def cheque(rng: np.random.Generator, typeface: Path) -> Surface:
    """A cheque: a date, a payee, an amount in its box, a signature, on a patterned ground."""
    h, w = 440, 1000
    surface = Surface(paper(rng, (h, w), pick(rng, ((232, 240, 225), (238, 230, 222), (222, 234, 242)))))
    rows, columns = np.indices((h, w), np.float32)
    waves = np.sin(rows / 3.2 + 5 * np.sin(columns / 38)) * np.sin(columns / 90)
    surface.image *= (1 - 0.035 * waves)[:, :, None].astype(np.float32)
    print_words(
        surface.image, pick(rng, ("City Savings Bank", "First Harbour Bank")), (40, 62), 30, face="serif bold"
    )
    for words, x, y, end in (("Date", 650, 66, 950), ("Pay", 40, 190, 660), ("Memo", 40, 385, 400)):
        print_words(surface.image, words, (x, y), 20, face="serif")
        line(surface.image, [(x + 70, y + 4), (end, y + 4)], DARK, width=1.5)
    line(surface.image, [(600, 389), (950, 389)], DARK, width=1.5)
    frame(surface.image, (700, 145, 255, 75), DARK, width=2)
    writer = Writer(rng, typeface, PENS[pick(rng, _PENS)])
    date = f"{rng.integers(1, 29):02}.{rng.integers(1, 13):02}.{rng.integers(0, 100):02}"
    writer.write(surface, date, (735, 62), 34, width=200)
    writer.write(surface, pick(rng, _PEOPLE), (125, 186), 36, width=460)
    amount = f"{random_number(rng, 2, 4)}.{random_number(rng, 2, 2)}"
    writer.write(surface, amount, (722, 201), 40, width=200)
    if rng.random() < 0.5:
        writer.write(surface, random_number(rng, 3, 6), (130, 381), 34, width=240)
    _sign(writer, surface, (640, 365))
    return surface


def _sign(writer: Writer, surface: Surface, start: tuple[float, float]) -> None:
    """A signature that nobody can read: up and down along the line, ever flatter."""
    rng = writer.rng
    time = np.linspace(0, 1, 200)
    strokes = 2 * np.pi * float(rng.uniform(4, 7)) * time
    size = np.interp(time, np.linspace(0, 1, 7), rng.uniform(6, 26, 7)) * (1.1 - time)
    across = start[0] + 230 * time + 0.7 * size * np.cos(strokes + 1) + 8 * np.sin(strokes / 3)
    down = start[1] - 14 + size * np.sin(strokes + 0.4 * np.sin(strokes / 2))
    writer.trace(surface, np.stack([across, down], 1), 36)


def exam(rng: np.random.Generator, typeface: Path) -> Surface:
    """An exam: printed questions, answers in words, points in red at the margin and a grade in a ring."""
    surface = Surface(paper(rng, (1000, 760), WHITE))
    print_words(surface.image, pick(rng, ("Geography", "Biology", "History")), (60, 110), 40, face="bold")
    pupil = Writer(rng, typeface, replace(PENS["ballpoint"], colours=((120, 55, 35), (45, 40, 38))))
    teacher = Writer(rng, typeface, replace(PENS["felt"], colours=((48, 40, 190), (60, 45, 210))))
    grade = teacher.write(surface, str(rng.integers(1, 21)), (560, 130), 70, width=110)
    ring(teacher, surface, grade, 60)
    for question in range(int(rng.integers(2, 5))):
        y = 260 + 180 * question
        print_words(surface.image, column(rng, 1, 42).capitalize() + "?", (60, y), 19, face="serif")
        answer = " ".join(
            str(rng.choice(("river", "many", "stones", "water", "trees", "people"))) for _ in range(3)
        )
        pupil.write(surface, answer, (70, y + 62), 34, width=440)
        line(surface.image, [(60, y + 70), (560, y + 70)], (170, 170, 170), width=1.5)
        teacher.write(surface, str(rng.integers(0, 21)), (640, y + 60), 46, width=80)
    return surface
