"""Spoilt crops: other than they were, and still to be read."""

import numpy as np
import pytest

from train.scenes import draw_digit
from train.single import crop_single
from train.spoil import spoil


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    hand = rng(5)
    return np.stack(
        [crop_single(draw_digit(str(i % 10), hand, height=48, thickness=4.5)) for i in range(300)]
    )


def test_crops_are_spoilt_each_in_its_own_way_and_the_same_again_from_the_same_seed(digits):
    spoilt = spoil(digits, rng())
    assert spoilt.shape == digits.shape
    assert spoilt.dtype == np.uint8
    assert np.array_equal(spoilt, spoil(digits, rng()))
    assert not np.array_equal(spoilt, spoil(digits, rng(1)))
    changed = (spoilt != digits).any(axis=(1, 2))
    assert changed.mean() > 0.95


def test_what_was_given_is_left_as_it_was(digits):
    before = digits.copy()
    spoil(digits, rng())
    assert np.array_equal(before, digits)


def test_hardly_a_character_is_lost(digits):
    ink = spoil(digits, rng(2)).max(axis=(1, 2))
    assert (ink < 60).mean() < 0.02


def test_no_crops_and_blank_crops_are_fine():
    assert spoil(np.zeros((0, 28, 28), np.uint8), rng()).shape == (0, 28, 28)
    assert spoil(np.zeros((200, 28, 28), np.uint8), rng()).shape == (200, 28, 28)
