from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from edge_digits.candidate import Candidate
from edge_digits.decision import decide
from edge_digits.hypotheses import Hypothesis
from edge_digits.reading import Box

LABELS = (*"0123456789", "none")


def stroke(x: int, *, width: int = 30) -> Candidate:
    ink = np.zeros((50, width), np.uint8)
    ink[:, width // 2 - 3 : width // 2 + 3] = ink[20:26] = 255
    return Candidate(Box(x, 40, width, 50), ink, 150, 6, int((ink > 0).sum()), "dark")


def told(**probabilities: float) -> np.ndarray:
    """What the network says of one mark; the rest is "none"."""
    said = np.zeros(len(LABELS), np.float32)
    for label, probability in probabilities.items():
        said[LABELS.index(label.strip("_"))] = probability
    said[-1] += 1 - said.sum()
    return said


def read(marks: Sequence[np.ndarray], *, cut: bool = False) -> str:
    """The marks of one line, from left to right: digits, "?" for unsure ones, "." for none."""
    strokes = [stroke(60 * i + 40) for i in range(len(marks))]
    found = [Hypothesis(c, (i,), (0, 30) if cut else None) for i, c in enumerate(strokes)]
    verdicts = {v.index: v for v in decide(found, np.array(marks), LABELS, (640, 480), strokes=strokes)}
    return "".join(
        "." if i not in verdicts else LABELS[verdicts[i].label] if verdicts[i].sure else "?"
        for i in range(len(marks))
    )


@pytest.mark.parametrize(("probability", "shown"), [(0.97, "6"), (0.45, "?"), (0.3, ".")])
def test_a_mark_is_read_unsure_or_nothing_by_its_probability(probability: float, shown: str) -> None:
    assert read([told(_2=0.99), told(_6=probability), told(_8=0.99)]) == f"2{shown}8"


def test_what_surely_is_a_digit_is_unsure_if_nothing_tells_which() -> None:
    torn = told(_1=0.37, _9=0.35, _4=0.27)
    assert read([told(_2=0.99), torn, told(_8=0.99)]) == "2?8"
    assert read([torn]) == "?"


def test_a_piece_of_a_wide_stroke_that_may_be_any_digit_is_none() -> None:
    assert read([told(_1=0.37, _9=0.35, _4=0.27)], cut=True) == "."
