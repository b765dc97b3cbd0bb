from __future__ import annotations

import cv2
import numpy as np

from edge_digits.candidate import Candidate
from edge_digits.crops import Answers, stack_crops
from edge_digits.segmentation import search


def strokes() -> list[Candidate]:
    page = np.full((200, 500), 240, np.uint8)
    for k, radius in enumerate((20, 30, 40)):
        cv2.ellipse(page, (90 + 150 * k, 100), (radius, radius + 8), 0, 0, 360, 30, 6)
    return [stroke for stroke in search(page).candidates if stroke.polarity == "dark"]


class Network:
    """Says how much ink a crop has, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, crops: np.ndarray) -> np.ndarray:
        self.asked.append(len(crops))
        ink = crops.mean(axis=(1, 2)) / 255
        return np.stack([ink, 1 - ink], axis=1).astype(np.float32)


def test_each_stroke_is_asked_about_once_and_answers_keep_their_order() -> None:
    found, network = strokes(), Network()
    answers = Answers(network)
    first = answers(found[:2])
    both = answers([found[2], found[0], found[1]])
    assert network.asked == [2, 1]
    np.testing.assert_array_equal(both[1:], first)
    np.testing.assert_array_equal(both, network(stack_crops([found[2], found[0], found[1]])))


def test_crops_are_those_that_the_network_was_shown() -> None:
    found = strokes()
    answers = Answers(Network())
    answers(found[1:])
    np.testing.assert_array_equal(answers.crops(found), stack_crops(found))


def test_nothing_is_said_of_no_strokes() -> None:
    answers = Answers(Network())
    assert answers([]).shape == (0, 2)
    assert answers.crops([]).shape == (0, 28, 28)


def test_strokes_that_come_and_go_are_not_taken_for_one_another() -> None:
    """A stroke that was let go leaves its place in memory to another."""
    answers, network = Answers(Network()), Network()
    for _ in range(20):
        for each in strokes():
            np.testing.assert_array_equal(answers([each]), network(stack_crops([each])))
