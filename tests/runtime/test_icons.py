"""What a machine drew that looks like a digit: toolbars, and boxes to be ticked."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import Box, DigitReader
from edge_digits.candidate import Candidate
from edge_digits.icons import are_icons

INK = (40, 40, 40)
SIGNS = ("square", "circle", "slash", "chevron", "lines")


def draw(image: NDArray[np.uint8], sign: str, x: int, y: int, size: int = 28) -> None:
    half = size // 2
    if sign == "square":
        cv2.rectangle(image, (x - half, y - half), (x + half, y + half), INK, 3)
    elif sign == "circle":
        cv2.circle(image, (x, y), half, INK, 3, cv2.LINE_AA)
    elif sign == "slash":
        cv2.line(image, (x - half, y + half - 3), (x + half, y - half + 3), INK, 4, cv2.LINE_AA)
    elif sign == "chevron":
        cv2.polylines(
            image, [np.array([[x - 7, y - half], [x + 7, y], [x - 7, y + half]])], False, INK, 4, cv2.LINE_AA
        )
    else:
        for level in (-10, 0, 10):
            cv2.line(image, (x - half, y + level), (x + half, y + level), INK, 3)


def screen(text: str, signs: Sequence[str], seed: int, *, pitch: int = 80) -> NDArray[np.uint8]:
    """A note with a toolbar above it."""
    page = write_page(text, seed, margin=120, height=70).image
    image = np.full((page.shape[0] + 80, max(page.shape[1], pitch * len(signs) + 80), 3), 245, np.uint8)
    image[80:, : page.shape[1]] = page
    for i, sign in enumerate(signs):
        draw(image, sign, 60 + pitch * i, 50)
    return image


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("degrees", [-4, 0, 5])
def test_the_icons_of_a_toolbar_are_no_digits(reader: DigitReader, seed: int, degrees: float) -> None:
    signs = np.random.default_rng(seed).permutation([*SIGNS, "square", "circle", "circle"]).tolist()
    image = screen("3805\n142", signs, seed)
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.9)
    image = cv2.warpAffine(image, turn, (width, height), borderValue=(245, 245, 245))
    assert reader.read(image).text.split("\n")[-2:] == ["3805", "142"]
    assert len(reader.read(image).lines) == 2


@pytest.mark.parametrize("seed", range(4))
def test_the_boxes_of_a_list_are_no_zeros(reader: DigitReader, seed: int) -> None:
    page = write_page("380\n426\n359", seed, margin=150, height=60, gap=0.5)
    image = page.image.copy()
    for box in page.boxes[::3]:
        cv2.rectangle(image, (60, box.y + 10), (100, box.y + 50), INK, 4)
    assert reader.read(image).text == page.text


@pytest.mark.parametrize("seed", range(4))
def test_small_and_soft_boxes_of_a_list_are_none_either_nor_is_a_broken_one_among_them(
    reader: DigitReader, seed: int
) -> None:
    page = write_page("380\n426\n359", seed, margin=150, height=44, gap=0.5)
    image = page.image.copy()
    for i, box in enumerate(page.boxes[::3]):
        cv2.rectangle(image, (60, box.y + 10), (80, box.y + 30), INK, 3)
        if i == 1:
            image[box.y + 18 : box.y + 22, 78:84] = image[5, 5]
    assert reader.read(cv2.GaussianBlur(image, (0, 0), 1.2)).text == page.text


@pytest.mark.parametrize("seed", range(4))
def test_round_zeros_at_even_distances_stay_zeros(reader: DigitReader, seed: int) -> None:
    page = write_page("1703", seed, height=60, margin=90, gap=1.0)
    image = np.full((page.image.shape[0] + 150, page.image.shape[1], 3), 245, np.uint8)
    image[: page.image.shape[0]] = page.image
    for i in range(3):
        cv2.circle(image, (120 + 120 * i, page.image.shape[0] + 30), 28, INK, 6, cv2.LINE_AA)
    assert reader.read(image).text.replace(" ", "") == "1703\n000"


def marks(image: NDArray[np.uint8]) -> list[Candidate]:
    ink = 255 - image[:, :, 0]
    count, labels, facts, _ = cv2.connectedComponentsWithStats(np.asarray(ink > 100, np.uint8))
    found = []
    for i in range(1, count):
        x, y, width, height, area = facts[i].tolist()
        own = np.where(labels[y : y + height, x : x + width] == i, 255, 0).astype(np.uint8)
        found.append(Candidate(Box(x, y, width, height), own, 200.0, 4.0, area, "dark"))
    return found


def test_a_row_takes_four_marks_at_even_distances_with_a_square_or_circles_among_others() -> None:
    def told(signs: Sequence[str], places: Sequence[int]) -> int:
        image = np.full((120, 900, 3), 255, np.uint8)
        for sign, x in zip(signs, places, strict=True):
            draw(image, sign, x, 60)
        found = marks(image)
        hollow = np.array([mark.area < 0.5 * mark.box.width * mark.box.height for mark in found])
        return int(are_icons(found, hollow).sum())

    even = [60, 140, 220, 300]
    assert told(["square", "circle", "slash", "chevron"], even) == 4
    assert told(["square", "circle", "lines", "chevron"], even) >= 4
    assert told(["square", "circle", "slash", "chevron"], [60, 140, 190, 300]) == 0
    assert told(["square", "circle", "slash"], even[:3]) == 0
    assert told(["slash", "slash", "chevron", "slash"], even) == 0
    assert told(["square", "circle", "slash", "chevron"], [60, 100, 140, 180]) == 0


def test_nothing_is_no_icon() -> None:
    assert are_icons([], np.zeros(0, bool)).shape == (0,)
    image = np.full((200, 200, 3), 255, np.uint8)
    draw(image, "square", 100, 100)
    assert not are_icons(marks(image), np.ones(1, bool)).any()
