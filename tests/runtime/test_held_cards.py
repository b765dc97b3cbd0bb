"""Cards that a hand holds over a desk, as the renderer draws them: most of these were once misread."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from camera_demo.sources.clip import SAMPLE_CLIP
from edge_digits import DigitReader
from train.scenes import light, things
from train.scenes.cards import Webcam, card_at_rest
from train.scenes.texture import wood


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("lines", 6),
        ("lines", 96),
        ("lines", 122),
        ("lines", 159),
        ("number", 21),
        ("number", 29),
        ("number", 82),
    ],
)
def test_a_card_is_read_and_neither_the_hand_nor_the_desk(
    reader: DigitReader, kind: str, number: int
) -> None:
    card = card_at_rest(kind, seed=2, number=number)
    assert reader.read(card.image).text == card.text


def test_every_frame_of_a_card_at_rest_is_read() -> None:
    """Half of the sheet looked like a digit now and then, and what was written there like its eyes."""
    reader = DigitReader()
    clip = cv2.VideoCapture(str(SAMPLE_CLIP))
    clip.set(cv2.CAP_PROP_POS_FRAMES, 42)
    texts = {reader.read(clip.read()[1]).text for _ in range(48)}
    clip.release()
    assert texts == {"3141\n5926"}


@pytest.mark.parametrize("number", [3, 17, 30, 54])
def test_a_blank_card_stays_blank(reader: DigitReader, number: int) -> None:
    assert reader.read(card_at_rest("blank", seed=2, number=number).image).text == ""


@pytest.mark.parametrize("seed", [13, 29])
def test_a_pencil_whose_end_lies_in_the_dark_is_no_one(reader: DigitReader, seed: int) -> None:
    """What was bright enough of it ended like a 1, but the pencil went on."""
    rng = np.random.default_rng(seed)
    desk = wood(rng, (480, 640))
    things.pencil(desk, rng, (36, 436), -74, 210)
    lit = light.illumination(("gradient", "vignette"), rng, (480, 640))[:, :, None]
    assert reader.read(Webcam(rng).shoot(desk * lit, 9.0)).text == ""
