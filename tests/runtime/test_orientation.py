from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import Page, write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.orientation import Orientation, orientation
from edge_digits.reading import Box
from edge_digits.segmentation import search
from edge_digits.sheet import Sheet
from edge_digits.turning import turned_back, turned_by, turned_picture, turned_size

QUARTERS = (0, 90, 180, 270)


@pytest.fixture(scope="module")
def page() -> Page:
    return write_page("3472\n5284", seed=3)


def turned(picture: np.ndarray, degrees: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(picture, degrees // 90))


@pytest.mark.parametrize("degrees", QUARTERS)
def test_a_sheet_turned_by_quarters_is_read(reader: DigitReader, page: Page, degrees: int) -> None:
    picture = turned(page.image, degrees)
    reading = reader.read(picture)
    assert reading.text == page.text
    ink = picture[:, :, 0] < 128
    for digit in reading.digits:
        x, y, width, height = digit.box
        inside = ink[y : y + height, x : x + width]
        assert inside.any(axis=0).mean() > 0.9
        assert inside.any(axis=1).mean() > 0.9


@pytest.mark.parametrize("degrees", QUARTERS)
def test_strokes_turn_with_the_picture_and_their_boxes_back(page: Page, degrees: int) -> None:
    size = (page.image.shape[1], page.image.shape[0])
    for stroke in search(page.image).candidates:
        back = turned_back(turned_by(stroke, degrees, size).box, degrees, size)
        assert back == stroke.box


def test_a_stroke_turned_askew_keeps_its_middle() -> None:
    picture = np.full((400, 600, 3), 240, np.uint8)
    cv2.rectangle(picture, (250, 100), (300, 160), (30, 30, 30), 4)
    stroke = search(picture).candidates[0]
    askew = turned_by(stroke, 35, (600, 400))
    assert askew.box.width > stroke.box.width
    back = turned_back(askew.box, 35, (600, 400))
    assert back.center == pytest.approx(stroke.box.center, abs=2)
    assert turned_size((600, 400), 90) == (400, 600)


@pytest.mark.parametrize("degrees", [0, 35, 90, 120, 210, 325])
def test_a_picture_turns_with_its_strokes(page: Page, degrees: int) -> None:
    gray = np.asarray(cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY), np.uint8)
    found = search(page.image)
    turned_gray = turned_picture(cv2.resize(gray, found.size, interpolation=cv2.INTER_AREA), degrees)
    assert turned_gray.shape[::-1] == turned_size(found.size, degrees)
    for stroke in found.candidates:
        turned_stroke = turned_by(stroke, degrees, found.size)
        x, y, width, height = turned_stroke.box
        window = turned_gray[y : y + height, x : x + width]
        assert window[turned_stroke.ink > 200].mean() < 90
        assert window[turned_stroke.ink == 0].mean() > 190


@pytest.mark.parametrize("text", ["6", "69", "1", "1881", "0", "96889", "11711"])
def test_what_reads_upside_down_too_keeps_its_place(reader: DigitReader, text: str) -> None:
    assert reader.read(write_page(text, seed=8, height=70).image).text == text


def test_a_model_without_not_a_digit_turns_no_page(page: Page) -> None:
    found = search(turned(page.image, 90))

    def classify(strokes: Sequence[Candidate]) -> np.ndarray:
        return np.zeros((len(strokes), 10), np.float32)

    assert orientation(found.candidates, classify, tuple("0123456789")) == Orientation(0)


def test_marks_that_are_no_digits_under_any_turn_are_left(reader: DigitReader) -> None:
    picture = np.full((300, 500, 3), 240, np.uint8)
    cv2.putText(picture, "XWKMX", (40, 180), cv2.FONT_HERSHEY_SIMPLEX, 3, (30, 30, 30), 5, cv2.LINE_AA)
    assert reader.read(picture).text == ""


def test_lines_that_climb_steeply_are_read_one_after_the_other(reader: DigitReader) -> None:
    page = write_page("43525\n52843", seed=3, height=50, margin=160)
    height, width = page.image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 25, 0.9)
    askew = cv2.warpAffine(page.image, matrix, (width, height), borderValue=(245, 245, 245))
    assert reader.read(askew).text == page.text


def test_a_box_turned_back_by_nothing_stays() -> None:
    assert turned_back(Box(1, 2, 3, 4), 0, (100, 50)) == Box(1, 2, 3, 4)


def askew(page: Page, degrees: float) -> np.ndarray:
    height, width = page.image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 0.75)
    return cv2.warpAffine(page.image, matrix, (width, height), borderValue=(245, 245, 245))


