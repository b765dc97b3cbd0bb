"""Reading order: which digits stand on one line, and what comes after what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge_digits.reading import Box

_STEEP = (14.0, 50.0)
"""Degrees between which lines are levelled; less needs none, more may be columns."""
_ALIKE = 9.0
"""Degrees within which neighbours must agree."""
_MOST = 0.75
"""Share of the neighbours that must."""
_LINKS = 4
_NEAR = 2.2
"""Heights of a digit between neighbours of one line, at most."""


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
    boxes = _levelled(boxes)
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


def slant_of(boxes: Sequence[Box]) -> float:
    """How steeply all lines fall alike, by the angles between neighbours.

    Args:
        boxes: Upright rectangles in pixels of one picture.

    Returns:
        Degrees, positive where lines fall to the right; 0 where they are level, not alike or too few.
    """
    if len(boxes) < 2:
        return 0.0
    centers = np.array([box.center for box in boxes])
    heights = np.array([box.height for box in boxes])
    apart = centers[None] - centers[:, None]
    distance = np.hypot(apart[..., 0], apart[..., 1])
    distance[np.arange(len(boxes)), np.arange(len(boxes))] = np.inf
    nearest = distance.argmin(axis=1)
    links = apart[np.arange(len(boxes)), nearest]
    links = links[distance.min(axis=1) < _NEAR * np.maximum(heights, heights[nearest])]
    if len(links) < _LINKS or len(links) < _MOST * len(boxes):
        return 0.0
    angles = np.degrees(np.arctan(links[:, 1] / np.where(links[:, 0] == 0, 1e-6, links[:, 0])))
    slant = float(np.median(angles))
    alike = (np.abs(angles - slant) < _ALIKE).mean() >= _MOST
    return slant if _STEEP[0] < abs(slant) < _STEEP[1] and alike else 0.0


def _levelled(boxes: Sequence[Box]) -> Sequence[Box]:
    """Boxes turned about the origin until lines that climb or fall steeply all alike are level."""
    slant = slant_of(boxes)
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
