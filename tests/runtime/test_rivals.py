"""What is right of several readings of the same ink, on whole pages."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis
from edge_digits.ink import Polarity
from edge_digits.reading import Box
from edge_digits.rivals import without_rivals
from train.scenes import draw_digit


def ringed(text: str, seed: int, radius: int = 62) -> np.ndarray:
    """Digits in a row, 60 pixels high, each with a ring drawn around it."""
    rng = np.random.default_rng(seed)
    page = np.full((240, 180 * len(text) + 60), 240, np.uint8)
    for i, label in enumerate(text):
        ink = draw_digit(label, rng, height=60, thickness=6)
        middle = 120 + 180 * i, 120
        top, left = middle[1] - ink.shape[0] // 2, middle[0] - ink.shape[1] // 2
        window = page[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.minimum(window, 240 - np.minimum(ink, 200), out=window)
        size = radius + int(rng.integers(0, 6)), radius + int(rng.integers(0, 6))
        cv2.ellipse(page, middle, size, float(rng.uniform(0, 90)), 0, 360, 45, 4, cv2.LINE_AA)
    return page


@pytest.mark.parametrize("text", ["5", "3618", "247", "9053"])
def test_digits_are_read_in_their_rings_and_no_ring_is_a_zero(reader: DigitReader, text: str) -> None:
    told = [reader.read(ringed(text, seed)).text for seed in range(6)]
    assert sum(each == text for each in told) >= 5, told


def test_a_zero_with_a_bar_or_a_dot_in_it_stays_a_zero(reader: DigitReader) -> None:
    page = np.full((240, 460), 240, np.uint8)
    for x in (120, 240, 360):
        cv2.ellipse(page, (x, 120), (34, 52), 0, 0, 360, 45, 8, cv2.LINE_AA)
    cv2.line(page, (132, 92), (108, 148), 45, 7, cv2.LINE_AA)
    cv2.circle(page, (240, 120), 7, 45, -1, cv2.LINE_AA)
    assert reader.read(page).text == "000"


@pytest.mark.parametrize("label", "2358")
def test_a_digit_on_a_web_page_is_read_though_the_frame_of_its_canvas_is_hardly_larger(
    reader: DigitReader, label: str
) -> None:
    page = np.full((560, 860), 255, np.uint8)
    cv2.putText(page, "Draw a digit", (300, 50), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 30, 1, cv2.LINE_AA)
    cv2.rectangle(page, (290, 80), (570, 360), 60, 1)
    ink = draw_digit(label, np.random.default_rng(1), height=205, thickness=17)
    left = 430 - ink.shape[1] // 2
    page[118 : 118 + len(ink), left : left + ink.shape[1]] -= ink
    for name, place in (("Predict", 320), ("Clear", 450)):
        cv2.rectangle(page, (place, 380), (place + 100, 415), 130, -1)
        cv2.putText(page, name, (place + 16, 404), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 1, cv2.LINE_AA)
    assert reader.read(page).text == label


def stroke(
    x: int, y: int, width: int, height: int, polarity: Polarity, *, contrast: float = 200
) -> Hypothesis:
    """A hypothesis of one stroke, named by its left side."""
    ink = np.full((height, width), 255, np.uint8)
    return Hypothesis(Candidate(Box(x, y, width, height), ink, contrast, 5, ink.size, polarity), (x,))


def test_the_eye_of_a_nine_is_no_one_however_much_it_looks_like_one() -> None:
    nine, eye = stroke(20, 20, 40, 60, "light"), stroke(32, 28, 14, 22, "dark")
    certain = np.array([0.99, 0.98], np.float32)
    assert without_rivals([nine, eye], certain, np.array([False, True])) == [0]
    # A dark tile around a light digit is not that digit.
    tile, digit = stroke(10, 10, 80, 80, "dark"), stroke(32, 28, 30, 50, "light")
    certain = np.array([0.87, 0.98], np.float32)
    assert without_rivals([tile, digit], certain, np.array([False, False])) == [1]


def test_the_halo_that_a_camera_leaves_around_a_one_does_not_hide_it() -> None:
    halo, one = stroke(10, 10, 60, 120, "dark", contrast=100), stroke(30, 22, 20, 96, "light", contrast=150)
    certain, bars = np.array([0.98, 0.97], np.float32), np.array([True, True])
    assert without_rivals([halo, one], certain, bars) == [1]
    # What is as bold as its rim is the eye of a digit or the space between two lines.
    rim = stroke(10, 10, 60, 120, "dark", contrast=150)
    assert without_rivals([rim, one], certain, bars) == [0]


def test_the_eye_of_a_dull_zero_on_a_dark_screen_does_not_hide_it_where_all_digits_are_light() -> None:
    zero, eye = stroke(10, 10, 60, 120, "light", contrast=127), stroke(30, 22, 20, 96, "dark", contrast=208)
    others = [stroke(x, 10, 60, 120, "light", contrast=200) for x in (100, 200)]
    certain, bars = np.array([0.98, 0.97, 0.99, 0.99], np.float32), np.array([False, True, False, False])
    assert without_rivals([zero, eye, *others], certain, bars) == [0, 2, 3]
    assert without_rivals([zero, eye], certain[:2], bars[:2]) == [1]


def test_the_ground_between_the_strokes_of_a_light_four_does_not_make_a_frame_of_it() -> None:
    four = stroke(10, 10, 112, 187, "light")
    ground = [stroke(x, 48, w, 90, "dark") for x, w in ((12, 50), (25, 52), (40, 33))]
    others = [stroke(x, 10, 100, 180, "light") for x in range(200, 900, 140)]
    found = [four, *ground, *others]
    certain = np.array([1.0, 0.99, 0.8, 1.0, *[1.0] * len(others)], np.float32)
    bars = np.array([False, False, False, True, *[False] * len(others)])
    assert sorted(without_rivals(found, certain, bars)) == [0, *range(4, len(found))]


def test_a_column_of_clear_digits_is_not_one_tall_digit() -> None:
    column = [stroke(20 + i, 20 + 90 * i, 40, 70, "dark") for i in range(3)]
    ink = np.full((250, 42), 255, np.uint8)
    tall = Hypothesis(Candidate(Box(20, 20, 42, 250), ink, 200, 5, ink.size, "dark"), (20, 21, 22))
    fair = np.zeros(4, bool)
    sure = np.array([1.0, 0.99, 0.98, 0.92], np.float32)
    assert sorted(without_rivals([*column, tall], sure, fair)) == [0, 1, 2]
    # Pieces of a digit by a pen that ran dry are hardly digits.
    pieces = np.array([0.8, 0.3, 0.1, 0.92], np.float32)
    assert without_rivals([*column, tall], pieces, fair) == [3]


def test_the_stroke_of_a_highlighter_is_not_cut_where_the_digits_on_it_come_apart_by_themselves() -> None:
    ink = np.full((70, 60), 255, np.uint8)
    pieces = [
        Hypothesis(Candidate(Box(20 + x, 20, 60, 70), ink, 115, 20, ink.size, "dark"), (9,), (x, x + 60))
        for x in (0, 60, 120)
    ]
    one = Hypothesis(stroke(45, 22, 10, 64, "dark").candidate, (0,))
    written = [one, *(Hypothesis(stroke(x, 22, 40, 64, "dark").candidate, (x,)) for x in (90, 150))]
    sure, bar = np.ones(6, np.float32), np.array([True, False, False, True, False, False])
    assert sorted(without_rivals([*pieces, *written], sure, bar)) == [3, 4, 5]


def test_the_eyes_above_a_sheet_that_is_held_up_are_no_part_of_its_digit() -> None:
    digit, *eyes = (
        stroke(x, y, w, h, "dark") for x, y, w, h in ((20, 60, 70, 130), (30, 10, 16, 8), (70, 10, 16, 8))
    )
    together = Hypothesis(stroke(20, 10, 70, 180, "dark").candidate, (20, 30, 70))
    found = [digit, *eyes, together]
    certain = np.array([0.99, 0.1, 0.1, 0.98], np.float32)
    assert without_rivals(found, certain, np.zeros(4, bool))[0] == 0
    # Of what a dry pen left in pieces no piece is a digit by itself.
    certain[0] = 0.7
    assert without_rivals(found, certain, np.zeros(4, bool)) == [3]


@pytest.mark.parametrize(("seed", "ground", "ink"), [(0, 50, 200), (5, 75, 190), (5, 60, 150)])
def test_chalk_that_a_camera_sharpened_is_read_and_not_the_dark_around_it(
    reader: DigitReader, seed: int, ground: int, ink: int
) -> None:
    """What lies around a light 8 looks like a dark 8, and is larger."""
    page = write_page("34586", seed, height=130, ground=(ground,) * 3, ink=(ink,) * 3, margin=120)
    soft = cv2.GaussianBlur(page.image, (0, 0), 1.5).astype(np.float32)
    sharp = soft + 0.8 * (soft - cv2.GaussianBlur(soft, (0, 0), 6))
    assert reader.read(np.clip(sharp, 0, 255).astype(np.uint8)).text == page.text


def division(divisor: str, dividend: str, below: str, seed: int) -> np.ndarray:
    """A long division as it is written at school: digits 90 pixels high, a bracket and one line of sums."""
    rng = np.random.default_rng(seed)
    page = np.full((460, 240 + 90 * len(dividend)), 240, np.uint8)
    for text, left, top in ((divisor, 30, 120), (dividend, 150, 120), (below, 150, 270)):
        for k, label in enumerate(text):
            ink = draw_digit(label, rng, height=90, thickness=8)
            window = page[top : top + ink.shape[0], left + 85 * k : left + 85 * k + ink.shape[1]]
            np.minimum(window, 240 - np.minimum(ink, 195), out=window)
    lines = [(130, 240), (122, 98), (150 + 90 * len(dividend), 98)]
    cv2.polylines(page, [np.array(lines, np.int32)], False, 45, 8, cv2.LINE_AA)
    return page


def test_the_bracket_of_a_long_division_takes_no_digit_with_it(reader: DigitReader) -> None:
    """With the digit below, it looked like a large 0, 8 or 1."""
    told = []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        sums = [str(rng.integers(*bounds)) for bounds in ((2, 10), (200, 1000), (20, 100))]
        reading = reader.read(division(*sums, seed)).text.replace("\n", "")
        told.append(reading == "".join(sums) or reading)
    assert sum(each is True for each in told) >= 20, told


def test_faint_specks_in_its_bowl_make_no_frame_of_a_six(reader: DigitReader) -> None:
    page = np.full((340, 520), 235, np.uint8)
    for i, label in enumerate("67"):
        ink = draw_digit(label, np.random.default_rng(0), height=170, thickness=8)
        window = page[90:260, 80 + 230 * i : 80 + 230 * i + ink.shape[1]]
        np.minimum(window, 235 - (0.8 * ink).astype(np.uint8), out=window)
    inside = np.argwhere(cv2.dilate((page < 200).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0)
    for x in (112, 128):
        rows = [y for y, at in inside.tolist() if at == x and 90 < y < 250]
        cv2.line(page, (x, max(rows) - 24), (x + 2, max(rows) - 4), 180, 3, cv2.LINE_AA)
    assert reader.read(page).text == "67"


def test_bold_ink_goes_before_paper_in_uneven_light_around_it_that_looks_like_a_digit() -> None:
    one = stroke(180, 140, 60, 225, "dark", contrast=225)
    paper = [stroke(1, 0, 400, 425, "light", contrast=40), stroke(420, 0, 60, 90, "light", contrast=38)]
    certain, bars = np.array([1.0, 1.0, 0.99], np.float32), np.array([True, False, False])
    assert 0 in without_rivals([one, *paper], certain, bars)
    assert 1 not in without_rivals([one, *paper], certain, bars)
    # The eye of a digit is no bolder than it.
    eye = stroke(180, 140, 60, 225, "dark", contrast=60)
    assert 0 not in without_rivals([eye, *paper], certain, bars)


def of_two(one: Hypothesis, other: Hypothesis) -> Hypothesis:
    x, y = min(one.candidate.box.x, other.candidate.box.x), min(one.candidate.box.y, other.candidate.box.y)
    ends = [(h.candidate.box.x + h.candidate.box.width, h.candidate.box.y + h.candidate.box.height)
            for h in (one, other)]  # fmt: skip
    right, bottom = np.max(ends, axis=0).tolist()
    joined = stroke(x, y, right - x, bottom - y, "dark").candidate
    return Hypothesis(joined, one.parts + other.parts)


def test_two_arcs_that_are_clearly_a_zero_together_are_no_ones() -> None:
    arcs = stroke(20, 20, 16, 60, "dark"), stroke(44, 20, 16, 60, "dark")
    found = [*arcs, of_two(*arcs)]
    bars = np.array([True, True, False])
    assert without_rivals(found, np.array([0.99, 0.99, 0.99], np.float32), bars) == [2]
    # Two ones that stand close may look a little like one.
    assert without_rivals(found, np.array([0.99, 0.99, 0.9], np.float32), bars) == [0, 1]


def test_a_digit_and_a_longer_line_below_it_are_no_digit_together() -> None:
    nine, line = stroke(20, 20, 44, 61, "dark"), stroke(10, 88, 128, 20, "dark")
    together = of_two(nine, line)
    together.candidate.ink[: nine.candidate.box.height] = 0
    together.candidate.ink[: nine.candidate.box.height, 10:54] = 255
    sure, fair = np.array([1, 0.99], np.float32), np.zeros(2, bool)
    assert without_rivals([nine, together], sure, fair) == [0]
    # The foot of a 2 is no longer than that.
    head, foot = stroke(20, 20, 44, 61, "dark"), stroke(16, 78, 54, 12, "dark")
    two = of_two(head, foot)
    assert without_rivals([head, two], np.array([0.98, 0.99], np.float32), fair) == [1]


def test_a_bar_and_a_piece_are_the_digit_that_they_likely_are_together() -> None:
    parts = stroke(44, 34, 14, 40, "dark"), stroke(32, 20, 13, 25, "dark")
    found = [*parts, of_two(*parts)]
    bars = np.array([True, False, False])
    assert without_rivals(found, np.array([0.99, 0.3, 0.8], np.float32), bars) == [2]
    assert without_rivals(found, np.array([0.99, 0.3, 0.6], np.float32), bars) == [0, 1]
    # A clear digit needs more.
    assert without_rivals(found, np.array([0.99, 0.3, 0.8], np.float32), np.zeros(3, bool)) == [0, 1]


def test_a_zero_whose_pen_skipped_at_top_and_bottom_is_read(reader: DigitReader) -> None:
    page = np.full((160, 380), 240, np.uint8)
    for label, x in (("8", 50), ("3", 120), ("7", 290)):
        ink = draw_digit(label, np.random.default_rng(x), height=60, thickness=5)
        window = page[50:110, x : x + ink.shape[1]]
        np.minimum(window, 240 - np.minimum(ink, 200), out=window)
    for start, end in ((110, 255), (290, 435)):
        cv2.ellipse(page, (220, 80), (16, 29), 12, start, end, 40, 5, cv2.LINE_AA)
    assert reader.read(page).text == "8307"


@pytest.mark.parametrize("label", "2356")
def test_a_large_digit_is_no_frame_of_the_specks_of_a_scan(reader: DigitReader, label: str) -> None:
    rng = np.random.default_rng(4)
    page = np.full((900, 800), 255, np.uint8)
    ink = draw_digit(label, rng, height=380, thickness=14)
    page[240:620, 260 : 260 + ink.shape[1]][ink > 127] = 0
    for x, y, height in ((330, 300, 24), (380, 480, 28), (120, 200, 30), (600, 700, 26)):
        page[y : y + height, x : x + 4] = 0
    assert reader.read(page).text == label


def test_what_is_bold_within_something_faint_is_the_digit_though_that_looks_like_one() -> None:
    fair, bars = np.array([False, False]), np.array([True, True])
    certain = np.array([1, 1], np.float32)
    shadow, one = stroke(20, 20, 100, 260, "dark", contrast=34), stroke(46, 30, 50, 154, "dark")
    assert without_rivals([shadow, one], certain, bars) == [1]
    glow, eight = stroke(20, 20, 80, 230, "light", contrast=83), stroke(40, 60, 40, 60, "dark")
    assert without_rivals([glow, eight], certain, fair) == [1]
    # Dirt in a pale digit is no digit.
    dirt = stroke(60, 100, 10, 60, "dark")
    assert without_rivals([shadow, dirt], certain, np.array([False, True])) == [0]


def test_a_doubtful_dark_digit_is_read_and_not_the_light_that_sharpening_left_around_it() -> None:
    others = [stroke(200 * i, 20, 40, 60, "dark") for i in range(4)]
    four, halo = (
        stroke(810, 20, 50, 88, "dark", contrast=165),
        stroke(801, 14, 67, 106, "light", contrast=104),
    )
    certain = np.array([1, 1, 1, 1, 0.79, 0.9], np.float32)
    assert sorted(without_rivals([*others, four, halo], certain, np.zeros(6, bool))) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("light", "certain"),
    [
        # A crease that is larger, and a bit of a halo within the digit.
        (stroke(764, 0, 158, 154, "light", contrast=46), (0.92, 1.0)),
        (stroke(816, 22, 34, 82, "light", contrast=95), (0.64, 0.9)),
    ],
)
def test_what_is_paler_than_a_doubtful_dark_digit_among_dark_ones_is_no_light_digit(
    light: Hypothesis, certain: tuple[float, float]
) -> None:
    others = [stroke(200 * i, 20, 40, 60, "dark") for i in range(4)]
    four = stroke(810, 20, 51, 88, "dark", contrast=161)
    sure = np.array([1, 1, 1, 1, *certain], np.float32)
    assert 4 in without_rivals([*others, four, light], sure, np.zeros(6, bool))
    # Light on a tile of its own it is one, and its eyes are as bold.
    tile = stroke(*light.candidate.box, "light", contrast=190)
    sure[4] = 0.5
    assert 5 in without_rivals([*others, four, tile], sure, np.zeros(6, bool))


def test_a_one_that_ends_a_line_is_none_of_the_things_in_whose_box_it_lies() -> None:
    """The arm around a sheet is no digit; a small bar within its box was taken for a piece of it."""
    arm, one, two = (
        stroke(0, 0, 500, 700, "dark"),
        stroke(420, 300, 8, 66, "dark"),
        stroke(520, 305, 50, 60, "dark"),
    )
    bar = np.array([False, True, False])
    certain = np.array([0.01, 0.99, 0.99], np.float32)
    assert set(without_rivals([arm, one, two], certain, bar)) >= {1, 2}
    alone = without_rivals([arm, one], certain[:2], bar[:2])
    assert 1 not in alone
