from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits.normalize import normalize
from edge_digits.stroke import even_stroke, stroke_width


def bar(width: int, angle: float) -> np.ndarray:
    """Every pixel within half a width of a line of 140 pixels through the middle."""
    y, x = np.mgrid[-100:101, -100:101]
    along = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    across = y * np.cos(np.radians(angle)) - x * np.sin(np.radians(angle))
    return np.where((np.abs(across) <= width / 2) & (np.abs(along) <= 70), 255, 0).astype(np.uint8)


@pytest.mark.parametrize("width", [1, 3, 5, 9, 15, 25])
@pytest.mark.parametrize("angle", [0, 20, 45, 90])
def test_the_width_of_a_pen_is_measured(width: int, angle: float) -> None:
    assert stroke_width(bar(width, angle)) == pytest.approx(width, rel=0.15, abs=1)


@pytest.mark.parametrize("width", [4, 8, 16])
def test_a_loop_is_as_thick_as_the_pen_that_drew_it(width: int) -> None:
    ring = cv2.circle(np.zeros((200, 200), np.uint8), (100, 100), 60, 255, width)
    assert stroke_width(ring) == pytest.approx(width, rel=0.2)


def test_no_ink_has_no_width_and_a_dot_has_some() -> None:
    assert stroke_width(np.zeros((9, 9), np.uint8)) == 0
    assert stroke_width(np.full((1, 1), 255, np.uint8)) >= 1


def test_a_ballpoints_line_is_thickened_to_an_eighth_of_the_digit() -> None:
    ring = cv2.circle(np.zeros((75, 75), np.uint8), (37, 37), 36, 255, 1)
    thick = even_stroke(ring, stroke_width(ring))
    assert stroke_width(thick) == pytest.approx(0.12 * 75, rel=0.2)
    for edge in (thick[0], thick[-1], thick[:, 0], thick[:, -1]):
        assert np.count_nonzero(edge) < len(edge) / 3, "the ring is cut flat by its frame"


def test_a_marker_is_left_as_it_is() -> None:
    ring = cv2.circle(np.zeros((75, 75), np.uint8), (37, 37), 30, 255, 12)
    assert np.array_equal(even_stroke(ring, stroke_width(ring)), ring)


def test_a_thin_line_no_longer_fades_when_fitted_into_20_pixels() -> None:
    ring = cv2.circle(np.zeros((301, 301), np.uint8), (150, 150), 145, 255, 3)
    assert normalize(ring).max() < 120
    assert normalize(even_stroke(ring, stroke_width(ring))).max() > 200
