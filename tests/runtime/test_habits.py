"""A 7 without a bar, by a hand that crosses its sevens, may be a 1 with a long upstroke."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.decision import Verdict
from edge_digits.habits import by_habit, is_crossed
from train.junk import to_crop
from train.scenes import draw_digit
from train.scenes.hand import Hand

LABELS = ("1", "7", "none")
CLEAR, TORN, NEARLY = (0.01, 0.98, 0.01), (0.15, 0.84, 0.01), (0.3, 0.69, 0.01)
A_ONE = (0.98, 0.01, 0.01)
CROSSED = ("crossed", "crossed serif")
UNCROSSED = ("plain", "serif", "curved", "leaning", "tall serif")


def crop(label: str, way: str, seed: int = 0, thickness: float = 5) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    ink = draw_digit(label, rng, height=60, thickness=thickness, variant=way, hand=Hand())
    return to_crop(ink)


def told(*digits: tuple[str, tuple[float, float, float]]) -> list[str]:
    """What digits are, each given by its way of writing a 7 and what the network says of it."""
    said = np.array([answer for _, answer in digits], np.float32)
    verdicts = [
        Verdict(i, int(answer.argmax()), float(answer.max()), sure=True) for i, answer in enumerate(said)
    ]
    mended = by_habit(said, np.stack([crop("7", way) for way, _ in digits]), LABELS, verdicts)
    np.testing.assert_allclose(mended.sum(axis=1), 1, atol=1e-6)
    return [LABELS[row.argmax()] for row in mended]


@pytest.mark.parametrize("thickness", [3, 5, 7])
def test_a_bar_through_the_stem_is_seen(thickness: float) -> None:
    seen = [is_crossed(crop("7", way, seed, thickness)) for way in CROSSED for seed in range(10)]
    assert sum(seen) >= 15
    others = [("7", way) for way in UNCROSSED] + [("1", way) for way in ("bar", "flag", "flat flag", "foot")]
    assert not any(is_crossed(crop(*each, seed, thickness)) for each in others for seed in range(10))


@pytest.mark.parametrize("nothing", [np.zeros((28, 28), np.uint8), np.eye(28, dtype=np.uint8)])
def test_next_to_no_ink_is_not_crossed(nothing: NDArray[np.uint8]) -> None:
    assert not is_crossed(nothing)


def test_a_doubtful_seven_is_a_one_where_the_others_are_crossed() -> None:
    assert told(("crossed", CLEAR), ("plain", TORN)) == ["7", "1"]


def test_a_very_doubtful_seven_is_a_one_where_the_others_are_clear_and_there_is_no_one() -> None:
    assert told(("plain", CLEAR), ("plain", NEARLY)) == ["7", "1"]
    assert told(("plain", CLEAR), ("plain", NEARLY), ("plain", A_ONE)) == ["7", "7", "1"]
    assert told(("plain", NEARLY)) == ["7"]


@pytest.mark.parametrize(
    "digits",
    [
        [("plain", TORN)],
        [("plain", CLEAR), ("plain", TORN)],
        [("crossed", CLEAR), ("plain", CLEAR), ("plain", TORN)],
        [("crossed", CLEAR), ("crossed", TORN)],
        [("crossed", CLEAR), ("plain", CLEAR)],
    ],
    ids=[
        "alone",
        "beside one that is not crossed",
        "beside one of each",
        "crossed itself",
        "hardly doubtful",
    ],
)
def test_it_stays_a_seven(digits: list[tuple[str, tuple[float, float, float]]]) -> None:
    assert told(*digits) == ["7"] * len(digits)


def test_an_unsure_digit_tells_nothing() -> None:
    said = np.array([CLEAR, TORN], np.float32)
    verdicts = [Verdict(0, 1, 0.98, sure=False), Verdict(1, 1, 0.79, sure=True)]
    crops = np.stack([crop("7", "crossed"), crop("7", "plain")])
    assert by_habit(said, crops, LABELS, verdicts) is said
    assert by_habit(said, crops, ("7", "8", "none"), [replace(v, sure=True) for v in verdicts]) is said


@pytest.mark.parametrize(("way", "seed"), [("flat flag", 10), ("bowed flag", 50)])
def test_a_one_that_looks_like_a_seven_is_read_beside_crossed_ones(
    reader: DigitReader, way: str, seed: int
) -> None:
    page = np.full((140, 400), 235, np.uint8)
    for place, label in enumerate("7317"):
        variant = {"7": "crossed", "1": way}.get(label)
        rng = np.random.default_rng(seed + place)
        ink = draw_digit(label, rng, height=60, thickness=5, variant=variant, hand=Hand())
        spot = page[40:100, 40 + 90 * place :][:, : ink.shape[1]]
        np.minimum(spot, 255 - (0.8 * ink).astype(np.uint8), out=spot)
    assert reader.read(page).text == "7317"
