"""From a picture to the cut-outs that may be digits."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.components import SMALLEST, Components
from edge_digits.extent import fills, goes_across, goes_down, rim
from edge_digits.freeing import are_ruling, breaks_free, rest_around, ruling_around
from edge_digits.image import means_of
from edge_digits.ink import Polarity, grain_of, ink_map, noise_of, polarities_of, without_grain
from edge_digits.lines import without_lines
from edge_digits.panels import panels_alone
from edge_digits.reading import Box
from edge_digits.repeats import without_repeats
from edge_digits.rings import out_of_ring
from edge_digits.stroke import stroke_width
from edge_digits.unruled import unruled

_LOGGER = logging.getLogger(__name__)

LONGEST = 1280
"""Longer side in pixels at which larger pictures are searched."""
_LONG_ENOUGH = 480
"""The same for smaller pictures."""
_LEVEL_STEP = 1.5
"""Ratio between neighbouring thresholds."""
_LEVEL_SHARE = 0.28
"""A stroke is cut out at the first threshold above this share of its own contrast."""
_LATE = _LEVEL_SHARE * _LEVEL_STEP
"""At this share it was found one threshold before, or breaks free now."""
_TOO_FAINT = _LATE * _LEVEL_STEP
"""And at this share that is past, too..."""
_OF_RULING = _TOO_FAINT * _LEVEL_STEP
"""...or at this one, where bold lines run all across the picture."""
_SAME = 0.7
"""Share of its box at a lower threshold that a stroke keeps at a higher one, unless it comes apart."""
_SURELY = 0.9
"""Share of its contrast that it keeps, the other way."""
_LOWEST_LEVEL = 12
"""Of 255: marks fainter than this threshold are print-through and paper grain..."""
_BOLD = 48
"""...unless nothing on a clean page has as much contrast as this: then all is written by a hard pencil."""
_GRAIN, _SMOOTHED_GRAIN = 5, 3
"""Standard deviations of a picture's grain, and of what smoothing left of it, that ink exceeds."""
_MOST_STROKES = 4000
"""More than this at one threshold are texture, not writing."""
_CROWD = 60
"""More strokes than this at one threshold are worth asking how faint a digit may be."""
_PLENTY = 50_000
"""Pixels by which the contrast and the pen of a stroke are told; of larger ones every so many are taken."""
_MOST_OF_RIM = 0.5
"""Share of the picture's rim that the ground takes up and a digit cut out closely does not."""
_FIRST = np.arange(256, dtype=np.float64)


@dataclass(frozen=True)
class Search:
    """What segmentation found in one picture."""

    candidates: list[Candidate]
    """Whole strokes and loose parts, in no order."""
    scale: float
    """Pixels of the searched picture for one pixel of the picture given."""
    size: tuple[int, int]
    """Width and height of the searched picture."""
    grounds: Mapping[Polarity, NDArray[np.uint8]] = field(compare=False, repr=False)
    """The searched picture, shape (h, w), uint8; for one polarity it may be its panels alone."""


def search(
    image: NDArray[np.uint8],
    least_contrast: Callable[[Sequence[Candidate]], float] | None = None,
    longest: int = LONGEST,
    *,
    light: bool = False,
) -> Search:
    """Finds connected ink of a digit's size, dark on light and light on dark.

    The picture is thresholded at falling contrasts. Each stroke is taken from
    the one level that suits its own contrast, so that pencil on grid paper
    comes free of the grid and a faint digit is found beside a bold one
    (component trees: Matas et al., "Robust wide baseline stereo from maximally
    stable extremal regions", 2002).

    Args:
        image: BGR, shape (h, w, 3), or grey, shape (h, w), uint8.
        least_contrast: Asked at most once, where a ground turns out to be full of strokes as
            cloth is: of the strokes found so far, bold ones, tells the contrast up to which the
            others are not wanted. None to find them all.
        longest: Longer side in pixels to which larger pictures are reduced.
        light: Whether to look for light ink on ground that is hardly dark as well.

    Returns:
        The candidates, in pixels of the searched picture, and its scale.
    """
    gray, scale = in_search_size(image, longest)
    grain = grain_of(gray)
    grounds = {
        polarity: without_grain(gray, polarity, grain) for polarity in polarities_of(gray, light=light)
    }
    for polarity in get_args(Polarity):
        if polarity not in grounds and (panels := panels_alone(gray, polarity)) is not None:
            grounds[polarity] = without_grain(panels, polarity, grain)
    descents = [_Descent(ground, polarity) for polarity, ground in grounds.items()]
    least = 0.0
    while left := [descent for descent in descents if descent.thresholds]:
        descent = max(left, key=lambda descent: descent.thresholds[-1])
        if least_contrast is not None and descent.crowded:
            least = least_contrast([stroke for each in descents for stroke in each.found])
            least_contrast = None
        descent.descend(least)
    candidates = [stroke for each in descents for stroke in each.found if stroke.contrast > least]
    candidates = without_repeats(candidates, gray)
    return Search(candidates, scale, (gray.shape[1], gray.shape[0]), grounds)


