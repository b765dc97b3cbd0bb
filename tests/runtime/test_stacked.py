"""Lines so close to each other that digits of one touch digits of the next."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.close_up import close_ups
from edge_digits.reading import Box
from edge_digits.stacked import parted
from edge_digits.two_tones import two_tones
from train.scenes import draw_digit
from train.scenes.hand import Hand


def column(
    numbers: Sequence[str], *, pitch: int, height: int = 60, step: int = 60, seed: int = 0, pen: int = 6
) -> NDArray[np.uint8]:
    """Numbers one below the other, dark on bright; one digit of each line touches that above it."""
    rng = np.random.default_rng(seed)
    hand = Hand(jitter=0.006, tilt=1)
    page = np.full((pitch * len(numbers) + 2 * height, step * len(numbers[0]) + 80), 240, np.uint8)
    for row, number in enumerate(numbers):
        for place, label in enumerate(number):
            ink = draw_digit(label, rng, height=height, thickness=pen, hand=hand)
            x, y = 40 + step * place, 40 + pitch * row
            if row and place == (seed + row) % len(number):
                y -= pitch - height + 2
            np.minimum(window := page[y : y + height, x : x + ink.shape[1]], 255 - ink, out=window)
    return page


@pytest.mark.parametrize("numbers", [("2583", "6384"), ("5028", "8632"), ("3526", "2863", "8359")])
def test_digits_of_lines_that_touch_are_read(reader: DigitReader, numbers: tuple[str, ...]) -> None:
    """Two that touch were one sign as high as both, often an 8, and too high for a digit."""
    told = [reader.read(column(numbers, pitch=70, seed=seed)).text for seed in range(10)]
    assert sum(each == "\n".join(numbers) for each in told) >= 7, told


def stroke(ink: NDArray[np.uint8], x: int, y: int) -> Candidate:
    box = Box(x, y, ink.shape[1], ink.shape[0])
    return Candidate(box, ink, 150, 6, int(np.count_nonzero(ink > 96)), "dark")


def digit(label: str, x: int, y: int, height: int = 60) -> Candidate:
    return stroke(draw_digit(label, np.random.default_rng(int(label)), height=height, thickness=6), x, y)


def stack(upper: str, lower: str, x: int, y: int) -> Candidate:
    """Two digits that touch, one below the other."""
    inks = [
        draw_digit(label, np.random.default_rng(int(label)), height=60, thickness=6)
        for label in (upper, lower)
    ]
    ink = np.zeros((118, max(each.shape[1] for each in inks)), np.uint8)
    for top, each in zip((0, 58), inks, strict=True):
        window = ink[top : top + 60, : each.shape[1]]
        np.maximum(window, each, out=window)
    return stroke(ink, x, y)


def everything(asked: Sequence[Candidate]) -> NDArray[np.bool_]:
    return np.ones(len(asked), bool)


ABOVE = [digit(label, 60 * place, 0) for place, label in enumerate("253")]
BELOW = [digit(label, 60 * place, 58) for place, label in enumerate("638")]


def test_a_stroke_as_high_as_two_lines_is_cut_into_a_digit_of_each() -> None:
    tall = stack("5", "2", 200, 0)
    found = parted([*ABOVE, tall, *BELOW], everything)
    assert len(found) == 8
    upper, lower = found[3:5]
    assert (upper.box.y, lower.box.y + lower.box.height) == (0, 118)
    assert upper.box.y + upper.box.height == pytest.approx(lower.box.y, abs=3)
    assert found[:3] == ABOVE
    assert found[5:] == BELOW


@pytest.mark.parametrize(
    ("strokes", "why"),
    [
        ([*ABOVE, stack("5", "2", 200, 0)], "no digit stands on the lower line"),
        ([*ABOVE, *BELOW, digit("7", 200, 0, 118)], "the foot of a tall 7 is a bar"),
        ([*ABOVE, *BELOW, digit("5", 200, 29)], "it is as high as the others"),
        ([ABOVE[0], BELOW[0], stack("5", "2", 200, 0)], "too few tell how high digits are"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_strokes_stay_whole(strokes: list[Candidate], why: str) -> None:
    assert parted(strokes, everything) == strokes, why


def test_specks_that_look_like_ones_do_not_tell_how_high_digits_are() -> None:
    """On a slate they made a narrow 8 as high as two lines, and it was read as two zeros."""
    specks = [stroke(np.full((28, 5), 255, np.uint8), 30 * i, 31 * (i % 2)) for i in range(6)]
    wide = draw_digit("8", np.random.default_rng(0), height=60, thickness=6)
    narrow = stroke(np.asarray(cv2.resize(wide, (22, 60)), np.uint8), 200, 0)
    others = [digit(label, 300 + 60 * i, 0) for i, label in enumerate("3859")]
    assert parted([*specks, narrow, *others], everything) == [*specks, narrow, *others]


def test_halves_that_are_no_digits_stay_together() -> None:
    tall = stack("5", "2", 200, 0)
    strokes = [*ABOVE, tall, *BELOW]
    assert parted(strokes, lambda asked: np.array([each in strokes for each in asked])) == strokes


@pytest.mark.parametrize("seed", range(4))
def test_lines_that_are_one_piece_of_ink_in_a_small_picture_are_no_large_digit(seed: int) -> None:
    """Five lines in 187 by 286 pixels, whose digits all but touched, were a 3."""
    page = column(["887", "571", "549", "679", "586"], pitch=42, height=42, step=24, seed=seed, pen=5)
    tones = two_tones(page[30:-70, 30:-30])
    assert tones is not None
    assert close_ups(tones) == []
