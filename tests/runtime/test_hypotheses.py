"""Which strokes may be one digit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import hypotheses
from edge_digits.reading import Box
from train.scenes import draw_digit


def sheet_seen_whole(*lines: str, seed: int) -> np.ndarray:
    """A sheet of 1280 pixels with small digits by a felt-tip: 16 pixels high, their eyes nearly filled."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((2400, 3840), np.uint8)
    for row, line in enumerate(lines):
        for column, label in enumerate(line):
            digit = draw_digit(label, rng, height=48, thickness=8)
            top, left = 900 + 90 * row, 1500 + 60 * column
            ink[top : top + 48, left : left + digit.shape[1]] = digit
    seen = cv2.resize(cv2.GaussianBlur(ink, (0, 0), 2), (1280, 800), interpolation=cv2.INTER_AREA)
    return (225 * (1 - 0.7 * seen / 255)).astype(np.uint8)


@pytest.mark.parametrize("seed", range(3))
def test_small_digits_by_a_wide_pen_are_read_off_a_sheet_seen_whole(reader: DigitReader, seed: int) -> None:
    sheet = sheet_seen_whole("86905", "38246", "40968", seed=seed)
    assert reader.read(sheet).text == "86905\n38246\n40968"


def open_four(page: np.ndarray, left: int, top: int, *, apart: int) -> None:
    """A 4 of two strokes that do not touch, 90 pixels high."""
    angle = [(left + 14, top), (left + 4, top + 50), (left + 34, top + 46)]
    bar = [(left + 36 + apart, top + 30), (left + 33 + apart, top + 90)]
    for stroke in (angle, bar):
        cv2.polylines(page, [np.array(stroke, np.int32)], False, (40, 40, 40), 5, cv2.LINE_AA)


@pytest.mark.parametrize("apart", [3, 12, 18])
def test_an_open_four_is_one_digit_though_its_strokes_stand_apart(reader: DigitReader, apart: int) -> None:
    page = write_page("727", 1, height=80, margin=60).image
    page = np.hstack([page, np.full((page.shape[0], 160, 3), 245, np.uint8)])
    open_four(page, page.shape[1] - 150, 55, apart=apart)
    assert reader.read(page).text == "7274"


def stroke(x: int, y: int, width: int, height: int) -> Candidate:
    ink = np.zeros((height, width), np.uint8)
    cv2.line(ink, (width // 2, 0), (width // 2, height), 255, 4)
    return Candidate(Box(x, y, width, height), ink, 150, 4, cv2.countNonZero(ink), "dark")


def pairs(*strokes: Candidate) -> set[tuple[int, ...]]:
    return {tuple(sorted(h.parts)) for h in hypotheses(list(strokes)) if len(h.parts) == 2}


def test_staggered_strokes_may_stand_further_apart_than_others() -> None:
    assert pairs(stroke(20, 20, 30, 40), stroke(60, 40, 8, 40)) == {(0, 1)}
    assert pairs(stroke(20, 20, 30, 40), stroke(60, 22, 8, 40)) == set()
    assert pairs(stroke(20, 20, 30, 40), stroke(52, 22, 8, 40)) == {(0, 1)}


def test_one_stroke_cut_out_twice_is_no_pair() -> None:
    assert pairs(stroke(20, 20, 8, 40), stroke(21, 22, 7, 36)) == set()


def test_a_stroke_that_clearly_is_one_digit_is_not_cut() -> None:
    wide = stroke(20, 20, 60, 40)
    cv2.ellipse(wide.ink, (30, 20), (26, 16), 0, 0, 360, 255, 4)
    narrow = stroke(120, 20, 20, 40)
    every = hypotheses([wide, narrow])
    kept = hypotheses([wide, narrow], lambda asked: np.array([each is wide for each in asked]))
    assert {each.parts for each in every if each.span is not None} == {(0,)}
    assert kept == [each for each in every if each.span is None]


def clusters(*strokes: Candidate) -> set[tuple[int, ...]]:
    return {tuple(sorted(h.parts)) for h in hypotheses(list(strokes)) if len(h.parts) > 2}


def test_pieces_that_lie_closer_than_the_pen_is_wide_may_be_one_digit_but_not_two_digits() -> None:
    digit = (stroke(20, 20, 12, 16), stroke(34, 30, 12, 16), stroke(22, 40, 12, 16))
    other = tuple(stroke(s.box.x + 46, s.box.y, 12, 16) for s in digit)
    assert clusters(*digit, *other) == {(0, 1, 2), (3, 4, 5)}
    assert clusters(*digit[:2]) == set()


def test_many_pieces_are_a_texture() -> None:
    assert clusters(*(stroke(20 + 15 * i, 20 + 15 * j, 12, 12) for i in range(4) for j in range(4))) == set()


def test_pages_by_a_pen_that_runs_dry_are_mostly_read(reader: DigitReader) -> None:
    pages = [_by_a_dry_pen(seed) for seed in range(1, 21)]
    assert sum(reader.read(picture).text == text for picture, text in pages) >= 16


def _by_a_dry_pen(seed: int) -> tuple[np.ndarray, str]:
    """The pen skips, so that most digits are in three pieces or more."""
    page = write_page("5329\n6870", seed=seed, height=80)
    ink = 245 - page.image.astype(np.float32)
    for i, box in enumerate(page.boxes):
        for k in range(2):
            at = box.y + round((0.3 + 0.36 * k + 0.02 * i) * box.height)
            ink[at : at + 4, box.x - 2 : box.x + box.width + 2] = 0
    return np.clip(245 - cv2.GaussianBlur(ink, (0, 0), 0.7), 0, 255).astype(np.uint8), page.text
