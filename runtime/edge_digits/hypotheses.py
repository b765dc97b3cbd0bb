"""What may be one digit: a stroke, two that belong together, or a piece of one."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.reading import Box
from edge_digits.splitting import pieces

_NEAR = 0.16
"""Share of the larger one's size that two strokes of one digit lie apart at most."""
_APART = 0.35
"""The same across where they are staggered."""
_STAGGERED = 1.3
"""Ratio of their common height to that of the higher one."""
_SAME = 0.6
"""Share of what two boxes cover together that both cover where they are of one stroke."""
_MOST_WHOLE = 400
"""Candidates looked at in one picture; the largest are kept."""


@dataclass(frozen=True)
class Hypothesis:
    """Ink that is read as one character."""

    candidate: Candidate
    """The ink."""
    parts: tuple[int, ...]
    """Which strokes it is made of, as indices of the strokes found."""
    span: tuple[int, int] | None = None
    """Between which cuts of the stroke it lies; None for all of it."""


def hypotheses(strokes: list[Candidate]) -> list[Hypothesis]:
    """Lists every stroke of a digit's size, every pair that may be one digit, and pieces of wide strokes.

    Pairs and pieces compete with the strokes later, by what the classifier says of them:
    the bar of a 5 that does not touch its body, a 4 of two strokes, a 0 that a
    dry pen left open, two digits that touch.

    Args:
        strokes: Connected strokes of one picture.

    Returns:
        Hypotheses that share strokes; at most one of those that do can be right.
    """
    kept = _largest_parts(strokes)
    cut = [Hypothesis(piece, (i,), span) for i in kept for span, piece in pieces(strokes[i]).items()]
    return _whole(strokes, kept) + cut


def whole_hypotheses(strokes: list[Candidate]) -> list[Hypothesis]:
    """Lists the same without pieces of strokes.

    Args:
        strokes: Connected strokes of one picture.

    Returns:
        Hypotheses whose `span` is None.
    """
    return _whole(strokes, _largest_parts(strokes))


def loose_strokes(strokes: Sequence[Candidate], used: Set[int]) -> list[Candidate]:
    """Strokes that have not the proportions of a digit: joined letters, dashes, underlines.

    Args:
        strokes: Connected strokes of one picture.
        used: Indices of those that hypotheses were made of.

    Returns:
        The largest of the others, in no order.
    """
    return [strokes[i] for i in _largest_parts(strokes) if i not in used and not plausible(strokes[i])]


def _largest_parts(strokes: Sequence[Candidate]) -> list[int]:
    kept = sorted(range(len(strokes)), key=lambda i: -strokes[i].box.height * strokes[i].box.width)
    return [i for i in kept if _plausible_part(strokes[i])][:_MOST_WHOLE]


def _whole(strokes: list[Candidate], kept: list[int]) -> list[Hypothesis]:
    singles = [Hypothesis(strokes[i], (i,)) for i in kept if plausible(strokes[i])]
    pairs = [
        Hypothesis(joined, (i, j))
        for i, j in _near_pairs(strokes, kept)
        if plausible(joined := _join(strokes[i], strokes[j]))
    ]
    return singles + pairs


def plausible(candidate: Candidate) -> bool:
    """Whether ink has the proportions of a handwritten digit, generously."""
    width, height = candidate.box.width, candidate.box.height
    return height >= 9 and width <= 1.8 * height and candidate.stroke <= max(0.36 * max(width, height), 3.5)


def _plausible_part(candidate: Candidate) -> bool:
    width, height = candidate.box.width, candidate.box.height
    return candidate.stroke <= max(0.75 * max(width, height), 3.5) and width <= 12 * height


def _near_pairs(strokes: list[Candidate], kept: list[int]) -> list[tuple[int, int]]:
    if len(kept) < 2:
        return []
    boxes = np.array([strokes[i].box for i in kept], np.float32)
    left, top = boxes[:, 0], boxes[:, 1]
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    size = np.maximum(boxes[:, 2], boxes[:, 3])
    pen = np.array([strokes[i].stroke for i in kept], np.float32)
    contrast = np.array([strokes[i].contrast for i in kept], np.float32)
    across = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    down = np.maximum(top[:, None], top) - np.minimum(bottom[:, None], bottom)
    larger, smaller = np.maximum(size[:, None], size), np.minimum(size[:, None], size)
    near = np.maximum(across, down) < _NEAR * larger + 1
    # The two strokes of an open 4 stand further apart, and neither is as high as the 4.
    high = np.maximum(bottom[:, None], bottom) - np.minimum(top[:, None], top)
    staggered = high > _STAGGERED * np.maximum(bottom - top, (bottom - top)[:, None])
    near |= staggered & (down < 0) & (across < _APART * larger + 1)
    # The same stroke, cut out at two thresholds, is one.
    shared = np.maximum(-across, 0) * np.maximum(-down, 0)
    area = boxes[:, 2] * boxes[:, 3]
    near &= shared < _SAME * (area[:, None] + area - shared)
    # A speck beside a digit is no part of it, nor is ink of another pen, nor the ground around bright ink.
    near &= (smaller > 0.22 * larger) & (smaller > 3)
    dark = np.array([strokes[i].polarity == "dark" for i in kept])
    near &= dark[:, None] == dark
    near &= _ratio(pen) < 2.5
    near &= _ratio(contrast) < 2.2
    return [(kept[a], kept[b]) for a, b in np.argwhere(np.triu(near, 1))]


def _ratio(values: NDArray[np.float32]) -> NDArray[np.float32]:
    quotient = values[:, None] / np.maximum(values, 1e-6)
    return np.asarray(np.maximum(quotient, 1 / np.maximum(quotient, 1e-6)), np.float32)


def _join(one: Candidate, other: Candidate) -> Candidate:
    x, y = min(one.box.x, other.box.x), min(one.box.y, other.box.y)
    right = max(one.box.x + one.box.width, other.box.x + other.box.width)
    bottom = max(one.box.y + one.box.height, other.box.y + other.box.height)
    ink = np.zeros((bottom - y, right - x), np.uint8)
    for part in (one, other):
        rows = slice(part.box.y - y, part.box.y - y + part.box.height)
        columns = slice(part.box.x - x, part.box.x - x + part.box.width)
        ink[rows, columns] = np.maximum(ink[rows, columns], part.ink)
    area = one.area + other.area
    stroke = (one.stroke * one.area + other.stroke * other.area) / area
    contrast = max(one.contrast, other.contrast)
    return Candidate(
        Box(x, y, right - x, bottom - y), ink, contrast, stroke, area, one.polarity, one.freed or other.freed
    )
