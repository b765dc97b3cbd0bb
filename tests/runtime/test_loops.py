from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis
from edge_digits.loops import of_knots
from edge_digits.reading import Box
from train.scenes import draw_digit
from train.scenes.marks import DOODLES
from train.scenes.strokes import draw_strokes


def page_with(doodle: str, seed: int) -> np.ndarray:
    """The number 57 and a doodle of twice its height beside it."""
    rng = np.random.default_rng(seed)
    page = np.full((300, 600), 245, np.uint8)
    placed = [
        (40, draw_digit("5", rng, height=70, thickness=6)),
        (120, draw_digit("7", rng, height=70, thickness=6)),
    ]
    placed.append((320, draw_strokes(DOODLES[doodle], rng, em=110, thickness=8)[0]))
    for x, ink in placed:
        window = page[100 : 100 + ink.shape[0], x : x + ink.shape[1]]
        np.minimum(window, 255 - ink, out=window)
    return page


@pytest.mark.parametrize("seed", [5, 6, 21, 23, 33, 34])
def test_a_star_beside_a_number_is_not_two_eights(reader: DigitReader, seed: int) -> None:
    assert reader.read(page_with("star", seed)).text == "57"


def cut_in_two(circles: int, labels: list[str]) -> list[bool]:
    """Whether the halves of a row of touching circles are pieces of a knot."""
    ink = np.zeros((50, 10 + 36 * circles), np.uint8)
    for i in range(circles):
        cv2.circle(ink, (23 + 36 * i, 25), 19, 255, 3)
    whole = Candidate(Box(0, 0, ink.shape[1], 50), ink, 150, 3, int((ink > 0).sum()), "dark")
    middle = ink.shape[1] // 2
    found = [Hypothesis(whole, (0,), (0, middle)), Hypothesis(whole, (0,), (middle, ink.shape[1]))]
    return of_knots(found, [0, 1], labels, [whole]).tolist()


def test_two_eights_have_four_loops_at_most_and_two_other_digits_two() -> None:
    # Neighbouring circles overlap a little and enclose no place more.
    assert cut_in_two(4, ["8", "8"]) == [False, False]
    assert cut_in_two(5, ["8", "8"]) == [True, True]
    assert cut_in_two(2, ["0", "9"]) == [False, False]
    assert cut_in_two(3, ["0", "9"]) == [True, True]


def test_the_loops_of_what_was_cut_off_elsewhere_do_not_count() -> None:
    ink = np.zeros((50, 330), np.uint8)
    for i in range(9):
        cv2.circle(ink, (23 + 36 * i, 25), 16, 255, 3)
    cv2.line(ink, (0, 42), (329, 42), 255, 3)
    whole = Candidate(Box(0, 0, 330, 50), ink, 150, 3, int((ink > 0).sum()), "dark")
    found = [Hypothesis(whole, (0,), (0, 40)), Hypothesis(whole, (0,), (120, 160))]
    assert not of_knots(found, [0, 1], ["0", "0"], [whole]).any()


def test_a_digit_that_stands_by_itself_is_no_piece_and_neither_is_one_of_unknown_strokes() -> None:
    ink = np.full((20, 10), 255, np.uint8)
    alone = Hypothesis(Candidate(Box(0, 0, 10, 20), ink, 150, 3, 200, "dark"), (0,))
    assert not of_knots([alone], [0], ["8"], [alone.candidate]).any()
    piece = Hypothesis(alone.candidate, (0,), (0, 5))
    assert not of_knots([piece], [0], ["1"], []).any()
    assert not of_knots([piece], [0], ["1"], [alone.candidate]).any()
