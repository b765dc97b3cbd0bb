"""From a picture to the cut-outs that may be digits."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.ink import Polarity, ink_map, noise_of
from edge_digits.reading import Box
from edge_digits.stroke import stroke_width

_LOGGER = logging.getLogger(__name__)

_LONG_SIDE = (480, 1280)
"""Pictures are searched at a longer side between these, in pixels."""
_LEVEL_STEP = 1.5
"""Ratio between neighbouring thresholds."""
_LEVEL_SHARE = 0.28
"""A stroke is cut out at the first threshold above this share of its own contrast."""
_LOWEST_LEVEL = 12
"""Of 255: fainter marks are print-through and paper grain."""
_SMALLEST = 7
"""Least height of a digit in pixels of the searched picture."""
_MOST_PARTS = 4000
"""More components than this at one threshold are texture, not writing."""


@dataclass
class Candidate:
    """Connected ink that may be a digit, or a part of one."""

    box: Box
    """In pixels of the searched picture."""
    ink: NDArray[np.uint8]
    """The cut-out, shape (box.height, box.width), bright ink on 0, other strokes blanked."""
    contrast: float
    """Of its stroke against the ground, 0 to 255."""
    stroke: float
    """Width of its stroke in pixels."""
    area: int
    """Pixels of ink."""
    polarity: Polarity
    """Dark on light or light on dark."""


@dataclass(frozen=True)
class Search:
    """What segmentation found in one picture."""

    candidates: list[Candidate]
    """Whole strokes and loose parts, in no order."""
    scale: float
    """Pixels of the searched picture for one pixel of the picture given."""
    size: tuple[int, int]
    """Width and height of the searched picture."""


def search(image: NDArray[np.uint8]) -> Search:
    """Finds connected ink of a digit's size, dark on light and light on dark.

    The picture is thresholded at rising contrasts. Each stroke is taken from
    the one level that suits its own contrast, so that pencil on grid paper
    comes free of the grid and a faint digit is found beside a bold one
    (component trees: Matas et al., "Robust wide baseline stereo from maximally
    stable extremal regions", 2002).

    Args:
        image: BGR, shape (h, w, 3), uint8.

    Returns:
        The candidates, in pixels of the searched picture, and its scale.
    """
    height, width = image.shape[:2]
    longest = max(height, width)
    scale = min(max(1.0, _LONG_SIDE[0] / longest), _LONG_SIDE[1] / longest)
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    if scale != 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR_EXACT
        gray = np.asarray(cv2.resize(gray, size, interpolation=interpolation), np.uint8)
    candidates: list[Candidate] = []
    for polarity in _polarities(gray):
        candidates += find_strokes(gray, polarity)
    return Search(candidates, scale, (gray.shape[1], gray.shape[0]))


def _polarities(gray: NDArray[np.uint8]) -> list[Polarity]:
    """Dark ink needs a ground that is not black, light ink one that is not white."""
    middle, bright = np.percentile(gray[::4, ::4], (50, 90))
    wanted: list[Polarity] = []
    if middle > 60 or bright > 120:
        wanted.append("dark")
    if middle < 140:
        wanted.append("light")
    return wanted


def find_strokes(gray: NDArray[np.uint8], polarity: Polarity) -> list[Candidate]:
    """Finds the connected strokes of one polarity.

    Args:
        gray: Shape (h, w), uint8.
        polarity: Which kind of ink is sought.

    Returns:
        Candidates, faint to bold.
    """
    ink = ink_map(gray, polarity)
    found: list[Candidate] = []
    level = max(_LOWEST_LEVEL, 5 * noise_of(ink))
    top = float(ink.max())
    while level < top:
        found += _strokes_at(ink, level, polarity)
        level *= _LEVEL_STEP
    return found


def _strokes_at(ink: NDArray[np.uint8], level: float, polarity: Polarity) -> list[Candidate]:
    rows, columns = ink.shape
    _, mask = cv2.threshold(ink, level, 255, cv2.THRESH_BINARY)
    # The default algorithm takes four times as long once OpenCV is held to one thread.
    count, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    x, y, w, h, area = stats.T
    fits = (area >= _SMALLEST) & (np.maximum(w, h) >= 3) & (h < 0.98 * rows) & (w < 0.9 * columns)
    fits &= area < 0.85 * w * h + 40
    # Each contrast belongs to exactly one level, so that nothing is found twice.
    contrasts = _contrasts(ink, np.asarray(mask, np.uint8), np.asarray(labels, np.int32), count)
    fits &= (level < _LEVEL_SHARE * _LEVEL_STEP * contrasts) & (level >= _LEVEL_SHARE * contrasts)
    fits[0] = False
    chosen = np.flatnonzero(fits)
    if len(chosen) > _MOST_PARTS:
        _LOGGER.debug("%d strokes at level %.0f: texture", len(chosen), level)
        return []
    found = []
    for i in chosen:
        box = Box(int(x[i]), int(y[i]), int(w[i]), int(h[i]))
        window = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
        own = (labels[window] == i).astype(np.uint8)
        cut = _cut(ink[window], own, level, contrasts[i])
        found.append(Candidate(box, cut, float(contrasts[i]), stroke_width(own), int(area[i]), polarity))
    return found


def _contrasts(
    ink: NDArray[np.uint8], mask: NDArray[np.uint8], labels: NDArray[np.int32], count: int
) -> NDArray[np.float64]:
    """The contrast of each component's boldest part.

    The mean of the fourth power over that of the third leans to a stroke's
    core, and to the pen where pencil and ruling hang together.
    """
    where = np.flatnonzero(mask)
    owners, values = labels.ravel()[where], ink.ravel()[where].astype(np.float64)
    cubes = values**3
    third = np.bincount(owners, cubes, count)
    return np.asarray(np.bincount(owners, cubes * values, count) / np.maximum(third, 1), np.float64)


def _cut(ink: NDArray[np.uint8], own: NDArray[np.uint8], level: float, contrast: float) -> NDArray[np.uint8]:
    """Stretches a stroke's contrast to full and blanks what is not its own."""
    floor = 0.5 * level
    stretched = np.clip((ink.astype(np.float32) - floor) * (255 / max(contrast - floor, 1)), 0, 255)
    return np.asarray(stretched * own, np.uint8)
