"""Things taken for digits with an eye: lids, coins, faces framed by hair."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.percentile import median

_LEAST = 32
"""Pixels both ways below which blur fills an eye."""
_LYING, _OPEN = 1.6, 0.15
"""Widths for its height from which a ring lies flat, and share of its box that it encloses at least."""
_OTHER = 0.4
"""Contrasts of the rim by which what it encloses is another ground than that around it."""
_CROSSED = 0.08
"""Share of the ground around it that is like what it encloses, from which a shadow lies across both."""
_BARE, _INK = 64, 160
"""Of 255: up to and from here on a pixel is ground or of a stroke's core."""
_ROOMY = 60
"""Pixels both ways from which a ring may hold marks ..."""
_PART = 0.06
"""... of this share of its length at least ..."""
_SEVERAL = 2
"""... and if it holds so many it is no digit."""
_FAINTER = 2.5
"""Ratio of contrast by which they may be fainter than the ring."""
_FULL, _SOLID = 0.45, 0.92
"""Shares of its box and of its convex hull that a solid shape fills."""
_EYE = 0.05
"""Share of its box that the eye of a digit, or what looks like one, takes up at least."""


def is_disc(candidate: Candidate, gray: NDArray[np.uint8], *, crossed: bool = False) -> bool:
    """Tells things from rings of ink: what these enclose is the paper around them.

    Args:
        candidate: A stroke of the picture that is no bar.
        gray: Shape (h, w), uint8, the searched picture.
        crossed: Whether the edge of a shadow may cross it, and goes on beyond it.

    Returns:
        Whether it is solid, or encloses another ground than that around it; False for all that is small.
    """
    if min(candidate.box.width, candidate.box.height) < _LEAST:
        return False
    eye, outside = _grounds(candidate)
    if np.count_nonzero(eye) < _EYE * eye.size:
        return _is_solid(np.asarray(~outside, np.uint8))
    return _differ(candidate, gray, eye, outside, most_like=_CROSSED if crossed else 1.0)


def lies_flat(candidate: Candidate) -> bool:
    """Tells rings that are much wider than high, as eyes are, from digits, which none writes like that.

    Args:
        candidate: A stroke of the picture that is no bar.
    """
    if candidate.box.width <= _LYING * candidate.box.height:
        return False
    eye, _ = _grounds(candidate)
    return bool(np.count_nonzero(eye) > _OPEN * eye.size)


def encloses_another_ground(candidate: Candidate, gray: NDArray[np.uint8]) -> bool:
    """Tells whether what a stroke encloses differs from the ground around it.

    Args:
        candidate: A stroke of the picture.
        gray: Shape (h, w), uint8, the searched picture.

    Returns:
        False too for all that is small or encloses nothing.
    """
    if min(candidate.box.width, candidate.box.height) < _LEAST:
        return False
    eye, outside = _grounds(candidate)
    return bool(np.count_nonzero(eye) >= _EYE * eye.size) and _differ(candidate, gray, eye, outside)


def holds_marks(ring: Candidate, candidates: Sequence[Candidate]) -> bool:
    """Tells whether several marks stand within a ring, as eyes and mouth do in a face.

    Args:
        ring: A stroke of the picture that was read as a digit.
        candidates: What was found in the picture, `ring` among them.
    """
    x, y, width, height = ring.box
    if min(width, height) < _ROOMY:
        return False
    within = []
    for mark in candidates:
        left, top = mark.box.x - x, mark.box.y - y
        right, bottom = left + mark.box.width, top + mark.box.height
        inside = left > 0 and top > 0 and right < width and bottom < height
        large = max(mark.box.width, mark.box.height) > _PART * max(width, height)
        alike = mark.polarity == ring.polarity and mark.contrast > ring.contrast / _FAINTER
        if inside and large and alike:
            # Within its box, but not within its eye, a neighbour may stand, too.
            sides = (ring.ink[top:bottom, :left], ring.ink[top:bottom, right:])
            if all(side.size and float(side.max()) > _INK for side in sides):
                within.append((np.s_[top:bottom, left:right], mark.ink > _INK))
    if len(within) < _SEVERAL:
        return False
    # A piece of its own stroke, found once more at another threshold, is no mark.
    parts = cv2.connectedComponents(np.asarray(ring.ink > _INK, np.uint8))[1]
    largest = np.bincount(parts[parts > 0]).argmax()
    return sum(float((parts[at][core] == largest).mean()) < 0.5 for at, core in within) >= _SEVERAL


def _grounds(candidate: Candidate) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which bare pixels of a stroke's box it encloses, and which it does not."""
    bare = (candidate.ink < _BARE).astype(np.uint8)
    bare = np.asarray(cv2.copyMakeBorder(bare, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1), np.uint8)
    # What is left after filling from a corner is enclosed.
    enclosed = bare.copy()
    cv2.floodFill(enclosed, None, (0, 0), (0,))
    return enclosed[1:-1, 1:-1] > 0, (bare > enclosed)[1:-1, 1:-1]


def _differ(
    candidate: Candidate,
    gray: NDArray[np.uint8],
    eye: NDArray[np.bool_],
    outside: NDArray[np.bool_],
    *,
    most_like: float = 1.0,
) -> bool:
    """Whether the two grounds of a stroke's box differ; False where one is not in the picture.

    Args:
        candidate: The stroke.
        gray: Shape (h, w), uint8, the searched picture.
        eye: What it encloses, of its box.
        outside: The ground around that.
        most_like: Share of that ground from which, if it is like what is enclosed, they do not differ.
    """
    x, y, width, height = candidate.box
    window = gray[y : y + height, x : x + width]
    rim = candidate.ink > _INK
    if window.shape != eye.shape or not (rim.any() and outside.any()):
        return False
    within, stroke, ground = (median(window[part]) for part in (eye, rim, outside))
    other = _OTHER * abs(ground - stroke)
    like = np.abs(window[outside].astype(np.float32) - within) <= other
    return abs(within - ground) > other and float(like.mean()) < most_like


def _is_solid(shape: NDArray[np.uint8]) -> bool:
    """Whether a shape, 1 or 0, nearly fills its convex hull, as no digit but a bar does."""
    area = cv2.countNonZero(shape)
    if area < _FULL * shape.size:
        return False
    hull = cv2.convexHull(cv2.findNonZero(shape))
    return area > _SOLID * cv2.contourArea(hull)
