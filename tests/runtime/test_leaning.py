"""Strokes that are cut more finely, and which of their pieces the network is asked about."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis, cut_from
from edge_digits.leaning import leaning
from edge_digits.segmentation import search
from edge_digits.splitting import FINE, Cuts, pieces

LABELS = (*"0123456789", "none")


@pytest.fixture
def rings() -> Candidate:
    """Five rings that touch, one stroke."""
    page = np.full((200, 640), 235, np.uint8)
    for x in range(120, 410, 58):
        cv2.ellipse(page, (x, 100), (30, 45), 0, 0, 360, 30, 7, cv2.LINE_AA)
    (stroke,) = search(page).candidates
    return stroke


def answer(clear: Sequence[bool]) -> np.ndarray:
    """Of each whether it is a clear 0; what is not is none."""
    told = np.full((len(clear), len(LABELS)), 0.001, np.float32)
    told[np.arange(len(clear)), np.where(clear, 0, 10)] = 0.99
    return told


class Network:
    """Takes pieces for digits that begin where it is told, in the stroke, and remembers all it was asked."""

    def __init__(self, stroke: Candidate, *begins: range) -> None:
        self.stroke, self.begins = stroke, begins
        self.asked: list[Candidate] = []

    def __call__(self, candidates: Sequence[Candidate]) -> np.ndarray:
        self.asked += candidates
        starts = [each.box.x - self.stroke.box.x for each in candidates]
        return answer([any(start in begin for begin in self.begins) for start in starts])


def asked_of(stroke: Candidate, network: Network) -> list[Hypothesis]:
    """What is asked about a stroke of which one coarse piece in the middle is a clear digit."""
    found = cut_from(0, pieces(stroke))
    middle = min(found, key=lambda h: abs(h.candidate.box.center[0] - stroke.box.center[0]))
    more, told = leaning(found, answer([h is middle for h in found]), LABELS, [stroke], network)
    assert told.shape == (len(more), len(LABELS))
    assert len(network.asked) == len(more)
    return more


def test_of_a_stroke_that_ends_in_no_digit_only_the_ends_are_asked_about(rings: Candidate) -> None:
    more = asked_of(rings, Network(rings))
    assert more
    assert all(h.span is not None and (h.span[0] == 0 or h.span[1] == rings.box.width) for h in more)
    assert len(more) < len(Cuts(rings, FINE).spans) / 2


def test_pieces_are_asked_about_where_a_run_of_digits_has_led(rings: Candidate) -> None:
    network = Network(rings, range(rings.box.width))
    more = asked_of(rings, network)
    begins = {h.span[0] for h in more if h.span is not None}
    assert len(begins) > 5, "all of it is digits"
    ends = {h.span[1] for h in more if h.span is not None}
    assert begins - {0} <= ends, "and each begins where another ends"


def test_each_piece_is_asked_about_once_with_and_once_without_its_walls(rings: Candidate) -> None:
    more = asked_of(rings, Network(rings, range(rings.box.width)))
    spans = [h.span for h in more]
    assert max(spans.count(span) for span in set(spans)) == 2


def test_what_is_one_digit_or_has_no_clear_piece_is_left_alone(rings: Candidate) -> None:
    found = cut_from(0, pieces(rings))
    network = Network(rings, range(rings.box.width))
    more, told = leaning(found, answer([False] * len(found)), LABELS, [rings], network)
    assert more == network.asked == []
    assert told.shape == (0, len(LABELS))
    found = [Hypothesis(rings, (0,)), *found]
    assert leaning(found, answer([True] * len(found)), LABELS, [rings], network)[0] == []
