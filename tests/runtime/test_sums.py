"""Sums: what stands between their numbers is no letter, and the numbers beside it are no words."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from written_sums import SIGNS, write_sum

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.equals import bars_of_equals
from edge_digits.reading import Box
from edge_digits.sums import is_cross, signs_of_sums
from train.scenes import draw_digit
from train.scenes.hand import Hand
from train.scenes.marks import LETTERS
from train.scenes.strokes import draw_strokes


def digits_of(text: str) -> str:
    return "\n".join("".join(sign for sign in line if sign.isdigit()) for line in text.split("\n"))


def mark(
    strokes: tuple[str, ...], x: int = 0, *, seed: int = 0, em: int = 60, hand: Hand | None = None
) -> Candidate:
    rng = np.random.default_rng(seed)
    ink, (_, dy) = draw_strokes(strokes, rng, em=em, thickness=0.1 * em, hand=hand or Hand())
    rows, columns = np.nonzero(ink)
    ink = np.ascontiguousarray(ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    box = Box(x, 100 + dy + int(rows.min()), ink.shape[1], ink.shape[0])
    return Candidate(box, ink, 150, 0.1 * em, int(np.count_nonzero(ink > 100)), "dark")


def digit(label: str, x: int, *, em: int = 60, y: int = 100) -> Candidate:
    ink = draw_digit(label, np.random.default_rng(int(label)), height=em, thickness=0.1 * em)
    return Candidate(Box(x, y, ink.shape[1], em), ink, 150, 0.1 * em, int((ink > 100).sum()), "dark")


def signs(marks: list[Candidate], read: list[bool]) -> list[bool]:
    found: NDArray[np.bool_] = signs_of_sums(marks, np.array(read))
    return found.tolist()


@pytest.mark.parametrize("text", ["7x3=21", "9x6", "4×8=32", "3x8=24", "6x9", "5+50=55", "(5+49)*96"])
def test_a_single_digit_beside_a_sign_is_no_word_with_it(reader: DigitReader, text: str) -> None:
    """The 9 and the x of "9x6" were a word, or the x with the 6."""
    told = [reader.read(write_sum(text, seed)).text for seed in range(20)]
    assert sum(each == digits_of(text) for each in told) >= 19, told


@pytest.mark.parametrize("text", ["183\nx1\n183", "50\nx8\n400", "47\n+85\n132"])
def test_the_sign_of_a_sum_in_columns_is_no_letter(reader: DigitReader, text: str) -> None:
    told = [reader.read(write_sum(text, seed)).text for seed in range(8)]
    assert sum(each == digits_of(text) for each in told) >= 7, told


@pytest.mark.parametrize("sign", ["+", "×", "x", "*"])
def test_pluses_times_signs_and_stars_are_crosses(sign: str) -> None:
    assert sum(is_cross(mark(SIGNS[sign], seed=seed)) for seed in range(10)) >= 8


@pytest.mark.parametrize("letter", sorted(set(LETTERS) - set("xXtkfK")))
def test_letters_are_none(letter: str) -> None:
    assert sum(is_cross(mark(LETTERS[letter], seed=seed)) for seed in range(10)) <= 1


def test_a_blot_and_a_bar_are_none() -> None:
    blot = Candidate(Box(0, 0, 8, 8), np.full((8, 8), 255, np.uint8), 150, 8, 64, "dark")
    assert not is_cross(blot)
    assert not is_cross(mark(SIGNS["-"]))


def test_a_cross_is_a_sign_between_two_digits_and_not_beside_one() -> None:
    seven, cross, three = digit("7", 0), mark(SIGNS["×"], 70), digit("3", 150)
    assert signs([seven, cross, three], [True, False, True]) == [False, True, False]
    assert signs([seven, cross, three], [True, False, False]) == [False, False, False]


def test_what_is_higher_than_the_digits_is_a_letter() -> None:
    """The t of "oto" crosses as a plus does."""
    small = digit("0", 0, em=40), digit("0", 130, em=40)
    assert signs([small[0], mark(SIGNS["+"], 60, em=100), small[1]], [True, False, True])[1] is False


def test_before_a_digit_a_cross_is_a_sign_where_a_number_stands_above() -> None:
    above, cross, below = digit("8", 80, y=20), mark(SIGNS["×"], 0), digit("3", 80)
    assert signs([above, cross, below], [True, False, True])[1]
    elsewhere = digit("8", 400, y=20)
    assert not signs([elsewhere, cross, below], [True, False, True])[1]


def bar(x: int, y: int, width: int = 40, height: int = 6) -> Candidate:
    return Candidate(
        Box(x, y, width, height), np.full((height, width), 255, np.uint8), 150, 6, width * height, "dark"
    )


def test_two_bars_above_each_other_are_an_equals_sign_and_three_are_not() -> None:
    assert bars_of_equals([bar(0, 100), bar(2, 118), digit("5", 80)]).tolist() == [True, True, False]
    assert not bars_of_equals([bar(0, 100), bar(2, 118), bar(1, 136)]).any()


@pytest.mark.parametrize("other", [bar(0, 160), bar(50, 118), bar(0, 118, 90)])
def test_bars_far_apart_or_unlike_each_other_are_none(other: Candidate) -> None:
    """As the strokes at the head and foot of a broken 2."""
    assert not bars_of_equals([bar(0, 100), other]).any()


def test_a_bar_of_an_equals_sign_is_no_part_of_the_digit_after_it(reader: DigitReader) -> None:
    """The 3 of "= 3" was the 3 with a bar before it, twice as wide as it is."""
    page = np.full((160, 330), 245, np.uint8)
    for x, label in ((30, "9"), (190, "3"), (250, "7")):
        ink = draw_digit(label, np.random.default_rng(int(label)), height=70, thickness=7)
        np.minimum(window := page[40:110, x : x + ink.shape[1]], 255 - ink, out=window)
        if label == "3":
            page[60:68, 152:182] = page[84:92, 152:182] = 40
    digits = reader.read(page).digits
    assert [each.label for each in digits] == ["9", "3", "7"]
    assert digits[1].box.x >= 184


def test_what_stands_singly_on_a_line_with_an_equals_sign_is_no_letter() -> None:
    odd = mark(LETTERS["k"], 60)
    line = [digit("4", 0), odd, digit("9", 130), digit("5", 300), bar(220, 120), bar(220, 138)]
    read = [True, False, True, True, False, False]
    assert signs(line, read)[1]
    assert not signs(line[:4], read[:4])[1]


def test_two_that_stand_together_there_are_a_word() -> None:
    line = [digit("4", 0), mark(LETTERS["a"], 60), mark(LETTERS["h"], 120), digit("9", 190), digit("5", 400)]
    line += [bar(320, 120), bar(320, 138)]
    assert not any(signs(line, [True, False, False, True, True, False, False]))
