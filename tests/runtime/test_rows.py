"""Digits that are surely written, since they stand in rows."""

from __future__ import annotations

import numpy as np

from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from edge_digits.rows import in_rows, of_same_hand


def mark(x: int, y: int = 100, *, height: int = 40, stroke: float = 4.0, contrast: float = 90) -> Candidate:
    ink = np.full((height, height // 2), 255, np.uint8)
    return Candidate(Box(x, y, height // 2, height), ink, contrast, stroke, ink.size, "dark")


def told(marks: list[Candidate]) -> list[bool]:
    return in_rows(marks, np.ones(len(marks), bool)).tolist()


def test_four_digits_beside_others_are_written() -> None:
    assert all(told([mark(60 * i, height=40 + 14 * (i % 2)) for i in range(4)]))
    assert all(told([mark(0), mark(60), mark(0, 200), mark(60, 200)])), "two rows of two"
    assert all(told([mark(0), mark(60), mark(0, 200), mark(60, 200), mark(120, 200)]))


def test_three_digits_as_alike_as_a_careful_hand_makes_them_are_written() -> None:
    assert all(told([mark(0, height=40), mark(60, height=44), mark(120, height=42)]))
    assert not any(told([mark(0), mark(60), mark(180, 200)])), "a row of two is none"


def test_fewer_digits_or_such_as_stand_alone_may_be_parts_of_things() -> None:
    assert not any(told([mark(60 * i, height=40 + 14 * (i % 2)) for i in range(3)]))
    assert not any(told([mark(0, 100 * i) for i in range(9)]))
    assert not any(told([mark(180 * i) for i in range(9)]))


def test_what_is_by_another_pen_stands_in_no_row() -> None:
    pens = [mark(60 * i, stroke=3.0 * 2 ** (i % 2)) for i in range(8)]
    assert not any(told(pens))


def test_only_clear_digits_count() -> None:
    marks = [mark(60 * i) for i in range(6)]
    clear = np.array([True, True, False, True, True, True])
    assert in_rows(marks, clear).tolist() == clear.tolist()
    clear[4:] = False
    assert not in_rows(marks, clear).any()


def test_the_hand_that_wrote_them_is_known_by_size_pen_and_ink() -> None:
    marks = [mark(60 * i) for i in range(5)]
    others = [mark(0, 300), mark(60, 300, height=80), mark(120, 300, stroke=8), mark(180, 300, contrast=40)]
    rows = np.array([True] * 5 + [False] * 4)
    assert of_same_hand(marks + others, rows).tolist() == [True] * 6 + [False] * 3


def test_two_digits_that_leave_no_doubt_are_written_too() -> None:
    pair, clear = [mark(0, height=40), mark(60, height=44)], np.ones(2, bool)
    assert in_rows(pair, clear, np.array([2, 2], np.int8)).all()
    assert in_rows(pair, clear, np.array([1, 2], np.int8)).all(), "a 0 and another digit"
    assert not in_rows(pair, clear, np.array([1, 1], np.int8)).any(), "two rivets"
    assert not in_rows(pair, clear, np.array([0, 2], np.int8)).any()
    uneven = [mark(0, height=40), mark(60, height=56)]
    assert not in_rows(uneven, clear, np.array([2, 2], np.int8)).any()
