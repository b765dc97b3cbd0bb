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
_LEAST_HEIGHT = 0.5
"""Share of the stroke's height that a piece has at least."""
_AROUND = np.ones((3, 3), np.uint8)


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


class Cuts:
    """The columns at which a wide stroke is cut, and what lies between two of them.

    Cuts are made where the pen crosses the column once or twice, at the lowest
    column sums first, and, for round digits that share a wall, where digits of
    usual width would meet. What a cut leaves of a neighbour is dropped.

    Args:
        candidate: A connected stroke.
        cutting: How finely it is cut.
    """

    def __init__(self, candidate: Candidate, cutting: Cutting = COARSE) -> None:
        box = candidate.box
        self.spans: list[tuple[int, int]] = []
        """Pairs of columns to cut at, 0 for the left end and the stroke's width for the right one, no further
        apart than a digit is wide; none where there is no place to cut."""
        if box.height < 14 or box.width < max(cutting.wide * box.height, 5 * candidate.stroke):
            return
        if box.width * box.height > _LARGEST:
            return
        sums = _sums(candidate)
        cuts = _cuts(candidate, sums, cutting)
        self.spans = [
            (left, right)
            for left, right in combinations((0, *cuts, box.width), 2)
            if right - left < box.width and right - left <= _WIDEST * box.height
        ]
        self._cutter = _Cutter(candidate)
        self._stroke = max(candidate.stroke, 1)
        self._wall = round(_WALL * candidate.stroke)
        self._size = box.width, box.height
        self._joints = {0: 0.0, box.width: 0.0} | {cut: float(sums[cut]) / self._stroke for cut in cuts}

    def piece(self, span: tuple[int, int], *, walls: bool = False) -> Piece | None:
        """Cuts out what lies between two columns.

        Args:
            span: One of `spans`.
            walls: Whether the piece has, too, what is next beyond its cuts: the wall of two digits that lean
                on each other belongs to both.

        Returns:
            None where there is nothing that has the proportions of a digit.
        """
        left, right = span
        width, height = self._size
        beyond = self._wall if walls else 0
        columns = slice(max(0, left - beyond), min(width, right + beyond))
        piece = self._cutter.largest(slice(0, height), columns, least=_LEAST_HEIGHT * height)
        if piece is None:
            return None
        dropped = max(0, self._cutter.inked(left, right) - piece.area)
        lost = dropped / self._stroke / height + _LOWER * (1 - piece.box.height / height)
        return Piece(piece, max(self._joints[left], self._joints[right]), lost)


def pieces(candidate: Candidate, cutting: Cutting = COARSE) -> dict[tuple[int, int], Piece]:
    """Proposes all that lies between two cuts of a wide stroke.

    Args:
        candidate: A connected stroke.
        cutting: How finely it is cut.

    Returns:
        For each pair of columns, as in `Cuts.spans`, what is between them.
    """
    cuts = Cuts(candidate, cutting)
    return {span: piece for span in cuts.spans if (piece := cuts.piece(span)) is not None}


def passable(confidence: float, lost: float) -> bool:
    """Whether a path may lead through a piece: it is a clear digit, and little of the ink is left out.

    Args:
        confidence: Probability of its digit.
        lost: As `Piece.lost`.
    """
    return confidence > _LEAST and lost <= _WASTE


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
        if a not in reach or not passable(confidence(i), lost(i)):
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


def largest_piece(candidate: Candidate, rows: slice, columns: slice) -> Candidate | None:
    """Cuts a stroke out of its box.

    Args:
        candidate: A connected stroke.
        rows: Which rows of its ink, both ends given.
        columns: Likewise.

    Returns:
        The piece with the longest outline of what lies there; None where there is no ink.
    """
    return _Cutter(candidate).largest(rows, columns)


class _Cutter:
    """Cuts one stroke in many ways."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate
        self._inked = np.asarray(cv2.threshold(candidate.ink, _INKED, 255, cv2.THRESH_BINARY)[1], np.uint8)
        sums = np.count_nonzero(self._inked, axis=0)
        self._so_far = np.concatenate([[0], np.cumsum(sums)])

    def inked(self, left: int, right: int) -> int:
        """Pixels of ink between two columns."""
        return int(self._so_far[right] - self._so_far[left])

    def largest(self, rows: slice, columns: slice, least: float | None = None) -> Candidate | None:
        """The piece with the longest outline of what lies in some rows and columns.

        Args:
            rows: Both ends given.
            columns: Likewise.
            least: Of so many pixels high at least, and as a digit is; None for any.

        Returns:
            None where there is no such piece.
        """
        inked = self._inked[rows, columns]
        # An outline costs a tenth of labels with statistics, and the longest one has the most ink.
        outlines, _ = cv2.findContours(inked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if not outlines:
            return None
        longest = max(outlines, key=len)
        x, y, width, height = place = cv2.boundingRect(longest)
        if least is not None and (width > _WIDEST * height or height < least):
            return None
        own = own_pixels(longest, place, inked)
        whole = self._candidate
        box = Box(whole.box.x + columns.start + x, whole.box.y + rows.start + y, width, height)
        with_halo = np.asarray(cv2.dilate(own, _AROUND), np.uint8)
        cut = whole.ink[rows, columns][y : y + height, x : x + width] & with_halo
        return replace(whole, box=box, ink=cut, area=cv2.countNonZero(own))
