from __future__ import annotations

import cv2
import numpy as np
import pytest
from sheets_on_floors import on_floor
from written_pages import write_page

from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from edge_digits.sheet import Sheet, sheet_in

PAGE = write_page("3472\n5284", seed=3, margin=120).image
SLATE = np.invert(PAGE)


def grey(picture: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def seen_in(picture: np.ndarray) -> Sheet:
    sheet = sheet_in(grey(picture))
    assert sheet is not None
    return sheet


def stroke_at(x: int, y: int, polarity: str = "dark") -> Candidate:
    ink = np.full((20, 10), 255, np.uint8)
    return Candidate(Box(x, y, 10, 20), ink, 200.0, 4.0, 200, polarity)  # type: ignore[arg-type]


@pytest.mark.parametrize("degrees", [-40, -25, -8, 0, 13, 31, 44])
@pytest.mark.parametrize("tilt", [0.0, 0.35])
def test_a_sheet_on_a_floor_tells_how_it_is_turned_and_where_its_corners_are(
    degrees: int, tilt: float
) -> None:
    picture, corners = on_floor(PAGE, degrees, tilt=tilt)
    sheet = seen_in(picture)
    assert sheet.polarity == "dark"
    assert sheet.turn == pytest.approx(degrees, abs=1.5 if not tilt else 6)
    assert sheet.corners is not None
    assert np.abs(sheet.corners - corners).max() < 12


def test_a_sheet_on_its_side_is_turned_by_what_is_left_to_a_quarter() -> None:
    assert seen_in(on_floor(PAGE, 70).image).turn == pytest.approx(-20, abs=1.5)


def test_a_slate_on_a_light_table_is_written_on_in_light() -> None:
    sheet = seen_in(on_floor(SLATE, 20, shade=190).image)
    assert sheet.polarity == "light"
    assert sheet.turn == pytest.approx(20, abs=1.5)


def test_paper_in_a_white_document_is_written_on_in_dark_and_a_slate_on_a_black_table_in_light() -> None:
    """What is darker than all around it was a slate, and the paper's own mottles were its writing."""
    dim = (PAGE * 0.75).astype(np.uint8)
    framed = cv2.copyMakeBorder(dim, 90, 90, 120, 120, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    assert (seen_in(framed).polarity, seen_in(framed).lighter) == ("dark", False)
    table = cv2.copyMakeBorder(
        np.maximum(SLATE, 60), 90, 90, 120, 120, cv2.BORDER_CONSTANT, value=(10, 10, 10)
    )
    assert (seen_in(table).polarity, seen_in(table).lighter) == ("light", True)


def test_a_sheet_that_the_picture_cuts_tells_its_turn_but_not_its_corners() -> None:
    picture = on_floor(PAGE, 17).image
    sheet = seen_in(np.ascontiguousarray(picture[:, 520:]))
    assert sheet.turn == pytest.approx(17, abs=2)
    assert sheet.corners is None


def test_a_corner_that_a_shadow_hides_is_found_where_its_sides_meet() -> None:
    picture, corners = on_floor(PAGE, 12)
    x, y = corners[3]
    hidden = picture.copy()
    cv2.circle(hidden, (int(x), int(y)), 60, (100, 100, 100), -1)
    sheet = seen_in(hidden)
    assert sheet.corners is not None
    assert np.abs(sheet.corners - corners).max() < 14


def test_a_second_sheet_beside_it_keeps_the_first_from_being_the_only_one() -> None:
    picture = on_floor(PAGE, 15, share=0.4).image.copy()
    picture[40:330, 20:260] = 240
    assert seen_in(picture).corners is None


@pytest.mark.parametrize("seed", range(4))
def test_the_edge_of_a_shadow_is_no_sheet(seed: int) -> None:
    page = np.full((960, 1280), 235, np.uint8)
    rng = np.random.default_rng(seed)
    ends = [(0, int(rng.integers(100, 800))), (1280, int(rng.integers(100, 800)))]
    below = np.array([*ends, (1280, 960), (0, 960)], np.int32)
    cv2.fillPoly(page, [below], 120)
    assert sheet_in(cv2.GaussianBlur(page, (0, 0), 4)) is None


@pytest.mark.parametrize(
    ("seed", "fall", "degrees", "power"),
    [
        (0, 0.45, 15, 1),
        (1, 0.15, 60, 2),
        (2, 0.25, 40, 2),
        (2, 0.15, 65, 1),
        (3, 0.35, 10, 1),
        (3, 0.45, 75, 2),
    ],
)
def test_light_that_falls_off_slowly_makes_no_sheet(seed: int, fall: float, degrees: int, power: int) -> None:
    """The brighter half of such a page was taken for a sheet that lies askew: digits bend its edge."""
    page = grey(write_page("78\n243", seed=seed, height=110, margin=60).image)
    rows, columns = page.shape
    across = np.cos(np.radians(degrees)) * np.linspace(-1, 1, columns)
    down = np.sin(np.radians(degrees)) * np.linspace(-1, 1, rows)[:, None]
    away = (across + down - (across + down).min()) / np.ptp(across + down)
    lit = np.clip(page * (1 - fall * away**power), 0, 255).astype(np.uint8)
    size = (960, int(960 * rows / columns))
    assert sheet_in(cv2.resize(lit, size, interpolation=cv2.INTER_AREA)) is None


@pytest.mark.parametrize("shape", [(960, 1280), (40, 40), (1, 1), (5, 700)])
def test_an_empty_picture_shows_no_sheet(shape: tuple[int, int]) -> None:
    assert sheet_in(np.full(shape, 200, np.uint8)) is None


def test_a_block_of_dense_writing_is_no_sheet() -> None:
    rng = np.random.default_rng(0)
    block = "\n".join("".join(map(str, rng.integers(0, 10, 9))) for _ in range(7))
    page = np.full((720, 960, 3), 240, np.uint8)
    written = cv2.resize(write_page(block, seed=2, height=60).image, (380, 420), interpolation=cv2.INTER_AREA)
    page[150:570, 420:800] = np.minimum(page[150:570, 420:800], written)
    assert sheet_in(grey(page)) is None


def test_what_is_written_on_a_sheet_is_told_from_what_lies_beside_it() -> None:
    sheet = seen_in(on_floor(PAGE, 15).image)
    assert sheet.shows(stroke_at(640, 480))
    assert not sheet.shows(stroke_at(640, 480, "light"))
    assert sheet.carries(stroke_at(640, 480, "light").box)
    assert not sheet.shows(stroke_at(30, 30))
    assert not sheet.carries(stroke_at(30, 30).box)


def test_a_sheet_by_itself_shows_all_that_is_in_it() -> None:
    sheet = seen_in(on_floor(PAGE, 15).image).filling((300, 400))
    assert sheet.turn == 0
    assert sheet.askew == pytest.approx(15, abs=1.5)
    assert sheet.shows(stroke_at(2, 2))
    assert sheet.carries(stroke_at(389, 279).box)
