from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.dots import dotted
from edge_digits.reading import Box
from edge_digits.words import Marks, text_odds
from train.scenes import draw_digit

PLAIN, BOLD = (cv2.FONT_HERSHEY_SIMPLEX, 2), (cv2.FONT_HERSHEY_DUPLEX, 2)


def letter_by_letter(text: str, *, height: int, gap: float, hand: tuple[int, int] = PLAIN) -> np.ndarray:
    """A page on which letters stand apart by so many heights; its digits are written by hand."""
    font, thickness = hand
    rng = np.random.default_rng(0)
    scale = height / cv2.getTextSize("H", font, 1, thickness)[0][1]
    lines = text.split("\n")
    page = np.full((2 * height * (len(lines) + 1), 1400), 245, np.uint8)
    for row, line in enumerate(lines):
        x, foot = height, 2 * height * (row + 1)
        for sign in line:
            if sign.isdigit():
                ink = draw_digit(sign, rng, height=height, thickness=thickness + 1)
                np.minimum(window := page[foot - height : foot, x : x + ink.shape[1]], 255 - ink, out=window)
                width = ink.shape[1]
            else:
                cv2.putText(page, sign, (x, foot), font, scale, 40, thickness, cv2.LINE_AA)
                width = cv2.getTextSize(sign, font, scale, thickness)[0][0]
            x += width + round(gap * height * (0.6 if sign != " " else 1))
    return page


@pytest.mark.parametrize("hand", [PLAIN, BOLD])
@pytest.mark.parametrize("gap", [0.1, 0.3, 0.6])
@pytest.mark.parametrize("height", [24, 44])
def test_words_of_letters_that_stand_apart_hold_no_digit(
    reader: DigitReader, height: int, gap: float, hand: tuple[int, int]
) -> None:
    text = "Python is a language\nThis is so\nBuy oil and gas"
    assert reader.read(letter_by_letter(text, height=height, gap=gap, hand=hand)).text == ""


@pytest.mark.parametrize("hand", [PLAIN, BOLD])
@pytest.mark.parametrize("gap", [0.1, 0.3])
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Room 105", "105"),
        ("Bus 62 to the park", "62"),
        ("Call me at 5016", "5016"),
        ("Age 8\nBus 17", "8\n17"),
    ],
)
def test_a_number_on_a_line_with_words_is_read_and_the_words_are_not(
    reader: DigitReader, text: str, number: str, gap: float, hand: tuple[int, int]
) -> None:
    assert reader.read(letter_by_letter(text, height=44, gap=gap, hand=hand)).text == number


def test_a_model_of_8_bit_numbers_tells_words_from_numbers_as_well() -> None:
    page = letter_by_letter("Room 105\nThis is so", height=44, gap=0.2)
    assert DigitReader("edge-int8").read(page).text == "105"


def mark(x: int, height: int, foot: int = 100, width: int = 20) -> Candidate:
    """A mark of one pen and ink."""
    ink = np.full((height, width), 255, np.uint8)
    return Candidate(Box(x, foot - height, width, height), ink, 150, 4, 300, "dark")


def sure(marks: Sequence[object], odds: float = 6.0) -> NDArray[np.float64]:
    """How sure the network is of all marks: 400 times as much as of anything else."""
    return np.full(len(marks), odds)


