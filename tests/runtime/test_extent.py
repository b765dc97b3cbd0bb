"""How far ink reaches in its picture."""

from __future__ import annotations

import numpy as np
import pytest

from edge_digits.extent import at_edge, fills, rim


def test_a_box_fills_a_picture_only_where_it_does_both_ways() -> None:
    width, height = np.array([90, 90, 20, 100]), np.array([50, 20, 50, 50])
    assert fills(width, height, (100, 50)).tolist() == [True, False, False, True]
    assert fills(86, 43, (100, 50))
    assert not fills(85, 43, (100, 50))


def test_a_box_is_at_the_edge_where_a_pixel_or_none_is_left_beside_it() -> None:
    size = (100, 50)
    assert not at_edge(2, 2, 96, 46, size)
    assert all(at_edge(*box, size) for box in ((1, 2, 9, 9), (2, 1, 9, 9), (2, 2, 97, 9), (2, 2, 9, 47)))
    x, y, width, height = np.array([[2, 2, 96, 46], [1, 2, 9, 9]]).T
    assert np.asarray(at_edge(x, y, width, height, size)).tolist() == [False, True]


def test_the_rim_is_every_pixel_on_a_side_and_no_other() -> None:
    picture = np.arange(20, dtype=np.uint8).reshape(4, 5)
    assert sorted(set(rim(picture).tolist())) == [0, 1, 2, 3, 4, 5, 9, 10, 14, 15, 16, 17, 18, 19]
    assert rim(picture).shape == (2 * 4 + 2 * 5,)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1)])
def test_a_line_is_all_rim(shape: tuple[int, int]) -> None:
    assert (rim(np.full(shape, 9, np.uint8)) == 9).all()
