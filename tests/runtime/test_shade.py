"""Digits that the edge of a shadow crosses."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from edge_digits.segmentation import search
from edge_digits.shade import crossed_by_shadow
from train.scenes import draw_digit


def on_grid(label: str, seed: int = 0) -> NDArray[np.uint8]:
    """One large digit by a felt pen on rough grid paper, seen from near."""
    rng = np.random.default_rng(seed)
    page = np.full((480, 480), 195, np.float32)
    for at in range(50, 480, 125):
        page[at : at + 5] -= 40
        page[:, at : at + 5] -= 40
    ink = draw_digit(label, rng, height=240, thickness=13) / 255.0
    left = (480 - ink.shape[1]) // 2
    window = page[120:360, left : left + ink.shape[1]]
    window[:] = window * (1 - 0.88 * ink)
    rough = cv2.GaussianBlur(rng.normal(0, 1, page.shape).astype(np.float32), (0, 0), 2)
    return np.clip(page + 5 * rough / rough.std(), 0, 255).astype(np.uint8)


def in_shade(
    page: NDArray[np.uint8], degrees: float, left: float = 0.5, soft: float = 0.02
) -> NDArray[np.uint8]:
    """The same with half of it in the shade, which leaves so much of the light."""
    down, across = np.mgrid[: page.shape[0], : page.shape[1]] / page.shape[0] - 0.5
    angle = np.radians(degrees)
    beyond = np.clip((across * np.cos(angle) + down * np.sin(angle)) / soft, -30, 30)
    return np.asarray(page * (1 - (1 - left) / (1 + np.exp(beyond))), np.uint8)


@pytest.mark.parametrize("label", "02356789")
@pytest.mark.parametrize("degrees", [0, 90, 160])
def test_a_digit_on_grid_is_read_where_a_shadow_crosses_it(
    reader: DigitReader, label: str, degrees: float
) -> None:
    assert reader.read(in_shade(on_grid(label), degrees)).text == label


def test_a_shadow_is_told_from_even_paper_and_from_the_edge_of_a_thing() -> None:
    def told(page: NDArray[np.uint8]) -> bool:
        found = max(search(page).candidates, key=lambda c: c.boldness if c.polarity == "dark" else 0)
        return crossed_by_shadow(found, page)

    page = np.full((480, 480), 195, np.uint8)
    cv2.circle(page, (240, 240), 110, 25, 14, cv2.LINE_AA)
    assert not told(page)
    assert told(in_shade(page, 30))
    dark_thing = page.copy()
    cv2.circle(dark_thing, (240, 240), 104, 25, cv2.FILLED, cv2.LINE_AA)
    assert not told(dark_thing)
    checkered = page.copy()
    for down in range(0, 480, 60):
        for across in range(60 * (down // 60 % 2), 480, 120):
            tile = checkered[down : down + 60, across : across + 60]
            tile[tile > 150] = 100
    assert not told(checkered)


def test_ground_as_black_as_ink_is_no_shadow() -> None:
    ring = cv2.circle(np.zeros((120, 120), np.uint8), (60, 60), 54, 255, 8)
    digit = Candidate(Box(60, 60, 120, 120), ring, 200, 8, cv2.countNonZero(ring), "dark")
    page = np.full((240, 240), 200, np.uint8)
    page[:, 120:] = 0
    page[60:180, 60:180][ring > 0] = 0
    assert not crossed_by_shadow(digit, page)


@pytest.mark.parametrize("seed", range(3))
def test_a_one_that_a_shadow_crosses_is_read_beside_other_digits_and_a_sign(
    reader: DigitReader, seed: int
) -> None:
    """A mark of its size that is no digit made it a part of a thing."""
    rng = np.random.default_rng(seed)
    page = np.full((480, 640), 225, np.uint8)
    for x, y, label in (
        (60, 60, "0"),
        (90, 190, "1"),
        (420, 70, "2"),
        (480, 330, "5"),
        (280, 350, "3"),
    ):
        ink = draw_digit(label, rng, height=80, thickness=8)
        window = page[y : y + ink.shape[0], x : x + ink.shape[1]]
        window[:] = np.minimum(window, 225 - (ink * 0.75).astype(np.uint8))
    cv2.line(page, (300, 190), (350, 240), 60, 8, cv2.LINE_AA)
    cv2.line(page, (350, 190), (300, 240), 60, 8, cv2.LINE_AA)
    down, across = np.mgrid[:480, :640]
    beyond = np.clip(((across - 118) * 0.5 - (down - 230) * 0.87) / 2, -30, 30)
    shaded = (page * (1 - 0.5 / (1 + np.exp(beyond)))).astype(np.uint8)
    assert reader.read(shaded).text == "02\n1\n35"


def scattered(labels: str, seed: int, *, tone: float) -> NDArray[np.uint8]:
    """Digits on white paper, each on its line, their ink so much of its lightness, among scratches."""
    rng = np.random.default_rng(seed)
    page = np.full((640, 640), 220, np.float32)
    for place, label in enumerate(labels):
        ink = draw_digit(label, rng, height=100, thickness=8) / 255.0
        y, x = 40 + 200 * (place % 3), 40 + 150 * place
        window = page[y : y + 100, x : x + ink.shape[1]]
        window[:] = window * (1 - (1 - tone) * ink)
    for x, y in rng.integers(40, 600, (12, 2)).tolist():
        along, down = rng.integers((8, -8), (20, 8)).tolist()
        cv2.line(page, (x, y), (x + along, y + down), 180, 2)
    return page.astype(np.uint8)


@pytest.mark.parametrize("labels", ["5302", "8263"])
@pytest.mark.parametrize("tone", [0.3, 0.45, 0.55])
@pytest.mark.parametrize("seed", range(2))
def test_digits_that_the_edge_of_a_shadow_crosses_are_read_among_scratches(
    reader: DigitReader, labels: str, tone: float, seed: int
) -> None:
    """Pencil in the light is as dark as the paper in the shade."""
    page = in_shade(scattered(labels, seed, tone=tone), 70, soft=0.004)
    assert sorted(reader.read(page).text.replace("\n", "")) == sorted(labels)
