from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.counter_shapes import counter_shapes
from edge_digits.reading import Box
from train.scenes import draw_digit

LIGHT, DARK, TABLE = 230, 45, 200


def chalked(label: str, seed: int, thickness: int) -> np.ndarray:
    """One digit, bright on a dark, grainy ground that grows lighter towards one side."""
    ink = draw_digit(label, np.random.default_rng(seed), height=90, thickness=thickness) / 255
    ground = np.full((240, 200), DARK, np.float32) + np.linspace(0, 25, 200, dtype=np.float32)
    window = ground[75 : 75 + ink.shape[0], 60 : 60 + ink.shape[1]]
    window += (200 - window) * ink
    ground += np.random.default_rng(seed).normal(0, 4, ground.shape)
    return np.clip(ground, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("label", list("0123456789"))
def test_a_bright_digit_on_a_dark_ground_is_read_and_not_the_ground_within_it(
    reader: DigitReader, label: str
) -> None:
    told = [reader.read(chalked(label, seed, thickness)).text for seed in range(4) for thickness in (10, 16)]
    assert told == [label] * 8


def ring(gray: int, ground: int, *, table: int | None = None) -> tuple[np.ndarray, list[Candidate]]:
    """A ring of one tone on another, and beside it what is seen of the other polarity: its eye."""
    picture = np.full((200, 200), ground if table is None else table, np.uint8)
    if table is not None:
        picture[45:155, 65:135] = ground
    zero = np.zeros((80, 50), np.uint8)
    cv2.ellipse(zero, (25, 40), (19, 34), 0, 0, 360, 255, 11)
    picture[60:140, 75:125][zero > 0] = gray
    polarities = ("light", "dark") if gray > ground else ("dark", "light")
    return picture, [
        Candidate(Box(75, 60, 50, 80), zero, 180, 12, 3000, polarities[0]),
        Candidate(Box(90, 75, 20, 50), np.full((50, 20), 255, np.uint8), 200, 10, 1000, polarities[1]),
    ]


@pytest.mark.parametrize(("gray", "ground"), [(LIGHT, DARK), (DARK, LIGHT)])
def test_the_eye_of_a_zero_is_as_light_as_the_ground_beyond_it(gray: int, ground: int) -> None:
    picture, found = ring(gray, ground)
    sure, bar = np.ones(2, np.float32), np.array([False, True])
    assert counter_shapes(found, sure, bar, {"light": picture, "dark": picture}).tolist() == [False, True]


def test_what_is_written_on_a_slate_is_no_ground_though_it_is_as_light_as_the_table() -> None:
    """The slate around it may look like a digit, too."""
    picture, found = ring(LIGHT, DARK, table=LIGHT)
    slate = Candidate(Box(65, 45, 70, 110), np.full((110, 70), 255, np.uint8), 180, 20, 3000, "dark")
    sure, bar = np.ones(2, np.float32), np.zeros(2, bool)
    grounds = {"light": picture, "dark": picture}
    assert not counter_shapes([found[0], slate], sure, bar, grounds).any()


def test_of_one_polarity_nothing_is_a_counter_shape() -> None:
    picture, found = ring(LIGHT, DARK)
    sure, bar = np.ones(1, np.float32), np.zeros(1, bool)
    assert not counter_shapes(found[:1], sure, bar, {"light": picture}).any()


def test_a_bright_zero_and_its_eye_do_not_both_go_where_the_eye_lies_in_a_panel() -> None:
    """What is searched for dark ink shows but the panels: all around is filled with their tone."""
    picture, found = ring(LIGHT, DARK)
    panels = np.full_like(picture, LIGHT)
    panels[75:125, 90:110] = DARK
    sure, bar = np.ones(2, np.float32), np.array([False, True])
    assert counter_shapes(found, sure, bar, {"light": picture, "dark": panels}).tolist() == [False, True]


@pytest.mark.parametrize(("count", "ground"), [(2, True), (3, False)])
def test_three_digits_on_a_round_lid_are_none_of_the_ground_that_is_seen_through_a_zero(
    count: int, ground: bool
) -> None:
    """They are as dark as the table; the lid with its rim looks like a 0, and an 8 has two eyes at most."""
    picture = np.full((300, 300), DARK, np.uint8)
    lid = np.zeros((220, 220), np.uint8)
    cv2.circle(lid, (110, 110), 94, 255, 30)
    cv2.circle(picture, (150, 150), 109, LIGHT, -1)
    found = [Candidate(Box(40, 40, 220, 220), lid, 180, 30, 18000, "light")]
    for i in range(count):
        x = 100 + 38 * i
        picture[130:170, x : x + 24] = DARK
        found.append(Candidate(Box(x, 130, 24, 40), np.full((40, 24), 255, np.uint8), 180, 6, 960, "dark"))
    sure, bar = np.ones(count + 1, np.float32), np.zeros(count + 1, bool)
    told = counter_shapes(found, sure, bar, {"light": picture, "dark": picture}).tolist()
    assert told == [False] + [ground] * count
    twice = counter_shapes(
        [*found, *found[1:]],
        np.ones(2 * count + 1, np.float32),
        np.zeros(2 * count + 1, bool),
        {"light": picture, "dark": picture},
    )
    assert twice[1:].any() == ground, "one that is found at two thresholds is no further one"
