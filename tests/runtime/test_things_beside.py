"""What lies beside the writing: the desk at one side of the picture, a pen on the sheet, grain of wood."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.paper import on_one_ground
from edge_digits.reading import Box
from train.scenes import draw_digit

SMALL = "5028\n6397"


def sheet(text: str = SMALL, *, height: int = 34) -> NDArray[np.uint8]:
    """A page much larger than what is written on it."""
    written = write_page(text, seed=2, height=height, margin=20).image
    page = np.full((720, 960, 3), 235, np.uint8)
    page[180 : 180 + written.shape[0], 330 : 330 + written.shape[1]] = written
    return page


def with_desk(page: NDArray[np.uint8], side: str, share: float, shade: int = 45) -> NDArray[np.uint8]:
    """The desk shows at one side of the picture."""
    seen = page.copy()
    width = int(share * page.shape[1])
    seen[:, slice(width) if side == "left" else slice(-width, None)] = shade
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 1.2), np.uint8)


def with_pen(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A pen lies on the sheet."""
    seen = page.copy()
    ends = (880, 150), (920, 600)
    cv2.line(seen, *ends, (120, 60, 30), 16, cv2.LINE_AA)
    return seen


def on_wood(page: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """The sheet lies on a dark desk whose grain is as long as the digits are high."""
    rng = np.random.default_rng(seed)
    height, width = (int(1.6 * side) for side in page.shape[:2])
    grain = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 12, sigmaY=1.5)
    desk = np.clip(60 + 20 * grain / grain.std(), 0, 255).astype(np.uint8)
    seen = np.repeat(desk[:, :, None], 3, axis=2)
    top, left = (height - page.shape[0]) // 2, (width - page.shape[1]) // 2
    seen[top : top + page.shape[0], left : left + page.shape[1]] = page
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 0.8), np.uint8)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("share", [0.03, 0.08, 0.25])
def test_the_desk_at_one_side_of_the_picture_is_no_one(reader: DigitReader, side: str, share: float) -> None:
    """Such a picture was taken for a close-up of a 1 and the writing was not looked for."""
    assert reader.read(with_desk(sheet(), side, share)).text == SMALL
    assert reader.read(with_desk(np.full((720, 960, 3), 235, np.uint8), side, share)).text == ""


def test_a_pen_on_the_sheet_is_no_one_beside_small_digits(reader: DigitReader) -> None:
    assert reader.read(with_pen(sheet())).text == SMALL


@pytest.mark.parametrize("lean", [-60, -20, 20, 60])
def test_neither_barrel_nor_tip_of_a_pen_is_a_one_beside_large_digits(reader: DigitReader, lean: int) -> None:
    page = np.full((480, 640, 3), 225, np.uint8)
    written = write_page("42\n87", seed=3, height=80, margin=20).image
    page[60 : 60 + written.shape[0], 60 : 60 + written.shape[1]] = np.minimum(written, 225)
    at = [(540 + round(lean * share), 60 + round(300 * share)) for share in (0, 0.87, 0.96, 1)]
    for start, end, colour, width in zip(at, at[1:], (30, 195, 60), (14, 8, 3), strict=False):
        cv2.line(page, start, end, (colour, colour, colour), width, cv2.LINE_AA)
    assert reader.read(cv2.GaussianBlur(page, (0, 0), 0.8)).text == "42\n87"


@pytest.mark.parametrize(("text", "seed"), [("40\n7", 0), ("882", 10), ("882", 13)])
def test_a_few_digits_on_a_sheet_are_read_whatever_grain_the_desk_has(
    reader: DigitReader, text: str, seed: int
) -> None:
    """The grain outvoted them, as letters do."""
    page = write_page(text, seed=seed, margin=110).image
    assert reader.read(on_wood(page, seed)).text == text


