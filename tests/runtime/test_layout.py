from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_digits.layout import reading_lines
from edge_digits.reading import Box

boxes_anywhere = st.lists(
    st.builds(Box, st.integers(0, 900), st.integers(0, 900), st.integers(1, 80), st.integers(1, 80)),
    max_size=25,
)


def sheet(
    lines: int = 3, per_line: int = 5, *, slope: float = 0.0, tremble: int = 0, seed: int = 0
) -> list[list[Box]]:
    """Digits of 40 by 60 pixels in lines 110 apart, falling by `slope` to the right."""
    rng = np.random.default_rng(seed)
    rows = []
    for row in range(lines):
        tops = [row * 110 + slope * column * 70 for column in range(per_line)]
        shift = rng.integers(-tremble, tremble + 1, per_line)
        rows.append(
            [Box(70 * c, int(t + s) + 200, 40, 60) for c, (t, s) in enumerate(zip(tops, shift, strict=True))]
        )
    return rows


def read(rows: list[list[Box]], seed: int = 1) -> list[list[Box]]:
    """Shuffles a sheet's digits and brings them back to reading order."""
    boxes = [box for row in rows for box in row]
    np.random.default_rng(seed).shuffle(boxes)
    boxes = [Box(*map(int, box)) for box in boxes]
    return [[boxes[i] for i in line] for line in reading_lines(boxes)]


def test_an_empty_page_has_no_lines() -> None:
    assert reading_lines([]) == []


def test_one_digit_is_one_line() -> None:
    assert reading_lines([Box(5, 5, 10, 20)]) == [[0]]


@pytest.mark.parametrize("seed", range(5))
def test_straight_lines_come_top_to_bottom_and_left_to_right(seed: int) -> None:
    assert read(sheet(), seed) == sheet()


@pytest.mark.parametrize("slope", [-0.25, -0.1, 0.1, 0.25])
@pytest.mark.parametrize("per_line", [2, 5, 8])
def test_lines_may_slant_even_below_where_the_next_one_began(slope: float, per_line: int) -> None:
    rows = sheet(per_line=per_line, slope=slope)
    assert read(rows) == rows


@pytest.mark.parametrize("seed", range(5))
def test_a_trembling_hand_keeps_its_line(seed: int) -> None:
    rows = sheet(tremble=14, seed=seed)
    assert read(rows) == rows


def test_a_small_digit_beside_a_large_one_is_on_its_line() -> None:
    row = [Box(0, 0, 60, 100), Box(80, 40, 20, 30), Box(120, 5, 60, 100)]
    assert read([row]) == [row]


def test_a_small_digit_between_two_lines_goes_to_the_one_it_is_nearer_in_height_to() -> None:
    upper, lower, small = Box(0, 0, 40, 60), Box(5, 50, 40, 60), Box(60, 38, 12, 24)
    assert read([[upper, small], [lower]]) == [[upper, small], [lower]]


def test_lines_of_unequal_length_stay_apart() -> None:
    rows = [sheet(1, 6)[0], [Box(b.x, b.y + 110, b.width, b.height) for b in sheet(1, 2)[0]]]
    assert read(rows) == rows


def test_digits_one_below_the_other_are_lines_of_their_own() -> None:
    column = [[Box(10 * (i % 2), 100 * i, 40, 60)] for i in range(5)]
    assert read(column) == column


def test_digits_that_touch_or_overlap_sideways_stay_in_order() -> None:
    row = [Box(x, 0, 40, 60) for x in (0, 35, 75, 105)]
    assert read([row]) == [row]


@pytest.mark.parametrize("slope", [-0.15, 0.15])
def test_digits_far_apart_on_a_line_that_falls_are_one_line(slope: float) -> None:
    row = [Box(320 * i, int(200 + 320 * slope * i), 40, 60) for i in range(4)]
    assert read([row]) == [row]


@given(boxes_anywhere)
def test_every_digit_appears_exactly_once(boxes: list[Box]) -> None:
    lines = reading_lines(boxes)
    assert sorted(i for line in lines for i in line) == list(range(len(boxes)))
    assert all(lines)


@given(boxes_anywhere)
def test_within_a_line_digits_go_from_left_to_right(boxes: list[Box]) -> None:
    for line in reading_lines(boxes):
        middles = [boxes[i].center[0] for i in line]
        assert middles == sorted(middles)


@given(boxes_anywhere, st.integers(-500, 500), st.integers(-500, 500))
def test_where_the_writing_stands_on_the_page_makes_no_difference(boxes: list[Box], dx: int, dy: int) -> None:
    moved = [Box(b.x + dx, b.y + dy, b.width, b.height) for b in boxes]
    assert reading_lines(moved) == reading_lines(boxes)


@given(boxes_anywhere, st.sampled_from([2, 3, 10]))
def test_the_scale_of_the_picture_makes_no_difference(boxes: list[Box], factor: int) -> None:
    assert reading_lines([Box(*(factor * n for n in b)) for b in boxes]) == reading_lines(boxes)


def test_lines_far_apart_that_each_climb_their_own_way_are_lines_and_no_single_digits() -> None:
    lines = [
        [Box(90, 162, 79, 103), Box(311, 150, 79, 85), Box(550, 116, 83, 88), Box(814, 99, 56, 91)],
        [Box(108, 367, 59, 90), Box(495, 319, 50, 99), Box(817, 277, 68, 95)],
        [Box(122, 569, 54, 109), Box(502, 503, 64, 104), Box(842, 444, 76, 97)],
    ]
    assert read(lines) == lines
    falling = [[Box(box.x, 900 - box.y, box.width, box.height) for box in line] for line in lines[::-1]]
    assert read(falling) == falling


def test_digits_that_lie_about_are_not_made_lines_of() -> None:
    about = [Box(100, 100, 40, 60), Box(400, 260, 40, 60), Box(180, 420, 40, 60), Box(520, 560, 40, 60)]
    assert read([about]) == [[box] for box in about]
