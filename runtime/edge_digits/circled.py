"""Numbers with a ring drawn around them: the ring is no 0, and what is in it stands on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.percentile import median
from edge_digits.rings import Ring, ring_of

_ROOM, _LOW = 1.15, 0.25
"""Height of a ring for that of the digits in it at least, and height of these for its own at least."""
_INK = 64
"""Of 255: from here on a pixel is ink..."""
_EDGE = np.ones((5, 5), np.uint8)
"""...and its soft edge is so near."""
_PEN, _BOLD = 2.2, 1.7
"""Ratios of pens and of contrasts up to which ring and digits are by one hand."""
_WITHIN = 0.98
"""Share of a digit's ink that lies in the ring."""
_OTHER = 0.25
"""Contrast of a ring by which the ground in it differs from that around it if it is the edge of a thing."""
_SEVERAL = 2
"""So many rings around ones are none of a coin or a wheel."""


def rings_around(
    strokes: Sequence[Candidate],
    digits: Sequence[Candidate],
    bar: Sequence[bool],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> list[int]:
    """Finds the rings that are drawn around digits.

    Args:
        strokes: All strokes of a picture.
        digits: Those that are certainly read, n of them.
        bar: Whether each of these was read as a one.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        Which of the strokes are rings.
    """
    if not digits:
        return []
    lowest = min(digit.box.height for digit in digits)
    around: list[int] = []
    ones: list[int] = []
    for i, ring in enumerate(strokes):
        if min(ring.box.width, ring.box.height) < _ROOM * lowest:
            continue
        held = [k for k, digit in enumerate(digits) if _may_hold(ring, digit)]
        if not held or (shape := ring_of(ring)) is None:
            continue
        held = [k for k in held if _is_within(ring, shape.eye, digits[k])]
        if held and _on_one_ground(ring, shape, grounds[ring.polarity]):
            (ones if all(bar[k] for k in held) else around).append(i)
    return sorted(around + ones) if around or len(ones) >= _SEVERAL else []


def without_rings(
    grounds: Mapping[Polarity, NDArray[np.uint8]], rings: Sequence[Candidate]
) -> dict[Polarity, NDArray[np.uint8]]:
    """A picture with the ground next to rings in their place.

    Args:
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.
        rings: What to leave out, from `rings_around`.

    Returns:
        The same, but for copies of those where rings were.
    """
    bare = dict(grounds)
    for polarity in {ring.polarity for ring in rings}:
        bare[polarity] = grounds[polarity].copy()
    for ring in rings:
        gray, pen = bare[ring.polarity], int(ring.stroke)
        pad = 2 * pen + 4
        x, y = max(0, ring.box.x - pad), max(0, ring.box.y - pad)
        window = gray[y : ring.box.y + ring.box.height + pad, x : ring.box.x + ring.box.width + pad]
        filled = cv2.morphologyEx(
            window,
            cv2.MORPH_CLOSE if ring.polarity == "dark" else cv2.MORPH_OPEN,
            cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pen + 5, 2 * pen + 5)),
        )
        ink = np.zeros(window.shape, np.uint8)
        top, left = ring.box.y - y, ring.box.x - x
        if (shape := ring_of(ring)) is not None:
            inside = np.s_[top : top + ring.box.height, left : left + ring.box.width]
            ink[inside] = shape.line
            ink = np.asarray(cv2.dilate(ink, _EDGE), np.uint8)
            ink[inside][shape.within > 0] = 0
        np.copyto(window, np.asarray(filled, np.uint8), where=ink > 0)
    return bare


def _may_hold(ring: Candidate, digit: Candidate) -> bool:
    """Whether a digit by the same pen lies in a ring's box and is neither too high nor too low for it."""
    low, high = _LOW * ring.box.height, ring.box.height / _ROOM
    pens, bold = ring.stroke / max(digit.stroke, 0.1), ring.contrast / max(digit.contrast, 1.0)
    left, top = digit.box.x - ring.box.x, digit.box.y - ring.box.y
    return (
        digit is not ring
        and digit.polarity == ring.polarity
        and low <= digit.box.height <= high
        and 1 / _PEN < pens < _PEN
        and 1 / _BOLD < bold < _BOLD
        and 0 < left < ring.box.width - digit.box.width
        and 0 < top < ring.box.height - digit.box.height
    )


def _is_within(ring: Candidate, eye: NDArray[np.uint8], digit: Candidate) -> bool:
    x, y = digit.box.x - ring.box.x, digit.box.y - ring.box.y
    inside = eye[y : y + digit.box.height, x : x + digit.box.width][digit.ink > _INK]
    return bool(len(inside)) and float(inside.mean()) >= _WITHIN


def _on_one_ground(ring: Candidate, shape: Ring, gray: NDArray[np.uint8]) -> bool:
    """Whether the ground within a ring is that around it."""
    box, away = ring.box, int(ring.stroke) + 3
    x, y = max(0, box.x - away), max(0, box.y - away)
    window = gray[y : box.y + box.height + away, x : box.x + box.width + away]
    beyond = np.ones(window.shape, bool)
    beyond[box.y - y : box.y - y + box.height, box.x - x : box.x - x + box.width] = False
    if not beyond.any():
        return False
    own = gray[box.y : box.y + box.height, box.x : box.x + box.width]
    inner, core = own[(shape.eye > 0) & (shape.within == 0)], own[shape.line > 0]
    within, around = median(inner), median(window[beyond])
    return abs(within - around) < _OTHER * abs(around - median(core))
