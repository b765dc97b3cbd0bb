from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_digits.reading import Box, Digit, Reading, Timing

boxes = st.builds(Box, st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 99), st.integers(1, 99))
LABELS = tuple("0123456789")


def digit(label: str, x: int = 0, *, sure: bool = True, track: int | None = None) -> Digit:
    probabilities = np.full(10, 0.01, np.float32)
    probabilities[int(label) if label.isdecimal() else 0] = 0.91
    return Digit(label, 0.91, Box(x, 0, 20, 30), probabilities, sure, np.zeros((28, 28), np.uint8), track)


def reading(*lines: tuple[Digit, ...]) -> Reading:
    return Reading(lines, (200, 100), "classic-float32", "onnxruntime", LABELS)


def test_text_joins_digits_and_lines_and_marks_the_unsure() -> None:
    page = reading((digit("1"), digit("2", sure=False)), (digit("3"),))
    assert page.text == "1?\n3"


def test_digits_and_unsure_part_the_page_in_reading_order() -> None:
    first, second, third = digit("1"), digit("2", 30, sure=False), digit("3", 60)
    page = reading((first, second), (third,))
    assert page.digits == (first, third)
    assert page.unsure == (second,)


def test_a_blank_page_reads_as_nothing() -> None:
    page = reading()
    assert page.text == ""
    assert page.digits == ()
    assert page.unsure == ()
    assert json.loads(json.dumps(page.to_dict()))["lines"] == []


@pytest.mark.parametrize(
    ("label", "value"), [("0", 0), ("9", 9), ("none", None), ("½", None), ("²", None), ("", None)]
)
def test_a_digits_value_is_a_number_where_its_label_is_one(label: str, value: int | None) -> None:
    assert digit(label).value == value


def test_the_dictionary_is_json_and_says_all_but_the_crop() -> None:
    page = reading((digit("7", 4, track=3), digit("2", sure=False)))
    told = json.loads(json.dumps(page.to_dict()))
    assert told["text"] == "7?"
    assert told["size"] == [200, 100]
    assert told["model"] == "classic-float32"
    assert told["backend"] == "onnxruntime"
    assert told["labels"] == list(LABELS)
    seven, two = told["lines"][0]
    assert seven == {
        "value": 7,
        "label": "7",
        "confidence": 0.91,
        "sure": True,
        "box": [4, 0, 20, 30],
        "probabilities": [0.01] * 7 + [0.91] + [0.01] * 2,
        "track": 3,
    }
    assert two["sure"] is False
    assert "track" not in two


def test_timing_adds_up_and_tells_every_stage() -> None:
    timing = Timing(load=1.0, segmentation=2.0, orientation=32.0, normalize=4.0, classify=8.0, decision=16.0)
    assert timing.total == 63
    assert timing.to_dict() == {
        "load": 1.0,
        "segmentation": 2.0,
        "orientation": 32.0,
        "normalize": 4.0,
        "classify": 8.0,
        "decision": 16.0,
        "total": 63.0,
    }


def test_two_readings_of_one_picture_are_equal_however_long_they_took() -> None:
    one = Reading((), (2, 2), "m", "b", LABELS, Timing(load=1))
    other = Reading((), (2, 2), "m", "b", LABELS, Timing(load=2))
    assert one == other


@given(boxes, boxes)
def test_overlap_is_symmetric_and_between_0_and_1(one: Box, other: Box) -> None:
    assert 0 <= one.iou(other) <= 1
    assert one.iou(other) == other.iou(one)
    assert (one.iou(other) == 1) == (one == other)


@given(boxes, boxes, st.integers(-50, 50), st.integers(-50, 50))
def test_overlap_is_the_same_anywhere_on_the_page(one: Box, other: Box, dx: int, dy: int) -> None:
    moved = [Box(b.x + dx, b.y + dy, b.width, b.height) for b in (one, other)]
    assert moved[0].iou(moved[1]) == one.iou(other)


def test_overlap_of_known_boxes() -> None:
    box = Box(0, 0, 10, 10)
    assert box.iou(Box(5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert box.iou(Box(2, 2, 5, 5)) == pytest.approx(25 / 100)
    assert box.iou(Box(10, 0, 10, 10)) == 0
    assert box.center == (5, 5)
