"""Plus signs, which are no letters of a word."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.pluses import is_plus
from edge_digits.reading import Box
from train.scenes import draw_digit


def drawn(*lines: tuple[int, int, int, int], pen: int = 5) -> Candidate:
    """Strokes from (x, y) to (x, y), cut to their ink."""
    page = np.zeros((120, 120), np.uint8)
    for x, y, right, bottom in lines:
        cv2.line(page, (x, y), (right, bottom), 255, pen, cv2.LINE_AA)
    left, top, width, height = cv2.boundingRect(page)
    ink = page[top : top + height, left : left + width]
    return Candidate(Box(left, top, width, height), ink, 200, pen, int((ink > 0).sum()), "dark")


@pytest.mark.parametrize("lean", [-6, 0, 6])
@pytest.mark.parametrize("pen", [3, 6, 9])
def test_two_bars_that_cross_in_the_middle_are_a_plus(lean: int, pen: int) -> None:
    assert is_plus(drawn((60 + lean, 30, 60 - lean, 90), (30, 60 - lean, 90, 60 + lean), pen=pen))
    assert is_plus(drawn((60, 30, 60, 90), (38, 57, 82, 57), pen=pen))


def test_letters_digits_and_other_signs_are_none() -> None:
    t = drawn((60, 20, 60, 100), (35, 38, 85, 38))
    four = drawn((70, 20, 70, 100), (70, 20, 30, 75), (30, 75, 95, 75))
    x = drawn((30, 30, 90, 90), (90, 30, 30, 90))
    dash, bar = drawn((30, 60, 90, 60)), drawn((60, 30, 60, 90))
    corner = drawn((30, 30, 90, 30), (90, 30, 90, 90))
    box = drawn((30, 30, 90, 30), (90, 30, 90, 90), (30, 30, 30, 90), (30, 90, 90, 90))
    speck = drawn((60, 57, 60, 63), (57, 60, 63, 60), pen=1)
    assert not any(is_plus(mark) for mark in (t, four, x, dash, bar, corner, box, speck))


def sum_of(text: str, seed: int) -> NDArray[np.uint8]:
    """Digits 60 pixels high with pluses that nearly stand on their line."""
    rng = np.random.default_rng(seed)
    page = np.full((180, 90 * len(text) + 60), 235, np.uint8)
    for place, label in enumerate(text):
        left = 40 + 90 * place
        if label == "+":
            cv2.line(page, (left + 20, 80), (left + 20, 116), 60, 6, cv2.LINE_AA)
            cv2.line(page, (left + 2, 98), (left + 38, 98), 60, 6, cv2.LINE_AA)
        else:
            ink = draw_digit(label, rng, height=60, thickness=6)
            window = page[60:120, left : left + ink.shape[1]]
            np.minimum(window, 235 - np.minimum(ink, 180), out=window)
    return page


@pytest.mark.parametrize("text", ["1+14+5", "7+3+42", "1+1+7"])
def test_a_sum_whose_pluses_stand_on_its_line_is_read(reader: DigitReader, text: str) -> None:
    told = [reader.read(sum_of(text, seed)).text for seed in range(4)]
    assert told == [text.replace("+", "")] * 4
