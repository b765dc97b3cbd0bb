"""Misread pictures, counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.scoring import (
    Errors,
    character_error_rate,
    errors_of,
    line_errors,
    only_digits,
    reads_core,
    scatter_errors,
)

DIGITS = st.text("012", max_size=6)


@pytest.mark.parametrize(
    ("truth", "reading", "expected"),
    [
        ("123", "123", Errors()),
        ("123", "173", Errors(wrong=1)),
        ("123", "13", Errors(missed=1)),
        ("123", "1243", Errors(false=1)),
        ("1285", "285", Errors(missed=1)),
        ("12345", "", Errors(missed=5)),
        ("", "7", Errors(false=1)),
        ("123", "321", Errors(wrong=2)),
        ("0123456", "1234567", Errors(missed=1, false=1)),
    ],
)
def test_errors_in_a_line(truth, reading, expected):
    assert line_errors(truth, reading) == expected


@pytest.mark.parametrize(
    ("truth", "reading", "expected"),
    [
        ("17767433", "33477167", Errors(wrong=0, missed=0)),
        ("123", "321", Errors()),
        ("112", "122", Errors(wrong=1)),
        ("112", "12", Errors(missed=1)),
        ("12", "1299", Errors(false=2)),
        ("1234", "995", Errors(wrong=3, missed=1)),
    ],
)
def test_errors_without_an_order(truth, reading, expected):
    assert scatter_errors(truth, reading) == expected


def plain_distance(a: str, b: str) -> int:
    """Levenshtein by its definition."""
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return plain_distance(a[1:], b[1:])
    return 1 + min(plain_distance(a[1:], b), plain_distance(a, b[1:]), plain_distance(a[1:], b[1:]))


@settings(deadline=None)
@given(DIGITS, DIGITS)
def test_the_distance_is_levenshteins_and_the_kinds_explain_the_lengths(truth, reading):
    errors = line_errors(truth, reading)
    assert errors.distance == plain_distance(truth, reading)
    assert len(truth) - errors.missed + errors.false == len(reading)


@settings(deadline=None)
@given(DIGITS, DIGITS)
def test_order_can_only_add_errors(truth, reading):
    assert scatter_errors(truth, reading).distance <= line_errors(truth, reading).distance


def test_line_breaks_and_question_marks_are_no_digits():
    assert only_digits("12/3?\n4") == "1234"
    assert errors_of("12/34", "12\n3?4", ordered=True) == Errors()


def test_order_counts_unless_the_picture_has_none():
    assert errors_of("1/2", "21", ordered=True).distance == 2
    assert errors_of("1/2", "21", ordered=False).distance == 0


def test_the_rate_is_over_all_digits_not_a_mean_of_pictures():
    # One single digit wrong and a page of 99 right: 1 %, where the mean of pictures would say 50 %.
    assert character_error_rate([Errors(wrong=1), Errors()], 100) == 0.01
    assert character_error_rate([Errors(false=3)], 1) == 3.0
    assert character_error_rate([], 0) is None


def test_the_core_may_be_read_with_or_without_the_rest_but_not_with_more():
    full, core = "1/7/7/6/7/4/3/3", "1/7/4/33"
    for reading, right in [
        ("33471", True),
        ("33471776", True),
        ("3341776", True),
        ("3347", False),
        ("334719", False),
    ]:
        assert reads_core(core, full, reading, ordered=False) is right
    assert reads_core("13", "123", "13", ordered=True)
    assert not reads_core("13", "123", "31", ordered=True)
