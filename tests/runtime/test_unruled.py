"""Digits on the lines of ruled and squared paper, by a pen that is hardly bolder than these."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from ruled_pages import print_lines, seen, sheet
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.ink import ink_map
from edge_digits.page_lines import page_lines
from edge_digits.unruled import unruled

NUMBERS = ["38076", "92548", "60913"]


def ruled(**view: float) -> NDArray[np.uint8]:
    page = sheet(NUMBERS)
    print_lines(page, pitch=50)
    return seen(page, **view)


def squared(seed: int, **view: float) -> NDArray[np.uint8]:
    page = sheet(NUMBERS, seed=seed)
    for down in (False, True):
        print_lines(page, pitch=36, down=down, shade=0.78)
    return seen(page, **view)


@pytest.mark.parametrize("turn", [-9, -4, 0, 3, 8])
@pytest.mark.parametrize("yaw", [0.0, 0.2])
def test_numbers_that_stand_on_ruling_are_read_however_it_is_held(
    reader: DigitReader, turn: float, yaw: float
) -> None:
    assert reader.read(ruled(turn=turn, yaw=yaw)).text.split() == NUMBERS


@pytest.mark.parametrize("turn", [-6, 0, 5])
def test_numbers_on_squares_that_cross_every_digit_are_read(reader: DigitReader, turn: float) -> None:
    told = [reader.read(squared(seed, turn=turn)).text.split() for seed in range(3)]
    assert sum(each == NUMBERS for each in told) >= 2, told


def test_of_a_ruled_page_only_the_ink_is_left() -> None:
    page = sheet(NUMBERS)
    bare = ink_map(seen(page, turn=5), "dark")
    print_lines(page, pitch=50)
    with_lines = ink_map(seen(page, turn=5), "dark")
    left = unruled(with_lines)
    # At the picture's edges the paper ends.
    bare, with_lines, left = (each[40:-40, 40:-40] for each in (bare, with_lines, left))
    # Contrast of ruling is 70, of ink 140 and more.
    assert np.count_nonzero(with_lines > 45) > 3 * np.count_nonzero(bare > 45)
    assert np.count_nonzero((left > 45) & (bare < 20)) < 0.02 * np.count_nonzero(bare > 45)
    assert np.count_nonzero((left < 45) & (bare > 90)) < 0.02 * np.count_nonzero(bare > 90)


def test_a_stroke_that_runs_along_a_line_stays() -> None:
    page = sheet([])
    page[150:154, 300:340] *= 0.45
    page[300:360, 432:436] *= 0.45
    for down in (False, True):
        print_lines(page, pitch=48 if down else 50, down=down)
    left = unruled(ink_map(seen(page), "dark"))
    assert np.median(left[151:153, 305:335]) > 70
    assert np.median(left[305:355, 433:435]) > 70


def test_a_long_stroke_of_a_large_digit_whose_edge_is_on_a_line_stays() -> None:
    page = sheet([])
    for down in (False, True):
        print_lines(page, pitch=36, down=down, shade=0.8)
    page[120:400, 418:436] *= 0.3
    left = unruled(ink_map(seen(page), "dark"))
    assert np.percentile(left[130:390, 421:434], 5) > 80


@pytest.mark.parametrize(
    "text", ["22222222222222", "77777777777777\n55555555555555\n11111111111111\n0000000000"]
)
def test_a_page_without_lines_is_left_alone(text: str) -> None:
    ink = ink_map(write_page(text, height=90, gap=0.05).image[:, :, 0], "dark")
    assert unruled(ink) is ink


def test_two_lines_are_no_ruled_page() -> None:
    page = sheet(NUMBERS)
    page[180:183] *= 0.7
    page[420:423] *= 0.7
    ink = ink_map(seen(page), "dark")
    assert page_lines(ink) == [] and unruled(ink) is ink


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("turn", [-10, 0, 7])
def test_each_line_of_a_page_is_followed_from_side_to_side(turn: float, *, down: bool) -> None:
    page = sheet([])
    print_lines(page, pitch=60, down=down)
    ink = ink_map(seen(page, turn=turn), "dark")
    found = page_lines(ink, down=down)
    assert len(found) >= (14 if down else 9) - 2
    assert page_lines(ink, down=not down) == []
    slope = np.tan(np.deg2rad(-turn if down else turn))
    for line in found:
        length = len(line.across)
        assert length > 0.7 * ink.shape[0 if down else 1] * np.cos(np.deg2rad(turn)) or turn
        assert (line.across[-1] - line.across[0]) / (length - 1) == pytest.approx(slope, abs=0.01)


def test_bent_paper_has_bent_lines() -> None:
    page = sheet([])
    print_lines(page, pitch=60)
    rows = np.arange(600)[:, None] + np.rint(14 * np.sin(np.arange(900) / 290)).astype(int)
    bent = page[np.clip(rows, 0, 599), np.arange(900)]
    found = page_lines(ink_map(seen(bent), "dark"))
    assert len(found) >= 8
    for line in found:
        expected = line.across[0] - 14 * (np.sin((line.first + np.arange(len(line.across))) / 290))
        off = line.across - expected
        assert np.abs(off - np.median(off)).max() < 3


@pytest.mark.parametrize("size", [(5, 5), (100, 900), (700, 60), (193, 193)])
def test_pictures_of_any_size_are_taken(size: tuple[int, int]) -> None:
    ink = np.zeros(size, np.uint8)
    ink[::20] = 60
    left = unruled(ink)
    assert left.shape == ink.shape and (left <= ink).all()
