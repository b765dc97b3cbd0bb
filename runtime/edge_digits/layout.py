"""Reading order: which digits stand on one line, and what comes after what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge_digits.reading import Box
from edge_digits.slant import likely_slant, slant_of

_LEVEL, _STEEPEST = 4, 45
"""Degrees between which lines are levelled: less needs none, more may be columns."""
_STEEPEST_OF_FEW = 15
"""Degrees up to which lines are that would be no lines if they were level..."""
_LONG = 3
"""...and how many digits there are on them, on average."""


def reading_lines(boxes: Sequence[Box]) -> list[list[int]]:
    """Groups boxes into lines, top to bottom, each from left to right.

    A box joins the line whose nearest neighbour to its left lies at its own
    height: their vertical spans share at least half of the smaller one. Links
    go from box to box, so a line may slant.

    Args:
        boxes: Upright rectangles in pixels of one picture.

    Returns:
        Lines of indices into `boxes`; every index appears once.
    """
    if not boxes:
        return []
    slant = slant_of(boxes, _LEVEL, _STEEPEST)
    lines = _linked(_turned(boxes, slant))
    if slant == 0 and any(len(line) == 1 for line in lines):
        slanting = _linked(_turned(boxes, likely_slant(boxes, _STEEPEST_OF_FEW)))
        # Lines that each climb their own way are told by leaving no digit on its own; two may by chance.
        long = len(boxes) >= _LONG * len(slanting)
        if long and len(slanting) < len(lines) and all(len(line) > 1 for line in slanting):
            return slanting
    return lines


def _linked(boxes: Sequence[Box]) -> list[list[int]]:
    """Lines of boxes, by links to their nearest neighbours."""
    order = sorted(range(len(boxes)), key=lambda i: boxes[i].center[0])
    lines: list[list[int]] = []
    for i in order:
        best, best_gap = None, float("inf")
        for line in lines:
            gap = _gap(boxes, line, i)
            if gap < best_gap:
                best, best_gap = line, gap
        if best is None:
            lines.append([i])
        else:
            best.append(i)
    return sorted(lines, key=lambda line: float(np.mean([boxes[i].center[1] for i in line])))


def _turned(boxes: Sequence[Box], slant: float) -> Sequence[Box]:
    """Boxes turned about the origin until lines that fall by so many degrees are level."""
    if slant == 0:
        return boxes
    sine, cosine = np.sin(np.radians(slant)), np.cos(np.radians(slant))
    level = np.array([box.center for box in boxes]) @ np.array([[cosine, -sine], [sine, cosine]])
    # Sixty-fourths of a pixel keep the order from hanging on how the picture was scaled.
    return [
        Box(*(round(64 * v) for v in (x - box.width / 2, y - box.height / 2, box.width, box.height)))
        for (x, y), box in zip(level.tolist(), boxes, strict=True)
    ]


def _gap(boxes: Sequence[Box], line: list[int], i: int) -> float:
    """How far box i lies from the end of a line that it may continue, infinite where it may not."""
    box, last = boxes[i], boxes[line[-1]]
    if box.shared_height(last) < 0.5 * min(box.height, last.height):
        return float("inf")
    across = box.x - (last.x + last.width)
    drift = abs(box.center[1] - last.center[1])
    return max(across, 0) + 2 * drift
