"""What the default model must turn away; a network with ten answers could not."""

from __future__ import annotations

import numpy as np
import pytest

from edge_digits import DigitReader
from edge_digits.artifact import NOT_A_DIGIT
from train.scenes import PRESETS, SceneOptions, render_scene


def test_the_default_model_knows_what_is_no_digit(reader: DigitReader) -> None:
    assert reader.labels == (*"0123456789", NOT_A_DIGIT)


@pytest.mark.parametrize("preset", ["letters", "operators", "doodles", "phone"])
def test_digits_are_read_beside_what_is_none(reader: DigitReader, preset: str) -> None:
    pages = [render_scene(np.random.default_rng(9000 + seed), PRESETS[preset]) for seed in range(10)]
    right = sum(reader.read(page.image).text == page.text for page in pages)
    assert right >= 8, f"{right} of 10"


def test_most_digits_that_overlap_a_little_are_read(reader: DigitReader) -> None:
    options = SceneOptions.preset("white", digits=(2, 4), lines=(1, 1), spacing=(-0.08, 0.0))
    pages = [render_scene(np.random.default_rng(500 + seed), options) for seed in range(20)]
    right = sum(reader.read(page.image).text == page.text for page in pages)
    assert right >= 13, f"{right} of 20"
