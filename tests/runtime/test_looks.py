from __future__ import annotations

import numpy as np
import pytest

from edge_digits.looks import DIGITS, level_among, log_odds, look


@pytest.mark.parametrize("label", sorted(DIGITS))
def test_the_surer_the_network_is_of_a_digit_the_less_it_is_a_letter(label: str) -> None:
    told = [look(label, sure) for sure in (0, 2, 4, 8)]
    assert told == sorted(told, reverse=True)


def test_no_letter_is_a_good_three_but_an_o_is_as_good_a_zero_as_any() -> None:
    assert look("3", 8) < look("8", 8) < look("0", 8)
    assert look("0", 8) > -1
    assert max(look(label, 8) for label in "23467") < -1


def test_what_looks_like_no_digit_is_a_letter_the_more_so_the_surer_that_is() -> None:
    assert 0 < look("none", 0) < look("none", 6)
    assert look("minus", 6) == look("none", 6)


@pytest.mark.parametrize("label", ["0", "2", "5"])
def test_what_is_as_high_as_capitals_is_rather_a_digit(label: str) -> None:
    assert look(label, 6, 1) < look(label, 6) < look(label, 6, -1)


def test_capitals_and_small_letters_are_told_apart_by_the_heights_of_a_text() -> None:
    letters = np.array([20, 20, 21, 30, 20, 31, 20], np.float32)
    assert [level_among(height, letters) for height in (20, 25, 31)] == [-1, 0, 1]


def test_of_letters_of_one_height_none_is_small_but_what_outgrows_them_is_no_letter() -> None:
    letters = np.full(5, 20, np.float32)
    assert [level_among(height, letters) for height in (15, 20, 26)] == [0, 0, 1]


def test_odds_are_bounded_so_that_certainty_is_a_number() -> None:
    odds = log_odds(np.array([0, 0.5, 0.9, 255 / 256, 1], np.float32))
    assert np.isfinite(odds).all()
    assert odds == pytest.approx([-8, 0, 2.197, 5.541, 8], abs=0.01)
