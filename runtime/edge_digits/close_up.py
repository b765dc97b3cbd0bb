"""Pictures that show one digit and little else, such as a cell of a form or a crop of a data set."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.hypotheses import plausible
from edge_digits.ink import Polarity
from edge_digits.reading import Box
from edge_digits.segmentation import Candidate
from edge_digits.stroke import stroke_width

_SIDE = 112
"""Longer side in pixels at which a picture is looked at."""
_SLIMMEST = 0.12
"""Share of the longer side that the shorter one has at least."""
_LEAST_CONTRAST = 20
"""Grey levels between ink and ground."""
_TWO_TONES = 0.75
"""Share of the picture's variance that lies between ink and ground."""
_LARGE = 0.55
"""Share of the picture's width or height that the digit takes up."""
_ALONE = 0.95
"""Share of all ink that is the digit's."""
_ON_RIM = 0.7
"""Largest share of the picture's rim that is ink: an upright bar, cut out closely, takes up much of it."""
_GAP = np.ones((5, 5), np.uint8)
"""Strokes are one where this reaches from one to the other: a thin pen fades in between."""
_SOFT_EDGE = np.ones((5, 5), np.uint8)
"""Around the ink: pixels that may be half ink."""
_TRACE = 48
"""Of 255: so little ink does not widen the box."""


@dataclass(frozen=True)
class CloseUp:
    """The one character of a picture."""

    candidate: Candidate
    """The ink, in pixels of the picture as it was looked at."""
    scale: float
    """Of those for one pixel of the picture given."""


def close_ups(gray: NDArray[np.uint8]) -> list[CloseUp]:
    """Finds the ink of a picture of two tones that shows one large connected character.

    What stands on a page is told from its ground and its neighbours. A close-up has neither: the
    digit may touch the picture's edges, and what is left of the ground may be no wider than a
    stroke. So the two tones are parted by Otsu's threshold ("A threshold selection method from
    gray-level histograms", 1979), and the one that makes up less of the picture's rim is the ink.

    Args:
        gray: Shape (h, w), uint8.

    Returns:
        The character, which need not be a digit; two of opposite polarity where either tone may
        be the ink; none for any other picture.
    """
    scale = _SIDE / max(gray.shape)
    if min(gray.shape) < _SLIMMEST * max(gray.shape):
        return []
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR_EXACT
    small = np.asarray(cv2.resize(gray, size, interpolation=interpolation), np.uint8)
    bright = np.asarray(cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)
    if not _are_two_tones(small, bright):
        return []
    rim = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    share = float((rim > 0).mean())
    tones: tuple[tuple[Polarity, NDArray[np.uint8], float], ...] = (
        ("light", bright, share),
        ("dark", np.invert(bright), 1 - share),
    )
    found = []
    for polarity, ink, on_rim in tones:
        if on_rim > _ON_RIM:
            continue
        own, box = _largest(ink)
        alone = cv2.countNonZero(own) >= _ALONE * cv2.countNonZero(ink)
        if alone and max(box.width / size[0], box.height / size[1]) >= _LARGE:
            candidate = _cut(small, own, polarity)
            if plausible(candidate):
                found.append(CloseUp(candidate, scale))
    return found


def _are_two_tones(gray: NDArray[np.uint8], ink: NDArray[np.uint8]) -> bool:
    """Whether ink and ground differ by more than either varies."""
    share = cv2.countNonZero(ink) / ink.size
    if not 0 < share < 1:
        return False
    step = cv2.mean(gray, ink)[0] - cv2.mean(gray, cv2.bitwise_not(ink))[0]
    between = share * (1 - share) * step**2
    return abs(step) >= _LEAST_CONTRAST and between >= _TWO_TONES * float(gray.var())


def _largest(ink: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Box]:
    """The largest piece of ink, of strokes that all but touch, and its box."""
    _, places, facts, _ = cv2.connectedComponentsWithStats(cv2.dilate(ink, _GAP), connectivity=8)
    largest = 1 + int(facts[1:, cv2.CC_STAT_AREA].argmax())
    own = ink & ((places == largest).astype(np.uint8) * 255)
    return own, Box(*cv2.boundingRect(own))


def _cut(gray: NDArray[np.uint8], own: NDArray[np.uint8], polarity: Polarity) -> Candidate:
    """The ink with its soft edges, its contrast stretched to full."""
    ground, core = float(np.median(gray[own == 0])), float(np.median(gray[own > 0]))
    share = np.clip((gray.astype(np.float32) - ground) / (core - ground), 0, 1)
    soft = (255 * share).astype(np.uint8) & cv2.dilate(own, _SOFT_EDGE)
    x, y, width, height = cv2.boundingRect((soft > _TRACE).astype(np.uint8))
    return Candidate(
        Box(x, y, width, height),
        np.ascontiguousarray(soft[y : y + height, x : x + width]),
        abs(core - ground),
        stroke_width(own),
        cv2.countNonZero(own),
        polarity,
    )
