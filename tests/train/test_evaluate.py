"""What is measured on the test pictures, against models whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from train.calibrate import calibration_error
from train.evaluate import POOLED, evaluate, headline, worst_pairs
from train.nothing import nothing

LABELS = ("0", "1", "2")


class BrightestThird:
    """Answers with the third of the picture, from left to right, that holds most ink."""

    def predict(self, images: np.ndarray, **_: object) -> np.ndarray:
        ink = np.stack([images[:, :, a : a + 9, 0].sum(axis=(1, 2)) for a in (0, 9, 18)], axis=1) + 1e-6
        return ink / ink.sum(axis=1, keepdims=True)


def bars(*columns: int) -> np.ndarray:
    images = np.zeros((len(columns), 28, 28), np.uint8)
    for image, column in zip(images, columns, strict=True):
        image[6:22, column : column + 2] = 255
    return images


def test_answers_are_counted_by_what_was_written_and_what_was_read():
    measured = evaluate(BrightestThird(), bars(3, 3, 12, 22), np.array([0, 1, 1, 2]), LABELS)
    assert measured["confusion"] == [[1, 0, 0], [1, 1, 0], [0, 0, 1]]
    assert (measured["accuracy"], measured["errors"], measured["pictures"]) == (0.75, 1, 4)
    assert measured["confident_errors"] == 1


def test_moving_pictures_moves_the_answers():
    # Two pixels from the border of its third: one of the four directions leaves it.
    measured = evaluate(BrightestThird(), bars(6), np.array([0]), LABELS)
    assert measured["accuracy"] == 1
    assert measured["shifted_accuracy"] == 0.75


def test_a_blank_picture_gets_an_answer_all_the_same():
    measured = evaluate(BrightestThird(), bars(6), np.array([0]), LABELS)
    assert measured["blank_answer"] in LABELS
    assert measured["blank_probability"] == pytest.approx(1 / 3)
    assert measured["scrambled_confident"] == 1


def test_the_commonest_mistakes_come_first():
    confusion = [[9, 1, 0], [0, 9, 4], [2, 0, 9]]
    assert worst_pairs(confusion, list(LABELS)) == [("1", "2", 4), ("2", "0", 2), ("0", "1", 1)]
    assert worst_pairs(np.eye(3, dtype=int).tolist(), list(LABELS)) == []


def test_the_bins_of_the_diagram_sum_up_to_the_calibration_error():
    images, truth = bars(3, 3, 12, 22, 8, 17), np.array([0, 1, 1, 2, 0, 2])
    measured = evaluate(BrightestThird(), images, truth, LABELS)
    bins = measured["reliability"]
    assert sum(each["pictures"] for each in bins) == 6
    weighed = sum(each["pictures"] * abs(each["accuracy"] - each["confidence"]) for each in bins) / 6
    probabilities = BrightestThird().predict(images[..., np.newaxis])
    assert measured["calibration_error"] == pytest.approx(weighed)
    assert measured["calibration_error"] == pytest.approx(calibration_error(probabilities, truth))


def test_none_is_an_error_of_a_corrupted_digit_and_the_likeliest_digit_may_still_be_right():
    labels = ("0", "1", "none")
    # Mostly in the third of "none", the rest in that of "0".
    torn = bars(3, 22)
    torn[1, 6:22, 3] = 255
    measured = evaluate(
        BrightestThird(), bars(3), np.array([0]), labels, corrupted={"clean": bars(3), "torn": torn[1:]}
    )
    assert measured["corrupted"] == {"clean": 0, "torn": 1}
    assert measured["corrupted_forced"] == {"clean": 0, "torn": 0}
    figures = headline(measured)
    assert figures["error over 15 corruptions"] == 1, "the clean pictures are no corruption"
    torn_alone = headline(evaluate(BrightestThird(), torn[1:], np.array([0]), labels))
    assert torn_alone["test accuracy"] == 0
    assert torn_alone["test accuracy, the likeliest of the ten digits taken"] == 1


def test_a_label_that_is_no_digit_is_none_whatever_it_looks_like():
    """A minus sign or a 10 is neither the digit that is likeliest nor one that is surely read."""
    images = bars(22)
    images[0, 6:22, 3] = 255
    for label in ("-", "10", "none"):
        labels = ("0", "1", label)
        measured = evaluate(BrightestThird(), images, np.array([0]), labels, {"right": bars(22)})
        assert measured["accuracy"] == 0
        assert measured["accuracy_forced"] == 1
        assert measured["turned_away"] == {"digits": 1, "right": 1}
        assert measured["scrambled_confident"] == 0


def test_kinds_of_junk_are_pooled_with_equal_weight():
    test = {"accuracy": 1.0, "turned_away": {"digits": 0.01, POOLED[0]: 0.9, POOLED[1]: 1.0, "letters": 0.2}}
    figures = headline(test)
    assert figures["merged pairs, fragments, noise, blank, textures accepted"] == pytest.approx(0.05)
    assert figures["accepted: letters"] == pytest.approx(0.8)


def test_what_holds_nothing_is_varied_and_always_the_same():
    made = nothing(40)
    assert list(made) == ["blank", "noise", "textures"]
    for kind, crops in made.items():
        assert crops.shape == (40, 28, 28)
        assert len({crop.tobytes() for crop in crops}) > 15, kind
        assert np.array_equal(crops, nothing(40)[kind])
    assert set(made) < set(POOLED)
