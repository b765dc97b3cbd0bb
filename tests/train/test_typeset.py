"""Letters and digits of print, in typefaces that the workshop has at hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

pytest.importorskip("matplotlib")

from train import typeset as module
from train.typeset import TYPEFACES, typeset, typeset_digits


@pytest.fixture
def printed(monkeypatch) -> list[tuple[str, str]]:
    """What was printed in which typeface, noted on the way."""
    noted: list[tuple[str, str]] = []
    own = module._Press.print

    def note(self, word: str, face: str, rng: np.random.Generator):
        noted.append((word, face))
        return own(self, word, face, rng)

    monkeypatch.setattr(module._Press, "print", note)
    return noted


@pytest.mark.parametrize("make", [typeset, lambda count, rng: typeset_digits(count, rng).images])
def test_print_follows_from_its_seed_and_fills_twenty_pixels(make):
    made, again, other = (make(40, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert made.shape == (40, 28, 28)
    assert np.array_equal(made, again)
    assert not np.array_equal(made, other)
    for crop in made:
        _, _, width, height = cv2.boundingRect(crop)
        assert max(width, height) == 20


def test_every_typeface_is_used_and_letters_differ_between_them(printed):
    crops = typeset(400, np.random.default_rng(0))
    assert {face for _, face in printed} == set(TYPEFACES)
    of_e = [crop for crop, (word, _) in zip(crops, printed, strict=True) if word == "e"]
    assert len({crop.tobytes() for crop in of_e}) == len(of_e) > 10


def test_no_letter_that_is_a_digit_to_the_eye_is_printed_alone(printed):
    typeset(2000, np.random.default_rng(0))
    alone = {word for word, _ in printed if len(word) == 1}
    assert not alone & set("0123456789BDGIOQSZbgijloqsyz|/.,")
    # As written by hand an "a" is a ring with a stem, which may be a 9.
    assert ("a", "cmti10") not in printed
    assert ("a", "cmr10") in printed


def test_digits_of_print_are_labelled_by_what_was_printed(printed):
    crops = typeset_digits(60, np.random.default_rng(3))
    assert [word for word, _ in printed] == [str(label) for label in crops.labels]
    assert np.bincount(crops.labels, minlength=10).tolist() == [6] * 10
