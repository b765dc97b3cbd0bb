"""Words of small print on a sheet that lies sideways are no ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.lettering import are_words
from edge_digits.reading import Box
from train.scenes import draw_digit


def test_a_word_on_its_side_is_no_one_but_a_one_with_a_flag_is() -> None:
    sheet = np.zeros((40, 160), np.uint8)
    cv2.putText(sheet, "meadow", (4, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2, cv2.LINE_AA)
    x, y, width, height = cv2.boundingRect(sheet)
    word = np.ascontiguousarray(np.rot90(sheet[y : y + height, x : x + width]))
    flag = np.zeros((80, 30), np.uint8)
    cv2.polylines(flag, [np.array([[3, 30], [24, 3], [22, 77]], np.int32)], False, 255, 4, cv2.LINE_AA)
    marks = [
        Candidate(Box(0, 0, ink.shape[1], ink.shape[0]), ink, 150, 3, 300, "dark") for ink in (word, flag)
    ]
    assert are_words(marks, np.array([True, True])).tolist() == [True, False]
    assert are_words(marks, np.array([False, False])).tolist() == [False, False]


def test_a_one_by_a_blunt_pencil_that_skips_is_no_word() -> None:
    """It parted and joined as often as the strokes of a word do, but by a pen as wide as none of theirs."""
    one = np.zeros((90, 30), np.uint8)
    cv2.line(one, (15, 3), (15, 87), 255, 13)
    for y in range(10, 85, 12):
        one[y : y + 4, 12:20] = 0
    mark = Candidate(Box(0, 0, 30, 90), one, 70, 10, int(np.count_nonzero(one)), "dark")
    thin = Candidate(Box(0, 0, 30, 90), one, 70, 3, int(np.count_nonzero(one)), "dark")
    assert are_words([mark, thin], np.array([True, True])).tolist() == [False, True]


@pytest.mark.parametrize("text", ["84", "30", "96"])
def test_a_one_with_a_curved_foot_by_a_fine_pen_is_no_word(reader: DigitReader, text: str) -> None:
    page = np.full((140, 360), 240, np.uint8)
    for place, label in enumerate(text):
        ink = draw_digit(label, np.random.default_rng(place), height=60, thickness=6)
        window = page[40:100, 40 + 80 * place :][:, : ink.shape[1]]
        np.minimum(window, 240 - np.minimum(ink, 200), out=window)
    for x, pen in ((210, 6), (280, 5)):
        for stroke in (
            [(8, 32), (33, 2), (27, 14), (24, 25), (22, 38), (21, 54)],
            [(2, 57), (12, 55), (22, 54), (34, 55), (46, 58)],
        ):
            points = np.array([(x + across, 40 + down) for across, down in stroke], np.int32)
            cv2.polylines(page, [points], False, 40, pen, cv2.LINE_AA)
    assert reader.read(page).text == text + "11"
