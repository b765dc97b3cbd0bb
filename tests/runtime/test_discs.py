"""Lids, coins and the rings that cups leave are no zeros."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader


@pytest.mark.parametrize("text", ["", "53"])
@pytest.mark.parametrize("radius", [45, 90, 160, 200])
@pytest.mark.parametrize("tone", [30, 90, 150])
def test_a_dark_disc_is_no_zero(reader: DigitReader, tone: int, radius: int, text: str) -> None:
    picture = np.full((480, 640, 3), 240, np.uint8)
    if text:
        page = write_page(text, 2, height=60, margin=20).image
        picture[: page.shape[0], : page.shape[1]] = page
    cv2.ellipse(picture, (400, 260), (radius, round(0.85 * radius)), 20, 0, 360, (tone,) * 3, -1, cv2.LINE_AA)
    assert reader.read(picture).text == text


@pytest.mark.parametrize("thickness", [8, 30])
@pytest.mark.parametrize("ink", [30, 150])
def test_a_zero_as_large_as_a_lid_is_read(reader: DigitReader, ink: int, thickness: int) -> None:
    picture = np.full((480, 640, 3), 240, np.uint8)
    cv2.ellipse(picture, (320, 240), (120, 170), 8, 0, 360, (ink,) * 3, thickness, cv2.LINE_AA)
    assert reader.read(picture).text == "0"


def test_the_ring_that_a_cup_left_beside_digits_is_no_zero(reader: DigitReader) -> None:
    page = cv2.copyMakeBorder(write_page("81924", 1, height=64).image, 0, 280, 0, 60, cv2.BORDER_REPLICATE)
    stain = np.zeros(page.shape[:2], np.uint8)
    cv2.circle(stain, (350, 300), 85, 255, 7, cv2.LINE_AA)
    share = 0.25 * cv2.GaussianBlur(stain, (0, 0), 2)[:, :, None] / 255
    assert reader.read((page * (1 - share)).astype(np.uint8)).text == "81924"
