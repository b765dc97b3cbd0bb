"""The colours of ink: what they tell of print, ruling and handwriting that stand side by side."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import Box, DigitReader
from edge_digits.candidate import Candidate
from edge_digits.inks import Colours, Original, in_one_ink, ink_of, of_other_ink

BLACK, RED, BLUE = (30.0, 30.0, 30.0), (50.0, 40.0, 190.0), (170.0, 70.0, 40.0)
RED_TAKES, BLUE_TAKES = (0.432, 0.455, 0.113), (0.159, 0.386, 0.455)
"""Shares of 240 that are not left of blue, green and red."""
WORDS = ("stones and water", "trees are so good", "more is less here")


def printed_and_written(ink: tuple[float, float, float], seed: int) -> NDArray[np.uint8]:
    """Lines of black print, and right after three of them a number by a pen."""
    image = np.full((620, 760, 3), 245, np.uint8)
    for i, words in enumerate((*WORDS, *WORDS)):
        y = 100 + 90 * i
        cv2.putText(image, words, (40, y), cv2.FONT_HERSHEY_DUPLEX, 1.3, BLACK, 3, cv2.LINE_AA)
        if i % 2 == 0:
            page = write_page(("8", "13", "9")[i // 2], seed + i, height=34, ink=ink, margin=2, gap=0.2).image
            left = 60 + cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, 1.3, 3)[0][0]
            image[y - 34 : y - 34 + page.shape[0], left : left + page.shape[1]] = page
    return image


@pytest.mark.parametrize("ink", [RED, BLUE])
@pytest.mark.parametrize("seed", range(4))
def test_points_in_another_colour_than_the_print_are_read(
    reader: DigitReader, ink: tuple[float, float, float], seed: int
) -> None:
    image = printed_and_written(ink, seed)
    assert reader.read(image).text == "8\n13\n9"
    # Without their colours they are taken for what the words are.
    assert reader.read(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)).text != "8\n13\n9"


def combed(text: str, seed: int, line: tuple[int, int, int], *, empty: int = 2) -> NDArray[np.uint8]:
    """A form with a place for each digit between upright lines, the last ones empty."""
    image = np.full((200, 84 * (len(text) + empty) + 120, 3), 245, np.uint8)
    for i in range(len(text) + empty + 1):
        if i < len(text):
            digit = write_page(text[i], seed + i, height=50, ink=BLUE, margin=4).image
            top, left = 75, 60 + 84 * i + (84 - digit.shape[1]) // 2
            image[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
        cv2.line(image, (60 + 84 * i, 70), (60 + 84 * i, 140), line, 3, cv2.LINE_AA)
    return image


def test_a_picture_file_tells_its_colours_as_an_array_does(reader: DigitReader, tmp_path: Path) -> None:
    image = printed_and_written(RED, 0)
    for name in ("points.png", "points.jpg"):
        assert cv2.imwrite(str(tmp_path / name), image, [cv2.IMWRITE_JPEG_QUALITY, 80])
        assert reader.read(tmp_path / name).text == "8\n13\n9", name
        assert reader.read((tmp_path / name).read_bytes()).text == "8\n13\n9", name


def test_a_sheet_seen_from_aside_keeps_its_colours(reader: DigitReader) -> None:
    image = printed_and_written(RED, 1)
    height, width = image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    onto = corners * 0.9 + np.array([(120, 90), (60, 130), (90, 60), (150, 100)], np.float32)
    desk = np.full((760, 900, 3), (70, 90, 110), np.uint8)
    matrix = cv2.getPerspectiveTransform(corners, onto)
    cv2.warpPerspective(image, matrix, (900, 760), desk, borderMode=cv2.BORDER_TRANSPARENT)
    assert reader.read(desk).text == "8\n13\n9"


def stroke(ink: tuple[float, float, float], polarity: str = "dark", contrast: float = 150.0) -> Candidate:
    mask = np.zeros((60, 40), np.uint8)
    cv2.line(mask, (20, 4), (20, 55), 255, 6)
    return Candidate(Box(10, 10, 40, 60), mask, contrast, 6.0, cv2.countNonZero(mask), polarity)  # type: ignore[arg-type]


def window(
    ink: tuple[float, float, float], paper: tuple[float, float, float], soft: float
) -> NDArray[np.uint8]:
    image = np.full((80, 60, 3), paper, np.float32)
    cv2.line(image, (30, 14), (30, 65), ink, 6)
    return np.clip(cv2.GaussianBlur(image, (0, 0), soft), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("light", [(1.0, 1.0, 1.0), (0.4, 0.4, 0.4), (0.5, 0.8, 1.0)])
@pytest.mark.parametrize("soft", [0.5, 1.5, 3.0])
def test_the_colour_of_ink_does_not_depend_on_light_paper_or_focus(
    light: tuple[float, float, float], soft: float
) -> None:
    for ink, wanted in (
        (BLACK, (1 / 3, 1 / 3, 1 / 3)),
        (RED, RED_TAKES),
        (BLUE, BLUE_TAKES),
    ):
        lit = [
            tuple(part * by for part, by in zip(each, light, strict=True)) for each in (ink, (240, 240, 240))
        ]
        found = ink_of(window(lit[0], lit[1], soft), stroke(ink))
        assert found.sum() == pytest.approx(1, abs=1e-4)
        assert found == pytest.approx(wanted, abs=0.02)


def test_of_light_ink_it_is_what_the_ground_takes_and_of_nothing_it_is_unknown() -> None:
    white_on_blue = ink_of(window((240, 240, 240), BLUE, 0.5), stroke(BLACK, "light"))
    assert white_on_blue == pytest.approx(BLUE_TAKES, abs=0.02)
    assert np.isnan(ink_of(window((230, 230, 230), (240, 240, 240), 0.5), stroke(BLACK))).all()
    assert np.isnan(ink_of(np.zeros((0, 0, 3), np.uint8), stroke(BLACK))).all()


def test_marks_of_another_ink_keep_no_company_where_several_digits_are_clear() -> None:
    marks = [stroke(BLACK)] * 6
    colours = np.array([(1 / 3,) * 3] * 3 + [RED_TAKES] * 2 + [(np.nan,) * 3], np.float32)
    clear = np.array([False, False, False, True, True, False])
    together = in_one_ink(marks, clear, lambda asked: colours[: len(asked)])
    assert together is not None
    assert not together[3:5, :3].any()
    assert not together[:3, 3:5].any()
    assert together[3:5, 3:5].all()
    assert together[5].all()
    one = np.array([False, False, False, True, False, False])
    alone = in_one_ink(marks, one, lambda asked: colours[: len(asked)])
    assert alone is not None
    assert alone.all()
    assert in_one_ink(marks, clear, lambda asked: colours[:1].repeat(len(asked), axis=0)) is None


def test_pale_lines_of_another_colour_are_no_ones_and_nobody_asks_without_them() -> None:
    marks = [*[stroke(BLUE)] * 4, stroke(RED, contrast=80), stroke(BLUE, contrast=80)]
    digit, bar = np.ones(6, bool), np.array([False] * 4 + [True] * 2)
    blue, red = BLUE_TAKES, RED_TAKES

    def inks(asked: object) -> NDArray[np.float32]:
        told = {id(marks[4]): red}
        return np.array([told.get(id(each), blue) for each in asked], np.float32)  # type: ignore[attr-defined]

    assert of_other_ink(marks, digit, bar, ~bar, inks).tolist() == [False] * 4 + [True, False]
    assert not of_other_ink(marks[:3], digit[:3], bar[:3], ~bar[:3], pytest.fail).any()
    assert not of_other_ink(marks[2:], digit[2:], bar[2:], ~bar[2:], pytest.fail).any()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("line", [(110, 110, 220), (120, 180, 110)])
def test_the_lines_of_a_form_in_another_colour_are_no_ones(
    reader: DigitReader, seed: int, line: tuple[int, int, int]
) -> None:
    assert reader.read(combed("38059", seed, line)).text.replace(" ", "") == "38059"


def test_a_grey_picture_has_no_colours_and_a_colour_is_found_where_it_is() -> None:
    image = np.full((100, 200, 3), 240, np.uint8)
    cv2.line(image, (150, 20), (150, 80), RED, 6)
    mark = Candidate(Box(294, 40, 12, 120), np.full((120, 12), 255, np.uint8), 150.0, 12.0, 1440, "dark")
    twice = Colours(Original(image, 1280, (200, 100))).scaled(2.0)
    assert twice.turned(0, (400, 200))([mark])[0] == pytest.approx(RED_TAKES, abs=0.03)
    grey = Colours(Original(image[:, :, 0].copy(), 1280, (200, 100))).scaled(2.0)
    assert np.isnan(grey.turned(0, (400, 200))([mark])).all()
    # A part of it, cut out and enlarged.
    part = twice.scaled(2.0, 280.0, 20.0)
    near = Candidate(Box(28, 40, 24, 240), np.full((240, 24), 255, np.uint8), 150.0, 24.0, 5760, "dark")
    assert part.turned(0, (100, 300))([near])[0] == pytest.approx(RED_TAKES, abs=0.03)
