"""Crops squeezed and widened, so that narrow figures and broad ones are digits, too."""

from __future__ import annotations

import numpy as np
import pytest

from train import stretch as room
from train.drawn import draw_digits
from train.ink_box import cut_to_ink
from train.pages import NONE
from train.stretch import stretch


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    crops = draw_digits(600, np.random.default_rng(0))
    return crops.images, crops.labels


def aspects(crops: np.ndarray) -> np.ndarray:
    """Width of the ink by its height."""
    boxes = [cut_to_ink(crop, above=40).shape for crop in crops]
    return np.array([width / height for height, width in boxes])


def all_of(monkeypatch: pytest.MonkeyPatch, *, narrowed: float, widened: float) -> None:
    monkeypatch.setattr(room, "NARROWED", narrowed)
    monkeypatch.setattr(room, "WIDENED", widened)


def test_a_tenth_of_them_is_changed_and_the_rest_left_alone(drawn):
    images, labels = drawn
    changed = (stretch(images, labels, np.random.default_rng(1)) != images).any(axis=(1, 2))
    assert 0.06 < changed.mean() < 0.14
    faded = stretch(images, labels, np.random.default_rng(1), strength=0)
    assert np.array_equal(faded, images)
    assert faded is not images


def test_what_is_squeezed_is_narrow_but_a_seven_is_left_alone_lest_it_be_a_one(drawn, monkeypatch):
    images, labels = drawn
    all_of(monkeypatch, narrowed=1, widened=0)
    squeezed = stretch(images, labels, np.random.default_rng(1))
    sevens = labels == 7
    assert sevens.any()
    assert np.array_equal(squeezed[sevens], images[sevens])
    before, after = aspects(images), aspects(squeezed)
    assert (after < before + 0.12).all()
    upright = (labels != 1) & ~sevens & (before > 0.65)
    # The pen's width is evened out afterwards, which adds a little to both sides.
    assert after[upright].max() < 0.75
    assert np.median(after[upright]) < 0.55
    assert after[(labels == 1) & (before > 0.4)].min() < 0.3


def test_what_is_widened_is_broad_but_a_one_is_left_alone(drawn, monkeypatch):
    images, labels = drawn
    all_of(monkeypatch, narrowed=0, widened=1)
    widened = stretch(images, labels, np.random.default_rng(1))
    ones = labels == 1
    assert np.array_equal(widened[ones], images[ones])
    before, after = aspects(images[~ones]), aspects(widened[~ones])
    assert np.median(after / before) > 1.2
    assert after.max() < 1.65


def test_junk_is_squeezed_like_digits_so_that_narrow_does_not_mean_digit(drawn, monkeypatch):
    images, labels = drawn
    all_of(monkeypatch, narrowed=1, widened=0)
    others = labels % 6 != 1
    junk = np.full(others.sum(), NONE, np.uint8)
    as_junk = stretch(images[others], junk, np.random.default_rng(1))
    as_digits = stretch(images[others], labels[others], np.random.default_rng(1))
    assert np.array_equal(as_junk, as_digits)


def test_a_crop_without_ink_stays_empty(monkeypatch):
    all_of(monkeypatch, narrowed=1, widened=0)
    blank = np.zeros((3, 28, 28), np.uint8)
    assert not stretch(blank, np.array([0, 1, NONE], np.uint8), np.random.default_rng(0)).any()
