"""Writing that touches a line of its own ink."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from edge_digits import DigitReader
from edge_digits.lines import without_lines
from edge_digits.segmentation import search
from train.scenes import draw_digit

INK = 45


def written(text: str, seed: int, *, gap: int = 36) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Digits 64 pixels high on one line, and from where to where each of them goes."""
    rng = np.random.default_rng(seed)
    page = np.full((260, 110 * len(text) + 120), 240, np.uint8)
    x, places = 60, []
    for label in text:
        ink = draw_digit(label, rng, height=64, thickness=6)
        top = 160 - ink.shape[0]
        window = page[top:160, x : x + ink.shape[1]]
        np.minimum(window, 240 - np.minimum(ink, 240 - INK), out=window)
        places.append((x, x + ink.shape[1]))
        x += ink.shape[1] + gap
    return page, places


def askew(page: np.ndarray, degrees: float) -> np.ndarray:
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(page, matrix, (width, height), borderValue=240)


@pytest.mark.parametrize("degrees", [0, -3, 3])
@pytest.mark.parametrize("text", ["36058", "9860", "83605"])
def test_digits_are_read_on_an_underline_that_touches_them(
    reader: DigitReader, text: str, degrees: float
) -> None:
    told = []
    for seed in range(4):
        page, places = written(text, seed)
        cv2.line(page, (40, 157), (places[-1][1] + 20, 158), INK, 4, cv2.LINE_AA)
        told.append(reader.read(askew(page, degrees)).text)
    assert sum(each == text for each in told) >= 3, told


@pytest.mark.parametrize("degrees", [-13, -9, 9, 13])
@pytest.mark.parametrize("text", ["36058", "080728"])
def test_digits_come_free_of_a_line_on_a_sheet_that_is_held_askew(text: str, degrees: float) -> None:
    page, places = written(text, 3)
    cv2.line(page, (10, 158), (places[-1][1] + 50, 158), 130, 2, cv2.LINE_AA)
    turned = askew(page, degrees)
    strokes = [stroke for stroke in search(turned).candidates if stroke.polarity == "dark"]
    whole = max(strokes, key=lambda stroke: stroke.box.width)
    free = without_lines(whole, turned.shape)
    assert len(free) == len(text), [stroke.box for stroke in free]
    assert all(stroke.box.height > 45 for stroke in free)


def test_one_scribble_on_an_underline_takes_no_digit_with_it(reader: DigitReader) -> None:
    told = []
    for seed in range(4):
        page, places = written("36058", seed)
        (left, right), (top, bottom) = places[1], (98, 157)
        for step in range(4):
            x = left + step * (right - left) // 3
            cv2.line(page, (x, top), (left + right - x, bottom), INK, 5, cv2.LINE_AA)
        cv2.line(page, (40, 157), (places[-1][1] + 20, 158), INK, 4, cv2.LINE_AA)
        told.append(reader.read(page).text)
    assert sum(each == "3058" for each in told) >= 3, told


def test_digits_are_read_in_boxes_that_they_touch(reader: DigitReader) -> None:
    told = []
    for seed in range(6):
        page, places = written("36058", seed)
        top, bottom = 84, 159
        ends = [places[0][0] - 12, *(right + 18 for _, right in places)]
        for left, right in pairwise(ends):
            cv2.rectangle(page, (left, top), (right, bottom), INK, 3, cv2.LINE_AA)
        told.append(reader.read(page).text)
    assert sum(each == "36058" for each in told) >= 4, told


ROWS = [(text, *rows) for rows in ((76, 166), (84, 160), (88, 156)) for text in ("360", "3605", "190943")]


@pytest.mark.parametrize(("text", "top", "bottom"), [*ROWS, ("360", 92, 150), ("3605", 92, 150)])
def test_digits_are_read_in_a_row_of_boxes_however_low_they_are(
    reader: DigitReader, text: str, top: int, bottom: int
) -> None:
    """A 9 is nearly as long as the lines between them; they stand on the lowest line, or cross it."""
    told = []
    for seed in range(4):
        page, places = written(text, seed)
        between = [(one[1] + other[0]) // 2 for one, other in pairwise(places)]
        for left, right in pairwise([places[0][0] - 14, *between, places[-1][1] + 14]):
            cv2.rectangle(page, (left, top), (right, bottom), INK, 3, cv2.LINE_AA)
        told.append(reader.read(page).text)
    assert sum(each == text for each in told) >= 3, told


def test_the_lines_between_boxes_are_no_ones_where_the_line_below_them_is_too_faint(
    reader: DigitReader,
) -> None:
    page, places = written("36058", 1)
    between = [(one[1] + other[0]) // 2 for one, other in pairwise(places)]
    ends = [places[0][0] - 16, *between, places[-1][1] + 16]
    cv2.line(page, (ends[0], 90), (ends[-1], 90), INK, 3)
    cv2.line(page, (ends[0], 166), (ends[-1], 166), 215, 1)
    for x in ends:
        cv2.line(page, (x, 90), (x, 166), INK, 3)
    assert reader.read(page).text == "36058"


def test_ones_on_an_underline_are_no_lines_between_boxes(reader: DigitReader) -> None:
    page = np.full((260, 520), 240, np.uint8)
    for x in (120, 190, 260, 330):
        cv2.line(page, (x, 96), (x, 158), INK, 5, cv2.LINE_AA)
    cv2.line(page, (80, 158), (380, 158), INK, 5, cv2.LINE_AA)
    assert reader.read(page).text == "1111"


@pytest.mark.parametrize("label", list("0123456789"))
def test_a_digit_is_not_taken_apart(label: str) -> None:
    for seed in range(5):
        page = np.full((320, 320), 240, np.uint8)
        ink = draw_digit(label, np.random.default_rng(seed), height=180, thickness=12)
        page[60 : 60 + ink.shape[0], 80 : 80 + ink.shape[1]] -= np.minimum(ink, 195)
        for stroke in search(page).candidates:
            assert without_lines(stroke, page.shape) == []


def test_of_an_empty_table_nothing_is_left() -> None:
    page = np.full((400, 700), 240, np.uint8)
    for x in range(80, 621, 90):
        cv2.line(page, (x, 60), (x, 330), INK, 3)
    for y in range(60, 331, 90):
        cv2.line(page, (80, y), (620, y), INK, 3)
    found = search(page).candidates
    assert found
    for stroke in found:
        assert without_lines(stroke, page.shape) == []


def test_what_reaches_the_pictures_edge_is_left_alone() -> None:
    page, places = written("36058", 0)
    cv2.line(page, (0, 157), (page.shape[1], 157), INK, 4)
    found = search(page)
    rows, columns = found.size[1], found.size[0]
    for stroke in found.candidates:
        if stroke.box.x <= 1:
            assert without_lines(stroke, (rows, columns)) == []
    assert len(places) == 5


@pytest.mark.parametrize(("label", "seed"), [("9", 3), ("4", 8), ("4", 20), ("7", 24), ("9", 54)])
def test_the_stem_of_a_digit_that_lies_on_its_side_is_no_line(label: str, seed: int) -> None:
    """Its rims were left as thin strokes, and two of them made a frame of the digit."""
    ink = draw_digit(label, np.random.default_rng(seed), height=110)
    lying = cv2.copyMakeBorder(np.rot90(ink), 150, 150, 150, 150, cv2.BORDER_CONSTANT, value=0)
    found = search(np.invert(lying)).candidates
    assert found
    assert all(min(stroke.box.width, stroke.box.height) > 4 for stroke in found)
