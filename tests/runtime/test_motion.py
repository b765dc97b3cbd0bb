"""How what stands on a sheet has moved from one frame to another."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits.motion import follow, follow_on, movement, view_of
from edge_digits.reading import Box

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


def page_at(x: int, y: int, light: float = 1.0) -> np.ndarray:
    """A camera's frame of a grey sheet with four marks on it, drawn anywhere."""
    frame = np.full((480, 640, 3), 180, np.uint8)
    for column in range(4):
        left = x + 70 * column
        cv2.ellipse(frame, (left + 12, y + 18), (10, 16), 15 * column, 40, 330, (40, 40, 40), 4)
        cv2.line(frame, (left + 4 * column, y + 4), (left + 24, y + 30), (60, 60, 60), 3)
    return (light * frame).astype(np.uint8)


def marks_at(x: int, y: int) -> list[Box]:
    return [Box(x + 70 * column - 2, y - 2, 28, 40) for column in range(4)]


def test_marks_that_moved_far_are_found_where_they_had_come_by_the_frame_before() -> None:
    first, last = view_of(page_at(100, 100)), view_of(page_at(240, 260))
    marks = marks_at(100, 100)
    so_far = np.tile((134.0, 154.0), (len(marks), 1))
    shifts, lost = follow(first, last, marks, so_far)
    assert not lost.any()
    assert np.abs(shifts - (140, 160)).max() < 2
    assert follow(first, last, marks)[1].any(), "too far to be found from where they stood"


def test_marks_that_the_light_has_changed_since_they_were_found_are_followed_on_all_the_same() -> None:
    views = view_of(page_at(100, 100)), view_of(page_at(130, 100, 0.5)), view_of(page_at(136, 104, 0.5))
    came = np.tile((30.0, 0.0), (4, 1))
    went = follow_on(views, marks_at(100, 100), marks_at(130, 100), came)
    assert went.unseen.all()
    assert not went.lost.any()
    assert np.abs(went.offsets - (36, 4)).max() < 2


def test_a_mark_that_was_covered_is_lost_and_goes_with_the_others() -> None:
    covered = page_at(106, 104)
    cv2.rectangle(covered, (300, 80), (380, 180), (180, 180, 180), -1)
    views = view_of(page_at(100, 100)), view_of(page_at(100, 100)), view_of(covered)
    went = follow_on(views, marks_at(100, 100), marks_at(100, 100), np.zeros((4, 2)))
    assert went.lost.tolist() == [False, False, False, True]
    assert np.abs(went.offsets - (6, 4)).max() < 2


def test_a_view_of_a_frame_whose_sides_are_no_multiples_is_a_quarter_of_it() -> None:
    frame = page_at(100, 100)
    assert view_of(frame[:-1, :-3]).small.shape == (119, 159, 3)
    assert view_of(frame[:3, :2, 0]).small.shape == (1, 1)
    assert np.array_equal(view_of(frame[:-1, :-3]).small, view_of(frame).small[:119, :159])
