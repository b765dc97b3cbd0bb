"""Digits that touch: one stroke cut into the digits it may consist of.

Over-segmentation as in the literature on handwritten digit strings: more cuts
than digits are proposed, every run between two cuts is classified, and the
best path through them is taken (Matan et al., "Multi-digit recognition using a
space displacement neural network", 1991; Hochuli et al., 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import cv2
import numpy as np

from edge_digits.candidate import Candidate
from edge_digits.components import own_pixels
from edge_digits.reading import Box

_MOST_CUTS = 6
_LARGEST = 200_000
"""Pixels; a larger box is the outline of a sheet or a table, and costly to cut."""
_WIDEST = 1.4
"""Width of a digit for its height, generously."""
_WALL = 0.8
"""Widths of the pen by which a piece may reach beyond a cut."""
_LEAST = 0.9
"""Each digit of a cut stroke must be this probable: a cut is a guess of its own."""


def pieces(candidate: Candidate, *, walls: bool = False) -> dict[tuple[int, int], Candidate]:
    """Proposes what lies between two cuts of a wide stroke.

    Cuts are made where the pen crosses the column once or twice, at the lowest
    column sums first, and, for round digits that share a wall, where digits of
    usual width would meet. What a cut leaves of a neighbour is dropped.

    Args:
        candidate: A connected stroke.
        walls: Whether each piece has, too, what is next beyond its cuts: the wall of two digits that lean
            on each other belongs to both.

    Returns:
        For each pair of cut numbers (0 for the left end, the largest for the
        right one) the ink between them; empty where there is no place to cut.
    """
    box = candidate.box
    if box.height < 14 or box.width < max(0.75 * box.height, 5 * candidate.stroke):
        return {}
    if box.width * box.height > _LARGEST:
        return {}
    bounds = [0, *_cuts(candidate), box.width]
    beyond = round(_WALL * candidate.stroke) if walls else 0
    found = {}
    for a, b in combinations(range(len(bounds)), 2):
        left, right = bounds[a], bounds[b]
        if b - a == len(bounds) - 1 or right - left > _WIDEST * box.height:
            continue
        piece = _piece(candidate, max(0, left - beyond), min(box.width, right + beyond))
        if piece is not None and _may_be_digit(piece.box, box.height):
            found[a, b] = piece
    return found


def best_path(
    spans: Mapping[tuple[int, int], int], confidence: Callable[[int], float]
) -> tuple[list[int], float]:
    """Finds the run of pieces from end to end whose weakest digit is strongest.

    Args:
        spans: For each piece, by its pair of cuts, its number.
        confidence: Probability of a piece's digit, by its number.

    Returns:
        The pieces' numbers from left to right and the weakest probability; no
        pieces and 0 where there is no such run.
    """
    end = max(b for _, b in spans)
    reach: dict[int, tuple[float, list[int]]] = {0: (1.0, [])}
    for a, b in sorted(spans):
        if a in reach:
            weakest = min(reach[a][0], confidence(spans[a, b]))
            if weakest > max(_LEAST, reach.get(b, (0.0, []))[0]):
                reach[b] = (weakest, [*reach[a][1], spans[a, b]])
    weakest, path = reach.get(end, (0.0, []))
    return path, weakest if path else 0.0


def _cuts(candidate: Candidate) -> list[int]:
    """Columns to cut at, from left to right."""
    ink, height = candidate.ink, candidate.box.height
    sums = (ink > 96).sum(axis=0).astype(np.float32)
    smooth = np.convolve(sums, np.ones(3, np.float32) / 3, mode="same")
    thin = smooth <= 3 * max(candidate.stroke, 2)
    margin = max(2, round(0.12 * height))
    thin[:margin] = thin[-margin:] = False
    width = candidate.box.width
    digits = max(2, round(width / (0.65 * height)))
    even = [round(width * k / digits) for k in range(1, digits)]
    lowest = [column for column in np.argsort(smooth, kind="stable").tolist() if thin[column]]
    columns: list[int] = []
    for column in even + lowest:
        if len(columns) < _MOST_CUTS and all(abs(column - other) >= 0.15 * height for other in columns):
            columns.append(column)
    return sorted(columns)


def _may_be_digit(box: Box, height: int) -> bool:
    return box.width <= _WIDEST * box.height and box.height >= 0.5 * height


def _piece(candidate: Candidate, left: int, right: int) -> Candidate | None:
    ink = candidate.ink[:, left:right]
    inked = np.asarray(cv2.threshold(ink, 64, 255, cv2.THRESH_BINARY)[1], np.uint8)
    # An outline costs a tenth of labels with statistics, and the longest one has the most ink.
    outlines, _ = cv2.findContours(inked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    longest = max(outlines, key=len)
    x, y, width, height = place = cv2.boundingRect(longest)
    own = own_pixels(longest, place, inked)
    area = cv2.countNonZero(own)
    box = Box(candidate.box.x + left + x, candidate.box.y + y, width, height)
    with_halo = np.asarray(cv2.dilate(own, np.ones((3, 3), np.uint8)), np.uint8)
    cut = ink[y : y + height, x : x + width] & with_halo
    return Candidate(
        box, cut, candidate.contrast, candidate.stroke, area, candidate.polarity, candidate.freed
    )
