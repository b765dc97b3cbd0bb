"""What digits stand on or in: an underline, the boxes of a form. It is no writing beside them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from edge_digits.candidate import Candidate
from edge_digits.reading import Box

_SLACK = 3
"""Pixels by which ink may be larger at the lower threshold of its frame."""
_FEWEST = 2
"""So many digits does a frame hold, at least."""
_LINE, _LONG = 1.8, 4.0
"""Widths of its pen that a line with a digit on it covers on average at most, a joined word covers more, and
widths of the digit that it is long at least."""
_AS_HIGH = 0.8
"""Share of the height of a digit with the line that it touches that is the digit's own at least."""


def without_frames(marks: Sequence[Candidate], digits: Sequence[Candidate]) -> list[Candidate]:
    """Leaves out what digits stand on or in, by `is_frame` and `is_with_rule`.

    Args:
        marks: What are no digits, of one picture.
        digits: Its apparent digits.

    Returns:
        The other marks.
    """
    boxes = np.array([digit.box for digit in digits], np.int64).reshape(-1, 4)
    first, last = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    left = []
    for mark in marks:
        x, y, width, height = mark.box
        inside = (first >= (x, y)).all(axis=1) & (last <= (x + width, y + height)).all(axis=1)
        held = [digits[i] for i in np.flatnonzero(inside).tolist()]
        if not held or not (is_frame(mark, held) or is_with_rule(mark, held)):
            left.append(mark)
    return left


def is_frame(mark: Candidate, digits: Sequence[Candidate]) -> bool:
    """Tells a mark that several digits stand on or in from a word whose letters look like digits.

    Args:
        mark: What is itself no digit. The ink that it goes around counts as its own.
        digits: Apparent digits of the same picture.

    Returns:
        Whether two or more of them lie inside its box that were cut off it, or do not touch it.
    """
    held = [digit for digit in digits if _holds(mark.box, digit.box)]
    if len(held) < _FEWEST:
        return False
    ink = np.asarray(cv2.threshold(mark.ink, 0, 1, cv2.THRESH_BINARY)[1], np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    apart = 0
    for digit in held:
        x, y, width, height = digit.box
        left, top = x - mark.box.x, y - mark.box.y
        own = np.bincount(labels[top : top + height, left : left + width][digit.ink > 0], minlength=2)[1:]
        _, _, wide, high, _ = stats[1 + int(own.argmax())]
        free = not own.any() or (wide <= width + 2 * _SLACK and high <= height + 2 * _SLACK)
        apart += digit.freed or bool(free)
    return apart >= _FEWEST


def is_with_rule(mark: Candidate, digits: Sequence[Candidate]) -> bool:
    """Tells a digit with the ruled line that it touches, where the digit was freed of the line: the same ink.

    Args:
        mark: What is itself no digit.
        digits: Apparent digits of the same picture.

    Returns:
        Whether one of them is as high as the mark, in whose box it lies, and was freed, or the mark is hardly
        more than a line.
    """
    line = mark.area < _LINE * mark.stroke * mark.box.width
    return any(
        (digit.freed or (line and mark.box.width > _LONG * digit.box.width))
        and digit.box.height > _AS_HIGH * mark.box.height
        and _holds(mark.box, digit.box)
        for digit in digits
    )


def _holds(outer: Box, inner: Box) -> bool:
    right, bottom = inner.x + inner.width, inner.y + inner.height
    across = outer.x <= inner.x and right <= outer.x + outer.width
    return across and outer.y <= inner.y and bottom <= outer.y + outer.height
