"""Scales and forms: the bars on a line are neither ones nor writing, and the digits beside them are read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from edge_digits.ticks import are_ticks, with_ticks
from train.scenes import draw_digit
from train.scenes.hand import Hand


def form(
    text: str, seed: int, *, tick: tuple[int, int], line: int, step: int = 70, beside: int = 0
) -> NDArray[np.uint8]:
    """Digits with a line below or above them and bars on that, between or above the digits.

    Args:
        text: The digits, 50 pixels high and 60 from the top.
        seed: Of the hand.
        tick: Where each bar begins and ends, pixels from the top.
        line: Where the line runs, pixels from the top.
        step: Pixels from one bar to the next.
        beside: By how much the digits stand to the right of the middle between two bars.
    """
    rng = np.random.default_rng(seed)
    hand = Hand.random(rng)
    page = np.full((190, step * len(text) + 80), 240, np.uint8)
    for place in range(len(text) + 1):
        x = 40 + step * place
        cv2.line(page, (x, tick[0]), (x, tick[1]), 60, 4, cv2.LINE_AA)
    cv2.line(page, (40, line), (40 + step * len(text), line), 60, 4, cv2.LINE_AA)
    for place, label in enumerate(text):
        ink = draw_digit(label, rng, height=50, thickness=5, hand=hand)
        x = 40 + step * place + step // 2 + beside - ink.shape[1] // 2
        np.minimum(window := page[60:110, x : x + ink.shape[1]], 255 - ink, out=window)
    return page


@pytest.mark.parametrize("text", ["58360", "2745", "909382"])
def test_the_walls_of_a_form_are_no_ones(reader: DigitReader, text: str) -> None:
    """Boxes without an upper line, as for a date or an account number; small photos had walls read."""
    forms = [form(text, seed, tick=(44, 126), line=126) for seed in range(6)]
    told = [reader.read(photo(each, turn)).text for each in forms for turn in (-3, 2)]
    assert sum(each == text for each in told) >= 11, told


def photo(page: NDArray[np.uint8], turn: float) -> NDArray[np.uint8]:
    """Smaller, turned by so many degrees and not quite sharp."""
    small = cv2.resize(page, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    about = cv2.getRotationMatrix2D((small.shape[1] / 2, small.shape[0] / 2), turn, 1)
    turned = cv2.warpAffine(small, about, small.shape[::-1], flags=cv2.INTER_CUBIC, borderValue=240)
    return np.asarray(cv2.GaussianBlur(turned, (0, 0), 1.0), np.uint8)


@pytest.mark.parametrize("text", ["345678", "2468", "987650"])
def test_the_marks_of_a_scale_are_no_ones(reader: DigitReader, text: str) -> None:
    told = [reader.read(form(text, seed, tick=(14, 44), line=29, beside=-35)).text for seed in range(8)]
    assert sum(each == text for each in told) >= 7, told


@pytest.mark.parametrize("text", ["14171", "71211", "31151", "11711"])
@pytest.mark.parametrize("desk", [0, 70])
def test_ruling_that_runs_through_ones_leaves_them(reader: DigitReader, text: str, desk: int) -> None:
    """Pencil on ruled paper; the lines end at the picture's edge or at the paper's."""
    told = []
    for seed in range(4):
        page = np.full((170, 60 * len(text) + 100), 235, np.uint8)
        for y in (30, 85, 140):
            cv2.line(page, (0, y), (page.shape[1], y + 4), 170, 2, cv2.LINE_AA)
        rng = np.random.default_rng(seed)
        for place, label in enumerate(text):
            variant = "bar" if label == "1" else None
            ink = draw_digit(label, rng, height=64, thickness=7, variant=variant, hand=Hand())
            window = page[54:118, 50 + 60 * place : 50 + 60 * place + ink.shape[1]]
            np.minimum(window, (235 - 0.4 * ink).astype(np.uint8), out=window)
        told.append(reader.read(cv2.copyMakeBorder(page, *[desk] * 4, cv2.BORDER_CONSTANT, value=95)).text)
    assert sum(each == text for each in told) >= 3, told


def bar(x: int, y: int, height: int) -> Candidate:
    ink = np.full((height, 5), 255, np.uint8)
    return Candidate(Box(x, y, 5, height), ink, 150, 5, 5 * height, "dark")


def line(width: int, at: int, height: int = 80) -> NDArray[np.uint8]:
    pixels = np.zeros((height, width), np.uint8)
    pixels[at : at + 4] = 1
    return pixels


FRAME = Box(100, 200, 300, 80)


def test_three_bars_that_a_line_runs_through_are_marked_and_two_may_be_ones() -> None:
    bars = [bar(x, 225, 30) for x in (150, 220, 290)]
    digit = Candidate(Box(350, 230, 30, 50), np.full((50, 30), 255, np.uint8), 150, 5, 400, "dark")
    found = with_ticks([*bars, digit], FRAME, line(300, 38))
    assert [each.tick for each in found] == [True, True, True, False]
    for others in ([*bars[:2], digit], [*bars, digit, digit]):
        assert with_ticks(others, FRAME, line(300, 38)) == others


def test_marked_bars_as_high_as_the_digits_are_ones() -> None:
    def told(height: int) -> list[bool]:
        marks = with_ticks([bar(x, 240 - height // 2, height) for x in (150, 220, 290)], FRAME, line(300, 38))
        digit = Candidate(Box(350, 230, 30, 50), np.full((50, 30), 255, np.uint8), 150, 5, 400, "dark")
        return are_ticks([*marks, digit], np.array([False, False, False, True])).tolist()

    assert told(30) == [True, True, True, False]
    assert told(50) == [False, False, False, False]
    assert told(64) == [True, True, True, False]


def test_without_clear_digits_nothing_is_told() -> None:
    marks = with_ticks([bar(x, 225, 30) for x in (150, 220, 290)], FRAME, line(300, 38))
    assert not are_ticks(marks, np.zeros(3, bool)).any()


def test_ones_that_stand_on_an_underline_stay() -> None:
    ones = [bar(x, 226, 50) for x in (150, 220, 290)]
    assert with_ticks(ones, FRAME, line(300, 76)) == ones


def test_bars_from_one_end_of_a_line_to_the_other_part_a_form() -> None:
    walls = [bar(x, 200, 76) for x in (100, 198, 296, 394)]
    assert with_ticks(walls, FRAME, line(300, 76)) == []


def test_bars_of_unlike_height_make_no_scale() -> None:
    ones = [bar(150, 225, 30), bar(220, 215, 60), bar(290, 205, 75)]
    assert with_ticks(ones, FRAME, line(300, 38)) == ones
