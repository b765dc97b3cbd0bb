"""Digits by broad chalk on walls: the joints between bricks are many and thin."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from things_drawn import chalked_on

from edge_digits import DigitReader
from edge_digits.bold_pen import by_bold_pen, of_texture, ones_beside
from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.reading import Box


def wall(seed: int) -> NDArray[np.float32]:
    """Bricks of all shades with light joints, a little blurred, shape (720, 960)."""
    rng = np.random.default_rng(seed)
    picture = np.full((720, 960), 150, np.float32)
    for course, y in enumerate(range(-20, 720, 60)):
        for x in range(-150 + 65 * (course % 2), 960, 130):
            tone = float(rng.normal(85, 14))
            cv2.rectangle(picture, (x, y), (x + 124, y + 55), tone, -1)
    picture += cv2.resize(rng.normal(0, 5, (360, 480)).astype(np.float32), (960, 720))
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1), np.float32)


def chalked(text: str, seed: int) -> NDArray[np.uint8]:
    """A wall with digits of broad chalk."""
    rng = np.random.default_rng(seed + 100)
    return chalked_on(wall(seed), text, rng, place=(200, 180), height=260, thickness=34, tone=235)


def mark(pen: float, x: int = 0, *, polarity: Polarity = "light", side: int = 40) -> Candidate:
    ink = np.full((side, side), 255, np.uint8)
    return Candidate(Box(x, 0, side, side), ink, 90.0, pen, ink.size, polarity)


def told(digits: list[Candidate], others: list[Candidate]) -> list[bool]:
    certain = np.array([True] * len(digits) + [False] * len(others))
    return by_bold_pen(digits + others, certain, certain).tolist()[: len(digits)]


@pytest.mark.parametrize("text", ["5", "3", "53", "26"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_digits_of_broad_chalk_are_read_on_bricks(reader: DigitReader, text: str, seed: int) -> None:
    assert reader.read(chalked(text, seed)).text == text


@pytest.mark.parametrize("seed", range(6))
def test_bricks_alone_are_no_digits(reader: DigitReader, seed: int) -> None:
    assert reader.read(np.clip(wall(seed), 0, 255).astype(np.uint8)).text == ""


def test_a_pen_is_broad_beside_many_thin_lines() -> None:
    assert told([mark(20), mark(11)], [mark(6)] * 30) == [True, False]
    assert told([mark(20)], [mark(6)] * 10) == [False], "so few lines are no texture"
    assert told([mark(20)], [mark(6)] * 10 + [mark(6, side=8)] * 30) == [False], "nor are specks"


def test_what_few_marks_are_broad_is_no_matter_but_many() -> None:
    assert told([mark(20)], [mark(6)] * 30 + [mark(40)] * 2) == [True]
    assert told([mark(20)], [mark(6)] * 30 + [mark(40)] * 10) == [False]


def test_bricks_themselves_are_broad_but_of_the_other_tone() -> None:
    bricks = [mark(40, polarity="dark")] * 30
    assert told([mark(20), mark(20, polarity="dark")], [mark(6)] * 30 + bricks) == [True, False]


def test_where_no_digit_is_certain_none_is_by_a_bold_pen() -> None:
    none = np.zeros(31, bool)
    assert not by_bold_pen([mark(20)] + [mark(6)] * 30, none, none).any()


def test_what_is_bold_beside_rows_of_digits_is_a_part_of_their_sheet() -> None:
    row = [mark(6, 60 * i, polarity="dark") for i in range(3)]
    assert told([mark(20, 400), *row[:1]], [mark(6)] * 30) == [True, False]
    assert told([mark(20, 400), *row], [mark(6)] * 30) == [False] * 4


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_a_one_by_the_same_chalk_is_read_and_joints_are_none(reader: DigitReader, seed: int) -> None:
    assert reader.read(chalked("14", seed)).text == "14"


def test_the_texture_is_thin_or_of_the_other_tone() -> None:
    marks = [mark(20), mark(15), mark(6), mark(20, polarity="dark")]
    assert of_texture(marks, np.array([True, False, False, False])).tolist() == [False, False, True, True]
    assert not of_texture(marks, np.zeros(4, bool)).any()


def test_ones_of_the_same_hand_stand_on_a_line_with_digits_by_a_bold_pen() -> None:
    marks = [mark(20), mark(19, 50), mark(6, 100), mark(20, 150)]
    bold, bar = np.array([True, False, False, False]), np.array([False, True, True, False])
    assert ones_beside(marks, bar, bold).tolist() == [False, True, False, False]
    assert not ones_beside(marks, bar, np.zeros(4, bool)).any()