def in_search_size(image: NDArray[np.uint8], longest: int = LONGEST) -> tuple[NDArray[np.uint8], float]:
    """A picture as large as it is searched.

    Args:
        image: BGR, shape (h, w, 3), or grey, shape (h, w), uint8.
        longest: Longer side in pixels to which larger pictures are reduced.

    Returns:
        Shape (h, w), uint8, and how many of its pixels there are for one of the picture given.
    """
    height, width = image.shape[:2]
    own = max(height, width)
    scale = min(max(1.0, _LONG_ENOUGH / own), longest / own)
    gray = image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    if scale == 1:
        return gray, scale
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale < 1:
        return means_of(gray, size), scale
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_LINEAR_EXACT), np.uint8), scale


class _Descent:
    """The strokes of one polarity, taken at one threshold after another from the highest to the lowest."""

    def __init__(self, gray: NDArray[np.uint8], polarity: Polarity) -> None:
        self.found: list[Candidate] = []
        """Faint to bold."""
        self.thresholds: list[float] = []
        """Those that are left, rising."""
        self._polarity = polarity
        self._ink = unruled(ink_map(gray, polarity))
        self._smooth = np.asarray(cv2.GaussianBlur(self._ink, (3, 3), 0), np.uint8)
        # No stroke is bolder than its boldest pixel.
        top = _TOO_FAINT * float(self._ink.max())
        grain = max(_GRAIN * noise_of(self._ink), _SMOOTHED_GRAIN * grain_of(self._smooth))
        threshold = max(_LOWEST_LEVEL, grain)
        if grain <= _LOWEST_LEVEL / _LEVEL_STEP:
            threshold /= _LEVEL_STEP
        while threshold < top:
            self.thresholds.append(threshold)
            threshold *= _LEVEL_STEP
        self._first = {each: self._at(each) for each in self.thresholds[-2:]}
        self._on_ruling = any(level.ruling.any() for level in self._first.values())
        # What is written on bold ruling comes free of it later still.
        if self._on_ruling and threshold < _LEVEL_STEP * top:
            self.thresholds.append(threshold)
        self._level = self._highest()

    @property
    def crowded(self) -> bool:
        """Whether very many strokes are to be looked into at the next threshold."""
        return self._level is not None and len(self._level.chosen) > _CROWD

    def descend(self, least: float) -> None:
        """Takes the strokes that suit the highest threshold that is left.

        Args:
            least: Contrast up to which strokes are not wanted.
        """
        level = self._level
        worth = [threshold for threshold in self.thresholds if threshold > _LEVEL_SHARE * least]
        self.thresholds = worth[:-1]
        faint = bool(self.thresholds) and self.thresholds[-1] < _LOWEST_LEVEL
        if faint and any(stroke.contrast > _BOLD for stroke in self.found):
            self.thresholds = []
        if level is not None and worth:
            self._level = self._highest()
            self.found[:0] = self._strokes(level, self._level, least)

    def _strokes(self, level: _Level, below: _Level | None, least: float) -> list[Candidate]:
        share = _OF_RULING if self._on_ruling or (below is not None and below.ruling.any()) else _TOO_FAINT
        faintest = max(least, level.threshold / (_LATE if below is None else share))
        # What suits a higher threshold is too bold for this one.
        fits = level.threshold >= _LEVEL_SHARE * _SURELY * level.contrast[level.chosen]
        fits &= level.most_of_chosen > faintest
        chosen, most = level.chosen[fits], level.most_of_chosen[fits]
        holders = np.full(len(level.boxes), -1)
        arounds: list[Box | None] = [None] * len(chosen)
        ruled, worth = np.zeros(len(chosen), bool), level.threshold < _LATE * most
        if below is not None:
            asked = (level.contrast > 0) | np.isin(np.arange(len(holders)), chosen)
            holders[asked] = below.holders(level.boxes[asked])
            arounds = ruling_around(level.boxes[chosen], below, holders[chosen])
            ruled = np.append(below.ruling, False)[holders[chosen]] | self._on_ruling
            free = np.array([around is not None for around in arounds], bool)
            worth |= free & (ruled | (level.threshold < _TOO_FAINT * most))
        found = []
        for k in np.flatnonzero(worth).tolist():
            stroke = self._stroke(level, int(chosen[k]), below, arounds[k], faintest, ruled=bool(ruled[k]))
            if stroke is not None:
                found += [stroke, *without_lines(stroke, level.ink.shape), *out_of_ring(stroke)]
        for i in level.lined.tolist():
            stroke = self._stroke(level, i, below, None, faintest)
            if stroke is not None:
                found += without_lines(stroke, level.ink.shape)
        if below is not None:
            below.inherit(level, holders)
        return found

    def _stroke(
        self,
        level: _Level,
        i: int,
        below: _Level | None,
        around: Box | None,
        faintest: float,
        *,
        ruled: bool = False,
    ) -> Candidate | None:
        """Component i, `ruled` where lines may join it, where this is the threshold to cut it out at."""
        box = Box(*level.boxes[i].tolist())
        # Every so many pixels tell as much of what is as large as the page.
        step = max(1, math.isqrt(box.width * box.height // _PLENTY))
        own = level.own(i, step)
        area, total, third, fourth = level.moments(i, own, step)
        if _is_slab(box.width, box.height, area):
            return None
        # The mean of the fourth power over that of the third leans to a stroke's core.
        contrast = level.contrast[i] = fourth / third
        if contrast <= faintest or level.threshold < _LEVEL_SHARE * contrast:
            return None
        # One threshold later a digit may break free of the ruling it was joined to; what else
        # is suitable then was found before.
        freed = level.threshold >= _LATE * contrast
        late = level.threshold >= _TOO_FAINT * contrast
        if freed and (below is None or around is None or (late and not ruled)):
            return None
        whole = own if step == 1 else level.own(i)
        if _is_ground(box, whole, level.ink.shape):
            return None
        pen = step * stroke_width(own)
        if freed and below is not None and around is not None:
            rest = rest_around(box, whole, around, below)
            # What fades off a desk or a shadow at the sheet's edge is no ruling.
            freed = bool(cv2.distanceTransform(rest, cv2.DIST_L2, 3).max() < pen)
            ruled &= freed
            if (late and not ruled) or not breaks_free(
                box, whole, total / area, rest, around=around, level=level, below=below, ruled=ruled
            ):
                return None
        ink = level.ink[box.y : box.y + box.height, box.x : box.x + box.width]
        cut = _cut(ink, whole, level.threshold, contrast)
        return Candidate(box, cut, contrast, pen, int(area), self._polarity, freed)

    def _highest(self) -> _Level | None:
        if not self.thresholds:
            return None
        return self._first.pop(self.thresholds[-1], None) or self._at(self.thresholds[-1])

    def _at(self, threshold: float) -> _Level:
        return _Level(self._ink, self._smooth, threshold)


class _Level(Components):
    """The connected components above one threshold, and which of them may be digits."""

    def __init__(self, ink: NDArray[np.uint8], smooth: NDArray[np.uint8], threshold: float) -> None:
        super().__init__(ink, smooth, threshold)
        self.ruling = are_ruling(self.boxes, self.mask)
        """Which of all components are lines all across or all down the picture."""
        chosen = np.flatnonzero(_has_extent_of_a_digit(self.boxes, ink.shape))
        if len(chosen) > _MOST_STROKES:
            _LOGGER.debug("%d strokes at threshold %.0f: texture", len(chosen), threshold)
            chosen = chosen[:0]
        most = self.most(chosen)
        # Most of a textured ground goes here: nothing in it is bold enough for this threshold.
        bold = threshold < _OF_RULING * most
        self.chosen, self.most_of_chosen = chosen[bold], most[bold]
        self.lined = np.flatnonzero(_may_be_lined(self.boxes, ink.shape))
        """Too wide or too large for a digit, but perhaps digits on a line."""

    def inherit(self, above: _Level, holders: NDArray[np.int64]) -> None:
        """Takes over the contrasts of strokes that look much the same at the threshold above.

        Args:
            above: The next higher level.
            holders: Which component here each one there is part of, -1 where that is not known.
        """
        known = np.flatnonzero((above.contrast > 0) & (holders >= 0))
        kept = above.boxes[known, 2:].prod(axis=1) > _SAME * self.boxes[holders[known], 2:].prod(axis=1)
        self.contrast[holders[known[kept]]] = above.contrast[known[kept]]


def _has_extent_of_a_digit(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    w, h = boxes[:, 2], boxes[:, 3]
    # What spans the picture one way is an edge or a fold; both ways, a digit cut out closely.
    within = ~(goes_across(w, shape) | goes_down(h, shape)) | fills(w, h, (shape[1], shape[0]))
    return np.asarray((np.maximum(w, h) >= SMALLEST) & (w < 8 * h) & within)


def _may_be_lined(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """What is too wide for a digit, or spans the picture, but large enough both ways to hold some."""
    w, h = boxes[:, 2], boxes[:, 3]
    spans = (goes_across(w, shape) | goes_down(h, shape)) & ~fills(w, h, (shape[1], shape[0]))
    return np.asarray(((w >= 8 * h) | spans) & (np.minimum(w, h) >= 2 * SMALLEST))


def _is_slab(width: int, height: int, area: float) -> bool:
    """Whether ink is a speck or a full rectangle, which is no writing unless it is the bar of a 1."""
    bar = min(width, height) < 0.35 * max(width, height)
    return area < SMALLEST or (area >= 0.85 * width * height + 40 and not bar)


def _is_ground(box: Box, own: NDArray[np.uint8], shape: tuple[int, ...]) -> bool:
    """Whether ink is what is written on, dark around a bright digit, or the desk around a sheet."""
    return (
        bool(fills(box.width, box.height, (shape[1], shape[0])))
        and float((rim(own) > 0).mean()) > _MOST_OF_RIM
    )


def _cut(ink: NDArray[np.uint8], own: NDArray[np.uint8], level: float, contrast: float) -> NDArray[np.uint8]:
    """Stretches a stroke's contrast to full and blanks what is not its own."""
    floor = 0.5 * level
    stretched = np.clip((_FIRST - floor) * (255 / max(contrast - floor, 1)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(ink, stretched), np.uint8) & own
