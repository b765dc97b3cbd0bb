from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from ruled_pages import print_lines, seen, sheet
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.paper import off_paper, on_paper
from edge_digits.reading import Box
from edge_digits.segmentation import search
from edge_digits.surroundings import levelled
from train.scenes import draw_digit


def fence(seed: int) -> np.ndarray:
    """Posts before a hedge: upright bars on a ground as mottled as they are bold."""
    rng = np.random.default_rng(seed)
    leaves = cv2.GaussianBlur(rng.standard_normal((480, 640)), (0, 0), 9)
    picture = 120 + 35 * leaves / leaves.std()
    for x in range(40, 600, 90):
        top, wide = int(rng.integers(40, 160)), int(rng.integers(10, 18))
        picture[top : top + int(rng.integers(80, 250)), x : x + wide] = rng.uniform(20, 240)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.5), 0, 255).astype(np.uint8)


def edges(seed: int) -> np.ndarray:
    """Boards side by side, each in its own shade, with dark joints between them."""
    rng = np.random.default_rng(seed)
    picture, x, bright = np.zeros((360, 480)), 0, False
    while x < 480:
        wide, bright = int(rng.integers(25, 60)), not bright
        picture[:, x : x + wide] = rng.uniform(70, 110) + 90 * bright
        picture[20 : int(rng.integers(200, 340)), x : x + 5] *= 0.5
        x += wide
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.2), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("thing", [fence, edges])
@pytest.mark.parametrize("seed", range(3))
def test_bars_that_are_parts_of_things_are_no_ones(
    reader: DigitReader, thing: Callable[[int], np.ndarray], seed: int
) -> None:
    assert reader.read(thing(seed)).text == ""


def test_digits_crossed_by_the_edge_of_a_shadow_are_read(reader: DigitReader) -> None:
    page = write_page("4197", seed=2, height=70)
    height = page.image.shape[0]
    light = np.where(np.arange(height) < height * 0.55, 1.0, 0.55)
    light = cv2.GaussianBlur(light[:, None], (1, 9), 0)
    assert reader.read(page.lit_by(light).image).text == "4197"


@pytest.mark.parametrize("seed", range(1, 9))
def test_digits_crossed_by_the_slanting_edge_of_a_hard_shadow_are_read(
    reader: DigitReader, seed: int
) -> None:
    page = write_page("41975\n20683", seed=seed, height=70)
    y, x = np.mgrid[: page.image.shape[0], : page.image.shape[1]]
    lit = y > page.image.shape[0] / 2 + (0.1 + 0.1 * seed) * (x - page.image.shape[1] / 2)
    light = cv2.GaussianBlur(np.where(lit, 1.0, 0.35), (0, 0), 1.5)
    assert reader.read(page.lit_by(light).image).text == page.text


@pytest.mark.parametrize("text", ["1", "111", "1\n1"])
def test_ones_on_paper_are_read(reader: DigitReader, text: str) -> None:
    page = write_page(text, seed=4, height=80)
    shade = page.lit_by(np.linspace(0.5, 1.0, page.image.shape[1]))
    assert reader.read(page.image).text == text
    assert reader.read(shade.image).text == text


