"""Digits drawn for lessons show all the ways in which people write them."""

from __future__ import annotations

import numpy as np
import pytest

from train.drawn import draw_digits
from train.pages import Crops


@pytest.fixture(scope="module")
def drawn() -> Crops:
    return draw_digits(800, np.random.default_rng(7))


def test_the_same_seed_draws_the_same_digits():
    one, other, third = (draw_digits(20, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.images, other.images)
    assert np.array_equal(one.labels, other.labels)
    assert not np.array_equal(one.images, third.images)


def test_all_digits_are_drawn_and_most_often_those_that_hands_write_differently(drawn):
    counts = np.bincount(drawn.labels, minlength=10)
    assert counts.min() > 30
    assert counts.argmax() == 1
    assert counts[[1, 4, 7, 9]].min() > counts[[0, 2, 3, 5, 6, 8]].mean()


def test_more_than_half_of_the_1s_have_a_flag_or_a_foot(drawn):
    ones = drawn.images[drawn.labels == 1] > 100
    width = ones.any(axis=1).sum(axis=1)
    assert (width > 8).mean() > 0.5


def test_no_1_is_as_wide_as_it_is_high(drawn):
    ones = drawn.images[drawn.labels == 1] > 100
    assert (ones.any(axis=1).sum(axis=1) < ones.any(axis=2).sum(axis=1)).mean() > 0.98


def test_each_crop_holds_a_digit_in_the_middle(drawn):
    assert drawn.images.shape == (800, 28, 28)
    assert (drawn.images > 100).sum(axis=(1, 2)).min() > 12
    moments = [(crop[:14].mean(), crop[14:].mean()) for crop in drawn.images]
    assert np.abs(np.log([above / below for above, below in moments])).max() < 1.2


def test_none_asked_for_is_none_drawn():
    assert draw_digits(0, np.random.default_rng(0)).images.shape == (0, 28, 28)


def test_some_are_drawn_with_a_brush_and_most_with_a_pen(drawn):
    zeros = drawn.images[drawn.labels == 0] > 100
    ink = zeros.sum(axis=(1, 2)) / zeros.any(axis=2).sum(axis=1)
    assert 0.15 < (ink > 8.5).mean() < 0.45
    assert (ink < 7).mean() > 0.4
