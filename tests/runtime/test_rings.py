"""Rings, told from digits by their shape, and what touches them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits import Box
from edge_digits.candidate import Candidate
from edge_digits.rings import out_of_ring, ring_of
from edge_digits.stroke import stroke_width
from train.scenes import draw_digit

PEN = 6


def stroke(ink: np.ndarray) -> Candidate:
    height, width = ink.shape
    pen = stroke_width(np.asarray(cv2.threshold(ink, 0, 1, cv2.THRESH_BINARY)[1], np.uint8))
    return Candidate(Box(100, 50, width, height), ink, 200.0, pen, cv2.countNonZero(ink), "dark")


def ring(width: int = 160, height: int = 120, *, gap: int = 0) -> np.ndarray:
    """A ring that just fits its box, open for so many degrees."""
    ink = np.zeros((height, width), np.uint8)
    axes = ((width - PEN) // 2, (height - PEN) // 2)
    cv2.ellipse(ink, (width // 2, height // 2), axes, 0, 0, 360 - gap, 255, PEN, cv2.LINE_AA)
    return ink


@pytest.mark.parametrize(("width", "height"), [(160, 120), (90, 130), (80, 80), (400, 250)])
@pytest.mark.parametrize("gap", [0, 5, 35])
def test_a_ring_is_its_line_and_what_it_goes_around(width: int, height: int, gap: int) -> None:
    found = ring_of(stroke(ring(width, height, gap=gap)))
    assert found is not None
    assert found.within.mean() < 0.01
    assert found.eye[height // 2, width // 2]
    assert not found.eye[:PEN, :PEN].any()
    assert not (found.eye & found.line).any()


def test_what_stands_in_a_ring_is_no_part_of_its_line() -> None:
    ink = ring()
    cv2.line(ink, (80, 35), (80, 85), 255, PEN)
    found = ring_of(stroke(ink))
    assert found is not None
    assert found.within[35:85, 80].all()
    assert not found.line[35:85, 80].any()
    # It is found as a stroke anyway: it touches nothing.
    assert out_of_ring(stroke(ink)) == []


def test_a_stroke_that_touches_the_ring_comes_off_it_where_it_stands() -> None:
    ink = ring()
    cv2.line(ink, (70, 30), (95, 117), 255, PEN)
    (cut,) = out_of_ring(stroke(ink))
    assert cut.freed
    assert cut.box.y == pytest.approx(50 + 30 - PEN / 2, abs=2)
    assert 100 + 60 < cut.box.x < 100 + 70
    assert cut.box.y + cut.box.height < 50 + 120 - PEN
    assert cut.ink.shape == (cut.box.height, cut.box.width)


def test_what_runs_along_a_ring_is_its_own_second_line() -> None:
    ink = ring()
    cv2.ellipse(ink, (80, 60), (68, 48), 0, 20, 160, 255, 3)
    cv2.line(ink, (80, 60 + 48), (80, 117), 255, PEN)
    assert out_of_ring(stroke(ink)) == []


@pytest.mark.parametrize("label", "123456789")
def test_no_digit_but_a_zero_is_a_ring(label: str) -> None:
    for seed in range(20):
        ink = draw_digit(label, np.random.default_rng(seed), height=90, thickness=PEN)
        assert ring_of(stroke(ink)) is None, seed


def test_an_open_curve_a_blot_and_a_cross_are_no_rings() -> None:
    cross = np.zeros((90, 90), np.uint8)
    cv2.line(cross, (0, 0), (89, 89), 255, PEN)
    cv2.line(cross, (0, 89), (89, 0), 255, PEN)
    blot = cv2.circle(np.zeros((90, 90), np.uint8), (45, 45), 44, 255, cv2.FILLED)
    for ink in (ring(gap=90), blot, cross, np.zeros((90, 90), np.uint8), ring(18, 18)):
        assert ring_of(stroke(ink)) is None
