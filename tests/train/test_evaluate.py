"""What is measured on the test pictures, against models whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from train.evaluate import evaluate, worst_pairs

LABELS = ("0", "1", "2")


class BrightestThird:
    """Answers with the third of the picture, from left to right, that holds most ink."""

    def predict(self, images: np.ndarray, **_: object) -> np.ndarray:
        ink = np.stack([images[:, :, a : a + 9, 0].sum(axis=(1, 2)) for a in (0, 9, 18)], axis=1) + 1e-6
        return ink / ink.sum(axis=1, keepdims=True)


def bars(*columns: int) -> np.ndarray:
    images = np.zeros((len(columns), 28, 28), np.uint8)
    for image, column in zip(images, columns, strict=True):
        image[6:22, column : column + 2] = 255
    return images


def test_answers_are_counted_by_what_was_written_and_what_was_read():
    measured = evaluate(BrightestThird(), bars(3, 3, 12, 22), np.array([0, 1, 1, 2]), LABELS)
    assert measured["confusion"] == [[1, 0, 0], [1, 1, 0], [0, 0, 1]]
    assert (measured["accuracy"], measured["errors"], measured["pictures"]) == (0.75, 1, 4)
    assert measured["confident_errors"] == 1


def test_moving_pictures_moves_the_answers():
    # Two pixels from the border of its third: one of the four directions leaves it.
    measured = evaluate(BrightestThird(), bars(6), np.array([0]), LABELS)
    assert measured["accuracy"] == 1
    assert measured["shifted_accuracy"] == 0.75


def test_a_blank_picture_gets_an_answer_all_the_same():
    measured = evaluate(BrightestThird(), bars(6), np.array([0]), LABELS)
    assert measured["blank_answer"] in LABELS
    assert measured["blank_probability"] == pytest.approx(1 / 3)
    assert measured["scrambled_confident"] == 1


def test_the_commonest_mistakes_come_first():
    confusion = [[9, 1, 0], [0, 9, 4], [2, 0, 9]]
    assert worst_pairs(confusion, list(LABELS)) == [("1", "2", 4), ("2", "0", 2), ("0", "1", 1)]
    assert worst_pairs(np.eye(3, dtype=int).tolist(), list(LABELS)) == []
