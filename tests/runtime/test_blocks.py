"""Small pictures that a program enlarged by repeating their pixels are read as if it had interpolated."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.blocks import without_blocks
from train.scenes import draw_digit


def small(label: str, seed: int = 0, *, variant: str | None = None, height: int = 8) -> NDArray[np.uint8]:
    """A digit by a brush in few pixels, black on white."""
    ink = draw_digit(label, np.random.default_rng(seed), height=48, thickness=12, variant=variant)
    share = height / ink.shape[0]
    few = cv2.resize(ink, (max(1, round(ink.shape[1] * share)), height), interpolation=cv2.INTER_AREA)
    return np.asarray(255 - cv2.copyMakeBorder(few, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0), np.uint8)


@pytest.mark.parametrize(
    ("label", "variant", "seed"),
    [
        ("1", "full upstroke", 5),
        ("3", "flat top", 1),
        ("5", "round", 5),
        ("8", "one stroke", 2),
        ("9", "hooked", 2),
        ("9", "curled base", 4),
    ],
)
def test_digits_of_eight_pixels_shown_as_blocks_are_read(
    reader: DigitReader, label: str, variant: str, seed: int
) -> None:
    few = small(label, seed, variant=variant)
    blocks = cv2.resize(few, None, fx=10, fy=10, interpolation=cv2.INTER_NEAREST)
    assert reader.read(blocks).text == label


def test_blocks_become_what_interpolation_makes_of_their_pixels() -> None:
    few = small("8")
    blocks = cv2.resize(few, None, fx=9, fy=9, interpolation=cv2.INTER_NEAREST)
    linear = cv2.resize(few, None, fx=9, fy=9, interpolation=cv2.INTER_LINEAR)
    smooth = without_blocks(blocks)
    assert np.abs(smooth.astype(int) - linear)[9:-9, 9:-9].max() <= 2


def test_blocks_need_not_be_of_one_size() -> None:
    few = small("3", height=16)
    size = round(7.4 * few.shape[1]), round(7.4 * few.shape[0])
    blocks = cv2.resize(few, size, interpolation=cv2.INTER_NEAREST)
    assert not np.array_equal(without_blocks(blocks), blocks)


@pytest.mark.parametrize("kind", ["blank", "bar", "photo", "interpolated", "native"])
def test_other_pictures_stay_as_they_are(kind: str) -> None:
    bar = np.full((120, 90), 255, np.uint8)
    bar[20:100, 40:50] = 0
    pictures = {
        "blank": np.full((200, 300), 250, np.uint8),
        "bar": bar,
        "photo": np.random.default_rng(0).integers(90, 110, (120, 160), dtype=np.uint8),
        "interpolated": cv2.resize(small("8"), None, fx=9, fy=9, interpolation=cv2.INTER_LINEAR),
        "native": small("8", height=28),
    }
    assert without_blocks(pictures[kind]) is pictures[kind]
