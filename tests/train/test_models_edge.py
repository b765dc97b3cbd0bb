"""The trained models that know "none" and are part of the project, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from train import junk
from train.evaluate import accuracy
from train.mnist import load_mnist
from train.rejection import turned_away
from train.report import card, read_record
from train.scenes import draw_digit
from train.typeset import typeset, typeset_digits

MODELS = Path(__file__).resolve().parents[2] / "models"
LABELS = (*"0123456789", "none")
SEEDS = {"edge": [0, 1, 2], "nano": [0, 1, 2]}
LARGEST = {"edge": 48_000, "nano": 14_000}
"""Bytes of the int8 TFLite file."""
LEAST_TURNED_AWAY = {
    "edge": {"textures": 0.97, "pairs": 0.97, "marks": 0.97, "print": 0.95},
    "nano": {"textures": 0.9, "pairs": 0.9, "marks": 0.9, "print": 0.8},
}

# Raised within Keras 3.15 by each of its conversions to numpy.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.parametrize(
        "name", [name for name in ("edge", "nano") if (MODELS / name / f"{name}.keras").is_file()]
    ),
]


@pytest.fixture
def model(name):
    import keras

    return keras.saving.load_model(MODELS / name / f"{name}.keras", compile=False)


def test_the_card_is_the_one_the_record_makes(name):
    assert (MODELS / name / "README.md").read_text(encoding="utf-8") == card(read_record(MODELS / name))


def test_the_record_is_of_a_whole_training_whose_first_seed_is_shipped(name):
    record = read_record(MODELS / name)
    seeds = SEEDS[name]
    command = f"python -m train {name} --seeds {' '.join(map(str, seeds))}"
    assert record["command"].removesuffix(" --abreast") == command
    assert [run["seed"] for run in record["runs"]] == seeds
    assert tuple(record["labels"]) == LABELS
    assert record["seed"] == seeds[0]
    assert len(record["history"]["loss"]) == record["recipe"]["epochs"]


def test_the_int8_file_is_as_small_as_it_should_be(name):
    assert (MODELS / name / f"{name}-int8.tflite").stat().st_size <= LARGEST[name]


def test_digits_of_our_own_pen_and_of_print_are_read_and_junk_is_turned_away(name, model):
    rng = np.random.default_rng(77)
    digits = np.arange(200) % 10
    crops = np.stack([junk.to_crop(draw_digit(str(digit), rng, height=60)) for digit in digits])
    assert accuracy(model, crops, digits.astype(np.uint8)) > 0.97
    printed = typeset_digits(200, rng)
    assert accuracy(model, printed.images, printed.labels) > 0.95
    signs, letters = junk.marks(200, rng), typeset(400, rng)
    turned = {
        "textures": turned_away(model, junk.textures(200, rng), LABELS),
        "pairs": turned_away(model, junk.pairs(crops, 200, rng), LABELS),
        "marks": turned_away(model, signs[~junk.is_bar(signs)], LABELS),
        "print": turned_away(model, letters[~junk.is_bar(letters)], LABELS),
    }
    floors = LEAST_TURNED_AWAY[name]
    assert {what: share for what, share in turned.items() if share <= floors[what]} == {}


def test_the_model_scores_what_its_card_says(name, model, mnist_dir):
    record, mnist = read_record(MODELS / name), load_mnist(mnist_dir)
    assert accuracy(model, mnist.test_images, mnist.test_labels) == pytest.approx(record["test_accuracy"])
    assert turned_away(model, mnist.test_images, LABELS) == pytest.approx(
        record["test"]["turned_away"]["digits"], abs=2e-4
    )
