"""Slates, screens and tiles of the other tone than the page that they lie on."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.panels import is_panel, panels_alone

Tone = tuple[float, float, float]
BLACK: Tone = (0.0, 0.0, 0.0)
WHITE: Tone = (255.0, 255.0, 255.0)
SLATE: Tone = (60.0, 80.0, 50.0)
GREY: Tone = (150.0, 150.0, 150.0)
NOTE: Tone = (120.0, 230.0, 250.0)


def on_table(panel: NDArray[np.uint8], table: Tone, *, turn: float = 0.0) -> NDArray[np.uint8]:
    """A panel in the middle of a picture, turned by so many degrees."""
    picture = np.full((480, 640, 3), table, np.uint8)
    height, width = panel.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1)
    matrix[:, 2] += 320 - width / 2, 240 - height / 2
    return np.asarray(
        cv2.warpAffine(panel, matrix, (640, 480), picture, borderMode=cv2.BORDER_TRANSPARENT), np.uint8
    )


@pytest.mark.parametrize("height", [24, 60, 150])
@pytest.mark.parametrize(
    ("panel", "ink", "table"),
    [(BLACK, WHITE, WHITE), (SLATE, WHITE, WHITE), (BLACK, WHITE, GREY), (NOTE, BLACK, BLACK)],
    ids=["black on white", "slate on white", "black on grey", "note on black"],
)
def test_digits_on_a_panel_are_read_whatever_the_table(
    reader: DigitReader, height: int, panel: Tone, ink: Tone, table: Tone
) -> None:
    told = {}
    for seed, text in enumerate(["7", "53", "208"]):
        page = write_page(text, seed, height=height, ground=panel, ink=ink, margin=height // 2)
        told[text] = reader.read(on_table(page.image, table)).text
    assert all(each == text for text, each in told.items()), told


def test_a_telephone_that_lies_askew_is_a_panel_too(reader: DigitReader) -> None:
    page = write_page("409", 1, height=70, ground=BLACK, ink=WHITE)
    told = [reader.read(on_table(page.image, GREY, turn=turn)).text for turn in (-8, 5, 12)]
    assert told == ["409"] * 3


def test_tiles_of_different_tones_are_read_beside_ink_on_the_page(reader: DigitReader) -> None:
    page = write_page("31", 2, height=60, margin=90).image
    picture = np.full((520, 640, 3), 245, np.uint8)
    picture[: page.shape[0], : page.shape[1]] = page
    for x, tone, text in ((60, BLACK, "4"), (240, (110.0, 70.0, 20.0), "8"), (420, SLATE, "6")):
        tile = write_page(text, 3, height=80, ground=tone, ink=WHITE, margin=30).image
        picture[300 : 300 + tile.shape[0], x : x + tile.shape[1]] = tile
    assert reader.read(picture).text == "31\n486"


def test_a_digit_may_reach_the_edge_of_its_tile() -> None:
    gray = np.full((200, 300), 230, np.uint8)
    gray[60:140, 100:180] = 20
    cv2.putText(gray, "7", (118, 132), cv2.FONT_HERSHEY_SIMPLEX, 2.4, 240, 7, cv2.LINE_AA)
    gray[126:142, 126:136] = 235
    alone = panels_alone(gray, "light")
    assert alone is not None
    assert (alone[110:125, 60:90] == 20).all()
    assert (alone[70:130, 105:175] > 200).any()


def test_a_blotted_letter_is_no_tile() -> None:
    gray = np.full((200, 300), 230, np.uint8)
    gray[80:112, 100:132] = 20
    gray[96:112, 108:112] = gray[96:112, 120:124] = 230
    assert panels_alone(gray, "light") is None


def test_a_black_tile_is_no_zero_around_its_digit(reader: DigitReader) -> None:
    tile = write_page("8", 4, height=250, ground=BLACK, ink=WHITE, margin=60).image
    assert reader.read(on_table(tile, WHITE)).text == "8"


def test_writing_frames_and_bare_panels_are_none() -> None:
    page = cv2.cvtColor(write_page("5083", height=60).image, cv2.COLOR_BGR2GRAY)
    cv2.rectangle(page, (20, 20), (page.shape[1] - 20, page.shape[0] - 20), 30, 6)
    assert panels_alone(page, "light") is None
    bare = np.full((200, 300), 230, np.uint8)
    bare[60:140, 80:220] = 10
    assert panels_alone(bare, "light") is None
    assert panels_alone(np.invert(bare), "dark") is None
    assert panels_alone(np.full((3, 500), 230, np.uint8), "light") is None


def test_what_is_around_a_panel_takes_its_tone() -> None:
    gray = np.full((200, 300), 230, np.uint8)
    gray[60:140, 80:220] = 40
    gray[90:110, 100:190] = 220
    alone = panels_alone(gray, "light")
    assert alone is not None
    assert (alone[95:105, 105:185] == 220).all()
    alone[90:110, 100:190] = 40
    assert (alone == 40).all()
    flipped = panels_alone(np.invert(gray), "dark")
    assert flipped is not None and flipped[0, 0] == 215


@pytest.mark.parametrize(("width", "height", "is_one"), [(26, 40, True), (12, 40, False), (60, 14, True)])
def test_a_broad_one_with_rough_sides_is_no_panel_but_a_tile_and_a_row_of_digits_are(
    width: int, height: int, is_one: bool
) -> None:
    tone = np.zeros((80, 80), np.uint8)
    tone[10 : 10 + height, 8 : 8 + width] = 255
    outline = cv2.findContours(tone, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0][0]
    tone[13:20, 12:15] = 0
    assert is_panel(outline, tone) == is_one
