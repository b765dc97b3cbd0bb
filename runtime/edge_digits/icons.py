"""What a machine drew that looks like a 0 or a 1: the icons of a toolbar, boxes to be ticked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.lettering import beside_each_other
from edge_digits.nearness import ratio

_INK = 128
"""Of 255: from here on a pixel is ink."""
_LEAST = 12
"""Pixels that a shape is wide and high at least."""
_LONGER = 1.2
"""Ratio of its sides up to which a rectangle is a square, or an oval a circle."""
_ABOUT = 1.3
"""The same of the box around it."""
_SQUARE, _CORNERS = 0.88, 0.08
"""Share of the rectangle around it that a square fills at least, and by how much the distances of its outline
to its middle differ at least, for their mean."""
_CIRCLE, _BY_A_PIXEL = 0.01, 0.2
"""The same of a circle at most, and in pixels on top of that."""
_HOLLOW = 0.92
"""Share of what it goes around that is ink, at most."""
_LIKE = 1.6
"""Ratio of sizes between icons of one row."""
_OFF = 0.3
"""Sizes of an icon by which one is above or below its row, or beside its column."""
_EVENLY, _APART = 0.15, 1.7
"""Share of the distance from icon to icon by which one is out of its place, and sizes that it is at least."""
_FEWEST = 4
"""So many icons make a row."""
_SAME = 1.25
"""Ratio of sizes between the boxes of a list."""
_COLUMN, _FREE = 1.0, 0.35
"""Sizes of a box by which one is out of its column, and that are free on both its sides."""
_STEEP = 0.2
"""How far a column may lean for its height."""
_BOXES = 2
"""So many boxes make a column."""


def are_icons(candidates: Sequence[Candidate], digit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tells which marks are icons: in a row at even distances, or boxes before the lines of a list.

    Handwritten 0s may be as round; but a row of icons holds a square, or circles and what is no digit, and is
    spaced more widely and evenly than anyone writes.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.

    Returns:
        Shape (n,).
    """
    icons = np.zeros(len(candidates), bool)
    # Either takes two shapes, or one and what is no digit beside it.
    if not digit.any() or len(candidates) < _FEWEST:
        return icons
    square, circle = _shapes(candidates)
    shape = square | circle
    if not (shape & digit).any():
        return icons
    boxes = np.array([each.box for each in candidates], np.float32)
    for i in np.flatnonzero(shape).tolist():
        if icons[i]:
            continue
        row = _row_of(boxes, i)
        if (square[row].any() or np.count_nonzero(shape[row]) > 1) and (square | ~digit)[row].any():
            icons[row] = True
    icons |= _before_lines(boxes, square)
    return icons


