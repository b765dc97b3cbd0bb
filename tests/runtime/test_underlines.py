"""Numbers that stand on a line, which is no part of the ground around them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from written_pages import Page, write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.segmentation import search
from edge_digits.underlines import without_underlines

INK = (30, 30, 30)


def underlined(
    page: Page,
    digits: slice,
    *,
    below: float = 0.12,
    thickness: int = 5,
    beyond: float = 0.3,
    twice: bool = False,
) -> Page:
    """The page with a line so many heights below some of its digits."""
    boxes, image = page.boxes[digits], page.image.copy()
    height = boxes[0].height
    left, right = boxes[0].x - beyond * height, boxes[-1].x + boxes[-1].width + beyond * height
    y = boxes[0].y + (1 + below) * height
    for line in range(1 + twice):
        level = round(y + 2.2 * thickness * line)
        cv2.line(image, (round(left), level), (round(right), level + 2), INK, thickness, cv2.LINE_AA)
    return replace(page, image=image)


def strokes_of(page: Page) -> tuple[list[Candidate], dict[str, np.ndarray]]:
    found = search(page.image)
    digits = [
        stroke
        for box in page.boxes
        for stroke in found.candidates
        if stroke.polarity == "dark" and abs(stroke.box.x - box.x) + abs(stroke.box.y - box.y) < 6
    ]
    return digits, dict(found.grounds)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("below", [0.05, 0.12, 0.2])
@pytest.mark.parametrize("twice", [False, True])
def test_an_underlined_number_is_read_among_others(
    reader: DigitReader, seed: int, below: float, twice: bool
) -> None:
    page = write_page("3804\n2659\n718", seed, margin=90, gap=0.5, height=70)
    page = underlined(page, slice(4, 8), below=below, twice=twice)
    assert reader.read(page.image).text.replace(" ", "") == "3804\n2659\n718"


@pytest.mark.parametrize(("thickness", "below"), [(11, 0.07), (13, 0.11), (16, 0.1)])
def test_a_number_is_read_on_the_line_of_a_marker_that_all_but_touches_it(
    reader: DigitReader, thickness: int, below: float
) -> None:
    told = []
    for seed in range(4):
        page = write_page("96\n358", seed, margin=90, gap=0.5, height=80)
        told.append(reader.read(underlined(page, slice(0, 2), below=below, thickness=thickness).image).text)
    assert told.count("96\n358") >= 3, told


def test_a_digit_and_the_line_below_it_are_not_one_digit(reader: DigitReader) -> None:
    for seed in range(4):
        page = underlined(write_page("98", seed, margin=90, gap=0.4, height=60), slice(0, 2), twice=True)
        assert reader.read(page.image).text == "98", seed


def test_where_a_line_was_is_paper_and_the_digits_stay() -> None:
    plain = write_page("2659", 1, margin=210, gap=0.5, height=70)
    page = underlined(plain, slice(0, 4), below=0.1, twice=True)
    digits, grounds = strokes_of(page)
    before = {polarity: ground.copy() for polarity, ground in grounds.items()}
    bare = without_underlines(grounds, digits, [False] * len(digits))
    paper = plain.image[:, :, 0].astype(int)
    assert np.abs(bare["dark"].astype(int) - paper).max() < 40
    assert np.abs(before["dark"].astype(int) - paper).max() > 150
    assert all(np.array_equal(before[polarity], grounds[polarity]) for polarity in grounds)


def test_lines_of_the_whole_page_and_lines_elsewhere_stay() -> None:
    page = write_page("2659", 1, margin=150, gap=0.5, height=70)
    ruled = underlined(page, slice(0, 4), beyond=2.2)
    far = underlined(page, slice(0, 4), below=1.2)
    for each in (page, ruled, far):
        digits, grounds = strokes_of(each)
        bare = without_underlines(grounds, digits, [False] * len(digits))
        assert bare["dark"] is grounds["dark"]


def test_one_digit_and_ones_alone_have_no_underline() -> None:
    page = underlined(write_page("11", 1, margin=150, gap=0.8, height=70), slice(0, 2))
    digits, grounds = strokes_of(page)
    assert without_underlines(grounds, digits, [True] * len(digits))["dark"] is grounds["dark"]
    assert without_underlines(grounds, digits[:1], [False])["dark"] is grounds["dark"]