@pytest.mark.parametrize("seed", range(4))
def test_a_one_by_a_marker_is_read_on_a_note_hardly_larger(reader: DigitReader, seed: int) -> None:
    desk = np.full((480, 640), 25, np.uint8)
    cv2.rectangle(desk, (244, 120), (376, 340), 235, -1)
    ink = draw_digit("1", np.random.default_rng(seed), height=150, thickness=32, variant="bar")
    rows, columns = ink.shape
    window = desk[155 : 155 + rows, 310 - columns // 2 : 310 - columns // 2 + columns]
    np.minimum(window, 235 - np.minimum(ink, 215), out=window)
    assert reader.read(desk).text == "1"


@pytest.mark.parametrize("seed", range(4))
def test_a_one_is_read_on_a_card_that_shades_off_to_a_dark_desk(reader: DigitReader, seed: int) -> None:
    desk = np.full((480, 640), 30, np.float32)
    cv2.rectangle(desk, (170, 90), (470, 390), 150, -1)
    ink = draw_digit("1", np.random.default_rng(seed), height=250, thickness=24, variant="bar")
    rows, columns = ink.shape
    window = desk[115 : 115 + rows, 320 - columns // 2 : 320 - columns // 2 + columns]
    np.minimum(window, 150 - 0.85 * np.minimum(ink, 150), out=window)
    shaded = cv2.GaussianBlur(desk, (0, 0), 1.5) * np.linspace(0.6, 1, 640)
    noisy = np.random.default_rng(seed).normal(shaded, 4)
    assert reader.read(np.clip(noisy, 0, 255).astype(np.uint8)).text == "1"


@pytest.mark.parametrize("text", ["819", "045", "263"])
def test_a_digit_beside_the_edge_of_a_card_before_a_striped_shirt_is_read(
    reader: DigitReader, text: str
) -> None:
    shirt = np.full((480, 640, 3), (90, 60, 50), np.uint8)
    for x in range(0, 640, 14):
        shirt[:, x : x + 4] = (150, 110, 90)
    card = write_page(text, 1, height=70, margin=30, ground=(230, 232, 234)).image
    shirt[120 : 120 + len(card), 150 : 150 + card.shape[1]] = card
    assert reader.read(cv2.GaussianBlur(shirt, (0, 0), 1)).text == text


def test_a_stroke_that_fills_the_picture_has_no_ground_to_be_told_by() -> None:
    picture = np.full((60, 40), 255, np.uint8)
    picture[:, 8:32] = 20
    found = search(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    assert all(on_paper(stroke, found.grounds[stroke.polarity]) for stroke in found.candidates)


def in_half_shadow(label: str, seed: int) -> np.ndarray:
    """One digit by a pen, half of it beyond the edge of a hard shadow that lies askew."""
    rng = np.random.default_rng(seed)
    ink = draw_digit(label, rng, height=230, thickness=17)
    page = np.zeros((640, 520), np.float32)
    page[200 : 200 + len(ink), 200 : 200 + ink.shape[1]] = ink / 255
    shadow = np.zeros(page.shape, np.uint8)
    y, slope = int(rng.integers(280, 360)), float(rng.uniform(-0.4, 0.4))
    corners = [(0, round(y - 260 * slope)), (520, round(y + 260 * slope)), (520, 640), (0, 640)]
    cv2.fillPoly(shadow, [np.array(corners, np.int32)], 255)
    light = 1 - 0.45 * cv2.GaussianBlur(shadow, (0, 0), 3) / 255
    return np.clip(225 * (1 - 0.65 * page) * light + rng.normal(0, 2, page.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("label", "1690")
def test_one_digit_is_read_that_the_edge_of_a_shadow_crosses(reader: DigitReader, label: str) -> None:
    told = [reader.read(in_half_shadow(label, seed)).text for seed in range(8)]
    assert sum(each == label for each in told) >= 6, told


@pytest.mark.parametrize(("ink_fall", "ground_fall"), [(0, 0), (60, 0), (0, 60), (60, 60)])
def test_a_very_wide_stroke_is_a_thing_where_neither_it_nor_its_ground_is_even(
    ink_fall: int, ground_fall: int
) -> None:
    """Flowers and heads that are not alone in a picture were digits as high as half of it."""
    ink = draw_digit("3", np.random.default_rng(1), height=260, thickness=44)
    ripples = np.sin(np.linspace(0, 9 * np.pi, 480))[:, None] / 2 + 0.5
    picture = np.repeat(200 - ground_fall * ripples, 480, axis=1)
    window = picture[110 : 110 + ink.shape[0], 120 : 120 + ink.shape[1]]
    tone = 40 + ink_fall * np.linspace(0, 1, ink.shape[0])[:, None]
    window[:] = np.where(ink > 127, tone, window)
    gray = picture.astype(np.uint8)
    stroke = Candidate(
        Box(120, 110, ink.shape[1], ink.shape[0]), ink, 130.0, 44.0, int(np.count_nonzero(ink)), "dark"
    )
    one = np.array([True])
    assert off_paper([stroke], one, ~one, ~one, {"dark": gray}).any() == (ink_fall > 0 and ground_fall > 0)


def alone(label: str, seed: int, *, tones: tuple[int, int], light: float, grain: float) -> np.ndarray:
    """A small picture of one digit, lit from its left, by a camera that sees little."""
    page = write_page(label, seed=seed, height=44, margin=12, ground=(tones[0],) * 3, ink=(tones[1],) * 3)
    lit = page.lit_by(np.linspace(1, light, page.image.shape[1])[None]).image.astype(np.float64)
    seen = np.random.default_rng(seed).normal(cv2.GaussianBlur(lit, (0, 0), 0.7), grain)
    return np.clip(seen, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("label", "0123456789")
def test_one_digit_that_takes_up_its_picture_is_read_in_slanting_light(
    reader: DigitReader, label: str
) -> None:
    told = [reader.read(alone(label, seed, tones=(235, 60), light=0.5, grain=3)).text for seed in range(6)]
    assert told == [label] * 6


@pytest.mark.parametrize("label", "0123456789")
def test_one_digit_that_takes_up_its_picture_is_read_in_grain(reader: DigitReader, label: str) -> None:
    told = [reader.read(alone(label, seed, tones=(180, 120), light=0.9, grain=12)).text for seed in range(6)]
    assert sum(each == label for each in told) >= 5, told


def test_of_slanting_light_nothing_is_left_and_of_a_step_all() -> None:
    chosen = np.ones((40, 60), bool)
    right = np.arange(60)[None].repeat(40, 0) >= 30
    slanting = (60 + 2.0 * np.arange(60)[None] + np.arange(40)[:, None]).astype(np.uint8)
    level, fall = levelled(slanting, chosen, right)
    assert np.ptp(level) < 0.1 and fall == pytest.approx(5**0.5, rel=0.01)
    step = np.where(right, 180, 100).astype(np.uint8)
    level, fall = levelled(step, chosen, right)
    assert np.ptp(level) == pytest.approx(80) and fall == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("pitch", [24, 50])
def test_a_short_row_beside_scribbles_on_ruled_paper_is_written_by_the_hand_of_longer_ones(
    reader: DigitReader, pitch: int
) -> None:
    page = sheet(["71", "9346", "895"], seed=1)
    print_lines(page, pitch=pitch, shade=0.6)
    scribbles = np.zeros(page.shape, np.uint8)
    for i in range(14):
        zigzag = np.array([(0, 0), (10, 30), (20, 0), (30, 30), (40, 0)])
        zigzag += (480 + 60 * (i % 6), 110 + 100 * (i // 6))
        cv2.polylines(scribbles, [zigzag.astype(np.int32)], False, 255, 3, cv2.LINE_AA)
    page *= 1 - 0.5 * scribbles.astype(np.float32) / 255
    assert reader.read(seen(page)).text == "71\n9346\n895"