def _shapes(candidates: Sequence[Candidate]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which strokes go around a square, and which around a circle."""
    square, circle = np.zeros(len(candidates), bool), np.zeros(len(candidates), bool)
    for i, one in enumerate(candidates):
        width, height = one.box.width, one.box.height
        # Most digits go here: also askew, a shape is about as wide as high.
        if min(width, height) < _LEAST or max(width, height) > _ABOUT * min(width, height):
            continue
        ink = cv2.threshold(one.ink, _INK, 1, cv2.THRESH_BINARY)[1]
        outlines, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        outline = max(outlines, key=cv2.contourArea, default=None)
        area = 0.0 if outline is None else cv2.contourArea(outline)
        if outline is None or 4 * area < width * height or cv2.countNonZero(ink) > _HOLLOW * area:
            continue
        _, (long, short), _ = cv2.minAreaRect(outline)
        if max(long, short) > _LONGER * min(long, short):
            continue
        spread, mean = _roundness(outline)
        # The outline runs through the middles of pixels, as do the sides of the rectangle.
        whole = area + cv2.arcLength(outline, True) / 2 + 1
        square[i] = whole > _SQUARE * (long + 1) * (short + 1) and spread > _CORNERS
        circle[i] = spread < _CIRCLE + _BY_A_PIXEL / mean
    return square, circle


def _roundness(outline: NDArray[Any]) -> tuple[float, float]:
    """How much the distances of an outline to its middle differ, for their mean; and that mean, in pixels.

    A shape seen aslant is first made as wide one way as the other, by its second moments.
    """
    points = outline[:, 0].astype(np.float64)
    facts = cv2.moments(outline)
    middle = np.array([facts["m10"], facts["m01"]]) / facts["m00"]
    moments = np.array([[facts["mu20"], facts["mu11"]], [facts["mu11"], facts["mu02"]]]) / facts["m00"]
    along, axes = np.linalg.eigh(moments)
    scale = np.sqrt(np.maximum(along, 1e-6))
    away = np.linalg.norm((points - middle) @ axes / scale, axis=1)
    return float(away.std() / away.mean()), float(away.mean() * scale.mean())


def _row_of(boxes: NDArray[np.float32], shape: int) -> NDArray[np.int64]:
    """The marks at even distances on a line with a shape, with it; none where these are too few."""
    size = boxes[:, 2:].max(axis=1)
    middle = boxes[:, :2] + boxes[:, 2:] / 2
    away = middle - middle[shape]
    like = np.maximum(size, size[shape]) < _LIKE * np.minimum(size, size[shape])
    far = np.abs(away[:, 0]) > np.maximum(np.abs(away[:, 1]), _APART * size[shape])
    best = np.zeros(0, np.int64)
    for other in np.flatnonzero(like & far).tolist():
        step = float(np.hypot(*away[other]))
        along = away @ away[other] / step
        aside = away @ np.array([-away[other, 1], away[other, 0]]) / step
        places = along / step
        on_line = np.flatnonzero(like & (np.abs(aside) < _OFF * size[shape]))
        row = _unbroken(on_line, places[on_line])
        if len(row) > len(best):
            best = row
    return best


def _unbroken(marks: NDArray[np.int64], places: NDArray[np.float32]) -> NDArray[np.int64]:
    """Those marks of a line from which to which none is missing, and between which there is none.

    Args:
        marks: All of the line, n of them.
        places: Shape (n,), where each is, the first one being at 0 and its neighbour at 1.
    """
    whole = np.rint(places).astype(int)
    even = np.abs(places - whole) < _EVENLY
    taken = set(whole[even].tolist())
    first = last = 0
    while first - 1 in taken:
        first -= 1
    while last + 1 in taken:
        last += 1
    inside = (places > first - _EVENLY) & (places < last + _EVENLY)
    enough = last - first + 1 >= _FEWEST and even[inside].all()
    # Three bars, one above the other, are one icon.
    return marks[inside] if enough else marks[:0]


def _before_lines(boxes: NDArray[np.float32], square: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which squares are the boxes of a list, one below the other.

    Most have nothing on either side for a while; a digit after one may come near it.
    """
    size = boxes[:, 2:].max(axis=1)
    away = np.abs(boxes[:, None, :2] - boxes[:, :2])
    below = square & (ratio(size) < _SAME) & (away[:, :, 1] > size)
    below &= away[:, :, 0] < _COLUMN * size + _STEEP * away[:, :, 1]
    first, last = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    # What a box goes around is no neighbour, nor is the box itself.
    outside = ~((first[:, None] <= first) & (last[:, None] >= last)).all(axis=2)
    beside = beside_each_other(boxes, _FREE) & (size > size[:, None] / 2) & outside
    free = ~beside.any(axis=1)
    others = below & free
    boxed = square & (others.sum(axis=1) + (square & free) >= _BOXES)
    # One that is broken, or half in a shadow, has the size of those above and below it, and their line.
    about = boxes[:, 2:].max(axis=1) < _ABOUT * boxes[:, 2:].min(axis=1)
    middle = boxes[:, :2] + boxes[:, 2:] / 2
    for i in np.flatnonzero(about & free & ~square & (others.sum(axis=1) >= _BOXES)).tolist():
        across, down = middle[others[i]].T
        slope, start = np.polyfit(down, across, 1)
        boxed[i] = abs(start + slope * middle[i, 1] - middle[i, 0]) < _OFF * size[i]
    return np.asarray(boxed)
