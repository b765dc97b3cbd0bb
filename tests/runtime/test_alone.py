"""A sheet that was read by itself, and what is written beside it in other sizes and inks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits import DigitReader
from train.scenes import draw_digit


def write(
    picture: np.ndarray, text: str, place: tuple[int, int], *, height: int, ink: int, seed: int
) -> None:
    """Writes digits into a grey picture, from a place to the right."""
    rng = np.random.default_rng(seed)
    x, y = place
    for label in text:
        cover = draw_digit(label, rng, height=height, thickness=max(2, height / 10)) / np.float32(255)
        window = picture[y : y + cover.shape[0], x : x + cover.shape[1]]
        window[:] = window * (1 - cover) + ink * cover
        x += cover.shape[1] + height // 5


def panel(seed: int, *, beside: str = "", height: int = 60, ink: int = 30) -> np.ndarray:
    """A white panel with 472 on a grey page, and digits beside it."""
    page = np.full((700, 900), 200, np.float32)
    page[60:380, 120:560] = 245
    write(page, "472", (160, 150), height=60, ink=30, seed=seed)
    write(page, beside, (150, 480), height=height, ink=ink, seed=seed + 50)
    page += np.random.default_rng(seed).normal(0, 3, page.shape)
    return np.asarray(cv2.GaussianBlur(np.clip(page, 0, 255).astype(np.uint8), (3, 3), 0))


@pytest.mark.parametrize(("height", "ink"), [(30, 30), (60, 30), (130, 30), (130, 60)])
@pytest.mark.parametrize("seed", range(2))
def test_digits_beside_a_panel_are_read_whatever_their_size_and_ink(
    reader: DigitReader, seed: int, height: int, ink: int
) -> None:
    assert reader.read(panel(seed, beside="3869", height=height, ink=ink)).text == "472\n3869"


@pytest.mark.parametrize("seed", range(3))
def test_a_panel_with_nothing_beside_it_is_read_too(reader: DigitReader, seed: int) -> None:
    assert reader.read(panel(seed)).text == "472"
