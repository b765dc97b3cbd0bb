"""Digits that a picture shows fainter, thinner or less whole than the others of their line."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.clearing import Paper
from edge_digits.company import drowned, in_company
from edge_digits.hypotheses import Hypothesis
from edge_digits.reading import Box
from edge_digits.rounded import is_rounded
from train.scenes import draw_digit

PAPER, INK, HEIGHT = 240, 40, 60


def row(
    labels: str, seed: int, *, lower: int = 0, left: int = 60, room: tuple[int, int] = (20, 20)
) -> NDArray[np.uint8]:
    """Digits in a row, the last one lower by some pixels, with room above and below."""
    rng = np.random.default_rng(seed)
    page = np.full((sum(room) + HEIGHT, left + 100 * len(labels)), PAPER, np.uint8)
    for place, label in enumerate(labels):
        ink = draw_digit(label, rng, height=HEIGHT, thickness=6)
        top = room[0] + (lower if place == len(labels) - 1 else 0)
        ink = ink[: len(page) - top]
        window = page[top : top + len(ink), left + 100 * place : left + 100 * place + ink.shape[1]]
        np.minimum(window, PAPER - np.minimum(ink, PAPER - INK), out=window)
    return page


@pytest.mark.parametrize(("thickness", "tone"), [(2, 60), (3, 140), (4, 160)])
@pytest.mark.parametrize("seed", [0, 2, 5])
def test_a_one_that_the_pen_hardly_pressed_is_read_beside_a_digit_as_high(
    reader: DigitReader, thickness: int, tone: int, seed: int
) -> None:
    page = row("2346", seed)
    cv2.line(page, (40, 20), (38, 80), tone, thickness, cv2.LINE_AA)
    assert reader.read(page).text == "12346"


def test_a_faint_thin_bar_that_does_not_line_up_with_a_digit_is_none(reader: DigitReader) -> None:
    page = row("2346", 0, room=(60, 60))
    cv2.line(page, (40, 20), (38, 80), 160, 2, cv2.LINE_AA)
    assert reader.read(page).text == "2346"


@pytest.mark.parametrize("labels", ["2346", "2430", "5728", "3471", "2831"])
@pytest.mark.parametrize("lower", [5, 6, 8])
def test_a_digit_whose_foot_the_picture_cuts_off_is_read(
    reader: DigitReader, labels: str, lower: int
) -> None:
    """The bow of a 6 runs along the picture's edge, as a finger does; a 1 is cut across."""
    told = [reader.read(row(labels, seed, lower=lower, room=(20, 4))).text for seed in range(4)]
    assert told == [labels] * 4


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("side", ["top", "bottom", "left", "right"])
def test_the_digit_nearest_to_the_pictures_edge_may_touch_it(
    reader: DigitReader, side: str, seed: int
) -> None:
    """Each digit has a line of its own: none stands beside the one that is cut."""
    places = {"5": (200, 30), "3": (40, 140), "8": (380, 250), "6": (240, 360)}
    page = np.full((480, 480), 240, np.uint8)
    rng = np.random.default_rng(seed)
    for label, (x, y) in places.items():
        digit = draw_digit(label, rng, height=70, thickness=7)
        window = page[y : y + 70, x : x + digit.shape[1]]
        np.minimum(window, 255 - digit, out=window)
    rows, columns = (np.flatnonzero((page < 128).any(axis=axis)) for axis in (1, 0))
    cuts = {
        "top": page[rows[0] :],
        "bottom": page[: rows[-1] + 1],
        "left": page[:, columns[0] :],
        "right": page[:, : columns[-1] + 1],
    }
    assert sorted(reader.read(np.ascontiguousarray(cuts[side])).text.split()) == sorted(places)


@pytest.mark.parametrize("label", "023456789")
@pytest.mark.parametrize("side", range(4))
def test_a_single_digit_on_clear_paper_may_touch_the_pictures_edge(
    reader: DigitReader, label: str, side: int
) -> None:
    page = np.full((300, 400), PAPER, np.uint8)
    digit = draw_digit(label, np.random.default_rng(0), height=100, thickness=10)
    height, width = digit.shape
    y, x = [(0, 150), (300 - height, 150), (100, 0), (100, 400 - width)][side]
    window = page[y : y + height, x : x + width]
    np.minimum(window, PAPER - np.minimum(digit, PAPER - INK), out=window)
    assert reader.read(page).text == label


@pytest.mark.parametrize("labels", ["2358", "6482", "5376"])
@pytest.mark.parametrize("seed", range(3))
def test_a_line_that_the_pictures_edge_cuts_from_end_to_end_is_read(
    reader: DigitReader, labels: str, seed: int
) -> None:
    page = row(labels, seed)
    foot = int(np.flatnonzero((page < 128).any(axis=1))[-1])
    assert reader.read(np.ascontiguousarray(page[: foot - 3])).text == labels


