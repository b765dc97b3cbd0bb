from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis, hypotheses
from edge_digits.rivals import without_rivals
from edge_digits.segmentation import search
from edge_digits.splitting import best_path, pieces
from train.scenes import draw_digit


def stroke_of(page: np.ndarray) -> Candidate:
    candidates = search(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)).candidates
    assert len(candidates) == 1
    return candidates[0]


@pytest.fixture
def two_rings_that_touch() -> np.ndarray:
    page = np.full((200, 480), 235, np.uint8)
    for x in (180, 240):
        cv2.ellipse(page, (x, 100), (30, 45), 0, 0, 360, 30, 7, cv2.LINE_AA)
    return page


def test_rings_that_touch_are_cut_where_they_touch(two_rings_that_touch: np.ndarray) -> None:
    stroke = stroke_of(two_rings_that_touch)
    halves = [p.box for p in pieces(stroke).values() if abs(p.box.width - stroke.box.width / 2) < 6]
    lefts = sorted(box.x for box in halves)
    assert lefts[0] == stroke.box.x
    assert abs(lefts[-1] - (stroke.box.x + stroke.box.width / 2)) < 8


def test_a_lone_ring_is_left_whole() -> None:
    page = np.full((200, 480), 235, np.uint8)
    cv2.ellipse(page, (200, 100), (28, 45), 0, 0, 360, 30, 7, cv2.LINE_AA)
    assert pieces(stroke_of(page)) == {}


def test_what_a_cut_leaves_of_the_neighbour_is_dropped() -> None:
    page = np.full((200, 480), 235, np.uint8)
    cv2.ellipse(page, (180, 100), (30, 45), 0, 0, 360, 30, 7, cv2.LINE_AA)
    cv2.line(page, (205, 122), (300, 122), 30, 7, cv2.LINE_AA)
    cv2.line(page, (300, 60), (300, 150), 30, 7, cv2.LINE_AA)
    for piece in pieces(stroke_of(page)).values():
        assert cv2.connectedComponents((piece.ink > 64).astype(np.uint8))[0] == 2


def test_of_a_row_that_touches_no_piece_is_wider_than_a_digit() -> None:
    page = np.full((200, 640), 235, np.uint8)
    for x in range(120, 520, 58):
        cv2.ellipse(page, (x, 100), (30, 45), 0, 0, 360, 30, 7, cv2.LINE_AA)
    found = pieces(stroke_of(page))
    assert len(found) >= 6
    for piece in found.values():
        assert piece.box.width <= 1.4 * piece.box.height
        assert piece.ink.shape == (piece.box.height, piece.box.width)
        assert piece.area == pytest.approx(np.count_nonzero(piece.ink > 64), rel=0.02)


def test_the_best_path_is_the_one_whose_weakest_digit_is_strongest() -> None:
    spans = {(0, 1): 0, (1, 2): 1, (2, 3): 2, (0, 2): 3, (1, 3): 4}
    sureness = [0.99, 0.91, 0.95, 0.97, 0.92]
    assert best_path(spans, lambda i: sureness[i]) == ([3, 2], 0.95)


def test_no_path_leads_through_a_piece_that_is_no_clear_digit() -> None:
    assert best_path({(0, 1): 0, (1, 2): 1}, lambda i: [0.99, 0.5][i]) == ([], 0.0)


@pytest.mark.parametrize(
    ("whole", "piece", "bars", "expected"),
    [
        (0.1, 0.98, False, 2),  # neither half is in doubt, the whole is no digit
        (0.99, 0.98, False, 1),  # the whole is a clear digit
        (0.1, 0.6, False, 1),  # the halves are guesses
        (0.1, 0.98, True, 1),  # anything can be cut into bars
    ],
)
def test_a_stroke_is_cut_only_for_clear_digits_that_are_no_bars(
    two_rings_that_touch: np.ndarray, whole: float, piece: float, bars: bool, expected: int
) -> None:
    found: list[Hypothesis] = hypotheses([stroke_of(two_rings_that_touch)])
    confidence = np.array([whole if h.span is None else piece for h in found], np.float32)
    wary = np.array([h.span is not None and bars for h in found])
    assert len(without_rivals(found, confidence, wary)) == expected


def test_digits_that_lean_on_each_other_keep_the_wall_that_they_share(reader: DigitReader) -> None:
    told = []
    for text in ("802", "3526"):
        for seed in range(20):
            rng, page, x = np.random.default_rng(seed), np.zeros((240, 900), np.uint8), 80
            for label in text:
                ink = draw_digit(label, rng, height=110, thickness=11)
                window = page[60 : 60 + len(ink), x : x + ink.shape[1]]
                np.maximum(window, ink, out=window)
                x += ink.shape[1] - 11
            told.append(reader.read((240 - page * (195 / 255)).astype(np.uint8)[:, : x + 80]).text == text)
    assert sum(told) >= 20
