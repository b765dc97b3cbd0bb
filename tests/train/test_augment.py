"""Varying a crop keeps it a crop, and the digit a digit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits import DigitReader
from train.augment import ELASTIC, SHIFT, _coarse, augment, warps
from train.junk import to_crop
from train.scenes import draw_digit


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    rng = np.random.default_rng(5)
    return np.stack([to_crop(draw_digit(str(i % 10), rng, height=48)) for i in range(400)])


def test_the_same_seed_varies_in_the_same_way(digits):
    one, other, third = (augment(digits, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)


def test_each_crop_is_varied_and_none_is_lost(digits):
    varied = augment(digits, np.random.default_rng(0))
    assert varied.shape == digits.shape
    assert varied.dtype == np.uint8
    assert (varied != digits).any(axis=(1, 2)).all()
    # A pen that grows thin may lose ink, but what is left must be more than a speck.
    assert (varied > 60).sum(axis=(1, 2)).min() > 12


def test_the_given_crops_stay_as_they_were(digits):
    before = digits.copy()
    augment(digits, np.random.default_rng(0))
    assert np.array_equal(digits, before)


def test_without_strength_a_crop_moves_by_less_than_a_pixel():
    source = warps(20, 28, np.random.default_rng(0), 0.0)
    assert np.abs(source - np.stack(np.meshgrid(np.arange(28), np.arange(28)), axis=-1)).max() < 1e-3


def test_shift_turn_and_bending_stay_within_what_is_promised():
    middle = warps(500, 28, np.random.default_rng(0), 1.0)[:, 13:15, 13:15].mean(axis=(1, 2)) - 13.5
    assert np.abs(middle).max() < SHIFT + 5 * ELASTIC
    assert np.abs(middle).max() > 0.7 * SHIFT


def test_pens_become_thinner_and_thicker(digits):
    ink = digits.sum(axis=(1, 2), dtype=np.int64)
    ratio = augment(digits, np.random.default_rng(3)).sum(axis=(1, 2), dtype=np.int64) / ink
    assert np.quantile(ratio, 0.03) < 0.8
    assert np.quantile(ratio, 0.97) > 1.2


def test_no_crops_are_no_crops():
    assert augment(np.zeros((0, 28, 28), np.uint8), np.random.default_rng(0)).shape == (0, 28, 28)


def test_crops_of_few_pixels_lose_what_is_fine(monkeypatch):
    comb = np.zeros((100, 28, 28), np.uint8)
    comb[:, 6:22, 6:22:3] = 255
    comb[:, 6:22, 7:22:3] = 255

    def varied(share: float) -> np.ndarray:
        monkeypatch.setattr("train.augment._COARSE", share)
        return augment(comb, np.random.default_rng(0))[:, 10:18, 8:20].astype(float)

    coarse, fine = varied(1.0), varied(0.0)
    by_pen = (coarse != fine).any(axis=(1, 2))
    assert by_pen.sum() > 20
    assert coarse[by_pen].std(axis=2).mean() < 0.9 * fine[by_pen].std(axis=2).mean()


def test_crops_of_few_pixels_are_digits_still(digits, monkeypatch):
    monkeypatch.setattr("train.augment._COARSE", 1.0)
    varied = augment(digits, np.random.default_rng(0))
    read = DigitReader().classify(varied).argmax(axis=1)
    assert (read == np.arange(len(digits)) % 10).mean() > 0.9


def test_pixels_of_coarse_crops_are_grey_or_black_and_white(digits):
    ink = cv2.resize(digits[0], None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    rng = np.random.default_rng(0)
    made = [_coarse(ink, rng) for _ in range(60)]
    black_and_white = np.mean([set(np.unique(each)) == {0, 255} for each in made])
    # A third is enlarged as blocks, and four of ten of these are of two tones.
    assert 0.03 < black_and_white < 0.35
    assert max(len(np.unique(each)) for each in made) > 20
