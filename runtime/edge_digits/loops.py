"""Loops: a star that is cut in two halves looks like two 8s, but has more loops than they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis

_TWO_LOOPS: Final = "8"
"""What is written with so many; all others have one at most."""
_INK: Final = 128
"""Of 255: from here on a pixel is of a stroke's core."""
_SMALLEST: Final = 0.3
"""Share of the pen's width squared from which an eye is one; a dry pen leaves smaller ones."""


def of_knots(
    found: Sequence[Hypothesis], chosen: Sequence[int], labels: Sequence[str], strokes: Sequence[Candidate]
) -> NDArray[np.bool_]:
    """Tells which digits are neighbouring pieces of one stroke with more loops than they can have.

    Args:
        found: Hypotheses of one picture.
        chosen: n of them that share no ink.
        labels: What each of these is taken for, n names.
        strokes: All strokes of the picture, which hypotheses name by their index.

    Returns:
        Shape (n,), True for pieces of stars, flowers and other knots.
    """
    knots = np.zeros(len(chosen), bool)
    if not strokes:
        return knots
    cut = sorted((found[i].parts[0], *span, at) for at, i in enumerate(chosen) if (span := found[i].span))
    groups: list[list[int]] = []
    reach: tuple[int, int] | None = None
    for part, left, right, at in cut:
        if reach != (part, left):
            groups.append([])
        groups[-1].append(at)
        reach = part, right
    for group in groups:
        first, last = found[chosen[group[0]]], found[chosen[group[-1]]]
        if first.span and last.span:
            most = sum(2 if labels[at] == _TWO_LOOPS else 1 for at in group)
            knots[group] = _loops(strokes[first.parts[0]], first.span[0], last.span[1]) > most
    return knots


def _loops(stroke: Candidate, left: int, right: int) -> int:
    """How many places of the ground a stroke encloses between two of its columns."""
    ink = np.ascontiguousarray(stroke.ink[:, left:right])
    ink = np.asarray(cv2.threshold(ink, _INK - 1, 1, cv2.THRESH_BINARY)[1], np.uint8)
    outlines, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    least = _SMALLEST * stroke.stroke**2
    # Of the four numbers of an outline in the tree the last is what it lies in, -1 for nothing.
    within = tree[0, :, 3].tolist() if len(outlines) else []
    return sum(
        outer >= 0 and cv2.contourArea(outline) >= least
        for outline, outer in zip(outlines, within, strict=True)
    )