def told(written: str, heights: str = "", dots: str = "", *, step: int = 28, odds: float = 6.0) -> str:
    """Which marks of a line are letters, "a", or digits beside words, "#"; "." where that is left open.

    Args:
        written: What each mark looks like to the network, "n" for no digit; a blank is a space.
        heights: The same line, "c" where a mark is as high as capitals, else as small letters; all as
            capitals where it is empty.
        dots: The same line, "i" where a mark has a dot above it, "?" where it has one below.
        step: Pixels from one mark, 20 wide and 40 high as a capital, to the next; a blank is as wide.
        odds: How sure the network is, as a logarithm.
    """
    at = [i for i, label in enumerate(written) if label != " "]
    high = [not heights or heights[i] == "c" for i in at]
    marks = Marks(
        [mark(i * step, 40 if tall else 26) for i, tall in zip(at, high, strict=True)],
        [written[i] for i in at],
        sure(at, odds),
        np.zeros(len(at), bool),
        *(np.array([bool(dots) and dots[i] == kind for i in at]) for kind in "i?"),
        np.zeros(len(at), bool),
    )
    odds = iter(text_odds(marks))
    return "".join(
        " " if label == " " else {1: "a", 0: ".", -1: "#"}[int(np.sign(next(odds)))] for label in written
    )


def test_what_looks_like_zeros_in_a_word_are_letters_and_the_number_after_it_is_one() -> None:
    assert told("n0nn 34", "cxxx cc") == "aaaa ##"


def test_as_high_as_capitals_it_is_a_number_and_as_high_as_small_letters_a_word() -> None:
    assert told("n1nn 15 n nnnn", "cxxx cc x xxxc") == "aaaa ## a aaaa"
    assert told("n1nn 15 n nnnn", "cxxx xx x xxxc") == "aaaa aa a aaaa"


def test_letters_that_look_like_digits_tell_how_high_small_ones_are() -> None:
    assert told("nn50 50", "ccxx xx") == "aaaa aa"
    assert told("nn50 50", "ccxx cc") == "aaaa ##"


def test_digits_of_unequal_height_are_no_word_where_nothing_is_a_letter() -> None:
    assert told("5109 n 05", "cxxc x xc") == ".... . .."


def test_a_number_beside_a_word_is_one_if_the_network_is_sure_of_it_and_more_of_the_word_if_not() -> None:
    assert told("nnnn 2869", odds=8) == "aaaa ####"
    assert told("nnnn 2869", odds=3) == "aaaa aaaa"


def test_two_letters_and_some_that_look_like_digits_are_a_word_beside_which_a_number_is_told() -> None:
    assert told("n00n 9580", "cxxx cccc", odds=7) == "aaaa ####"
    assert told("n0 9580", "cx cccc", odds=7)[3:] == "....", "a word of one letter is too little"


def test_the_month_of_a_date_is_a_number_between_its_day_and_its_year() -> None:
    """Its points are too small to be seen, but leave spaces."""
    assert told("nnnn 23 66 23", odds=3) == "aaaa ## ## ##"
    assert told("nnnn 66", odds=3) == "aaaa aa"


def test_a_number_on_a_line_of_its_own_is_told_where_much_else_is_written() -> None:
    def odds_of_number(letters: int) -> NDArray[np.float32]:
        page = [mark(28 * i, 40) for i in range(2)] + [mark(28 * i, 40, foot=180) for i in range(letters)]
        labels, no = ["8", "8"] + ["none"] * letters, np.zeros(2 + letters, bool)
        return text_odds(Marks(page, labels, sure(page, 8), no, no, no, no))[:2]

    assert (odds_of_number(7) < -1).all()
    assert (odds_of_number(4) == 0).all()


def test_where_letters_all_but_touch_a_narrow_space_is_one() -> None:
    def spaced(gap: int) -> str:
        word = [mark(21 * i, 40) for i in range(5)]
        number = [mark(104 + gap + 21 * i, 40) for i in range(3)]
        labels, no = ["none"] * 5 + ["4", "6", "4"], np.zeros(8, bool)
        odds = text_odds(Marks([*word, *number], labels, sure(labels), no, no, no, no))
        return "".join("a" if said > 0 else "#" for said in odds)

    assert spaced(13) == "aaaaa###"
    assert spaced(5) == "aaaaaaaa"


def test_a_dot_makes_an_i() -> None:
    assert told("nn0n 15", "cxxx cc", "     i ")[5:] == "aa"
    assert told("1", dots="i") == "a"


