"""Digits gone bad in fifteen ways, and what is found of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.train.conftest import draw
from train.corruptions import NAMES, corrupt
from train.junk import to_crop
from train.single import crop_single


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.stack([draw(label % 10, rng) for label in range(30)])


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def alike(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of two pictures."""
    return float(np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1])


def test_there_are_fifteen_as_in_the_paper():
    assert len(NAMES) == len(set(NAMES)) == 15
    with pytest.raises(KeyError):
        corrupt(np.zeros((1, 28, 28), np.uint8), "rust", rng())


@pytest.mark.parametrize("name", NAMES)
def test_each_changes_the_picture_the_same_way_for_the_same_seed(name, digits):
    before = digits.copy()
    made = corrupt(digits, name, rng())
    assert made.shape == digits.shape
    assert made.dtype == np.uint8
    assert np.array_equal(digits, before)
    assert all((a != b).any() for a, b in zip(made, digits, strict=True))
    assert np.array_equal(made, corrupt(digits, name, rng()))
    if name not in ("stripe", "canny edges"):
        assert not np.array_equal(made, corrupt(digits, name, rng(1)))


@pytest.mark.parametrize("name", NAMES)
def test_no_picture_and_a_blank_one_pass(name):
    assert corrupt(np.zeros((0, 28, 28), np.uint8), name, rng()).shape == (0, 28, 28)
    assert np.isfinite(corrupt(np.zeros((2, 28, 28), np.uint8), name, rng())).all()


@pytest.mark.parametrize("name", ["brightness", "fog", "translate", "scale", "spatter"])
def test_what_only_moves_or_veils_a_digit_is_taken_away_before_the_network(name, digits):
    crops = np.stack([crop_single(picture) for picture in corrupt(digits, name, rng())])
    clean = np.stack([crop_single(picture) for picture in digits])
    assert np.median([alike(a, b) for a, b in zip(crops, clean, strict=True)]) > 0.8


def test_a_digit_on_black_stays_what_it_was(digits):
    plain = np.stack([to_crop(digit) for digit in digits])
    crops = np.stack([crop_single(digit) for digit in digits])
    assert min(alike(a, b) for a, b in zip(crops, plain, strict=True)) > 0.9


def test_nothing_is_found_where_nothing_stands_out():
    assert not crop_single(np.full((28, 28), 200, np.uint8)).any()
    assert not crop_single(np.zeros((28, 28), np.uint8)).any()
