"""Which digit of one frame is which of the next."""

from __future__ import annotations

import numpy as np
import pytest

from edge_digits.association import associate
from edge_digits.reading import Box


def number(rng: np.random.Generator, count: int = 6) -> tuple[list[Box], str]:
    """Digits side by side, and which they are."""
    heights = rng.integers(50, 70, count)
    boxes = [Box(100 + 45 * i, 200 - int(h) // 2, 36, int(h)) for i, h in enumerate(heights)]
    return boxes, "".join(str(d) for d in rng.permutation(10)[:count])


def alike(old: str, new: str) -> np.ndarray:
    return np.array([[a == b for b in new] for a in old], bool).reshape(len(old), len(new))


def moved(boxes: list[Box], matrix: np.ndarray) -> list[Box]:
    """Boxes whose centres go where a matrix of shape (2, 3) takes them."""
    grown = float(np.hypot(*matrix[:, 0]))
    out = []
    for box in boxes:
        x, y = matrix @ (*box.center, 1.0)
        w, h = grown * box.width, grown * box.height
        out.append(Box(round(x - w / 2), round(y - h / 2), round(w), round(h)))
    return out


@pytest.mark.parametrize("shift", [(0, 0), (15, -8), (45, 0), (90, 4), (-160, 120), (400, -190)])
def test_digits_are_known_again_however_far_their_sheet_has_moved(shift: tuple[int, int]) -> None:
    boxes, digits = number(np.random.default_rng(0))
    there = moved(boxes, np.array([[1, 0, shift[0]], [0, 1, shift[1]]], float))
    pairs, shifts = associate(boxes, there, alike(digits, digits))
    assert pairs == {i: i for i in range(len(boxes))}
    assert np.abs(shifts - shift).max() <= 1


@pytest.mark.parametrize("seed", range(12))
def test_a_sheet_may_turn_and_grow_as_it_moves_and_lose_a_digit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    boxes, digits = number(rng)
    angle, grown = np.radians(rng.uniform(-9, 9)), rng.uniform(0.9, 1.1)
    cos, sin = grown * np.cos(angle), grown * np.sin(angle)
    matrix = np.array([[cos, -sin, rng.uniform(-150, 150)], [sin, cos, rng.uniform(-90, 90)]])
    there = moved(boxes, matrix)
    lost = int(rng.integers(len(boxes)))
    left = [i for i in range(len(boxes)) if i != lost]
    order = list(rng.permutation(left))
    pairs, shifts = associate(
        boxes, [there[i] for i in order], alike(digits, "".join(digits[i] for i in order))
    )
    assert pairs == {int(i): order.index(i) for i in left}
    x, y = boxes[lost].center
    way = np.array(there[lost].center) - (x, y)
    assert np.hypot(*(shifts[lost] - way)) < 6, "what is not seen has moved with the rest"


def test_a_digit_that_is_misread_stays_the_digit_it_was() -> None:
    boxes, _ = number(np.random.default_rng(1))
    assert associate(boxes, boxes, alike("123456", "723956")).pairs == {i: i for i in range(6)}


def test_a_single_digit_is_followed_over_a_leap() -> None:
    box = Box(50, 60, 30, 50)
    pairs, shifts = associate([box], [box._replace(x=260)], alike("4", "4"))
    assert pairs == {0: 0}
    assert shifts.tolist() == [[210, 0]]


def test_another_number_elsewhere_is_another_number() -> None:
    boxes, _ = number(np.random.default_rng(2))
    there = moved(boxes, np.array([[1, 0, 30], [0, 1, 170]], float))
    pairs, shifts = associate(boxes, there, alike("123456", "789078"))
    assert pairs == {}
    assert not shifts.any()


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 3), (3, 0)])
def test_nothing_is_associated_with_nothing(old: int, new: int) -> None:
    boxes, digits = number(np.random.default_rng(3))
    pairs, shifts = associate(boxes[:old], boxes[:new], alike(digits[:old], digits[:new]))
    assert pairs == {}
    assert shifts.shape == (old, 2)