def test_a_dot_below_makes_a_question_mark_and_the_number_before_it_no_word() -> None:
    assert told("527", dots="  ?") == "..a"
    assert told("nn0n 17", "cxxx cc", "      ?")[5:] == "#a"


def test_where_nothing_is_a_letter_all_is_left_open() -> None:
    assert told("15 5001") == ".. ...."
    assert told("nnn") == "..."


def test_a_sign_between_two_numbers_is_no_letter() -> None:
    page = [mark(0, 40), mark(28, 14, foot=88), mark(56, 40), mark(84, 40)]
    labels, no = ["5", "none", "0", "5"], np.zeros(4, bool)
    assert (text_odds(Marks(page, labels, sure(page), no, no, no, no)) <= 0).all()


def test_what_stands_on_other_paper_says_nothing() -> None:
    page = [mark(28 * i, 40) for i in range(4)]
    labels, no = ["none", "none", "0", "5"], np.zeros(4, bool)
    apart = np.kron(np.eye(2, dtype=bool), np.ones((2, 2), bool))
    assert (text_odds(Marks(page, labels, sure(page), no, no, no, no))[2:] > 0).all()
    assert (text_odds(Marks(page, labels, sure(page), no, no, no, no), apart)[2:] <= 0).all()


def test_a_dot_is_above_an_i_or_below_a_question_mark_and_a_speck_is_none() -> None:
    stem = mark(50, 40)

    def with_dot(x: int, foot: int, size: int) -> str:
        above, below = dotted([stem], [stem, mark(x, size, foot, size)])
        return {(True, False): "above", (False, True): "below"}.get((bool(above[0]), bool(below[0])), "")

    assert with_dot(57, 52, 6) == "above"
    assert with_dot(57, 112, 6) == "below"
    assert not with_dot(57, 52, 1), "smaller than the pen"
    assert not with_dot(57, 52, 25), "larger than a dot"
    assert not with_dot(120, 52, 6), "too far aside"
    assert not with_dot(57, 10, 6), "too far above"
    assert not any(told[0] for told in dotted([stem], []))


def test_a_plus_that_stands_low_between_two_numbers_is_no_letter() -> None:
    page = [mark(0, 71), mark(92, 35, foot=94, width=39), mark(174, 71, foot=103)]
    labels, no = ["0", "none", "1"], np.zeros(3, bool)
    assert (text_odds(Marks(page, labels, sure(page), no, no, no, no)) <= 0).all()
    # A small letter stands on the line.
    page[1] = mark(92, 35, foot=103, width=39)
    assert (text_odds(Marks(page, labels, sure(page), no, no, no, no)) > 0).any()


def test_a_digit_near_a_letter_is_a_comma_if_it_is_small_but_not_near_the_edge_of_a_sheet() -> None:
    no = np.zeros(2, bool)
    for letter, height, is_comma in ((60, 20, True), (60, 50, False), (700, 60, False)):
        page = [mark(0, letter), mark(40, height)]
        odds = text_odds(Marks(page, ["1", "7"], sure(page), no, np.array([True, False]), no, no))
        assert odds[0] > 0
        assert (odds[1] > 0) == is_comma


def test_things_that_reach_into_the_picture_and_blots_of_other_ink_make_no_commas_of_digits() -> None:
    def odds(thing: Candidate, *, at_edge: bool) -> NDArray[np.float32]:
        page, no = [thing, mark(40, 50)], np.zeros(2, bool)
        edge = np.array([at_edge, False])
        return text_odds(Marks(page, ["1", "7"], sure(page), no, np.array([True, False]), no, edge))

    assert odds(mark(0, 200), at_edge=False)[1] > 0
    assert odds(mark(0, 200), at_edge=True)[1] <= 0
    assert odds(replace(mark(0, 200), stroke=16), at_edge=False)[1] <= 0
    assert odds(replace(mark(0, 200), contrast=40), at_edge=False)[1] <= 0
