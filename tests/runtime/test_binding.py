"""Rings of a binding that are not seen by themselves are told by the others' pitch."""

from __future__ import annotations

import numpy as np
import pytest

from edge_digits.binding import Side, unseen_rings
from edge_digits.reading import Box

SHAPE = (888, 700)
PITCH = 24


def rings(side: Side, missing: tuple[int, ...], count: int, stray: float = 0.0) -> list[Box]:
    """Rings along one side of a sheet from 11 pixels on, some of them not there."""
    rng = np.random.default_rng(0)
    found = []
    for number in range(count):
        at = round(11 + PITCH * number + stray * rng.normal()) - 6
        if number not in missing:
            found.append(
                {
                    "left": Box(0, at, 28, 13),
                    "right": Box(SHAPE[1] - 28, at, 28, 13),
                    "top": Box(at, 0, 13, 28),
                    "bottom": Box(at, SHAPE[0] - 28, 13, 28),
                }[side]
            )
    return found


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_those_that_are_missing_are_told_at_their_places_up_to_the_sheets_ends(side: Side) -> None:
    length = SHAPE[0] if side in {"left", "right"} else SHAPE[1]
    count = (length - 11) // PITCH + 1
    unseen = unseen_rings(rings(side, (0, 5, 6, count - 1), count), side, SHAPE)
    assert len(unseen) == 4
    for number, box in zip((0, 5, 6, count - 1), unseen, strict=True):
        x, y = box.center
        along, inwards = (y, x) if side in {"left", "right"} else (x, y)
        assert along == pytest.approx(11 + PITCH * number, abs=3)
        assert inwards < 20 or inwards > (SHAPE[1] if side == "right" else SHAPE[0]) - 20
        assert box.x >= 0
        assert box.x + box.width <= SHAPE[1]
        assert box.y >= 0
        assert box.y + box.height <= SHAPE[0]


def test_one_joined_to_its_neighbour_does_not_count_as_seen() -> None:
    seen = rings("top", (7, 8), 29)
    joined = Box(11 + 7 * PITCH - 6, 0, PITCH + 13, 30)
    assert len(unseen_rings([*seen, joined], "top", SHAPE)) == 2


def test_few_marks_or_marks_at_no_pitch_are_no_binding() -> None:
    assert unseen_rings(rings("top", (3,), 8), "top", SHAPE) == []
    assert unseen_rings(rings("top", (3,), 28, stray=6.0), "top", SHAPE) == []
    assert unseen_rings([], "left", SHAPE) == []


def test_marks_of_many_sizes_are_no_binding() -> None:
    rng = np.random.default_rng(1)
    marks = [Box(20 + PITCH * i, 0, *rng.integers(5, 40, 2).tolist()) for i in range(14)]
    assert unseen_rings(marks, "top", SHAPE) == []
