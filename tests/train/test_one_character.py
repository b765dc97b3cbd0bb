"""One character of a user's own picture, as the reader would cut it out."""

from __future__ import annotations

import cv2
import numpy as np

from train.junk import to_crop
from train.one_character import crop_of
from train.scenes import draw_digit


def test_a_crop_is_taken_as_it_is_and_turned_to_light_on_dark():
    crop = np.zeros((28, 28), np.uint8)
    crop[5:20, 12:15] = 255
    assert np.array_equal(crop_of(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR)), crop)
    assert np.array_equal(crop_of(cv2.cvtColor(255 - crop, cv2.COLOR_GRAY2BGR)), crop)
    assert crop_of(np.full((90, 90, 3), 200, np.uint8)) is None


def test_a_digit_that_fills_its_picture_is_that_crop_in_black_and_in_white():
    ink = draw_digit("5", np.random.default_rng(4), height=120, thickness=14)
    white, black = (crop_of(cv2.cvtColor(each, cv2.COLOR_GRAY2BGR)) for each in (ink, 255 - ink))
    assert np.array_equal(white, black)
    assert np.abs(white.astype(int) - to_crop(ink)).mean() < 8


def test_a_dash_which_the_reader_passes_over_is_a_character_too():
    page = np.full((60, 120, 3), 230, np.uint8)
    page[28:33, 20:100] = 40
    dash = crop_of(page)
    assert dash is not None and dash.max() == 255
    assert np.count_nonzero(dash.max(axis=0)) > 3 * np.count_nonzero(dash.max(axis=1))
