"""How boxes of digits lie to each other and in the picture."""

from __future__ import annotations

from collections.abc import Sequence

from edge_digits.reading import Box

_BESIDE = 1.5
"""Heights of the largest digit that belong to some of them on all sides."""


def beside(boxes: Sequence[Box]) -> Box:
    """What holds some boxes and the room around them."""
    room = round(_BESIDE * max(box.height for box in boxes))
    left, top = min(box.x for box in boxes) - room, min(box.y for box in boxes) - room
    right = max(box.x + box.width for box in boxes) + room
    bottom = max(box.y + box.height for box in boxes) + room
    return Box(left, top, right - left, bottom - top)


def inside(box: Box, size: tuple[int, int]) -> Box | None:
    """What of a box lies in a picture of this width and height; None where it has left it."""
    left, top = max(box.x, 0), max(box.y, 0)
    right, bottom = min(box.x + box.width, size[0]), min(box.y + box.height, size[1])
    return Box(left, top, right - left, bottom - top) if left < right and top < bottom else None


def holds(size: tuple[int, int], box: Box) -> bool:
    """Whether the middle of a box lies in a picture of this width and height."""
    x, y = box.center
    return 0 <= x < size[0] and 0 <= y < size[1]


def covers(box: Box, other: Box) -> bool:
    """Whether a box takes up most of the middle and height of another."""
    x, y = other.center
    margin = 0.2 * box.width
    within = -margin <= x - box.x <= box.width + margin and box.y <= y <= box.y + box.height
    return within and box.shared_height(other) > 0.6 * other.height
