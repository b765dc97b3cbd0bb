"""Digits that touch: one stroke cut into the digits it may consist of.

Over-segmentation as in the literature on handwritten digit strings: more cuts
than digits are proposed, every run between two cuts is classified, and the
best path through them is taken (Matan et al., "Multi-digit recognition using a
space displacement neural network", 1991; Hochuli et al., 2018).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.components import own_pixels
from edge_digits.reading import Box

_INKED = 64
"""Of 255: what of a stroke's full contrast counts as ink of a piece."""
_LARGEST = 200_000
"""Pixels; a larger box is the outline of a sheet or a table, and costly to cut."""
_WIDEST = 1.4
"""Width of a digit for its height, generously."""
_WALL = 0.8
"""Widths of the pen by which a piece may reach beyond a cut."""
_LEAST = 0.95
"""Each digit of a cut stroke must be this probable: a cut is a guess of its own."""
_WASTE = 0.4
"""Most that may be lost of a piece, by the same measure as `Piece.lost`."""
_LOWER = 0.5
"""What is lost with a piece of no height at all."""


@dataclass(frozen=True)
class Cutting:
    """How finely a stroke is cut."""

    wide: float
    """Widths of the stroke for its height from which it is cut at all."""
    most: int
    """So many cuts at most."""
    apart: float
    """Share of the stroke's height that lies between two of them at least."""
    thick: float
    """Widths of the pen that a cut goes through at most."""


COARSE: Final = Cutting(wide=0.75, most=6, apart=0.15, thick=3)
"""What serves two digits that touch, and costs little where a word is cut in vain."""
FINE: Final = Cutting(wide=1, most=24, apart=0.05, thick=5)
"""What serves any number of digits that touch here and there, however they lean."""


@dataclass(frozen=True)
class Piece:
    """What lies between two cuts of a stroke."""

    candidate: Candidate
    """Its ink, but for what the cuts left of its neighbours."""
    joint: float
    """Widths of the pen that the thicker one of its cuts goes through."""
    lost: float
    """Length of what was dropped, and what it lacks in height, as shares of the whole stroke's height."""


def pieces(
    candidate: Candidate, cutting: Cutting = COARSE, *, walls: bool = False
) -> dict[tuple[int, int], Piece]:
    """Proposes what lies between two cuts of a wide stroke.

    Cuts are made where the pen crosses the column once or twice, at the lowest
    column sums first, and, for round digits that share a wall, where digits of
    usual width would meet. What a cut leaves of a neighbour is dropped.

    Args:
        candidate: A connected stroke.
        cutting: How finely it is cut.
        walls: Whether each piece has, too, what is next beyond its cuts: the wall of two digits that lean
            on each other belongs to both.

    Returns:
        For each pair of columns to cut at (0 for the left end, the stroke's width for the right one)
        what is between them; empty where there is no place to cut.
    """
    box = candidate.box
    if box.height < 14 or box.width < max(cutting.wide * box.height, 5 * candidate.stroke):
        return {}
    if box.width * box.height > _LARGEST:
        return {}
    sums = _sums(candidate)
    cuts = _cuts(candidate, sums, cutting)
    joints = {0: 0.0, box.width: 0.0} | {cut: float(sums[cut]) / max(candidate.stroke, 1) for cut in cuts}
    beyond = round(_WALL * candidate.stroke) if walls else 0
    found = {}
    for left, right in combinations((0, *cuts, box.width), 2):
        if right - left == box.width or right - left > _WIDEST * box.height:
            continue
        columns = slice(max(0, left - beyond), min(box.width, right + beyond))
        piece = largest_piece(candidate, slice(0, box.height), columns)
        if piece is not None and _may_be_digit(piece.box, box.height):
            dropped = max(0, int(np.count_nonzero(candidate.ink[:, left:right] > _INKED)) - piece.area)
            lost = dropped / max(candidate.stroke, 1) / box.height
            lost += _LOWER * (1 - piece.box.height / box.height)
            found[left, right] = Piece(piece, max(joints[left], joints[right]), lost)
    return found


def best_path(
    spans: Mapping[tuple[int, int], int],
    confidence: Callable[[int], float],
    lost: Callable[[int], float] = lambda _: 0.0,
) -> tuple[list[int], float]:
    """Finds the run of clear digits from end to end that is the likeliest and leaves least out.

    Args:
        spans: For each piece, by the pair of columns that it lies between, its number.
        confidence: Probability of a piece's digit, by its number.
        lost: What was dropped of a piece, by its number, as `Piece.lost`.

    Returns:
        The pieces' numbers from left to right and the weakest probability; no
        pieces and 0 where there is no such run.
    """
    end = max(b for _, b in spans)
    reach: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for a, b in sorted(spans):
        i = spans[a, b]
        if a not in reach or confidence(i) <= _LEAST or lost(i) > _WASTE:
            continue
        price = reach[a][0] + lost(i) - math.log(confidence(i))
        if b not in reach or price < reach[b][0]:
            reach[b] = (price, [*reach[a][1], i])
    _, path = reach.get(end, (0.0, []))
    return path, min(map(confidence, path), default=0.0)


def _sums(candidate: Candidate) -> NDArray[np.float32]:
    """Pixels of ink in each column and its neighbours, on average."""
    sums = (candidate.ink > 96).sum(axis=0).astype(np.float32)
    return np.convolve(sums, np.ones(3, np.float32) / 3, mode="same")


def _cuts(candidate: Candidate, sums: NDArray[np.float32], cutting: Cutting) -> list[int]:
    """Columns to cut at, from left to right."""
    width, height = candidate.box.width, candidate.box.height
    thin = sums <= cutting.thick * max(candidate.stroke, 2)
    margin = max(2, round(0.12 * height))
    thin[:margin] = thin[-margin:] = False
    digits = max(2, round(width / (0.65 * height)))
    even = [round(width * k / digits) for k in range(1, digits)]
    lowest = [column for column in np.argsort(sums, kind="stable").tolist() if thin[column]]
    columns: list[int] = []
    for column in even + lowest:
        if len(columns) < cutting.most and all(
            abs(column - other) >= cutting.apart * height for other in columns
        ):
            columns.append(column)
    return sorted(columns)


def _may_be_digit(box: Box, height: int) -> bool:
    return box.width <= _WIDEST * box.height and box.height >= 0.5 * height


def largest_piece(candidate: Candidate, rows: slice, columns: slice) -> Candidate | None:
    """Cuts a stroke out of its box.

    Args:
        candidate: A connected stroke.
        rows: Which rows of its ink, both ends given.
        columns: Likewise.

    Returns:
        The piece with the longest outline of what lies there; None where there is no ink.
    """
    ink = candidate.ink[rows, columns]
    inked = np.asarray(cv2.threshold(ink, _INKED, 255, cv2.THRESH_BINARY)[1], np.uint8)
    # An outline costs a tenth of labels with statistics, and the longest one has the most ink.
    outlines, _ = cv2.findContours(inked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    longest = max(outlines, key=len)
    x, y, width, height = place = cv2.boundingRect(longest)
    own = own_pixels(longest, place, inked)
    box = Box(candidate.box.x + columns.start + x, candidate.box.y + rows.start + y, width, height)
    with_halo = np.asarray(cv2.dilate(own, np.ones((3, 3), np.uint8)), np.uint8)
    cut = ink[y : y + height, x : x + width] & with_halo
    return replace(candidate, box=box, ink=cut, area=cv2.countNonZero(own))
