"""Commas, percent signs, comparisons, prices, lists and dates: the digits are read, the signs are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_sums import digit, digits_of, mark
from written_sums import SIGNS, write_sum

from edge_digits import DigitReader
from edge_digits.bar_shape import shape_of
from edge_digits.brackets import arc_of, brackets_among, is_bracket
from edge_digits.candidate import Candidate
from edge_digits.dates import slashes_of_dates
from edge_digits.reading import Box
from edge_digits.signs import are_signs
from train.scenes.hand import Hand


def read_well(reader: DigitReader, text: str, seeds: int = 10) -> int:
    """How often, of so many hands, nothing but the digits is read."""
    return sum(reader.read(write_sum(text, seed)).text == digits_of(text) for seed in range(seeds))


@pytest.mark.parametrize(
    ("text", "least"),
    [("8>5", 8), ("24<5", 9), ("$649", 9), ("$85", 9), ("$20.50", 9), ("66%", 7), ("7%", 5), ("4,775", 9)],
)
def test_signs_beside_numbers_are_no_digits(reader: DigitReader, text: str, least: int) -> None:
    assert read_well(reader, text) >= least


@pytest.mark.parametrize("text", ["14/04/93", "28/08/00", "2/7/2008", "20/11/20"])
def test_the_slashes_of_a_date_are_no_ones(reader: DigitReader, text: str) -> None:
    """They lean little more than ones do, but both alike and where those of a date are."""
    assert read_well(reader, text) >= 6


@pytest.mark.parametrize("text", ["1)77\n2)206\n3)702", "1)365\n2)433\n3)54", "3(58-13)"])
def test_brackets_of_lists_and_sums_are_no_digits(reader: DigitReader, text: str) -> None:
    assert read_well(reader, text, 20) >= 18


def told(marks: list[Candidate], labels: str) -> list[bool]:
    return are_signs(marks, list(labels), np.array([label.isdigit() for label in labels])).tolist()


def test_a_comma_hangs_from_the_foot_of_the_digit_before_it() -> None:
    comma = digit("9", 50, em=22, y=146)
    assert told([digit("4", 0), comma, digit("7", 80)], "497") == [False, True, False]
    raised = digit("9", 50, em=22, y=96)
    assert not any(told([digit("4", 0), raised, digit("7", 80)], "497"))
    as_high = digit("9", 50, em=40, y=120)
    assert not any(told([digit("4", 0), as_high, digit("7", 80)], "497"))


def test_nothing_hangs_from_what_is_by_another_pen() -> None:
    """The edge of a book looked like a large 6, and the first 2 on the sheet beside it like its comma."""
    book = replace(digit("6", 0, em=154, y=30), stroke=16.0)
    first = replace(digit("2", 140, em=31, y=160), stroke=3.7)
    assert not any(told([book, first, replace(digit("7", 170, em=31, y=160), stroke=3.7)], "627"))
    assert told([replace(book, stroke=4.0), first, first], "622")[1]


def test_nothing_hangs_from_the_line_of_a_margin() -> None:
    """To the network it is a 1, ten times as high as the 90 low on the card beside it."""
    margin = Candidate(Box(0, 100, 7, 444), np.full((444, 7), 255, np.uint8), 150, 6.0, 3108, "dark")
    number = digit("9", 40, em=44, y=460), digit("0", 80, em=44, y=460)
    assert not any(told([margin, *number], "190"))


def test_two_circles_and_a_stroke_between_them_are_a_percent_sign() -> None:
    circles = digit("0", 60, em=22, y=100), digit("0", 96, em=22, y=138)
    stroke = mark(SIGNS["/"], 64)
    assert told([digit("5", 0), *circles, stroke], "5001") == [False, True, True, True]
    assert told([digit("5", 0), *circles], "500") == [False, True, True]
    level = digit("0", 60, em=22, y=138), circles[1]
    assert not any(told([digit("5", 0), *level], "500"))


def test_circles_may_be_blots_where_a_stroke_parts_them() -> None:
    circles = digit("0", 60, em=14, y=100), digit("0", 96, em=14, y=146)
    stroke = mark(SIGNS["/"], 64)
    assert told([digit("5", 0), *circles, stroke], "5--1") == [False, False, False, True]


def test_digits_as_high_as_a_one_between_them_are_no_circles() -> None:
    marks = [digit("5", 0), digit("0", 60, y=90), mark(SIGNS["/"], 100), digit("0", 140, y=130)]
    assert not any(told(marks, "5010"))


def test_a_seven_whose_halves_mirror_each_other_is_a_comparison() -> None:
    between = digit("8", 0), digit("5", 140)
    chevron = mark(("8,24 54,52! 8,80",), 60, hand=Hand(slant=0, jitter=0, wobble=0, taper=0, tilt=0))
    assert told([between[0], chevron, between[1]], "875") == [False, True, False]
    assert not any(told([between[0], digit("7", 60), between[1]], "875"))
    high = mark(("8,4 60,42! 8,80",), 60, hand=Hand(slant=0, jitter=0, wobble=0, taper=0, tilt=0))
    assert not any(told([high, between[1], digit("3", 200)], "753"))


def test_a_low_chevron_before_a_number_begins_a_line_of_a_list() -> None:
    hand = Hand(slant=0, jitter=0, wobble=0, taper=0, tilt=0)
    low = mark(("8,40 48,58! 8,76",), 0, hand=hand)
    number = digit("8", 80), digit("5", 140)
    assert told([low, *number], "785") == [True, False, False]
    assert not any(told([low], "7"))
    # A low 7 has its corner at the top, and what stands after the number is no sign of a list.
    assert not any(told([mark(("8,36 44,36! 20,76",), 0, hand=hand), *number], "785"))
    assert not any(told([mark(("8,40 48,58! 8,76",), 200, hand=hand), *number], "785"))


def test_a_high_five_with_a_line_through_it_before_a_number_is_a_dollar_sign() -> None:
    dollar = mark(SIGNS["$"], 0)
    assert told([dollar, digit("6", 80), digit("4", 140)], "564") == [True, False, False]
    assert not any(told([digit("6", 0), mark(SIGNS["$"], 80), digit("4", 160)], "654"))
    assert not any(told([digit("5", 0), digit("6", 80), digit("4", 140)], "564"))
    # In the next box of a puzzle.
    assert not any(told([dollar, digit("6", 130), digit("4", 190)], "564"))


def arc(sign: str, x: int, y: int = 0) -> Candidate:
    found = mark(SIGNS[sign], x)
    return Candidate(
        Box(x, found.box.y + y, found.box.width, found.box.height),
        found.ink,
        found.contrast,
        found.stroke,
        found.area,
        found.polarity,
    )


def brackets(marks: list[Candidate]) -> list[bool]:
    arcs = {i: shape for i, mark in enumerate(marks) if (shape := arc_of(mark)) is not None}
    return brackets_among(marks, np.ones(len(marks), bool), arcs).tolist()


def test_the_ones_of_a_table_that_bend_a_little_are_no_brackets_of_a_list() -> None:
    bent = mark(("30,0 37,50 30,100",), 60, hand=Hand(slant=0, jitter=0, wobble=0, taper=0, tilt=0))
    shape = shape_of(bent)
    assert shape.arc
    assert 0.05 < shape.bend < 0.1
    below = Candidate(Box(60, bent.box.y + 100, *bent.box[2:]), bent.ink, 150, 6, bent.area, "dark")
    rows = [digit("2", 0), bent, digit("4", 90), digit("5", 0, y=200), below, digit("7", 90, y=200)]
    assert not any(brackets(rows))


def test_brackets_bend_one_way_each() -> None:
    assert shape_of(arc("(", 0)).bend < -0.1
    assert shape_of(arc(")", 0)).bend > 0.1
    assert is_bracket(arc("(", 0))
    assert not any(is_bracket(digit(label, 0)) for label in "0234568")


def test_two_arcs_that_bend_apart_are_brackets_and_two_that_bend_together_are_not() -> None:
    assert brackets([arc("(", 0), digit("7", 50), arc(")", 110)]) == [True, False, True]
    assert not any(brackets([arc("(", 0), digit("7", 50), arc("(", 110)]))
    assert not any(brackets([arc(")", 0), digit("7", 50), arc("(", 110)]))


def test_arcs_below_each_other_close_the_numbers_of_a_list() -> None:
    rows = [
        item
        for y in (0, 100)
        for item in (digit("2", 0, y=100 + y), arc(")", 60, y), digit("4", 140, y=100 + y))
    ]
    assert brackets(rows) == [False, True, False, False, True, False]
    assert not any(brackets(rows[:3]))
    assert not any(brackets([rows[i] for i in (0, 1, 3, 4)]))


def date(text: str) -> tuple[list[Candidate], list[str]]:
    """Marks of a date, its slashes read as ones; ones are upright bars."""
    bars = {"/": "34,0 17,50 0,100", "1": "10,0 10,50 10,100"}
    marks = [
        mark((bars[sign],), 70 * i) if sign in bars else digit(sign, 70 * i) for i, sign in enumerate(text)
    ]
    return marks, list(text.replace("/", "1"))


@pytest.mark.parametrize("text", ["28/08/20", "21/11/20", "3/12/2004", "9/9/99", "12/31/2020"])
def test_two_bars_that_lean_alike_part_a_day_a_month_and_a_year(text: str) -> None:
    marks, labels = date(text)
    found = slashes_of_dates(marks, labels, np.ones(len(labels), bool))
    assert found.tolist() == [sign == "/" for sign in text]


@pytest.mark.parametrize("text", ["48/08/20", "28/40/20", "28/08/2", "28/082", "28108120", "/28/08"])
def test_what_can_be_no_date_has_no_slashes(text: str) -> None:
    marks, labels = date(text)
    assert not slashes_of_dates(marks, labels, np.ones(len(labels), bool)).any()


def test_labels_that_are_no_numbers_make_no_date() -> None:
    labels = ["2", "1", "minus", "8", "1", "2", "0"]
    marks, _ = date("2/78/20")
    assert not slashes_of_dates(marks, labels, np.ones(len(labels), bool)).any()
