from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_digits.candidate import Candidate
from edge_digits.frames import is_frame, is_with_rule
from edge_digits.reading import Box


def cut(page: np.ndarray, box: Box, *, freed: bool = False) -> Candidate:
    ink = page[box.y : box.y + box.height, box.x : box.x + box.width].copy()
    return Candidate(box, ink, 180, 5, int(np.count_nonzero(ink)), "dark", freed)


@pytest.fixture
def page() -> np.ndarray:
    """Three rings in a frame."""
    drawn = np.zeros((140, 320), np.uint8)
    cv2.rectangle(drawn, (10, 10), (310, 130), 255, 4)
    for x in (60, 160, 260):
        cv2.circle(drawn, (x, 70), 30, 255, 5)
    return drawn


RINGS = [Box(x - 33, 37, 67, 67) for x in (60, 160, 260)]


def test_what_goes_around_digits_is_a_frame_though_their_ink_counts_as_its_own(page: np.ndarray) -> None:
    frame = cut(page, Box(8, 8, 305, 125))
    assert is_frame(frame, [cut(page, ring) for ring in RINGS])
    assert not is_frame(frame, [cut(page, RINGS[0])])
    assert not is_frame(frame, [])


def test_a_word_is_no_frame_of_the_letters_that_look_like_digits(page: np.ndarray) -> None:
    word = page.copy()
    cv2.line(word, (60, 70), (260, 70), 90, 5)
    page[:36] = word[:36] = page[105:] = word[105:] = 0
    mark = cut(word, Box(27, 37, 267, 67))
    rings = [cut(page, ring) for ring in RINGS]
    assert not is_frame(mark, rings)
    for ring in rings[:2]:
        ring.freed = True
    assert is_frame(mark, rings)


def test_digits_outside_it_do_not_count(page: np.ndarray) -> None:
    frame = cut(page, Box(8, 8, 305, 125))
    beside = [
        cut(page, RINGS[0]),
        Candidate(Box(400, 37, 20, 67), np.full((67, 20), 255, np.uint8), 180, 5, 9, "dark"),
    ]
    assert not is_frame(frame, beside)


def test_a_digit_freed_of_the_line_it_touches_is_the_same_ink_as_both(page: np.ndarray) -> None:
    cv2.line(page, (0, 100), (319, 100), 255, 3)
    both, ring = cut(page, Box(27, 37, 250, 67)), cut(page, RINGS[0], freed=True)
    assert is_with_rule(both, [ring])
    assert not is_with_rule(both, [cut(page, RINGS[0])])
    assert not is_with_rule(both, [])
    # What was freed of a much higher thing is not all of it.
    assert not is_with_rule(cut(page, Box(8, 8, 305, 125)), [ring])


def test_a_digit_and_the_rule_it_stands_on_are_no_word_of_which_it_is_a_letter() -> None:
    drawn = np.zeros((140, 620), np.uint8)
    cv2.circle(drawn, (300, 70), 28, 255, 5)
    digit = cut(drawn, Box(270, 40, 61, 61))
    cv2.line(drawn, (0, 92), (619, 96), 255, 4)
    assert is_with_rule(cut(drawn, Box(0, 40, 620, 61)), [digit])
    # A word as wide is more ink.
    for x in range(20, 600, 40):
        cv2.circle(drawn, (x, 70), 28, 255, 5)
    assert not is_with_rule(cut(drawn, Box(0, 40, 620, 61)), [digit])
