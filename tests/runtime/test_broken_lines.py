"""The ruling of a page that a scanner broke into pieces."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.broken_lines import of_broken_lines
from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from train.scenes import draw_digit


def scanned(label: str, seed: int) -> NDArray[np.uint8]:
    """One large digit on grid paper, black and white, the grid in pieces."""
    rng = np.random.default_rng(seed)
    page = np.full((480, 480), 255, np.uint8)
    for at in (70, 290, 410):
        down = 0
        while down < 480:
            piece = int(rng.integers(15, 110))
            x = at + round(0.02 * down)
            page[down : down + piece, x : x + 5][rng.random((len(page[down : down + piece]), 5)) < 0.9] = 0
            down += piece + int(rng.integers(4, 12))
    ink = draw_digit(label, rng, height=250, thickness=15)
    left = 180 - ink.shape[1] // 2
    page[110:360, left : left + ink.shape[1]][ink > 127] = 0
    return page


@pytest.mark.parametrize("label", "3579")
@pytest.mark.parametrize("seed", range(2))
def test_pieces_of_the_grid_are_no_ones(reader: DigitReader, label: str, seed: int) -> None:
    assert reader.read(scanned(label, seed)).text == label


def bar(x: int, y: int, height: int) -> Candidate:
    ink = np.full((height, 8), 255, np.uint8)
    return Candidate(Box(x, y, 8, height), ink, 200.0, 6.0, ink.size, "dark")


def told(bars: list[Candidate]) -> list[bool]:
    every = np.ones(len(bars), bool)
    return of_broken_lines(bars, every, every).tolist()


def test_bars_end_to_end_down_the_page_are_a_rule() -> None:
    heights = [40, 90, 60, 110, 50]
    tops = np.cumsum([0, *(height + 8 for height in heights[:-1])]).tolist()
    rule = [bar(100 + top // 40, top, height) for top, height in zip(tops, heights, strict=True)]
    assert told(rule) == [True] * 5
    # Beside digits all over the page it is one still; a short one need not be.
    elsewhere = bar(300, 390, 60)
    assert told([*rule, elsewhere]) == [True] * 5 + [False]
    assert not any(told([*rule[:3], elsewhere]))


def test_ones_in_a_column_are_of_one_size_and_far_apart() -> None:
    assert not any(told([bar(100, 90 * row, 60) for row in range(6)]))


def test_what_is_no_bar_and_a_page_of_nothing_are_left_alone() -> None:
    none = np.zeros(0, bool)
    assert of_broken_lines([], none, none).tolist() == []
    ink = np.full((60, 60), 255, np.uint8)
    wide = [Candidate(Box(100, 70 * row, 60, 60), ink, 200.0, 6.0, ink.size, "dark") for row in range(5)]
    assert not any(told(wide))


def test_a_page_of_ones_in_columns_is_read(reader: DigitReader) -> None:
    page = write_page("111\n111\n111\n111\n111", seed=4, height=60, gap=0.4)
    assert reader.read(cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY)).text == page.text
