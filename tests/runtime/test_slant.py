from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_digits.layout import reading_lines
from edge_digits.reading import Box
from edge_digits.slant import likely_slant, slant_of

LEVEL, STEEPEST = 4, 45


def page(degrees: float, *, lines: int = 3, per_line: int = 5, gap: float = 70, seed: int = 0) -> list[Box]:
    """Digits of 40 by 60 pixels in lines 130 apart that stray by some pixels, all turned about the origin."""
    rng = np.random.default_rng(seed)
    angle = np.radians(degrees)
    boxes = []
    for row in range(lines):
        for column in range(per_line):
            x, y = np.array([gap * column, 130 * row]) + rng.uniform(-5, 5, 2)
            across, down = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
            boxes.append(Box(round(across) - 20, round(down) - 30, 40, 60))
    return boxes


@given(st.integers(-44, 44), st.sampled_from([55, 90, 150]), st.integers(0, 100))
def test_lines_fall_as_far_as_the_page_is_turned(degrees: int, gap: int, seed: int) -> None:
    found = slant_of(page(degrees, gap=gap, seed=seed), LEVEL, STEEPEST)
    # Less is left to the links from digit to digit; of wider pages the diagonals are level then.
    if found or 15 <= abs(degrees) <= 33:
        assert found == pytest.approx(degrees, abs=3)


@pytest.mark.parametrize("degrees", [-34, -28, 28, 34])
def test_two_short_numbers_tell_it_too(degrees: int) -> None:
    boxes = page(degrees, lines=2, per_line=2, gap=50)
    assert slant_of(boxes, LEVEL, STEEPEST) == pytest.approx(degrees, abs=6)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_digits_tell_nothing(count: int) -> None:
    assert slant_of(page(30)[:count], LEVEL, STEEPEST) == 0


def test_digits_one_below_the_other_are_level() -> None:
    assert slant_of(page(8, lines=6, per_line=1), LEVEL, STEEPEST) == 0


def test_scattered_digits_are_hardly_ever_taken_for_lines() -> None:
    rng = np.random.default_rng(0)
    told = 0
    for _ in range(100):
        boxes: list[Box] = []
        while len(boxes) < 8:
            x, y = rng.integers(0, 500, 2).tolist()
            if all(abs(x - box.x) > 60 or abs(y - box.y) > 80 for box in boxes):
                boxes.append(Box(x, y, 40, 60))
        told += slant_of(boxes, LEVEL, STEEPEST) != 0
    assert told <= 8


def test_what_is_much_larger_than_the_digits_has_no_say() -> None:
    boxes = [*page(20), Box(-400, 300, 180, 240), Box(450, -200, 160, 230)]
    assert slant_of(boxes, LEVEL, STEEPEST) == pytest.approx(20, abs=3)


@pytest.mark.parametrize("count", [3, 5])
@pytest.mark.parametrize("degrees", [-12, -5, 5, 12])
def test_one_line_of_digits_very_far_apart_tells_it(count: int, degrees: int) -> None:
    boxes = page(degrees, lines=1, per_line=count, gap=400)
    assert slant_of(boxes, LEVEL, STEEPEST) == pytest.approx(degrees, abs=2)


def test_three_wide_lines_that_are_not_quite_parallel_are_lines() -> None:
    """Of ten digits far apart three were hardly on the lines that the others told, and none was followed."""
    boxes = [
        *(Box(117, 330, 65, 84), Box(304, 283, 66, 70), Box(504, 218, 68, 66), Box(730, 158, 47, 74)),
        *(Box(149, 483, 55, 69), Box(480, 381, 46, 75), Box(755, 295, 62, 72)),
        *(Box(189, 636, 48, 87), Box(517, 516, 48, 87), Box(798, 411, 64, 78)),
    ]
    assert slant_of(boxes, LEVEL, STEEPEST) == pytest.approx(-17, abs=2)
    assert [list(line) for line in reading_lines(boxes)] == [[0, 1, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_where_no_two_digits_stand_near_each_other_no_slant_is_likely() -> None:
    apart = [Box(900 * i, 700 * (i % 3), 40, 60) for i in range(6)]
    assert likely_slant(apart, 15) == 0
    assert likely_slant(apart[:2], 15) == 0
    assert likely_slant(page(-9), 15) == pytest.approx(-9, abs=1)
