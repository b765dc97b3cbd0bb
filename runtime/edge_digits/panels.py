"""Panels: a slate, a screen or a tile of the other tone than the page that it lies on."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.components import filled, own_pixels
from edge_digits.extent import at_edge
from edge_digits.ink import Polarity
from edge_digits.percentile import median

_REDUCTION = 4
_TONE = 0.6
"""Share of the page's brightness that a dark panel has at most."""
_SMALLEST = 6
"""Shorter side in pixels of the reduced picture that a panel has at least."""
_RECTANGLE = 0.85
"""Share of the rectangle around it that a panel takes up; a fat 0 takes up 0.8."""
_HULL = 0.92
"""The same of a panel at whose edge a digit bites, its bites filled: a bold letter has its bays."""
_LEFT = 0.7
"""Share of such a panel that is left of it."""
_TILE = 12
"""Shorter side in pixels of the reduced picture that it has: a blotted m is smaller."""
_SLIMMEST, _SLIMMEST_UPRIGHT = 0.2, 0.4
"""Share of its longer side that the shorter one has at least: a bar is no panel, nor is a broad 1."""
_BARE = 0.5
"""Share of a panel that nothing is written on."""
_WRITTEN = 0.01
"""Share of it that is written on, at least."""
_RIM = np.ones((9, 9), np.uint8)
"""What is taken off all around: its soft edge, and what the reduced picture cannot tell."""
_AROUND = 64
"""Pixels around a panel that are painted in its tone."""


def panels_alone(gray: NDArray[np.uint8], polarity: Polarity) -> NDArray[np.uint8] | None:
    """Paints over all but the panels of a picture.

    A digit on a page is told from the tone of most of the page. A black tile, a slate or a telephone on a
    white table carries digits of the other polarity, for which the whole picture need not be searched.

    Args:
        gray: Shape (h, w), uint8.
        polarity: Of the ink that is sought: light ink stands on dark panels.

    Returns:
        Shape (h, w), uint8, the panels on a ground of their own tone; None where there is none with
        anything on it.
    """
    flipped = gray if polarity == "light" else np.invert(gray)
    height, width = flipped.shape
    size = (width // _REDUCTION, height // _REDUCTION)
    if min(size) < _SMALLEST:
        return None
    whole = flipped[: size[1] * _REDUCTION, : size[0] * _REDUCTION]
    small = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    page = median(small[::2, ::2])
    dark = np.asarray(cv2.threshold(small, _TONE * page, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    outlines = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    found = [panel for outline in outlines if (panel := _panel(outline, dark)) is not None]
    if not found:
        return None
    mask = np.zeros(flipped.shape, np.uint8)
    scaled = [outline * _REDUCTION + _REDUCTION // 2 for outline in found]
    cv2.drawContours(mask, scaled, -1, 255, cv2.FILLED)
    mask = np.asarray(cv2.dilate(mask, np.ones((_REDUCTION, _REDUCTION), np.uint8)), np.uint8)
    mask = np.asarray(cv2.erode(mask, _RIM, borderValue=0), np.uint8)
    tones = [_tone(outline, small, dark) for outline in found]
    painted = np.full(flipped.shape, median(tones), np.uint8)
    for outline, tone in zip(scaled, tones, strict=True):
        x, y, wide, high = cv2.boundingRect(outline)
        top, left = max(0, y - _AROUND), max(0, x - _AROUND)
        painted[top : y + high + _AROUND, left : x + wide + _AROUND] = tone
    cv2.copyTo(flipped, mask, painted)
    return painted if polarity == "light" else np.invert(painted)


def _panel(outline: NDArray[Any], tone: NDArray[np.uint8]) -> NDArray[Any] | None:
    """The outline of a panel, without the bites of a digit that reaches its edge; None for what is none.

    A shadow over half of a page, bitten by its digits, reaches the picture's edge.
    """
    if is_panel(outline, tone):
        return outline
    x, y, width, height = box = cv2.boundingRect(outline)
    if min(width, height) < _TILE or at_edge(x, y, width, height, (tone.shape[1], tone.shape[0])):
        return None
    hull = np.asarray(cv2.convexHull(outline))
    sides = np.array(cv2.minAreaRect(outline)[1]) + 1
    area = cv2.countNonZero(filled(hull, box))
    if area < _HULL * sides.prod() or cv2.countNonZero(filled(outline, box)) < _LEFT * area:
        return None
    return hull if is_panel(hull, tone) else None


def is_panel(outline: NDArray[Any], tone: NDArray[np.uint8]) -> bool:
    """Whether an outline goes around a rectangle, most of it in its own tone but not all.

    Args:
        outline: Shape (n, 1, 2), int32, as OpenCV finds it.
        tone: Shape (h, w), uint8, 255 on the tone that it goes around.
    """
    box = cv2.boundingRect(outline)
    if min(box[2:]) < _SMALLEST:
        return False
    sides = np.array(cv2.minAreaRect(outline)[1]) + 1
    area = cv2.countNonZero(filled(outline, box))
    slimmest = _SLIMMEST if box[2] > box[3] else _SLIMMEST_UPRIGHT
    if sides.min() < max(_SMALLEST, slimmest * sides.max()) or area < _RECTANGLE * sides.prod():
        return False
    bare = cv2.countNonZero(own_pixels(outline, box, tone))
    return bool(_BARE * area < bare < (1 - _WRITTEN) * area)


def _tone(outline: NDArray[Any], small: NDArray[np.uint8], dark: NDArray[np.uint8]) -> int:
    """The grey of a panel that nothing is written on."""
    x, y, wide, high = cv2.boundingRect(outline)
    own = own_pixels(outline, (x, y, wide, high), dark)
    return int(median(small[y : y + high, x : x + wide][own > 0]))
