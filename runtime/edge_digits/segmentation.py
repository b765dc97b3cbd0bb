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
_BROKE_FREE = 1.45
"""Ratio of mean ink by which a digit stands out from the ruling it was joined to."""
_LOWEST_LEVEL = 12
"""Of 255: fainter marks are print-through and paper grain."""
_SMALLEST = 7
"""Least height of a digit in pixels of the searched picture."""
_MOST_STROKES = 4000
"""More than this at one threshold are texture, not writing."""


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

    @property
    def height(self) -> int:
        """Of the box, in pixels."""
        return self.box.height


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
    if middle > 25 or bright > 120:
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
    below: _Level | None = None
    threshold = max(_LOWEST_LEVEL, 5 * noise_of(ink))
    top = float(ink.max())
    while threshold < top:
        level = _components(ink, threshold)
        chosen = _suitable(level, below)
        if len(chosen) > _MOST_STROKES:
            _LOGGER.debug("%d strokes at threshold %.0f: texture", len(chosen), threshold)
        else:
            found += [_candidate(ink, level, i, polarity) for i in chosen]
        below = level
        threshold *= _LEVEL_STEP
    return found


@dataclass(frozen=True)
class _Level:
    """The connected components above one threshold."""

    threshold: float
    labels: NDArray[np.int32]
    stats: NDArray[np.int32]
    contrasts: NDArray[np.float64]
    """Of each component's boldest part."""
    means: NDArray[np.float64]
    """Of each component's ink."""


def _components(ink: NDArray[np.uint8], threshold: float) -> _Level:
    _, mask = cv2.threshold(ink, threshold, 255, cv2.THRESH_BINARY)
    # The default algorithm takes four times as long once OpenCV is held to one thread.
    count, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    owners = np.asarray(labels, np.int32)
    where = np.flatnonzero(mask)
    parts, values = owners.ravel()[where], ink.ravel()[where].astype(np.float64)
    cubes = values**3
    # The mean of the fourth power over that of the third leans to a stroke's core.
    contrasts = np.bincount(parts, cubes * values, count) / np.maximum(np.bincount(parts, cubes, count), 1)
    means = np.bincount(parts, values, count) / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    return _Level(threshold, owners, np.asarray(stats, np.int32), contrasts, means)


def _suitable(level: _Level, below: _Level | None) -> list[int]:
    """Which components stand at the right threshold for their own contrast and have a digit's extent."""
    rows, columns = level.labels.shape
    _, _, w, h, area = level.stats.T
    fits = (area >= _SMALLEST) & (np.maximum(w, h) >= 3)
    # What spans the picture one way is an edge or a fold; both ways, a digit cut out closely.
    fits &= ((h < 0.98 * rows) & (w < 0.9 * columns)) | fills(w, h, (columns, rows))
    # A full rectangle is no writing, unless it is the bar of a 1.
    fits &= (area < 0.85 * w * h + 40) | (np.minimum(w, h) < 0.35 * np.maximum(w, h))
    share = level.threshold / np.maximum(level.contrasts, 1)
    first = fits & (share >= _LEVEL_SHARE) & (share < _LEVEL_SHARE * _LEVEL_STEP)
    first[0] = False
    chosen = np.flatnonzero(first).tolist()
    if below is not None:
        # One threshold later a digit may break free of the ruling it was joined to; what else
        # is suitable then was found before.
        second = fits & (share >= _LEVEL_SHARE * _LEVEL_STEP) & (share < _LEVEL_SHARE * _LEVEL_STEP**2)
        second[0] = False
        for i in np.flatnonzero(second).tolist():
            if level.means[i] > _BROKE_FREE * below.means[_parent(level, i, below)]:
                chosen.append(i)
    return chosen


def fills(
    width: NDArray[np.int32] | int, height: NDArray[np.int32] | int, size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Whether a box takes up the picture both ways, as the digit of a close cut-out does.

    Args:
        width: Of one box or of many, in pixels.
        height: The same.
        size: Width and height of the picture, in pixels.

    Returns:
        One truth value a box.
    """
    return np.asarray((np.asarray(width) > 0.85 * size[0]) & (np.asarray(height) > 0.85 * size[1]))


def _parent(level: _Level, i: int, below: _Level) -> int:
    x, y, width = level.stats[i, :3]
    column = x + int(np.argmax(level.labels[y, x : x + width] == i))
    return int(below.labels[y, column])


def _candidate(ink: NDArray[np.uint8], level: _Level, i: int, polarity: Polarity) -> Candidate:
    x, y, width, height, area = level.stats[i].tolist()
    window = np.s_[y : y + height, x : x + width]
    own = (level.labels[window] == i).astype(np.uint8)
    contrast = float(level.contrasts[i])
    cut = _cut(ink[window], own, level.threshold, contrast)
    return Candidate(Box(x, y, width, height), cut, contrast, stroke_width(own), area, polarity)


def _cut(ink: NDArray[np.uint8], own: NDArray[np.uint8], level: float, contrast: float) -> NDArray[np.uint8]:
    """Stretches a stroke's contrast to full and blanks what is not its own."""
    floor = 0.5 * level
    stretched = np.clip((ink.astype(np.float32) - floor) * (255 / max(contrast - floor, 1)), 0, 255)
    return np.asarray(stretched * own, np.uint8)
