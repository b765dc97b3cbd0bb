"""A notebook's holes and wire and a ruler's marks say nothing about what is written beside them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from edge_digits.repeats import without_repeats

PITCH = 26


def mark(x: float, y: float, look: NDArray[np.uint8]) -> Candidate:
    height, width = look.shape
    box = Box(round(x), round(y), width, height)
    return Candidate(box, look, 180.0, 4.0, int(np.count_nonzero(look)), "dark")


def ring() -> NDArray[np.uint8]:
    look = np.zeros((14, 26), np.uint8)
    cv2.line(look, (0, 7), (18, 7), 255, 4)
    cv2.circle(look, (19, 7), 6, 255, -1)
    return look


def scrawl(rng: np.random.Generator) -> NDArray[np.uint8]:
    look = np.zeros((14, 26), np.uint8)
    cv2.polylines(look, [rng.integers(0, (26, 14), (4, 2)).astype(np.int32)], False, 255, 3)
    return look


def paper_ending(x: float, y: float, degrees: float = 90.0) -> NDArray[np.uint8]:
    """A picture of paper that ends along a line through a point."""
    rows, columns = np.mgrid[0:800, 0:800]
    angle = np.radians(degrees)
    beyond = (columns - x) * np.sin(angle) - (rows - y) * np.cos(angle) < 0
    return np.where(beyond, 90, 230).astype(np.uint8)


@pytest.mark.parametrize("degrees", [0, 4, -25, 90, 140])
def test_a_row_of_rings_is_left_out_however_it_runs_and_all_else_kept(degrees: int) -> None:
    along = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    rings = [mark(400 + along[0] * PITCH * i, 400 + along[1] * PITCH * i, ring()) for i in range(-7, 8)]
    written = [mark(700, 80 + 90 * i, scrawl(np.random.default_rng(i))) for i in range(4)]
    picture = paper_ending(413, 407, degrees)
    assert without_repeats([*written[:2], *rings, *written[2:]], picture) == written


def test_the_last_rings_of_a_row_are_left_out_though_a_shadow_makes_them_less_like_the_others() -> None:
    rings = [mark(20, PITCH * i, ring()) for i in range(16)]
    shaded = [mark(24, PITCH * i + 2, cv2.resize(ring()[:, 8:], (12, 10))) for i in range(16, 22)]
    paper = paper_ending(40, 0)
    assert without_repeats([*rings, *shaded], paper) == []
    apart = [mark(24, PITCH * i + 2, cv2.resize(ring()[:, 8:], (12, 10))) for i in range(20, 24)]
    assert without_repeats([*rings, *apart], paper) == apart, "beyond a gap stands something else"


def test_holes_that_come_with_their_wire_are_left_out_though_others_of_the_row_come_without() -> None:
    """The holes alone made the row, and those told by their wire alone were read as sixes."""
    holes = [mark(20 + PITCH * i, 40, ring()[:, 12:]) for i in range(16) if i not in (0, 2, 5)]
    wires = [mark(20 + PITCH * i, 28, ring().T) for i in range(9)]
    picture = paper_ending(0, 30, 0)
    assert without_repeats([*holes, *wires], picture) == []


def test_a_row_seen_in_perspective_with_rings_missing_and_broken_is_one_still() -> None:
    places = np.cumsum(np.linspace(20, 29, 18))
    rings = [mark(20 + 0.03 * y, y, ring()) for i, y in enumerate(places.tolist()) if i not in (4, 11, 12)]
    cores = [mark(stroke.box.x + 12, stroke.box.y + 2, ring()[2:12, 12:]) for stroke in rings[3:9]]
    assert without_repeats([*rings, *cores], paper_ending(40, 0)) == []


def test_a_hole_found_once_with_its_wire_and_once_without_is_left_out_both_times() -> None:
    hole = np.asarray(cv2.circle(np.zeros((12, 12), np.uint8), (6, 6), 5, 255, -1), np.uint8)
    wired = np.zeros((39, 14), np.uint8)
    wired[:30, 5:9], wired[27:, 1:13] = 150, 255
    holes = [mark(20 + 26 * i, 46, hole) for i in range(20)]
    wires = [mark(19 + 26 * i, 19, wired) for i in range(0, 20, 3)]
    two = np.zeros((42, 40), np.uint8)
    two[:30, 5:9], two[:30, 31:35], two[28:, 1:13], two[28:, 27:39], two[:3] = 150, 150, 255, 255, 90
    across = mark(19 + 26 * 4, 16, two)
    # A digit that reaches to the holes is wider than a wire.
    digit = mark(170, 30, np.full((60, 60), 255, np.uint8))
    assert without_repeats([*holes, *wires, across, digit], paper_ending(0, 40, 0)) == [digit]


def test_few_rings_uneven_rings_and_unlike_marks_at_one_pitch_are_kept() -> None:
    rng = np.random.default_rng(0)
    few = [mark(20, 40 + PITCH * i, ring()) for i in range(7)]
    uneven = [mark(20, 40 + PITCH * i + rng.uniform(-5, 5), ring()) for i in range(12)]
    unlike = [mark(20, 40 + PITCH * i, scrawl(rng)) for i in range(12)]
    for strokes in (few, uneven, unlike):
        assert without_repeats(strokes, paper_ending(33, 0)) == strokes


@pytest.mark.parametrize("x", [2, 300, 772])
def test_a_row_at_the_edge_of_the_picture_is_a_binding_but_none_amid_the_paper(x: int) -> None:
    rings = [mark(x, 40 + PITCH * i, ring()) for i in range(12)]
    assert without_repeats(rings, np.full((800, 800), 230, np.uint8)) == (rings if x == 300 else [])


@pytest.mark.parametrize("above", [False, True], ids=["at the left", "above"])
@pytest.mark.parametrize("text", ["94553", "7\n31", "0"])
def test_digits_are_read_beside_a_spiral_and_the_spiral_is_not(
    reader: DigitReader, text: str, above: bool
) -> None:
    page = write_page(text, 3, height=54, margin=90).image
    page = np.ascontiguousarray(page.transpose(1, 0, 2)) if above else page
    page = cv2.copyMakeBorder(page, 90, 90, 60, 200, cv2.BORDER_REPLICATE)
    for y in range(15, len(page), 30):
        cv2.circle(page, (30, y), 8, (60, 60, 60), -1, cv2.LINE_AA)
        cv2.ellipse(page, (14, y), (18, 5), 0, 0, 360, (120, 120, 120), 2, cv2.LINE_AA)
    page = page.transpose(1, 0, 2) if above else page
    assert reader.read(np.ascontiguousarray(page)).text == text


def test_digits_are_read_beside_a_ruler_and_its_marks_are_no_ones(reader: DigitReader) -> None:
    page = write_page("81924", 3, height=70).image
    page = cv2.copyMakeBorder(page, 20, 140, 20, 60, cv2.BORDER_REPLICATE)
    top = len(page) - 90
    cv2.rectangle(page, (20, top), (20 + 11 * 50, top + 70), (190, 215, 230), -1)
    for i in range(11 * 5):
        length = 25 if i % 10 == 0 else 18 if i % 5 == 0 else 11
        cv2.line(page, (25 + 10 * i, top), (25 + 10 * i, top + length), (40, 40, 40), 1)
        if i % 10 == 0:
            place = (20 + 10 * i, top + 42)
            cv2.putText(page, str(i // 10), place, cv2.FONT_HERSHEY_SIMPLEX, 0.3, (40, 40, 40), 1)
    text = reader.read(page).text
    assert text.startswith("81924")
    assert "11" not in text


def test_a_careful_row_of_like_digits_is_no_binding(reader: DigitReader) -> None:
    told = [reader.read(write_page(digit * 9, 1, height=40).image).text for digit in "0178"]
    assert told == [digit * 9 for digit in "0178"]
