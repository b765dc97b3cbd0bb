"""Walls of boxes, one for each digit, as forms have them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from ruled_pages import seen

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from edge_digits.walls import without_walls
from train.scenes import draw_digit

HIGH, WIDE = 110, 90


def form(rows: Sequence[str], boxes: int, *, line: float = 0.5, pen: int = 4) -> NDArray[np.float32]:
    """Rows of boxes with a digit in each of the first ones; the print leaves so much of the light."""
    rng = np.random.default_rng(0)
    page = np.full((200 * len(rows) + 120, 140 + WIDE * boxes), 240, np.float32)
    for k, text in enumerate(rows):
        top, right = 80 + 200 * k, 60 + WIDE * boxes
        printed = np.zeros(page.shape, np.uint8)
        cv2.rectangle(printed, (60, top), (right, top + HIGH), 255, pen)
        for x in range(60 + WIDE, right, WIDE):
            cv2.line(printed, (x, top), (x, top + HIGH), 255, pen)
        page *= 1 - (1 - line) * printed.astype(np.float32) / 255
        for left, label in zip(range(60, right, WIDE), text, strict=False):
            ink = draw_digit(label, rng, height=62, thickness=5)
            y, x = top + (HIGH - ink.shape[0]) // 2, left + (WIDE - ink.shape[1]) // 2
            page[y : y + ink.shape[0], x : x + ink.shape[1]] *= 1 - 0.65 * ink.astype(np.float32) / 255
    return page


@pytest.mark.parametrize("boxes", [6, 9])
@pytest.mark.parametrize(("pen", "line"), [(3, 0.35), (3, 0.65), (4, 0.5)])
@pytest.mark.parametrize("turn", [0, -3])
def test_the_walls_of_a_forms_boxes_are_no_ones(
    reader: DigitReader, boxes: int, pen: int, line: float, turn: float
) -> None:
    page = form(["064596", "4136"], boxes, line=line, pen=pen)
    assert reader.read(seen(page, turn=turn, yaw=0.06)).text == "064596\n4136"


def bar(x: float, *, top: float = 100, height: int = 100, pen: float = 5) -> Candidate:
    box = Box(round(x), round(top), 6, height)
    return Candidate(box, np.full((height, 6), 255, np.uint8), 140, pen, 6 * height, "dark")


def digit(x: int, *, height: int = 60, top: int = 120) -> Candidate:
    ink = np.full((height, 40), 255, np.uint8)
    return Candidate(Box(x, top, 40, height), ink, 160, 5, 7 * height, "dark")


def kept(strokes: Sequence[Candidate]) -> list[int]:
    """Which of them are no walls."""

    def are_digits(candidates: Sequence[Candidate]) -> NDArray[np.bool_]:
        return np.array([candidate.box.width == 40 for candidate in candidates], bool)

    left = without_walls(strokes, are_digits)
    return [i for i, stroke in enumerate(strokes) if any(stroke is each for each in left)]


def test_bars_at_one_distance_are_walls_where_lower_digits_stand_between_them() -> None:
    assert kept([digit(20), digit(120), bar(0), bar(100), bar(200)]) == [0, 1]
    aside = [bar(at, top=100 + 0.1 * at, height=round(100 + 0.05 * at)) for at in (0, 92, 190, 294)]
    assert kept([digit(20), *aside]) == [0], "seen from aside, each is further and higher"


def test_a_one_written_into_a_box_stays() -> None:
    one = bar(50, top=122, height=58)
    assert kept([one, digit(120), digit(220), *(bar(100 * i) for i in range(4))]) == [0, 1, 2]


def test_walls_are_found_though_some_are_joined_to_what_is_printed_around_them() -> None:
    assert kept([digit(20), *(bar(100 * i) for i in (0, 1, 3, 4))]) == [0]


def test_the_walls_of_empty_boxes_are_told_by_digits_beside_them() -> None:
    written = [digit(20), digit(120)]
    assert kept([*written, *(bar(200 + 100 * i) for i in range(4))]) == [0, 1]
    assert len(kept([*written, *(bar(200 + 100 * i) for i in range(3))])) == 5, "three may be written"


@pytest.mark.parametrize("height", [88, 100])
def test_ones_among_digits_about_as_high_are_written(height: int) -> None:
    ones = [bar(100 * i) for i in range(5)]
    assert len(kept([*ones, *(digit(20 + 100 * i, height=height, top=106) for i in range(4))])) == 9


def test_ones_of_an_uneven_hand_are_written() -> None:
    uneven = [bar(0), bar(100, height=120), bar(200), bar(300, top=85)]
    apart = [bar(0), bar(70), bar(230)]
    for ones in (uneven, apart):
        assert len(kept([digit(20), digit(120), *ones])) == 2 + len(ones)
