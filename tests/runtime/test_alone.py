"""When a sheet that was read by itself shows all that is written in a picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from sheets_on_floors import on_floor
from test_sheet import grey
from written_pages import write_page

from edge_digits.alone import Writing, shows_all
from edge_digits.segmentation import in_search_size
from edge_digits.sheet import sheet_in

PAGE = write_page("3472\n5284", seed=3, margin=120)
WRITING = Writing(contrast=170, height=50, pen=6)


def beside(pen: int, radius: int = 24) -> bool:
    """Whether a sheet shows all where an arc as dark and high as its digits is drawn beside it."""
    seen = on_floor(PAGE.image, 12, share=0.4, shade=150)
    picture = seen.image.copy()
    place = 45, picture.shape[0] // 2
    cv2.ellipse(picture, place, (radius, radius), 0, -60, 180, (20, 20, 20), pen, cv2.LINE_AA)
    whole, _ = in_search_size(grey(picture))
    sheet = sheet_in(whole)
    assert sheet is not None
    return shows_all(whole, sheet, None, WRITING)


@pytest.mark.parametrize("pen", [5, 7])
def test_what_is_drawn_beside_it_by_such_a_pen_is_writing(pen: int) -> None:
    assert not beside(pen)


@pytest.mark.parametrize("pen", [1, 20])
def test_the_rim_of_a_cup_and_a_stain_are_by_no_such_pen(pen: int) -> None:
    """They had the whole desk read along with the sheet, for four times the cost."""
    assert beside(pen)


def test_larger_things_are_no_writing() -> None:
    assert beside(6, radius=70)


def test_beside_nothing_it_shows_all() -> None:
    whole, _ = in_search_size(np.full((480, 640), 220, np.uint8))
    sheet = sheet_in(in_search_size(grey(on_floor(PAGE.image, 12, share=0.4).image))[0])
    assert sheet is not None
    assert shows_all(whole, sheet, None, WRITING)