@pytest.mark.parametrize("share", [0.35, 0.8, 1.0])
@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_one_alone_in_a_large_picture_is_still_read(
    reader: DigitReader, share: float, place: float
) -> None:
    page = np.full((700, 900), 240, np.uint8)
    one = draw_digit("1", np.random.default_rng(1), height=int(share * 700), thickness=50, variant="flag")
    top, left = (700 - one.shape[0]) // 2, int(place * (900 - one.shape[1]))
    page[top : top + one.shape[0], left : left + one.shape[1]] -= (one * 0.8).astype(np.uint8)
    readings = [reader.read(picture) for picture in (page, 255 - page)]
    assert [reading.text for reading in readings] == ["1", "1"]
    # Whatever was searched for besides is paid for, too.
    assert min(reading.timing.orientation for reading in readings) > 0


def test_marks_on_paper_and_on_the_desk_stand_on_different_grounds() -> None:
    gray = np.full((120, 200), 230, np.uint8)
    gray[:, 100:] = 70
    boxes = [Box(20, 20, 6, 40), Box(60, 60, 6, 40), Box(140, 40, 6, 40)]
    marks = []
    for box, shade in zip(boxes, (110, 110, 30), strict=True):
        gray[box.y : box.y + box.height, box.x : box.x + box.width] = shade
        ink = np.full((box.height, box.width), 255, np.uint8)
        marks.append(Candidate(box, ink, 120.0, 6.0, ink.size, "dark", False))
    assert on_one_ground(marks, {"dark": gray}).tolist() == [
        [True, True, False],
        [True, True, False],
        [False, False, True],
    ]


def test_a_joint_between_bricks_is_no_one_at_the_end_of_a_line(reader: DigitReader) -> None:
    """Beside the sheet's edge it stood on the line of the digits, far behind them."""
    page = write_page("4286\n9751", seed=0, height=46, ground=(225.0,) * 3, margin=100).image
    height, width = page.shape[0] + 200, 960
    wall = np.full((height, width, 3), (70, 80, 150), np.uint8)
    for k, y in enumerate(range(0, height, 40)):
        cv2.line(wall, (0, y), (width, y), (170, 175, 180), 4)
        for x in range((k % 2) * 45, width, 90):
            cv2.line(wall, (x, y), (x, y + 40), (170, 175, 180), 4)
    right = 800
    wall[124 : 124 + page.shape[0], right - page.shape[1] : right] = page
    assert reader.read(cv2.GaussianBlur(wall, (0, 0), 1)).text == "4286\n9751"


def test_the_hole_of_a_clip_is_no_zero_above_dark_digits(reader: DigitReader) -> None:
    page = sheet()
    cv2.rectangle(page, (400, 0), (560, 50), (40, 40, 40), -1)
    cv2.circle(page, (480, 28), 12, (180, 180, 180), 3, cv2.LINE_AA)
    assert reader.read(page).text == SMALL


@pytest.mark.parametrize("seed", range(4))
def test_what_shines_through_a_crossing_out_is_no_one(reader: DigitReader, seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = write_page("751", seed, height=100).image
    picture = np.hstack([page, np.full((page.shape[0], 140, 3), page[0, 0], np.uint8)])
    left = page.shape[1]
    for _ in range(6):
        one, other = (int(x) for x in rng.uniform(left, left + 60, 2))
        cv2.line(picture, (one, 52), (other, 148), (30, 30, 30), 10, cv2.LINE_AA)
    assert reader.read(picture).text == "751"


@pytest.mark.parametrize("label", "3457")
def test_bits_of_a_grid_beside_a_large_digit_are_no_ones(reader: DigitReader, label: str) -> None:
    """Being more than it, they told how high digits are there."""
    page = np.full((480, 480), 215, np.uint8)
    ink = draw_digit(label, np.random.default_rng(2), height=250, thickness=15)
    left = 250 - ink.shape[1] // 2
    page[110:360, left : left + ink.shape[1]] -= (ink * 0.75).astype(np.uint8)
    for x, y, height in ((92, 140, 26), (96, 300, 30), (420, 130, 32), (424, 320, 27)):
        cv2.line(page, (x, y), (x - 1, y + height), 140, 4, cv2.LINE_AA)
    assert reader.read(page).text == label