def with_finger(page: NDArray[np.uint8], middle: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The tip of a finger reaches in from the left, lit from aside, and a white margin was added since."""
    down, across = np.mgrid[: page.shape[0], : page.shape[1]].astype(np.float32)
    round_ = np.clip(1 - (across / size[0]) ** 2 - ((down - middle) / size[1]) ** 2, 0, 1)
    seen = page - np.sqrt(round_) * 150 * (page / 255)
    seen = cv2.GaussianBlur(np.clip(seen, 0, 255).astype(np.uint8), (0, 0), 1.5)
    return np.asarray(cv2.copyMakeBorder(seen, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255), np.uint8)


@pytest.mark.parametrize("seed", range(4))
def test_a_finger_at_the_edge_of_a_photo_within_a_margin_is_no_one(reader: DigitReader, seed: int) -> None:
    page = row("6780", seed, left=80, room=(60, 100))
    assert reader.read(with_finger(page, 150, (13, 45))).text == "6780"


def bar(tones: NDArray[np.floating], widths: NDArray[np.floating]) -> Candidate:
    """A bar of such tones and widths from its upper to its lower end."""
    across = np.abs(np.arange(40) - 19.5)[None]
    ink = np.where(across < widths[:, None] / 2, tones[:, None], 0).astype(np.uint8)
    return Candidate(Box(0, 0, 40, len(ink)), ink, 200, float(widths.mean()), int((ink > 0).sum()), "dark")


def test_what_is_darkest_and_widest_in_its_middle_is_rounded_and_no_stroke_of_a_pen_is() -> None:
    along = np.linspace(-1, 1, 90)
    swell = np.sqrt(1 - 0.9 * along**2)
    full = np.full(90, 255.0)
    assert is_rounded(bar(255 * swell, 20 * swell))
    assert not is_rounded(bar(full, np.full(90, 14.0)))
    # A brush, and a pencil that is lifted.
    assert not is_rounded(bar(full, 20 * swell))
    assert not is_rounded(bar(255 * (0.6 + 0.2 * (1 + along)), np.full(90, 14.0)))
    # What is thin has no tone that could be told.
    assert not is_rounded(bar(255 * swell, 5 * swell))


def test_the_corner_of_a_pale_grid_is_no_seven_but_a_small_faint_seven_is(reader: DigitReader) -> None:
    def page(width: int, height: int) -> NDArray[np.uint8]:
        written = row("5283", 4, room=(40, 160))
        ends = np.array([(200, 140), (200 + width, 140), (200 + 0.6 * width, 140 + height)], np.int32)
        cv2.polylines(written, [ends], False, 178, 2, cv2.LINE_AA)
        return written

    assert reader.read(page(38, 66)).text == "5283"
    assert reader.read(page(14, 18)).text.split("\n") == ["5283", "7"]


def stroke(x: int, width: int, height: int, contrast: float) -> Hypothesis:
    """A hypothesis of one stroke, named by its left side."""
    ink = np.full((height, width), 255, np.uint8)
    return Hypothesis(Candidate(Box(x, 100, width, height), ink, contrast, 10, ink.size, "dark"), (x,))


def test_a_faint_speck_that_looks_like_a_digit_tells_nothing_of_a_bold_one_beside_it() -> None:
    found = [stroke(200, 60, 220, 220), stroke(400, 6, 12, 31)]
    certain, bars = np.array([1, 0.98], np.float32), np.array([True, False])
    assert in_company(found, [0, 1], certain, (480, 480), bars)[0] == 1
    # Digits by the same pen do tell: such a bar is that pen.
    found = [stroke(200, 60, 220, 220), stroke(400, 30, 50, 200)]
    assert in_company(found, [0, 1], certain, (480, 480), bars)[0] < 0.5


def test_a_bar_by_a_much_wider_pen_is_a_trunk_beside_the_sheet_and_no_one() -> None:
    digit, one, trunk = (
        Candidate(Box(x, 100, width, 60), np.full((60, width), 255, np.uint8), 200, pen, 60 * width, "dark")
        for x, width, pen in ((100, 40, 6.0), (160, 8, 7.0), (176, 24, 24.0))
    )
    found = [Hypothesis(each, (k,)) for k, each in enumerate((digit, one, trunk))]
    certain, bar = np.full(3, 0.99, np.float32), np.array([False, True, True])
    weight = in_company(found, [0, 1, 2], certain, (640, 480), bar)
    assert weight[:2].tolist() == [1, 1]
    assert weight[2] < 0.35


def test_what_stands_off_the_paper_is_no_company() -> None:
    """Specks of a crowd around a sheet made its large digit one that is too large."""
    sizes = (400, *[20] * 30)
    found = [
        Hypothesis(
            Candidate(
                Box(60 * k, 10, 15, size), np.full((size, 15), 255, np.uint8), 200, 5, 15 * size, "dark"
            ),
            (k,),
        )
        for k, size in enumerate(sizes, 1)
    ]
    certain, bar = np.full(31, 0.99, np.float32), np.zeros(31, bool)
    off = np.array([False, *[True] * 30])
    together, apart = (
        in_company(found, list(range(31)), certain, (2640, 480), bar, paper=each)
        for each in (None, Paper(~off, off))
    )
    assert together[0] < 0.5
    assert apart[0] == 1


def test_digits_drown_beside_something_far_larger_that_turns_out_to_be_none() -> None:
    """The lit half of a sheet in hard shadow looked like a 7, and sixteen clear digits were far smaller."""
    lit = stroke(500, 300, 560, 140).candidate
    written = [stroke(60 + 50 * k, 30, 38, 90).candidate for k in range(5)]
    digit, none = np.ones(6, bool), np.zeros(6, bool)
    gone = np.array([True, *[False] * 5])
    assert drowned([lit, *written], digit, gone)
    assert not drowned([lit, *written], digit, none), "it is one"
    assert not drowned([stroke(500, 30, 60, 140).candidate, *written], digit, gone), "it is not as large"
    assert not drowned([lit, *written[:2]], digit[:3], gone[:3]), "two digits may be parts of things, too"
    assert not drowned([], none[:0], none[:0])
