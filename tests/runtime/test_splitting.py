from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis, hypotheses
from edge_digits.rivals import without_rivals
from edge_digits.segmentation import search
from edge_digits.splitting import FINE, best_path, pieces
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
    boxes = [piece.candidate.box for piece in pieces(stroke).values()]
    halves = [box for box in boxes if abs(box.width - stroke.box.width / 2) < 6]
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
        assert cv2.connectedComponents((piece.candidate.ink > 64).astype(np.uint8))[0] == 2


def test_of_a_row_that_touches_no_piece_is_wider_than_a_digit() -> None:
    page = np.full((200, 640), 235, np.uint8)
    for x in range(120, 520, 58):
        cv2.ellipse(page, (x, 100), (30, 45), 0, 0, 360, 30, 7, cv2.LINE_AA)
    found = pieces(stroke_of(page))
    assert len(found) >= 6
    for piece in (each.candidate for each in found.values()):
        assert piece.box.width <= 1.4 * piece.box.height
        assert piece.ink.shape == (piece.box.height, piece.box.width)
        assert piece.area == pytest.approx(np.count_nonzero(piece.ink > 64), rel=0.02)


def test_finer_cuts_find_all_that_coarse_ones_find(two_rings_that_touch: np.ndarray) -> None:
    stroke = stroke_of(two_rings_that_touch)
    coarse, fine = pieces(stroke), pieces(stroke, FINE)
    assert len(fine) > 2 * len(coarse)
    for box in (piece.candidate.box for piece in coarse.values()):
        near = (np.abs(np.subtract(box, piece.candidate.box)).max() for piece in fine.values())
        assert min(near) <= 0.1 * stroke.box.height


@pytest.mark.parametrize(("thickness", "least", "most"), [(7, 0.5, 2.2), (30, 2.2, 6.0)])
def test_a_piece_knows_how_it_is_joined_and_what_is_left_out(
    thickness: int, least: float, most: float
) -> None:
    page = np.full((200, 480), 235, np.uint8)
    for x in (150, 240):
        cv2.ellipse(page, (x, 100), (30, 45), 0, 0, 360, 30, 7, cv2.LINE_AA)
    cv2.line(page, (180, 100), (210, 100), 30, thickness)
    stroke = stroke_of(page)
    found = pieces(stroke).values()
    half = min(found, key=lambda piece: abs(piece.candidate.box.width - stroke.box.width / 2))
    assert least < half.joint < most
    assert half.lost < 0.1 < max(piece.lost for piece in pieces(stroke, FINE).values())


def test_the_best_path_is_the_likeliest_one_that_leaves_little_out() -> None:
    spans = {(0, 30): 0, (30, 60): 1, (60, 90): 2, (0, 60): 3, (30, 90): 4}
    sureness, lost = [0.99, 0.96, 0.98, 0.97, 0.975], [0.0, 0.0, 0.0, 0.0, 0.0]
    assert best_path(spans, lambda i: sureness[i]) == ([0, 4], 0.975)
    lost[4] = 0.1
    assert best_path(spans, lambda i: sureness[i], lambda i: lost[i]) == ([3, 2], 0.97)
    lost[3] = 0.5
    assert best_path(spans, lambda i: sureness[i], lambda i: lost[i])[0] == [0, 1, 2]


def test_no_path_leads_through_a_piece_that_is_no_clear_digit() -> None:
    assert best_path({(0, 30): 0, (30, 60): 1}, lambda i: [0.99, 0.5][i]) == ([], 0.0)


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


def in_a_row(text: str, seed: int, apart: int) -> np.ndarray:
    """Digits by one pen of 10 pixels, so many pixels apart; below 0 they touch."""
    rng, page, x = np.random.default_rng(seed), np.zeros((240, 900), np.uint8), 80
    for label in text:
        ink = draw_digit(label, rng, height=110, thickness=10)
        window = page[60 : 60 + len(ink), x : x + ink.shape[1]]
        np.maximum(window, ink, out=window)
        x += ink.shape[1] + apart
    return (240 - page * (195 / 255)).astype(np.uint8)[:, : x + 80]


def test_numbers_whose_digits_all_touch_are_mostly_read(reader: DigitReader) -> None:
    texts = ["50636", "93686", "2486", "58286", "39045"]
    told = [(text, reader.read(in_a_row(text, seed, -5)).text) for text in texts for seed in range(8)]
    assert sum(text == got for text, got in told) >= 26, [each for each in told if each[0] != each[1]]


def test_a_1_that_touches_its_neighbours_is_read_with_them(reader: DigitReader) -> None:
    texts = ["15", "619", "2146", "58616", "912"]
    told = [(text, reader.read(in_a_row(text, seed, -5)).text) for text in texts for seed in range(8)]
    assert sum(text == got for text, got in told) >= 20, [each for each in told if each[0] != each[1]]


@pytest.mark.parametrize("word", ["cm", "mm", "min", "mum"])
def test_the_arches_of_joined_letters_are_no_1s_and_7s(reader: DigitReader, word: str) -> None:
    for seed, script in enumerate((cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)):
        page = write_page("3735", seed=seed, height=80, margin=40)
        sheet = cv2.copyMakeBorder(page.image, 0, 0, 0, 320, cv2.BORDER_REPLICATE)
        cv2.putText(sheet, word, (page.image.shape[1], 110), script, 2.5, (40, 40, 40), 4, cv2.LINE_AA)
        assert reader.read(sheet).text == "3735"
