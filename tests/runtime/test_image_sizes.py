"""Large pictures made smaller before they are searched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from picture_files import encoded, smooth_picture

from edge_digits.image import load_grey, means_of


@pytest.mark.parametrize(
    ("longest", "shape"),
    [(901, (700, 900)), (450, (350, 450)), (300, (350, 450)), (113, (175, 225)), (112, (87, 112))],
)
def test_large_pixels_and_other_files_become_as_small_as_a_jpeg(longest: int, shape: tuple[int, int]) -> None:
    picture = smooth_picture(700, 900)
    bright = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    for source in (picture, encoded(".png", picture), bright):
        grey, size = load_grey(source, longest)
        assert (grey.shape, size) == (shape, (900, 700))
        side = 900 // shape[1]
        whole = bright[: side * shape[0], : side * shape[1]]
        seen = cv2.resize(whole, shape[::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(grey.astype(int) - seen).mean() < 1


def test_a_strip_of_one_row_is_made_no_smaller_than_that() -> None:
    grey, size = load_grey(np.full((1, 900), 90, np.uint8), 100)
    assert grey.shape == (1, 900)
    assert size == (900, 1)


@pytest.mark.parametrize("size", [(1280, 960), (641, 479), (1000, 333), (300, 300)])
def test_any_smaller_size_is_nearly_the_means_of_broken_pixels(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    picture = cv2.GaussianBlur(rng.integers(0, 256, (1000, 1300), np.uint8), (0, 0), 3)
    small = means_of(picture, size)
    means = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    assert small.shape == size[::-1]
    assert np.abs(small.astype(int) - means).mean() < 2
    assert small.std() == pytest.approx(means.std(), rel=0.1)
