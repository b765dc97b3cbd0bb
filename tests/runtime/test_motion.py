"""How what stands on a sheet has moved from one frame to another."""

from __future__ import annotations

import numpy as np
import pytest

from edge_digits.motion import movement

PLACES = np.array([(x, y) for x in (400.0, 500, 600, 700) for y in (200.0, 300, 400)])


def shifts_by(matrix: np.ndarray, places: np.ndarray = PLACES) -> np.ndarray:
    return np.column_stack([places, np.ones(len(places))]) @ matrix.T - places


def turned(degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    angle = np.radians(degrees)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cos, -sin, shift[0]], [sin, cos, shift[1]]])


@pytest.mark.parametrize(("degrees", "scale"), [(0, 1), (0.4, 1), (-0.7, 1.01), (0.2, 0.99)])
def test_a_sheet_that_turns_and_comes_nearer_is_followed_to_its_edges(degrees: float, scale: float) -> None:
    truth = turned(degrees, scale, (3, -2))
    found = movement(PLACES, shifts_by(truth))
    edges = np.array([(300.0, 100), (800, 100), (300, 500), (800, 500)])
    assert np.abs(shifts_by(found, edges) - shifts_by(truth, edges)).max() < 1


def test_a_place_that_was_lost_track_of_changes_nothing() -> None:
    truth = turned(0.5, 1, (3, -2))
    shifts = shifts_by(truth)
    shifts[4] += (40, 25)
    assert np.abs(shifts_by(movement(PLACES, shifts)) - shifts_by(truth)).max() < 1


def test_few_places_tell_no_more_than_a_shift() -> None:
    shifts = np.array([(3.0, -2), (3.5, -2), (9, 4)])
    assert movement(PLACES[:3], shifts).tolist() == [[1, 0, 3.5], [0, 1, -2]]


def test_digits_on_one_line_tell_a_turn_along_it_and_nothing_across() -> None:
    line = np.array([(x, 300.0) for x in (300.0, 400, 500, 600, 700)])
    truth = turned(0.6, 1, (0, 0))
    found = movement(line, shifts_by(truth, line))
    assert np.abs(shifts_by(found, line) - shifts_by(truth, line)).max() < 0.5
    assert np.abs(found[:, 1] - (0, 1)).max() < 0.01
