"""Teaching a network with pictures of one's own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits.errors import EdgeDigitsError
from train.extra import load_extra
from train.junk import printed, to_crop
from train.lessons import Lessons, Stock
from train.pages import NONE, Crops
from train.scenes import draw_digit


def write(folder, label, name, picture):
    (folder / label).mkdir(exist_ok=True)
    cv2.imwrite(str(folder / label / name), picture)


@pytest.fixture
def seven() -> np.ndarray:
    return cv2.copyMakeBorder(draw_digit("7", np.random.default_rng(2), height=90), 20, 20, 30, 30, 0)


def test_dark_and_light_ink_come_to_the_same_crop(tmp_path, seven):
    write(tmp_path, "7", "a.png", 255 - seven)
    write(tmp_path, "7", "b.png", seven)
    write(tmp_path, "7", "c.png", 220 - (0.6 * seven).astype(np.uint8))
    write(tmp_path, "none", "d.png", cv2.circle(np.full((60, 60), 255, np.uint8), (30, 30), 5, 0, -1))
    crops = load_extra(tmp_path)
    assert crops.labels.tolist() == [7, 7, 7, NONE]
    assert np.array_equal(crops.images[0], crops.images[1])
    assert np.abs(crops.images[0].astype(int) - crops.images[2]).mean() < 4


def test_a_crop_is_taken_as_it_is(tmp_path, seven):
    crop = to_crop(seven)
    write(tmp_path, "7", "a.png", crop)
    assert np.array_equal(load_extra(tmp_path).images[0], crop)


def test_a_picture_that_shows_nothing_is_no_digit(tmp_path, seven):
    write(tmp_path, "7", "a.png", 255 - seven)
    write(tmp_path, "none", "b.png", np.full((80, 80), 200, np.uint8))
    assert load_extra(tmp_path).images[1].max() == 0
    write(tmp_path, "7", "c.png", np.full((80, 80), 200, np.uint8))
    with pytest.raises(EdgeDigitsError, match=r"c\.png shows nothing"):
        load_extra(tmp_path)


def test_what_is_no_label_or_no_picture_is_said(tmp_path):
    with pytest.raises(EdgeDigitsError, match="is no folder"):
        load_extra(tmp_path / "nowhere")
    with pytest.raises(EdgeDigitsError, match="holds no picture"):
        load_extra(tmp_path)
    (tmp_path / "seven").mkdir()
    with pytest.raises(EdgeDigitsError, match="seven, which is no label"):
        load_extra(tmp_path)


def test_a_few_pictures_of_ones_own_are_seen_often(seven):
    rng = np.random.default_rng(0)
    labels = (np.arange(300) % 10).astype(np.uint8)
    digits = Crops(np.stack([to_crop(draw_digit(str(k), rng, height=40)) for k in labels]), labels)
    own = Crops(to_crop(seven)[np.newaxis], np.array([7], np.uint8))
    letters = printed(8, rng)
    plain = Stock(digits, digits, digits, letters, letters, letters)
    taught = Stock(digits, digits, digits, letters, letters, letters, own)
    counts = [np.bincount(Lessons(s, seed=0, epochs=2)(0).labels, minlength=11)[7] for s in (plain, taught)]
    assert counts[1] >= counts[0] + 18
    assert plain.digest() != taught.digest()
