"""Rings, as people draw them around numbers, whether or not a digit in them touches them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.components import own_pixels
from edge_digits.percentile import spread

_LEAST = 20
"""Pixels that a ring is wide and high at least."""
_INK = 64
"""Of 255: from here on a pixel is ink."""
_OPEN = 2.0
"""Widths of its pen up to which a ring may be open."""
_MOSTLY = 0.88
"""Share of the way around it that a ring goes at least which stays open."""
_EYE, _FULL = 0.4, 0.88
"""Share of its box that a ring encloses, and of its hull that it fills with that, at least."""
_ROUND = 0.92
"""Share of a rectangle that a round one fills at most: an ellipse fills a quarter of pi."""
_CONVEX = 0.95
"""Share of its hull that it fills at least where it has no waist, as two 0s that touch have."""
_MOST = 2.5
"""The same of its ink as `_THICK` for a frame."""
_LINE = 1.4
"""Widths of its pen from its outer edge over which all ink is its own."""
_EDGE, _WHOLE = 0.5, 0.95
"""The same over which it is closed, and share of that which is ink."""
_NEXT, _TOUCHED = 2.2, 0.3
"""The same up to which its eye begins, and share of that which may be ink of digits that touch it."""
_FILLED = 0.5
"""Share of its eye that is ink at most."""
_ROOM = 8.0
"""Widths of its pen that a ring with a digit in it is wide and high at least."""
_ALONG = 2.0
"""Widths of its pen by which a stroke goes deeper into a ring than a second line along it would."""
_LOW = 0.25
"""Heights of a ring that a digit in it is high at least."""
_THIN, _THICK = 1.2, 4.0
"""Ink of a ring and of what touches it, for the width of its pen times the width and height of its box: of a
ring alone it is half of pi."""
_SMALL, _FINE = 64, 1.5
"""Pixels that it is looked at with first, and width of the pen then, at least."""
_SMALLEST = 12
"""The same in pixels."""


class Ring(NamedTuple):
    """A ring in its box, which is h by w."""

    line: NDArray[np.uint8]
    """Shape (h, w), 1 on its own ink, else 0."""
    eye: NDArray[np.uint8]
    """Shape (h, w), 1 on what it encloses, else 0."""
    within: NDArray[np.uint8]
    """Shape (h, w), 1 on ink that is not its own, else 0."""
    depth: NDArray[np.float32]
    """Shape (h, w), pixels from its outer edge inwards."""
    is_round: bool
    """Whether it has no corners, as frames have, and no waist."""


def ring_of(candidate: Candidate) -> Ring | None:
    """Takes a stroke for a ring and what is in it.

    Args:
        candidate: A stroke, with or without what it goes around.

    Returns:
        None where it is no ring: not closed, its outline hollow, or full of ink.
    """
    width, height = candidate.box.width, candidate.box.height
    if min(width, height) < _LEAST or 2 * candidate.area > width * height:
        return None
    if not _THIN < candidate.area / max(1.0, candidate.stroke * (width + height)) < _THICK:
        return None
    # Most of what is large and no ring is told from one when it is small.
    step = min(width, height) // _SMALL
    if step > 1 and candidate.stroke >= _FINE * step:
        small = cv2.resize(candidate.ink, (width // step, height // step), interpolation=cv2.INTER_AREA)
        if _ring_of(np.asarray(small, np.uint8), candidate.stroke / step) is None:
            return None
    return _ring_of(candidate.ink, candidate.stroke)


def _may_hold(candidate: Candidate) -> bool:
    """Whether there is room in it for a digit by its pen, and ink in its middle, as few digits have both."""
    width, height = candidate.box.width, candidate.box.height
    middle = candidate.ink[height // 4 : height - height // 4, width // 4 : width - width // 4]
    return min(width, height) > _ROOM * candidate.stroke and bool((middle > _INK).any())


def _goes_all_around(candidate: Candidate) -> bool:
    """Whether there is ink about the middle of each side of its box, as few digits have."""
    width, height = candidate.box.width, candidate.box.height
    deep = math.ceil(candidate.stroke)
    across, down = slice(width // 4, width - width // 4), slice(height // 4, height - height // 4)
    sides = (
        candidate.ink[:deep, across],
        candidate.ink[-deep:, across],
        candidate.ink[down, :deep],
        candidate.ink[down, -deep:],
    )
    return all(bool((side > _INK).any()) for side in sides)


def _ring_of(ink: NDArray[np.uint8], pen: float) -> Ring | None:
    ink = np.asarray(cv2.threshold(ink, _INK, 1, cv2.THRESH_BINARY)[1], np.uint8)
    gap = int(_OPEN * pen) | 1
    padded = cv2.copyMakeBorder(ink, gap, gap, gap, gap, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    around = cv2.convexHull(outline)
    area, hull = cv2.contourArea(outline), cv2.contourArea(around)
    _, (one, other), _ = cv2.minAreaRect(outline)
    if is_open := area < _FULL * hull:
        outline, area = around, hull
    has_corners = area > _ROUND * one * other
    if is_open and (has_corners or not _is_nearly_closed(closed, outline, pen)):
        return None
    whole = np.zeros_like(closed)
    cv2.drawContours(whole, [outline], 0, 1, cv2.FILLED)
    inwards = np.asarray(cv2.distanceTransform(whole, cv2.DIST_L2, 3), np.float32)
    inwards, closed = inwards[gap:-gap, gap:-gap], closed[gap:-gap, gap:-gap]
    if has_corners:
        return _frame(ink, inwards, pen)
    eye = np.asarray(inwards > _LINE * pen, np.uint8)
    if cv2.countNonZero(eye) < _EYE * eye.size or ink[eye > 0].mean() > _FILLED:
        return None
    edge = (inwards > 0) & (inwards <= max(1.0, _EDGE * pen))
    inner = ink[(eye > 0) & (inwards <= _NEXT * pen)]
    if (not is_open and closed[edge].mean() < _WHOLE) or (len(inner) and inner.mean() > _TOUCHED):
        return None
    count, labels = cv2.connectedComponents(ink & (1 - eye))
    # A digit may come so near the line without touching it.
    own = np.zeros(count, np.uint8)
    own[labels[edge & (ink > 0)]] = 1
    own[0] = 0
    line = own[labels]
    return Ring(line, eye, ink & (1 - line), inwards, is_round=area >= _CONVEX * hull)


def _is_nearly_closed(ink: NDArray[Any], outline: NDArray[Any], pen: float) -> bool:
    """Whether ink, shape (h, w), 1 or 0, goes most of the way along an outline: a pen may stop too early."""
    around = np.zeros_like(ink)
    cv2.drawContours(around, [outline], 0, 1)
    near = cv2.dilate(ink, np.ones((int(pen) | 1, int(pen) | 1), np.uint8))
    return float(near[around > 0].mean()) > _MOSTLY


def _frame(ink: NDArray[np.uint8], inwards: NDArray[np.float32], pen: float) -> Ring | None:
    """What goes around with corners: a frame, which may have walls within."""
    height, width = ink.shape
    _, labels, facts, _ = cv2.connectedComponentsWithStats(ink)
    extent = facts[:, cv2.CC_STAT_WIDTH] * facts[:, cv2.CC_STAT_HEIGHT]
    extent[0] = 0
    line = np.asarray(labels == extent.argmax(), np.uint8)
    if cv2.countNonZero(line) > _MOST * pen * (width + height):
        return None
    gap = int(_OPEN * pen) | 1
    closed = cv2.morphologyEx(line, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    eye = np.asarray((inwards > 0) & (closed == 0), np.uint8)
    if cv2.countNonZero(eye) < _EYE * eye.size:
        return None
    return Ring(line, eye, ink & (1 - line), inwards, is_round=False)


def out_of_ring(candidate: Candidate) -> list[Candidate]:
    """Cuts digits off the ring around them where they touch it.

    Args:
        candidate: Connected ink.

    Returns:
        What was joined to the ring, each stroke by itself; none where there is no ring. What touches lines
        of a frame comes off them elsewhere, see `edge_digits.lines`.
    """
    ring = ring_of(candidate) if _may_hold(candidate) and _goes_all_around(candidate) else None
    if ring is None or not ring.is_round or not ring.within.any():
        return []
    beside = np.asarray(cv2.dilate(ring.line, np.ones((5, 5), np.uint8)), np.uint8)
    least = max(_SMALLEST, _LOW * candidate.box.height)
    found = []
    outlines, _ = cv2.findContours(ring.within, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        x, y, width, height = place = cv2.boundingRect(outline)
        if height < least:
            continue
        own = own_pixels(outline, place, ring.within)
        window = np.s_[y : y + height, x : x + width]
        if not (own & beside[window]).any():
            continue
        if spread(ring.depth[window][own > 0], 0.1) < _ALONG * candidate.stroke:
            continue
        found.append(candidate.freed_part(x, y, own))
    return found
