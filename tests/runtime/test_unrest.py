"""Among things a digit stands on even ground, or it is a part of them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.reading import Box
from edge_digits.unrest import amid_things, spread_around
from train.scenes import draw_digit


def heap(seed: int, count: int = 120) -> NDArray[np.uint8]:
    """Leaves and twigs of all greys that lie over one another."""
    rng = np.random.default_rng(seed)
    picture = np.full((360, 480), 90, np.uint8)
    for _ in range(count):
        centre = int(rng.integers(480)), int(rng.integers(360))
        axes = int(rng.integers(10, 50)), int(rng.integers(2, 14))
        tone, angle = int(rng.integers(20, 240)), float(rng.uniform(0, 180))
        cv2.ellipse(picture, centre, axes, angle, 0, 360, tone, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1), np.uint8)


def stroke(x: int, y: int, *, contrast: float = 150.0) -> Candidate:
    ink = np.zeros((40, 24), np.uint8)
    cv2.ellipse(ink, (12, 20), (9, 16), 0, 0, 360, 255, 4)
    return Candidate(Box(x, y, 24, 40), ink, contrast, 4.0, int(np.count_nonzero(ink)), "dark")


def drawn(strokes: list[Candidate], ground: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture = ground.copy()
    for one in strokes:
        window = picture[one.box.y : one.box.y + 40, one.box.x : one.box.x + 24]
        window[one.ink > 0] = 20
    return picture


@pytest.mark.parametrize("seed", [10, 31, 54, 63, 69, 79])
def test_what_lies_in_a_heap_of_leaves_is_no_digit(reader: DigitReader, seed: int) -> None:
    assert reader.read(heap(seed)).text == ""


def test_hardly_a_heap_of_leaves_holds_digits(reader: DigitReader) -> None:
    assert sum(reader.read(heap(seed)).text != "" for seed in range(60)) <= 5


@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_a_card_among_leaves_is_read(reader: DigitReader, seed: int) -> None:
    picture = heap(seed)
    card = cv2.cvtColor(write_page("583", seed, height=70, margin=25).image, cv2.COLOR_BGR2GRAY)
    picture[90 : 90 + len(card), 80 : 80 + card.shape[1]] = card
    assert reader.read(picture).text == "583"


@pytest.mark.parametrize("seed", [1, 2, 4, 6, 7])
def test_a_number_wiped_into_the_dust_of_a_window_is_read(reader: DigitReader, seed: int) -> None:
    """What is behind the pane shows through, blurred; three large digits of one hand are none of it."""
    rng = np.random.default_rng(seed)
    picture = np.asarray(cv2.GaussianBlur(heap(seed), (0, 0), 8), np.float32) * 0.6 + 70
    strokes = np.zeros(picture.shape, np.uint8)
    for i, label in enumerate("936"):
        digit = draw_digit(label, rng, height=120, thickness=16)
        x, y = 60 + 130 * i, 120
        strokes[y : y + digit.shape[0], x : x + digit.shape[1]] = digit
    picture -= 0.3 * np.asarray(cv2.GaussianBlur(strokes, (0, 0), 2), np.float32)
    picture += rng.normal(0, 3, picture.shape)
    assert reader.read(np.clip(picture, 0, 255).astype(np.uint8)).text == "936"


@pytest.mark.parametrize("label", "235689")
def test_one_digit_by_a_marker_on_a_small_sheet_is_read_before_a_heap_of_leaves(
    reader: DigitReader, label: str
) -> None:
    told = []
    for seed in range(10):
        picture = heap(seed)
        ink = draw_digit(label, np.random.default_rng(seed), height=140, thickness=13)
        sheet = cv2.copyMakeBorder(ink, 28, 28, 28, 28, cv2.BORDER_CONSTANT)
        picture[60 : 60 + len(sheet), 170 : 170 + sheet.shape[1]] = 235 - sheet * (200 / 255)
        told.append(reader.read(cv2.GaussianBlur(picture, (0, 0), 1)).text)
    assert sum(each == label for each in told) >= 8, told


def test_the_spread_of_the_ground_is_told_in_contrasts_and_neighbours_are_no_ground() -> None:
    ground = np.full((120, 200), 220, np.uint8)
    ground[:, 72:] = 100
    one, other = stroke(60, 40), stroke(85, 40)
    picture = drawn([one, other], ground)
    assert spread_around(one, picture, [one, other])[0] > 0.5
    ground[:] = 220
    picture = drawn([one, other], ground)
    assert spread_around(one, picture, [one, other])[0] < 0.05 < spread_around(one, picture, [one])[0]


def test_only_where_marks_fill_the_picture_uneven_ground_speaks_against_a_digit() -> None:
    ground = np.full((300, 400), 220, np.uint8)
    ground[:, np.arange(400) // 8 % 3 > 0] = 90
    digit = stroke(100, 60)
    marks = [stroke(20 + 40 * i, 200) for i in range(8)]
    grounds = {"dark": drawn([digit, *marks], ground)}
    read = np.array([True] + [False] * 8)
    assert amid_things([digit, *marks], read, ~read, grounds).tolist() == read.tolist()
    assert not amid_things([digit, *marks[:3]], read[:4], ~read[:4], grounds).any()


def test_a_shadow_across_the_only_digit_is_no_thing() -> None:
    ground = np.full((300, 400), 220, np.uint8)
    ground[:, 112:] = 90
    digit = stroke(100, 60)
    marks = [stroke(20 + 40 * i, 200) for i in range(8)]
    read = np.array([True] + [False] * 8)
    assert not amid_things([digit, *marks], read, ~read, {"dark": drawn([digit, *marks], ground)}).any()


def test_a_shadow_across_a_line_is_no_thing_while_a_digit_beside_it_stands_on_even_ground() -> None:
    ground = np.full((300, 400), 220, np.uint8)
    ground[:, 112:] = 90
    digit, beside = stroke(100, 60), stroke(40, 60)
    marks = [stroke(20 + 40 * i, 200) for i in range(8)]
    strokes = [digit, beside, *marks]
    read = np.array([True, True] + [False] * 8)
    assert not amid_things(strokes, read, ~read, {"dark": drawn(strokes, ground)}).any()


def test_bits_of_the_ground_around_a_light_digit_are_no_things() -> None:
    digit = replace(stroke(60, 40), polarity="light", contrast=80.0)
    ground = np.full((300, 400), 120, np.uint8)
    ground[:, np.arange(400) // 8 % 2 == 1] = 60
    picture = ground.copy()
    picture[40:80, 60:84][digit.ink > 0] = 160
    joints = [replace(stroke(150 + 30 * k, 150), freed=True) for k in range(8)]
    grounds: dict[Polarity, NDArray[np.uint8]] = {"light": picture, "dark": picture}
    read = np.array([True] + [False] * 8)
    assert not amid_things([digit, *joints], read, ~read, grounds).any()
    marks = [replace(joint, freed=False) for joint in joints]
    assert amid_things([digit, *marks], read, ~read, grounds).tolist() == read.tolist()


def test_light_that_falls_from_one_side_leaves_the_ground_even() -> None:
    """A large digit under a lamp was taken for a part of the things around it."""
    one = stroke(100, 100)
    lamp = np.linspace(90, 250, 240, dtype=np.float32)[np.newaxis].repeat(200, axis=0)
    even = drawn([one], np.full((200, 240), 170, np.uint8))
    slope = drawn([one], lamp.astype(np.uint8))
    edge = drawn([one], np.where(lamp > 172, 220, 120).astype(np.uint8))
    spreads = [spread_around(one, picture, [one])[0] for picture in (even, slope, edge)]
    assert spreads[0] == 0
    assert spreads[1] < 0.1
    assert spreads[2] > 0.2


def pole(*, contrast: float = 150.0) -> Candidate:
    ink = np.full((120, 12), 255, np.uint8)
    return Candidate(Box(200, 60, 12, 120), ink, contrast, 12.0, ink.size, "dark")


@pytest.mark.parametrize(
    ("contrast", "edge", "beside", "thing"),
    [(150, 262, 6, True), (150, 262, 3, False), (150, 330, 6, False), (80, 330, 6, True)],
)
def test_a_bar_that_is_all_that_is_read_among_bold_marks_needs_calm_ground_far_around(
    contrast: float, edge: int, beside: int, thing: bool
) -> None:
    """Poles, door frames and gaps between leaves were 1s; beside another digit nothing is asked of a bar."""
    picture = np.full((360, 480), 220, np.uint8)
    picture[:, edge:] = 120
    bar = pole(contrast=contrast)
    picture[60:180, 200:212] = 60
    marks = [
        replace(stroke(20 + 28 * k, 250, contrast=contrast), box=Box(20 + 28 * k, 250, 24, 70))
        for k in range(beside)
    ]
    company = [bar, *marks]
    read = np.array([True] + [False] * beside)
    assert amid_things(company, read, read, {"dark": picture}).any() == thing
    digit = stroke(60, 80, contrast=contrast)
    company, read = [bar, digit, *marks], np.array([True, True] + [False] * beside)
    bars = np.array([True] + [False] * (beside + 1))
    assert not amid_things(company, read, bars, {"dark": drawn([digit], picture)})[0]
