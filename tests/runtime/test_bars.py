from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from written_pages import write_page
from written_sums import write_sum

from edge_digits import DigitReader
from edge_digits.bars import signs_among
from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from train.scenes import draw_digit
from train.scenes.hand import Hand

SUMS = ("72+5=77", "3-(8+4)=", "36/4=9", "2×(9-3)", "8:4=2", "5,63+2", "7.04÷8", "(52-6)/8=")


@pytest.mark.parametrize("text", SUMS)
def test_signs_of_sums_are_no_digits(reader: DigitReader, text: str) -> None:
    told = [reader.read(write_sum(text, seed)).text for seed in range(5)]
    digits = "".join(sign for sign in text if sign.isdigit())
    assert sum(each == digits for each in told) >= 4, told


@pytest.mark.parametrize("text", ["26/09/2000", "2/11/1993", "03/02/2022"])
def test_strokes_between_the_numbers_of_a_date_are_no_ones(reader: DigitReader, text: str) -> None:
    """They lean no more than some ones, but reach beyond the digits at both ends."""
    told = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        hand = Hand.random(rng)
        page, x = np.full((160, 620), 245, np.uint8), 40
        for sign in text:
            if sign == "/":
                cv2.line(page, (x, 104), (x + 22, 46), 40, 5, cv2.LINE_AA)
                x += 46
                continue
            ink = draw_digit(sign, rng, height=50, thickness=5, hand=hand)
            np.minimum(window := page[50:100, x : x + ink.shape[1]], 255 - ink, out=window)
            x += ink.shape[1] + 18
        told.append(reader.read(page).text)
    assert sum(each == text.replace("/", "") for each in told) >= 4, told


@pytest.mark.parametrize("text", ["1", "11", "71", "1914", "3\n11\n2"])
def test_ones_are_no_signs(reader: DigitReader, text: str) -> None:
    told = [reader.read(write_page(text, seed, height=70).image).text for seed in range(6)]
    assert sum(each == text for each in told) >= 5, told


def bar(x: int, top: int, height: int, *, lean: int = 0, bend: int = 0) -> Candidate:
    """A stroke from top to bottom, leaning to the right and bent to the left by so many pixels."""
    width = abs(lean) + abs(bend) + 8
    ink = np.zeros((height, width), np.uint8)
    along = np.linspace(0, 1, 25)
    middle = width - 4 - (lean - 4 * bend * (along - 1)) * along
    points = np.stack([middle, 2 + along * (height - 4)], axis=1)
    cv2.polylines(ink, [np.rint(points).astype(np.int32)], False, 255, 5)
    left, _, wide, _ = cv2.boundingRect(ink)
    ink = ink[:, left : left + wide]
    return Candidate(Box(x, top, wide, height), ink, 150, 5, cv2.countNonZero(ink), "dark")


def seven(x: int) -> Candidate:
    ink = np.zeros((60, 36), np.uint8)
    cv2.polylines(ink, [np.array([[3, 3], [32, 3], [18, 56]], np.int32)], False, 255, 5)
    return Candidate(Box(x, 100, 36, 60), ink, 150, 5, cv2.countNonZero(ink), "dark")


LEANS = (-0.3, 0.35, -0.1, 0.3, -0.35, 0.1)
"""Of digits that several people wrote, to the right for each pixel upwards."""


