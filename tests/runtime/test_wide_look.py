"""Slender digits that close to a bar are seen once more, drawn out; ones stay ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import Box, DigitReader
from edge_digits.candidate import Candidate
from edge_digits.stroke import stroke_width
from edge_digits.wide_look import wide_look
from train.scenes import draw_digit, variants
from train.scenes.hand import Hand

LABELS = ("1", "7", "8", "none")
A_ONE = np.array([[0.9, 0.05, 0.03, 0.02]], np.float32)
SLENDER = Hand(slant=0.2, aspect=0.4)


def cut(ink: NDArray[np.uint8]) -> Candidate:
    mask = (ink > 100).astype(np.uint8)
    height, width = ink.shape
    return Candidate(Box(0, 0, width, height), ink, 200.0, stroke_width(mask), cv2.countNonZero(mask), "dark")


def slender(label: str, seed: int = 0) -> NDArray[np.uint8]:
    return draw_digit(label, np.random.default_rng(seed), height=60, thickness=2.5, hand=SLENDER)


def saying(*answer: float) -> tuple[list[NDArray[np.uint8]], object]:
    asked: list[NDArray[np.uint8]] = []

    def classify(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        asked.append(crops)
        return np.resize(np.array(answer, np.float32), (len(crops), len(answer)))

    return asked, classify


def test_a_slender_eight_taken_for_a_one_is_what_it_looks_like_when_drawn_out() -> None:
    asked, classify = saying(0.02, 0.02, 0.95, 0.01)
    mended = wide_look([cut(slender("8"))], A_ONE, LABELS, classify)  # type: ignore[arg-type]
    assert mended[0].argmax() == 2
    assert A_ONE[0].argmax() == 0, "what was given stays as it was"
    columns = np.flatnonzero((asked[0][0] > 100).any(axis=0))
    assert np.ptp(columns) > 6


@pytest.mark.parametrize(
    "answer",
    [(0.05, 0.9, 0.03, 0.02), (0.3, 0.0, 0.7, 0.0), (0.0, 0.0, 0.1, 0.9)],
    ids=["a 7, as flagged ones look", "an 8, not clearly", "no digit"],
)
def test_it_stays_a_one_where_the_wide_look_shows(answer: tuple[float, ...]) -> None:
    _, classify = saying(*answer)
    np.testing.assert_array_equal(
        wide_look([cut(slender("8"))], A_ONE, LABELS, classify),  # type: ignore[arg-type]
        A_ONE,
    )


@pytest.mark.parametrize(
    ("ink", "said"),
    [
        (np.full((60, 6), 255, np.uint8), A_ONE),
        (slender("8"), np.array([[0.1, 0.1, 0.6, 0.2]], np.float32)),
        (cv2.resize(slender("8"), (50, 60)), A_ONE),
    ],
    ids=["a bar", "no 1", "a wide one"],
)
def test_others_are_not_looked_at_twice(ink: NDArray[np.uint8], said: NDArray[np.float32]) -> None:
    asked, classify = saying(0.0, 0.0, 1.0, 0.0)
    assert wide_look([cut(ink)], said, LABELS, classify) is said  # type: ignore[arg-type]
    assert not asked


def test_a_network_that_knows_no_one_is_asked_nothing() -> None:
    asked, classify = saying(1.0)
    said = np.ones((1, 1), np.float32)
    assert wide_look([cut(slender("8"))], said, ("8",), classify) is said  # type: ignore[arg-type]
    assert not asked


def row(labels: str, draw: object) -> NDArray[np.uint8]:
    page = np.full((140, 90 * len(labels) + 40), 235, np.uint8)
    for place, label in enumerate(labels):
        ink = draw(label, place)  # type: ignore[operator]
        spot = page[40:100, 40 + 90 * place :][:, : ink.shape[1]]
        spot[:] = np.minimum(spot, 255 - (0.8 * ink).astype(np.uint8))
    return page


def test_a_hurried_ballpoint_line_of_slender_digits_is_read() -> None:
    reading = DigitReader().read(row("28068092", slender))
    assert reading.text == "28068092"


@pytest.mark.parametrize("text", ["724796", "417205", "873214"])
@pytest.mark.parametrize("aspect", [0.34, 0.38, 0.42])
def test_a_slender_hand_is_read_though_most_of_its_digits_look_like_ones(text: str, aspect: float) -> None:
    def narrow(label: str, place: int) -> NDArray[np.uint8]:
        hand = Hand(slant=0.1, aspect=aspect)
        return draw_digit(label, np.random.default_rng(place + 5), height=60, thickness=4, hand=hand)

    assert DigitReader().read(row(text, narrow)).text == text


def wide_as(share: float) -> Candidate:
    """Ink that fills its box, 60 pixels high, thinly."""
    width = round(60 * share)
    ink = np.zeros((60, width), np.uint8)
    cv2.line(ink, (width - 3, 2), (2, 57), 255, 3)
    return cut(ink)


@pytest.mark.parametrize(
    ("others", "share", "expected"),
    [
        ([], 0.46, "7"),
        ([0.65, 0.7], 0.46, "7"),
        ([0.65, 0.7], 0.4, "1"),
        ([0.3, 0.35], 0.25, "7"),
        ([0.3], 0.25, "7"),
        ([0.45], 0.25, "1"),
        ([], 0.1, "1"),
    ],
    ids=[
        "nearly as wide as digits are",
        "as those beside it are",
        "narrower than those beside it",
        "in a slender hand",
        "beside one very slender digit",
        "beside one that is hardly slender",
        "a bar",
    ],
)
def test_how_wide_the_hand_writes_decides_whether_a_one_may_be_a_seven(
    others: list[float], share: float, expected: str
) -> None:
    an_eight = [0.02, 0.02, 0.95, 0.01]
    said = np.array([[0.9, 0.06, 0.02, 0.02], *[an_eight] * len(others)], np.float32)
    _, classify = saying(0.05, 0.92, 0.01, 0.02)
    told = wide_look([wide_as(share), *map(wide_as, others)], said, LABELS, classify)  # type: ignore[arg-type]
    assert LABELS[told[0].argmax()] == expected
    np.testing.assert_array_equal(told[1:], said[1:])


def test_ones_of_every_hand_stay_ones() -> None:
    ways = [way for way in variants("1") if way not in ("flat flag", "bowed flag", "full upstroke")]

    def one(label: str, place: int) -> NDArray[np.uint8]:
        rng = np.random.default_rng(place)
        return draw_digit(label, rng, height=60, thickness=3, variant=ways[place], hand=Hand(aspect=0.8))

    assert DigitReader().read(row("1" * len(ways), one)).text == "1" * len(ways)
