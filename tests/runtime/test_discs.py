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


@pytest.mark.parametrize("dark", [0.45, 0.55])
def test_two_rings_that_cups_left_above_each_other_are_no_eight(reader: DigitReader, dark: float) -> None:
    page = cv2.copyMakeBorder(write_page("81924", 1, height=64).image, 0, 480, 0, 60, cv2.BORDER_REPLICATE)
    stain = np.zeros(page.shape[:2], np.uint8)
    for below, radius in ((225, 105), (404, 82)):
        cv2.circle(stain, (300, below), radius, 255, 7, cv2.LINE_AA)
    share = dark * cv2.GaussianBlur(stain, (0, 0), 1)[:, :, None] / 255
    assert reader.read((page * (1 - share)).astype(np.uint8)).text == "81924"


@pytest.mark.parametrize("skin", [100, 120, 140, 150, 190])
@pytest.mark.parametrize("wall", [120, 145, 170])
@pytest.mark.parametrize("size", [1.0, 0.6])
def test_a_face_framed_by_dark_hair_is_no_zero(
    reader: DigitReader, wall: int, skin: int, size: float
) -> None:
    picture = np.full((480, 640, 3), wall, np.uint8)

    def oval(
        place: tuple[int, int], sides: tuple[int, int], tone: int, turn: tuple[int, int] = (0, 360)
    ) -> None:
        centre = 320 + round(size * place[0]), 240 + round(size * place[1])
        axes = round(size * sides[0]), round(size * sides[1])
        thickness = -1 if turn == (0, 360) else max(2, round(5 * size))
        cv2.ellipse(picture, centre, axes, 0, *turn, (tone,) * 3, thickness, cv2.LINE_AA)

    oval((0, -20), (110, 150), 45)
    oval((0, 0), (90, 125), skin)
    for side in (-36, 36):
        oval((side, -20), (18, 9), 235)
        oval((side, -20), (8, 8), 40)
        oval((side, -45), (24, 8), 50, (180, 360))
    oval((0, 60), (34, 12), skin - 50, (0, 180))
    assert reader.read(cv2.GaussianBlur(picture, (0, 0), 1)).text == ""


@pytest.mark.parametrize("ground", [60, 200])
def test_what_encloses_another_ground_than_that_around_it_is_no_zero(
    reader: DigitReader, ground: int
) -> None:
    told = []
    for within in (120, ground):
        picture = np.full((480, 640, 3), ground, np.uint8)
        cv2.ellipse(picture, (320, 240), (70, 100), 5, 0, 360, (within,) * 3, -1, cv2.LINE_AA)
        cv2.ellipse(picture, (320, 240), (70, 100), 5, 0, 360, (10,) * 3, 12, cv2.LINE_AA)
        told.append(reader.read(picture).text)
    assert told == ["", "0"]


def test_a_shadow_over_half_a_number_leaves_its_zeros(reader: DigitReader) -> None:
    page = write_page("80060", 2, height=90)
    light = np.where(np.arange(page.image.shape[1]) < page.boxes[2].center[0], 0.55, 1.0)
    assert reader.read(page.lit_by(light).image).text == "80060"
