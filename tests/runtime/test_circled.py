"""Numbers that someone drew a ring around."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import Page, write_page

from edge_digits import Box, DigitReader
from edge_digits.circled import rings_around, without_rings
from edge_digits.segmentation import search

INK = (30, 30, 30)


def encircled(page: Page, digits: slice, *, gap: int = 0, thickness: int = 6, wide: float = 0.45) -> Page:
    """The page with a ring around some of its digits, open for so many degrees."""
    boxes = page.boxes[digits]
    left, right, top, height = boxes[0].x, boxes[-1].x + boxes[-1].width, boxes[0].y, boxes[0].height
    image = page.image.copy()
    middle = ((left + right) // 2, top + height // 2)
    axes = (int((right - left) / 2 + wide * height), int(0.78 * height))
    cv2.ellipse(image, middle, axes, 4, 70, 430 - gap, INK, thickness, cv2.LINE_AA)
    return replace(page, image=image)


def below(*pages: Page) -> NDArray[np.uint8]:
    """Pages one below the other."""
    width = max(page.image.shape[1] for page in pages)
    filled = [
        cv2.copyMakeBorder(
            page.image, 0, 0, 0, width - page.image.shape[1], cv2.BORDER_CONSTANT, value=(245, 245, 245)
        )
        for page in pages
    ]
    return np.concatenate(filled)


@pytest.mark.parametrize("seed", [0, 10, 20, 30])
@pytest.mark.parametrize("gap", [0, 6, 35])
def test_a_number_with_a_ring_close_around_it_is_read_beside_one_without(
    reader: DigitReader, seed: int, gap: int
) -> None:
    ringed = encircled(write_page("38", seed, margin=60, gap=0.3, height=48), slice(0, 2), gap=gap)
    plain = write_page("915", seed + 2, margin=60, gap=0.3, height=48)
    assert reader.read(below(ringed, plain)).text == "38\n915"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gap", [0, 6, 35])
def test_digits_with_a_ring_around_each_are_read_as_without(reader: DigitReader, seed: int, gap: int) -> None:
    page = write_page("385\n629", seed, margin=110, gap=1.8, height=64)
    for digit in range(6):
        page = encircled(page, slice(digit, digit + 1), gap=gap)
    assert reader.read(page.image).text.replace(" ", "") == "385\n629"


@pytest.mark.parametrize("text", ["45", "72", "63", "80"])
@pytest.mark.parametrize("wide", [0.25, 0.3])
def test_digits_that_touch_the_ring_around_them_are_read_without_it(
    reader: DigitReader, text: str, wide: float
) -> None:
    told = []
    for seed in range(4):
        ringed = encircled(write_page(text, seed, margin=80, gap=0.3, height=64), slice(0, 2), wide=wide)
        plain = write_page("915", seed + 2, margin=80, gap=0.3, height=64)
        told.append(reader.read(below(ringed, plain)).text)
    assert told.count(f"{text}\n915") >= 3, told


def test_a_zero_is_no_ring_around_what_stands_beside_it(reader: DigitReader) -> None:
    assert reader.read(write_page("5080\n2000", 2).image).text == "5080\n2000"


def rings_in(image: NDArray[np.uint8], boxes: list[Box]) -> list[Box]:
    found = search(image)
    digits = [c for c in found.candidates if any(abs(c.box.x - b.x) + abs(c.box.y - b.y) < 8 for b in boxes)]
    rings = rings_around(found.candidates, digits, [False] * len(digits), found.grounds)
    assert digits
    return [found.candidates[i].box for i in rings]


def test_a_ring_is_found_by_its_pen_and_what_it_holds() -> None:
    page = write_page("92", 1, margin=200, gap=0.4, height=90)
    ringed = encircled(page, slice(0, 2)).image
    (ring,) = rings_in(ringed, list(page.boxes))
    assert ring.width > 1.2 * (page.boxes[1].x + page.boxes[1].width - page.boxes[0].x)
    assert rings_in(page.image, list(page.boxes)) == []
    # A plate under a number has another ground, and a cable is thicker than a pen.
    plate = page.image.copy()
    middle = (plate.shape[1] // 2, plate.shape[0] // 2)
    cv2.circle(plate, middle, 130, (170, 170, 170), cv2.FILLED, cv2.LINE_AA)
    cv2.circle(plate, middle, 130, INK, 6, cv2.LINE_AA)
    plate = np.minimum(plate, page.image)
    assert rings_in(plate, list(page.boxes)) == []
    assert rings_in(encircled(page, slice(0, 2), thickness=22).image, list(page.boxes)) == []


def test_where_a_ring_was_is_paper_and_the_digits_stay() -> None:
    page = write_page("92", 1, margin=200, gap=0.4, height=90)
    image = encircled(page, slice(0, 2)).image
    found = search(image)
    ring = max(found.candidates, key=lambda c: c.box.width)
    before = {key: ground.copy() for key, ground in found.grounds.items()}
    bare = without_rings(found.grounds, [ring])["dark"]
    assert np.abs(bare.astype(int) - page.image[:, :, 0]).max() < 60
    assert all(np.array_equal(before[key], found.grounds[key]) for key in before)
