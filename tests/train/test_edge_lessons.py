"""What an epoch of a model with "none" is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis
from edge_digits.reading import Box
from train import junk
from train.lessons import Lessons, Stock
from train.pages import NONE, Crops, cut_page, cut_pages, judge
from train.scenes import SceneOptions, draw_digit


@pytest.fixture(scope="module")
def digits() -> Crops:
    rng = np.random.default_rng(5)
    labels = (np.arange(300) % 10).astype(np.uint8)
    images = np.stack([junk.to_crop(draw_digit(str(label), rng, height=48)) for label in labels])
    return Crops(images, labels)


@pytest.fixture(scope="module")
def stock(digits) -> Stock:
    rng = np.random.default_rng(6)
    few = Crops(digits.images[:60], digits.labels[:60])
    none = junk.printed(20, rng)
    return Stock(digits, few, few, none, none, none[:5])


def guess(x: int, y: int, width: int, height: int, polarity: str = "dark") -> Hypothesis:
    ink = np.full((height, width), 255, np.uint8)
    return Hypothesis(Candidate(Box(x, y, width, height), ink, 100.0, 3.0, width * height, polarity), (0,))


def test_cut_outs_are_judged_by_the_digits_they_cover():
    truth = np.array([[100, 100, 40, 60], [150, 100, 40, 60]], np.float64)
    guesses = [
        guess(101, 99, 40, 62),  # the first digit
        guess(100, 100, 90, 60),  # both at once
        guess(152, 104, 20, 15),  # a corner of the second
        guess(300, 10, 40, 60),  # something elsewhere
        guess(105, 106, 30, 48, "light"),  # the eye of the first
        guess(150, 112, 40, 36),  # too much of the second for a piece, too little for a digit
        guess(150, 101, 39, 58),  # the second digit
    ]
    assert judge(guesses, truth, np.array([7, 3])).tolist() == [7, NONE, NONE, NONE, -1, -1, 3]


def test_on_a_page_without_digits_all_is_none():
    assert judge([guess(0, 0, 20, 30)], np.zeros((0, 4)), np.zeros(0, np.int64)).tolist() == [NONE]


def test_a_clean_page_yields_its_digits():
    crops = cut_page(np.random.default_rng(3), SceneOptions(text="0123456789", digit_height=(50, 60)))
    assert sorted(crops.labels[crops.labels != NONE]) == list(range(10))


def test_pages_are_the_same_however_many_processes_cut_them(digits):
    alone = cut_pages(digits.images, digits.labels, pages=3, seed=4, workers=1)
    shared = cut_pages(digits.images, digits.labels, pages=3, seed=4, workers=2)
    assert np.array_equal(alone.images, shared.images)
    assert np.array_equal(alone.labels, shared.labels)
    assert len(alone.images)


def test_an_epoch_follows_from_seed_and_number(stock):
    lessons = Lessons(stock, seed=2, epochs=10)
    first, again, later = lessons(0), Lessons(stock, seed=2, epochs=10)(0), lessons(1)
    assert np.array_equal(first.images, again.images)
    assert not np.array_equal(first.images, later.images)
    assert len(first.images) == len(first.labels) == len(later.images) == len(lessons)


def test_an_epoch_holds_digits_and_a_good_deal_that_is_none(stock):
    labels = Lessons(stock, seed=2, epochs=10)(0).labels
    counts = np.bincount(labels, minlength=11)
    assert counts[:10].min() >= 30
    assert 0.1 < counts[NONE] / len(labels) < 0.4


def test_a_bar_is_never_taught_as_none(stock):
    bars = np.zeros((20, 28, 28), np.uint8)
    bars[:, 4:24, 13:16] = 255
    lessons = Lessons(Stock(stock.mnist, stock.pages, stock.drawn, bars, bars, bars), seed=0, epochs=2)
    crops = lessons(0)
    assert not junk.is_bar(crops.images[crops.labels == NONE]).any()


def test_an_epoch_knows_which_of_its_crops_are_written_by_hand(stock, digits):
    crops = Lessons(stock, seed=2, epochs=10)(0)
    assert crops.written is not None
    # A few crops come twice, in place of bars that were left out.
    assert 0 <= crops.written.sum() - len(digits.images) < 20
    assert NONE not in crops.labels[crops.written]
    own = Crops(np.full((4, 28, 28), 90, np.uint8), np.full(4, 7, np.uint8))
    more = Lessons(replace(stock, own=own), seed=2, epochs=10)(0)
    assert more.written is not None
    assert more.written.sum() > crops.written.sum()


def test_variation_fades_at_the_end(stock):
    lessons = Lessons(stock, seed=2, epochs=10)

    def known(epoch: int) -> float:
        """How near an epoch's digits are to those they were made of."""
        crops = lessons(epoch)
        own = stock.mnist.images.reshape(len(stock.mnist.images), -1).astype(np.float32)
        seen = crops.images[crops.labels != NONE].reshape(-1, 784).astype(np.float32)
        distance = (seen**2).sum(1)[:, None] + (own**2).sum(1) - 2 * seen @ own.T
        return float(np.median(distance.min(axis=1)))

    assert known(9) < 0.5 * known(0)


def test_the_digest_names_the_material(stock, digits):
    other = Stock(digits, stock.pages, stock.drawn, stock.page_junk, stock.signs, stock.letters[:-1])
    assert len(stock.digest()) == 64
    assert stock.digest() != other.digest()