@pytest.mark.parametrize("degrees", [-38, -30, 30, 38])
def test_a_sheet_that_lies_askew_is_turned_by_the_angle_of_its_lines(
    reader: DigitReader, degrees: int
) -> None:
    page = write_page("74372\n47273", seed=6, height=50, margin=160)
    assert reader.read(askew(page, degrees)).text == page.text


@pytest.mark.parametrize("text", ["3471264", "3564849", "6023432"])
def test_a_sheet_upside_down_is_turned_although_some_of_it_reads_both_ways(
    reader: DigitReader, text: str
) -> None:
    assert reader.read(turned(write_page(text, seed=5).image, 180)).text == text


def test_upright_digits_on_a_climbing_line_are_not_turned(reader: DigitReader) -> None:
    page = np.full((520, 640, 3), 245, np.uint8)
    for i, label in enumerate("374952"):
        written = write_page(label, seed=i, height=60, margin=4).image
        y, x = 430 - 62 * i, 60 + 90 * i
        page[y : y + written.shape[0], x : x + written.shape[1]] = written
    assert reader.read(page).text == "374952"


@pytest.mark.parametrize("degrees", [-150, -120, -62, 62, 120, 150])
def test_a_sheet_is_turned_whichever_way_it_lies(reader: DigitReader, degrees: int) -> None:
    page = write_page("34725\n52843", seed=3, height=50, margin=160)
    assert reader.read(askew(page, degrees)).text == page.text