def slanted(ink: np.ndarray, lean: float) -> np.ndarray:
    rows, columns = ink.shape
    matrix = np.array([[1, -lean, lean * rows / 2 + 20], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(ink, matrix, (columns + 40, rows)), np.uint8)


def is_sign(candidate: Candidate, *others: Candidate) -> bool:
    """Whether a bar is a sign, beside other marks that were read as digits."""
    found = [candidate, *others]
    told = signs_among(found, np.ones(len(found), bool), np.arange(len(found)) == 0)
    assert not told[1:].any()
    return bool(told[0])


def test_a_bracket_beside_a_digit_is_a_sign_but_alone_it_may_be_a_one() -> None:
    bracket = bar(60, 98, 64, bend=12)
    assert is_sign(bracket, seven(100))
    assert not is_sign(bracket)


def test_a_slash_leans_more_than_the_digits() -> None:
    assert is_sign(bar(140, 96, 68, lean=46), seven(100), seven(190))
    assert not is_sign(bar(140, 100, 60, lean=12), seven(100), seven(190))
    assert not is_sign(bar(140, 96, 68, lean=46))


def test_a_one_may_lean_as_far_as_hands_differ_unless_it_stands_in_a_sum() -> None:
    leaning = bar(140, 100, 60, lean=24)
    assert not is_sign(leaning, seven(100), seven(190))
    found = [leaning, seven(100), seven(190), bar(240, 118, 24)]
    told = signs_among(found, np.array([True, True, True, False]), np.arange(4) == 0)
    assert told[0]


def test_where_digits_of_many_hands_lean_each_its_own_way_a_one_may_lean_further() -> None:
    leaning = bar(300, 100, 60, lean=40)
    upright = [seven(360 + 60 * i) for i in range(6)]
    assert is_sign(leaning, *upright)
    many = [replace(digit, ink=slanted(digit.ink, lean)) for digit, lean in zip(upright, LEANS, strict=True)]
    assert not is_sign(leaning, *many)


def test_a_bit_of_a_broken_digit_makes_no_sum() -> None:
    found = [bar(140, 100, 60, lean=24), seven(100), seven(190), bar(196, 82, 14)]
    told = signs_among(found, np.array([True, True, True, False]), np.arange(4) == 0)
    assert not told[0]


def test_a_slash_between_ones_is_told_by_its_height() -> None:
    found = [bar(140, 80, 100, lean=26), bar(110, 100, 60), bar(190, 100, 60), seven(300)]
    told = signs_among(found, np.ones(4, bool), np.arange(4) < 3)
    assert told.tolist() == [True, False, False, False]


def test_a_bar_that_reaches_beyond_both_its_neighbours_leans_the_more_for_it() -> None:
    def beside(*others: Candidate) -> bool:
        return is_sign(bar(140, 93, 74, lean=24), *others)

    assert beside(seven(100), seven(190))
    assert not beside(seven(100))
    assert not is_sign(bar(140, 100, 60, lean=20), seven(100), seven(190))


def test_ones_that_lean_alike_are_no_slashes_though_dashes_stand_between_the_digits() -> None:
    dash = bar(240, 128, 14)
    lone = [bar(140, 100, 60, lean=24), seven(100), seven(190), dash]
    several = [*lone, bar(300, 100, 60, lean=22), bar(340, 100, 60, lean=26)]
    for found, doubted in ((lone, True), (several, False)):
        digit = np.array([c is not dash for c in found])
        told = signs_among(found, digit, np.array([c.box.width < 36 for c in found]) & digit)
        assert bool(told[0]) == doubted


def test_beside_one_small_digit_a_leaning_one_is_not_taken_for_taller_than_all() -> None:
    small = replace(seven(100), box=Box(100, 115, 36, 44))
    leaning = bar(140, 100, 60, lean=24)
    assert is_sign(leaning, small)
    assert not is_sign(leaning, small, *(seven(360 + 60 * i) for i in range(3)))


def test_a_one_that_bends_a_little_is_no_bracket() -> None:
    assert not is_sign(bar(60, 98, 64, bend=5), seven(100))


def test_a_comma_is_small_and_low_beside_a_digit() -> None:
    assert is_sign(bar(140, 150, 22), seven(100))
    assert not is_sign(bar(140, 102, 56), seven(100))
    assert not is_sign(bar(400, 250, 22), seven(100))


@pytest.mark.parametrize("small", ["3014", "1110", "415"])
def test_small_ones_are_read_beside_large_digits(reader: DigitReader, small: str) -> None:
    page = np.full((480, 720, 3), 245, np.uint8)
    told = []
    for seed in range(4):
        page[:] = 245
        large, little = (write_page(text, seed, height=h).image for text, h in (("94", 240), (small, 26)))
        page[: large.shape[0], : large.shape[1]] = large
        page[350 : 350 + little.shape[0], 60 : 60 + little.shape[1]] = little
        told.append(reader.read(page).text)
    assert sum(text == f"94\n{small}" for text in told) >= 3, told


def test_a_flat_bracket_is_told_by_its_height() -> None:
    """The bracket after the number of an item bends less than some ones, but it is longer than the digits."""
    flat = bar(140, 90, 86, bend=7)
    assert is_sign(flat, seven(90), seven(190))
    assert not is_sign(bar(140, 100, 60, bend=5), seven(90), seven(190))
    assert not is_sign(bar(140, 90, 86), seven(90), seven(190))


@pytest.mark.parametrize("item", ["2", "5"])
def test_the_bracket_after_the_number_of_an_item_is_no_one(reader: DigitReader, item: str) -> None:
    told = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        page, x = np.full((170, 420), 245, np.uint8), 40
        for sign in f"{item})384":
            if sign == ")":
                cv2.ellipse(page, (x, 85), (11, 44), 0, -70, 70, 40, 5, cv2.LINE_AA)
                x += 40
                continue
            ink = draw_digit(sign, rng, height=60, thickness=5)
            np.minimum(window := page[55:115, x : x + ink.shape[1]], 255 - ink, out=window)
            x += ink.shape[1] + 16
        told.append(reader.read(page).text)
    assert sum(each == f"{item}384" for each in told) >= 3, told


def test_a_one_with_a_foot_is_no_bracket() -> None:
    bracket = bar(60, 98, 64, lean=8, bend=12)
    ink = cv2.copyMakeBorder(bracket.ink, 0, 0, 16, 30, cv2.BORDER_CONSTANT, value=0)
    assert is_sign(bracket, seven(130))
    end = int(np.flatnonzero(ink[-4]).mean())
    cv2.line(ink, (end - 16, 61), (end + 26, 61), 255, 5)
    left, _, wide, _ = cv2.boundingRect(ink)
    footed = replace(bracket, ink=ink[:, left : left + wide], box=Box(60, 98, wide, 64))
    assert not is_sign(footed, seven(130))
