"""Sheets that are held up in a room full of things: their digits are read and nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from things_drawn import held_before, many_things
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.clearing import are_things, paper_around
from edge_digits.reading import Box

PAPER, INK, DESK = 200, 40, 60


@pytest.mark.parametrize(
    ("text", "height", "margin", "seed"),
    [
        ("7", 150, 70, 1),
        ("7", 150, 70, 9),
        ("5", 120, 90, 4),
        ("5", 120, 90, 5),
        ("4", 200, 60, 7),
        ("2685", 70, 60, 4),
        ("12346", 60, 50, 3),
        ("12346", 60, 50, 8),
        ("406\n971", 60, 50, 4),
    ],
)
def test_a_sheet_is_read_amid_things(
    reader: DigitReader, text: str, height: int, margin: int, seed: int
) -> None:
    """What is as large as the digits outnumbered them, or was read beside them."""
    rng = np.random.default_rng(seed)
    page = cv2.cvtColor(write_page(text, seed=seed, height=height, margin=margin).image, cv2.COLOR_BGR2GRAY)
    sheet = np.asarray(0.8 * page, np.uint8)
    place = float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.35, 0.65))
    picture = held_before(many_things(seed), sheet, place, float(rng.uniform(-6, 6)))
    assert reader.read(picture).text == text


@pytest.mark.parametrize("seed", range(6))
def test_things_alone_are_no_digits(reader: DigitReader, seed: int) -> None:
    assert reader.read(many_things(seed)).text == ""


def bar_at(x: int, y: int, *, contrast: float = 200, pen: float = 8) -> Candidate:
    """A mark of 20x60 pixels, whatever it is read as."""
    ink = np.full((60, 20), 255, np.uint8)
    return Candidate(Box(x, y, 20, 60), ink, contrast, pen, ink.size, "dark")


def scene(*marks: Candidate) -> np.ndarray:
    """A sheet on the left of a desk, with what is marked in ink."""
    picture = np.full((300, 600), PAPER, np.uint8)
    picture[:, 300:] = DESK
    for mark in marks:
        picture[mark.box.y : mark.box.y + 60, mark.box.x : mark.box.x + 20] = INK
    return picture


def test_a_mark_across_the_edge_of_the_sheet_is_off_paper_where_a_digit_is_on_it() -> None:
    marks = [bar_at(100, 100), bar_at(290, 220, contrast=90)]
    paper = paper_around(
        marks, np.array([0.99, 0.99], np.float32), np.zeros(2, bool), {"dark": scene(*marks)}
    )
    assert paper.clear.tolist() == [True, False]
    assert paper.off.tolist() == [False, True]


def test_where_no_digit_is_on_clear_paper_nothing_is_off_it() -> None:
    marks = [bar_at(290, 220)]
    paper = paper_around(marks, np.array([0.99], np.float32), np.zeros(1, bool), {"dark": scene(*marks)})
    assert not paper.clear.any()
    assert not paper.off.any()


def test_a_one_tells_nothing_about_paper_but_belongs_to_the_digit_beside_it() -> None:
    marks = [bar_at(60, 100), bar_at(160, 100)]
    certain = np.array([0.99, 0.99], np.float32)
    grounds = {"dark": scene(*marks)}
    assert not paper_around(marks, certain, np.ones(2, bool), grounds).clear.any()
    assert paper_around(marks, certain, np.array([False, True]), grounds).clear.all()


def test_a_digit_by_the_same_pen_is_not_off_paper_where_it_nears_the_edge_of_its_sheet() -> None:
    marks = [bar_at(100, 100), bar_at(278, 100)]
    paper = paper_around(
        marks, np.array([0.99, 0.99], np.float32), np.zeros(2, bool), {"dark": scene(*marks)}
    )
    assert not paper.off.any()


def test_letters_stand_on_paper_and_parts_of_things_do_not() -> None:
    word = [bar_at(60 + 30 * k, 100) for k in range(4)]
    edge = bar_at(290, 200, contrast=90)
    told = are_things([*word, edge], {"dark": scene(*word, edge)})
    assert told.tolist() == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("label", "seed"), [("7", 4), ("7", 5), ("3", 6), ("3", 9), ("5", 6), ("5", 7), ("2", 6), ("2", 9)]
)
def test_a_digit_on_squares_is_read_amid_things(reader: DigitReader, label: str, seed: int) -> None:
    """It is joined to fainter ink, as parts of things are."""
    rng = np.random.default_rng(seed)
    page = cv2.cvtColor(write_page(label, seed=seed, height=150, margin=60).image, cv2.COLOR_BGR2GRAY)
    squares = np.full(page.shape, 0.8 * 245)
    for start in (20, 21):
        squares[start::46] = squares[:, start + 10 :: 46] = 150
    sheet = cv2.GaussianBlur(np.minimum(0.8 * page, squares).astype(np.uint8), (0, 0), 0.8)
    place = float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.35, 0.65))
    picture = held_before(many_things(seed), np.asarray(sheet), place, float(rng.uniform(-6, 6)))
    assert reader.read(picture).text == label