def test_faint_marks_of_the_floor_have_no_say_in_how_a_sheet_lies(reader: DigitReader) -> None:
    sheet = askew(write_page("347\n254", seed=3, height=60, margin=60), 120)
    height, width = sheet.shape[:2]
    floor = np.full((height + 80, width + 400, 3), 205, np.uint8)
    floor[40:-40, :width] = sheet
    floor[40:-40, :width][(sheet > 235).all(axis=2)] = 240
    for i in range(12):
        x, y = width + 60 + 90 * (i % 4), 80 + 100 * (i // 4)
        if y < height:
            cv2.ellipse(floor, (x, y), (26, 14), 25 * i, 20, 300, (178, 178, 178), 7, cv2.LINE_AA)
    assert reader.read(floor).text.replace("\n", "") == "347254"


@pytest.mark.parametrize("degrees", [-22, -16, 16, 22])
def test_lines_of_digits_far_apart_are_read_one_after_the_other(reader: DigitReader, degrees: int) -> None:
    page = write_page("34725\n62843\n52946", height=46, gap=1.8, margin=120)
    assert reader.read(askew(page, degrees)).text == page.text


@pytest.mark.parametrize("degrees", [90, 270])
def test_ones_that_lie_are_no_ruling(reader: DigitReader, degrees: int) -> None:
    page = write_page("1471\n1121", height=70)
    assert reader.read(turned(page.image, degrees)).text == page.text


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_many_faint_specks_have_no_say_in_how_a_page_lies(reader: DigitReader, degrees: int) -> None:
    page = write_page("34725\n62843", height=80, gap=1.2, margin=120)
    rng = np.random.default_rng(0)
    height, width = page.image.shape[:2]
    specked = page.image.copy()
    left = 60
    while left:
        x, y = int(rng.integers(10, width - 10)), int(rng.integers(10, height - 10))
        if (page.image[max(0, y - 22) : y + 22, max(0, x - 22) : x + 22] > 200).all():
            start, end = rng.integers(0, 180), rng.integers(120, 330)
            cv2.ellipse(specked, (x, y), (9, 5), float(start), 0, float(end), (215, 215, 215), 2, cv2.LINE_AA)
            left -= 1
    assert reader.read(turned(specked, degrees)).text == page.text


@pytest.mark.parametrize("text", ["69869804", "698698047", "0698986938"])
def test_one_digit_that_is_none_upside_down_turns_a_sheet_of_others_that_are(
    reader: DigitReader, text: str
) -> None:
    assert reader.read(turned(write_page(text).image, 180)).text == text


@pytest.mark.parametrize("text", ["3114", "4117", "245372\n367254\n5237\n1111"])
def test_ones_neither_speak_for_a_turn_nor_against_it(reader: DigitReader, text: str) -> None:
    assert reader.read(turned(write_page(text).image, 90)).text == text


@pytest.mark.parametrize("text", ["879\n8962\n602\n09281", "868\n8962\n602\n09281"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_boxes_of_a_check_list_turn_no_page_of_digits_that_stand_in_lines(
    reader: DigitReader, text: str, seed: int
) -> None:
    """Turned askew a square is as good as a 0, and 6s, 8s and 9s read upside down as well."""
    page = write_page(text, seed, margin=160).image
    inked = np.flatnonzero((page[:, :, 0] < 128).any(axis=1))
    for line in np.split(inked, np.flatnonzero(np.diff(inked) > 5) + 1):
        middle = int(line.mean())
        cv2.rectangle(page, (40, middle - 23), (86, middle + 23), (40, 40, 40), 5)
    assert reader.read(page).text == text


def large_above_small(seed: int) -> Page:
    """Large digits that read both ways, and more small ones that do not."""
    large = write_page("06898609\n98096806", seed, height=64, margin=40)
    small = write_page("3474374374\n7434734473\n4373447347", seed + 50, height=36, margin=40)
    width = max(large.image.shape[1], small.image.shape[1])
    parts = [
        np.pad(part.image, ((0, 0), (0, width - part.image.shape[1]), (0, 0)), constant_values=245)
        for part in (large, small)
    ]
    return Page(np.vstack(parts), (), f"{large.text}\n{small.text}")


@pytest.mark.parametrize("degrees", QUARTERS)
@pytest.mark.parametrize("seed", range(2))
def test_all_digits_of_a_page_have_a_say_and_not_its_boldest_alone(
    reader: DigitReader, degrees: int, seed: int
) -> None:
    page = large_above_small(seed)
    assert reader.read(turned(page.image, degrees)).text == page.text


def test_a_thing_that_three_thresholds_show_has_one_say() -> None:
    def drawn(x: int, width: int, height: int) -> Candidate:
        ink = np.full((height, width), 200, np.uint8)
        return Candidate(Box(x, 140, width, height), ink, 95, 10, 9000, "light")

    def a_seven_on_its_side(candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        told = np.zeros((len(candidates), 11), np.float32)
        for i, candidate in enumerate(candidates):
            told[i, 7 if candidate.box.height > candidate.box.width else 10] = 0.98
        return told

    labels = [*"0123456789", "none"]
    thrice = [drawn(320 - i, 160 + i, 140) for i in (0, 4, 8)]
    assert orientation(thrice, a_seven_on_its_side, labels).turn == 0
    apart = [drawn(320 + 200 * i, 160, 140) for i in range(3)]
    assert orientation(apart, a_seven_on_its_side, labels).turn % 180 == 90


def test_the_lit_part_of_a_page_is_no_sheet_that_lies_askew() -> None:
    """Where a hard shadow falls across a page, what is lit has straight sides, too."""
    found = search(write_page("12345\n67890", seed=1, height=60).image)
    width, height = found.size
    outline = np.array([[(0.6 * width, 0)], [(width, 0)], [(width, height)], [(0.6 * width, height)]])
    lit = Sheet(outline.astype(np.int32), np.ones((1, 1), np.uint8), 1, True, "dark", -35, -35, 1, None)

    def a_digit_however_it_lies(candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        return np.tile(np.eye(11, dtype=np.float32)[3] * 0.97, (len(candidates), 1))

    labels = [*"0123456789", "none"]
    assert orientation(found.candidates, a_digit_however_it_lies, labels, lit) == Orientation(0)
    alone = [stroke for stroke in found.candidates if lit.shows(stroke)]
    assert orientation(alone, a_digit_however_it_lies, labels, lit).turn == 35


@pytest.mark.parametrize(("text", "gap"), [("0125\n3478\n6921", 1.8), ("3472\n5284\n6730", 2.4)])
def test_lines_are_followed_that_clearer_digits_tell_from_columns(
    reader: DigitReader, text: str, gap: float
) -> None:
    page = write_page(text, seed=3, height=46, gap=gap, margin=220)
    assert reader.read(askew(page, 38)).text == text


@pytest.mark.parametrize(("as_it_is", "turns"), [(0.5, True), (0.88, False)])
def test_a_page_of_likely_digits_is_not_turned_for_a_little_more(as_it_is: float, turns: bool) -> None:
    def marked(number: int) -> Candidate:
        ink = np.zeros((60, 40), np.uint8)
        cv2.ellipse(ink, (20, 32), (15, 24), 0, 0, 300, 255, 4)
        ink[:6, 15:25] = 255
        return Candidate(Box(80 * number, 40, 40, 60), ink, 150, 4, 900, "dark")

    def clear_upside_down(candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        told = np.zeros((len(candidates), 11), np.float32)
        for row, candidate in zip(told, candidates, strict=True):
            upright, overturned = candidate.ink[0, 15:25].all(), candidate.ink[-1, 15:25].all()
            row[8] = as_it_is if upright else 0.99 if overturned else 0.01
            row[10] = 1 - row[8]
        return told

    lie = orientation([marked(i) for i in range(4)], clear_upside_down, [*"0123456789", "none"])
    assert lie.turn == (180 if turns else 0)
