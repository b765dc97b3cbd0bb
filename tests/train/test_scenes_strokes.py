"""Our own handwriting: every way of writing gives a legible, well-shaped digit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_digits.errors import EdgeDigitsError
from train.scenes import Hand, crop_source, draw_digit, variants
from train.scenes.glyphs import DIGITS
from train.scenes.marks import DOODLES, LETTERS, OPERATORS
from train.scenes.strokes import draw_strokes

LABELS = tuple("0123456789")
EVERY_WAY = [(label, name) for label in LABELS for name in variants(label)]


def _stroke_width(ink: np.ndarray) -> float:
    """Twice the distance from the middle of the strokes to the ground, at its median along the ridge."""
    distance = cv2.distanceTransform((ink >= 128).astype(np.uint8), cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3)))) & (distance > 0)
    return 2 * float(np.median(distance[ridge])) - 1


@pytest.mark.parametrize(("label", "variant"), EVERY_WAY)
def test_every_way_of_writing_leaves_ink_of_a_plausible_shape(label: str, variant: str) -> None:
    for seed in range(4):
        ink = draw_digit(label, np.random.default_rng(seed), height=60, variant=variant)
        assert ink.dtype == np.uint8
        assert ink.max() > 200
        assert ink.shape[0] == 60
        rows = np.flatnonzero(ink.max(axis=1) >= 64)
        assert rows[-1] - rows[0] + 1 >= 52
        assert 0.03 < ink.shape[1] / ink.shape[0] < {"0": 1.3, "1": 0.95}.get(label, 1.1)
        assert 0.02 < (ink >= 128).mean() < 0.98


def test_people_have_several_ways_of_writing_each_digit() -> None:
    assert set(DIGITS) == set(LABELS)
    assert all(len(set(variants(label))) == len(DIGITS[label]) >= 4 for label in LABELS)


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not() -> None:
    first, again, other = (draw_digit("5", np.random.default_rng(s), height=64) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


@given(
    label=st.sampled_from(LABELS),
    height=st.integers(6, 300),
    share=st.floats(0.05, 0.3),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=60, deadline=None)
def test_any_size_and_pen_can_be_drawn(label: str, height: int, share: float, seed: int) -> None:
    ink = draw_digit(label, np.random.default_rng(seed), height=height, thickness=max(0.3, share * height))
    assert ink.shape[0] == height
    assert ink.shape[1] >= 1
    assert ink[:, 0].any()
    assert ink[:, -1].any()


@pytest.mark.parametrize("thickness", [3.0, 6.0, 12.0])
def test_the_pen_is_as_wide_as_asked_for(thickness: float) -> None:
    widths = [
        _stroke_width(draw_digit(label, np.random.default_rng(seed), height=140, thickness=thickness))
        for label in "0123"
        for seed in range(5)
    ]
    assert np.median(widths) == pytest.approx(thickness, rel=0.25)


def test_a_slanted_hand_leans_and_a_habit_is_kept() -> None:
    def lean(slant: float) -> float:
        hand = Hand(slant=slant, jitter=0.0, wobble=0.0, tilt=0.0, habits={"1": "bar"})
        ink = draw_digit("1", np.random.default_rng(0), height=100, thickness=6, hand=hand)
        top, bottom = ink[5:25].sum(axis=0), ink[-25:-5].sum(axis=0)
        return float(np.average(np.arange(ink.shape[1]), weights=top)) - float(
            np.average(np.arange(ink.shape[1]), weights=bottom)
        )

    assert lean(0.3) > lean(0.0) + 15


def test_a_dry_pen_leaves_gaps() -> None:
    wet, dry = (
        draw_digit("0", np.random.default_rng(0), height=120, thickness=8, hand=Hand(dryness=d))
        for d in (0.0, 0.12)
    )
    assert (dry >= 128).sum() < 0.97 * (wet >= 128).sum()


@pytest.mark.parametrize("marks", [OPERATORS, LETTERS, DOODLES])
def test_every_mark_can_be_drawn(marks: dict[str, tuple[str, ...]]) -> None:
    for strokes in marks.values():
        assert not isinstance(strokes, str)
        ink, (x, y) = draw_strokes(strokes, np.random.default_rng(0), em=60, thickness=5)
        assert ink.max() > 150
        assert -40 < x < 80
        assert -30 < y < 80


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"label": "x", "height": 40}, '"0" to "9"'),
        ({"label": "4", "height": 40, "variant": "gothic"}, "closed"),
        ({"label": "4", "height": 3}, "6 px"),
        ({"label": "4", "height": 40, "thickness": 30.0}, "half of the height"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_remedy(wrong: dict[str, object], told: str) -> None:
    arguments = dict(wrong)
    label = str(arguments.pop("label"))
    with pytest.raises(EdgeDigitsError, match=told):
        draw_digit(label, np.random.default_rng(0), **arguments)  # type: ignore[arg-type]


def test_pictures_of_the_caller_are_enlarged_to_the_height_wanted() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    cv2.line(images[0], (14, 5), (14, 22), 255, 2)
    cv2.circle(images[1], (14, 14), 8, 255, 2)
    source = crop_source(images, np.array([1, 0]))
    for label in "01":
        ink = source(label, np.random.default_rng(0), 70, 5.0)
        assert ink.dtype == np.uint8
        assert abs(ink.shape[0] - 70) <= 6
        assert ink.max() == 255
    with pytest.raises(EdgeDigitsError, match="'7'"):
        source("7", np.random.default_rng(0), 70, 5.0)
    with pytest.raises(EdgeDigitsError, match="uint8"):
        crop_source(images.astype(np.float32), np.array([1, 0]))  # type: ignore[arg-type]
