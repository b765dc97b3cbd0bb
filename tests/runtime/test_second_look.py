"""Crops of which the network is in doubt are seen in more than one slant."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.normalize import normalize
from edge_digits.second_look import second_look
from train.scenes import draw_digit
from train.scenes.hand import Hand

LABELS = ("0", "1", "none")


def answering(*answers: list[float]) -> tuple[list[NDArray[np.uint8]], object]:
    asked: list[NDArray[np.uint8]] = []

    def classify(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        asked.append(crops)
        return np.resize(np.array(answers, np.float32), (len(crops), 3))

    return asked, classify


def bar() -> NDArray[np.uint8]:
    crop = np.zeros((28, 28), np.uint8)
    crop[4:24, 12:16] = 255
    return crop


@pytest.mark.parametrize("answer", [[0.99, 0.01, 0.0], [0.05, 0.05, 0.9]])
def test_what_is_certain_is_not_looked_at_again(answer: list[float]) -> None:
    asked, classify = answering([0.0, 1.0, 0.0])
    said = np.array([answer], np.float32)
    assert second_look(bar()[None], said, LABELS, classify) is said  # type: ignore[arg-type]
    assert not asked


def test_no_crops_need_no_second_look() -> None:
    asked, classify = answering([0.0, 1.0, 0.0])
    none = np.zeros((0, 28, 28), np.uint8)
    assert second_look(none, np.zeros((0, 3), np.float32), LABELS, classify).shape == (0, 3)  # type: ignore[arg-type]
    assert not asked


def test_a_doubtful_crop_gets_the_mean_of_five_answers_and_its_neighbours_keep_theirs() -> None:
    _, classify = answering([0.0, 1.0, 0.0])
    said = np.array([[0.98, 0.02, 0.0], [0.6, 0.3, 0.1], [0.1, 0.0, 0.9]], np.float32)
    mended = second_look(np.stack([bar()] * 3), said, LABELS, classify)  # type: ignore[arg-type]
    np.testing.assert_array_equal(mended[[0, 2]], said[[0, 2]])
    np.testing.assert_allclose(mended[1], [0.12, 0.86, 0.02], atol=1e-6)
    np.testing.assert_allclose(said[1], [0.6, 0.3, 0.1])


def test_the_views_lean_to_both_sides_and_lose_no_ink() -> None:
    asked, classify = answering([0.0, 1.0, 0.0])
    second_look(bar()[None], np.array([[0.5, 0.4, 0.1]], np.float32), LABELS, classify)  # type: ignore[arg-type]
    (views,) = asked
    assert views.shape == (4, 28, 28)
    top = (views[:, :12] * np.arange(28.0)).sum(axis=(1, 2)) / views[:, :12].sum(axis=(1, 2))
    bottom = (views[:, 16:] * np.arange(28.0)).sum(axis=(1, 2)) / views[:, 16:].sum(axis=(1, 2))
    lean = top - bottom
    assert lean.min() < -2
    assert lean.max() > 2
    assert len(np.unique(lean.round(3))) == 4
    np.testing.assert_allclose(views.sum(axis=(1, 2)), bar().sum(), rtol=0.03)


def test_digits_of_few_pixels_are_read_better_at_a_second_look() -> None:
    rng = np.random.default_rng(6)
    reader = DigitReader()
    labels = np.repeat(np.arange(10), 120)
    crops = np.stack([_coarse(str(label), rng) for label in labels])
    said = reader.classify(crops)
    mended = second_look(crops, said, reader.labels, reader.classify)
    first, second = ((answers.argmax(axis=1) != labels).sum() for answers in (said, mended))
    assert second < 0.75 * first


def _coarse(label: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A digit of seven rows of pixels, enlarged."""
    hand = Hand.random(rng)
    ink = draw_digit(label, rng, height=32, thickness=float(rng.uniform(3, 5)), hand=hand)
    small = cv2.resize(ink, None, fx=0.22, fy=0.22, interpolation=cv2.INTER_AREA)
    return normalize(cv2.resize(small, None, fx=6, fy=6, interpolation=cv2.INTER_LINEAR))
