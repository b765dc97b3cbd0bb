"""What strokes say about a turn of the page."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from edge_digits.votes import Poll, Votes

ONE, TWO = 0, 1


def stroke(number: int) -> Candidate:
    """A stroke that is known by its area, which turning leaves alone."""
    ink = np.zeros((40, 30), np.uint8)
    cv2.ellipse(ink, (15, 20), (11, 16), 0, 0, 300, 255, 4)
    return Candidate(Box(40 * number, 20, 30, 40), ink, 150, 4, number, "dark")


@pytest.mark.parametrize("seed", range(60))
def test_the_first_half_of_the_strokes_rules_a_turn_out_only_where_all_would(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 7))
    says = rng.choice(3, count, p=(0.25, 0.4, 0.35)).tolist()
    strokes = [stroke(number) for number in range(count)]

    def classify(candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        told = np.full((len(candidates), 3), 0.01, np.float32)
        for row, candidate in zip(told, candidates, strict=True):
            row[says[candidate.area]] = 0.98
        return told

    poll = Poll(classify, (ONE, TWO), ONE)
    assert poll.likely(90, strokes) == poll(90, strokes).likely


def test_a_stroke_is_turned_once_for_each_turn() -> None:
    seen: list[int] = []

    def classify(candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        seen.extend(id(each) for each in candidates)
        return np.full((len(candidates), 3), (0.01, 0.98, 0.01), np.float32)

    strokes = [stroke(number) for number in range(4)]
    poll = Poll(classify, (ONE, TWO), ONE)
    poll(90, strokes)
    poll(90, strokes)
    poll(35, strokes)
    assert len(set(seen)) == 8


def votes(clear: float, telling: float, count: int = 20, likelihood: float = -1.0) -> Votes:
    return Votes(clear, count, likelihood, telling)


def test_many_digits_that_letters_are_like_upside_down_are_letters() -> None:
    assert votes(18, 1).as_letters
    assert votes(9, 0).as_letters
    # Of nine digits one is a 3, 6, 8 or 9 now and then; of three there may be none.
    assert not votes(9, 1).as_letters
    assert not votes(3, 0).as_letters
    assert not votes(18, 7).as_letters


def test_a_half_turn_is_right_where_it_is_far_likelier_though_most_digits_read_both_ways() -> None:
    as_it_is = votes(15, 6, likelihood=-16)
    assert votes(20, 8).beyond_doubt(as_it_is)
    assert not votes(16, 6).beyond_doubt(as_it_is)
    assert not votes(20, 8, count=40).beyond_doubt(as_it_is)
    assert not votes(20, 8, likelihood=-6).beyond_doubt(as_it_is)
    # Words are letters under any turn, some of which look like no digit.
    assert not votes(20, 8, likelihood=-11).beyond_doubt(votes(15, 6, likelihood=-40))
