"""Pictures of two tones, ink and ground, such as scans, drawings and crops."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.extent import rim
from edge_digits.image import block_means

_LONGER, _SHORTER = 112, 48
"""Sides in pixels that a picture has at least when it is looked at."""
_SLIMMEST = 30
"""Times as long as it is wide a picture is at most."""
_LEAST_CONTRAST = 20
"""Grey levels between ink and ground."""
_BETWEEN, _BETWEEN_SOFT = 0.75, 0.65
"""Share of the picture's variance that lies between ink and ground, and of a soft one's."""
_COARSE, _FINER = 4, 0.02
"""Pixels that become one, and how little of a contrast a soft picture loses by that."""
_GAP = np.ones((3, 3), np.uint8)
"""Strokes are one where this reaches from one to the other: a thin pen fades in between."""


@dataclass(frozen=True)
class TwoTones:
    """A picture parted into its bright and its dark tone."""

    gray: NDArray[np.uint8]
    """Shape (h, w), reduced or enlarged."""
    bright: NDArray[np.uint8]
    """Shape (h, w), 255 on the bright tone, else 0."""
    scale: float
    """Pixels of it for one of the picture given."""
    soft: bool
    """Whether a quarter of its width and height would show as much: a tiny picture that was enlarged."""

    @property
    def dark(self) -> NDArray[np.uint8]:
        """255 on the dark tone, else 0."""
        return np.invert(self.bright)

    def bright_rim(self) -> float:
        """Share of the picture's outermost pixels that is bright."""
        return float((rim(self.bright) > 0).mean())


def two_tones(gray: NDArray[np.uint8]) -> TwoTones | None:
    """Parts a picture by Otsu's threshold ("A threshold selection method from gray-level histograms", 1979).

    Args:
        gray: Shape (h, w), uint8.

    Returns:
        None where the two parts differ by less than either varies, and for a strip.
    """
    if max(gray.shape) > _SLIMMEST * min(gray.shape):
        return None
    scale = max(_LONGER / max(gray.shape), _SHORTER / min(gray.shape))
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    gray = block_means(gray, max(1, int(0.5 / scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR_EXACT
    small = np.asarray(cv2.resize(gray, size, interpolation=interpolation), np.uint8)
    bright = np.asarray(cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)
    share = cv2.countNonZero(bright) / bright.size
    if not 0 < share < 1:
        return None
    contrast = cv2.mean(small, bright)[0] - cv2.mean(small, cv2.bitwise_not(bright))[0]
    if contrast < _LEAST_CONTRAST:
        return None
    soft = _is_soft(small, contrast)
    between = share * (1 - share) * contrast**2
    if between < (_BETWEEN_SOFT if soft else _BETWEEN) * float(small.var()):
        return None
    return TwoTones(small, bright, scale, soft)


def _is_soft(gray: NDArray[np.uint8], contrast: float) -> bool:
    """Whether a quarter of a picture's width and height would show as much."""
    height, width = gray.shape
    reduced = cv2.resize(gray, (width // _COARSE, height // _COARSE), interpolation=cv2.INTER_AREA)
    again = cv2.resize(reduced, (width, height), interpolation=cv2.INTER_LINEAR)
    return bool(cv2.mean(cv2.absdiff(gray, again))[0] < _FINER * contrast)


def pieces_of(ink: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Numbers the connected pieces of ink, strokes that all but touch being one.

    Args:
        ink: Shape (h, w), uint8, 255 on ink.

    Returns:
        The number of each pixel's piece from 1 on, 0 off the ink, shape (h, w); and of each piece left, top,
        width, height and area in pixels, shape (n, 5).
    """
    count, joined = cv2.connectedComponents(cv2.dilate(ink, _GAP), connectivity=8)
    places = np.where(ink > 0, np.asarray(joined, np.int32), np.int32(0))
    masks = [(places == i).astype(np.uint8) for i in range(1, count)]
    facts = [(*cv2.boundingRect(mask), cv2.countNonZero(mask)) for mask in masks]
    return places, np.array(facts, np.int32).reshape(-1, 5)
