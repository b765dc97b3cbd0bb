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
_BROKE_FREE = 1.7
"""Ratio of mean ink by which a digit stands out from the ruling it was joined to."""
_HALO = np.ones((5, 5), np.uint8)
"""Around a stroke: the soft edge of its own line, no ruling."""
_MORE_THAN_HALO = 1.2
"""Ratio of areas by which a stroke with what it was joined to is larger than its own box."""
_LEAST_FREED = 9
"""Longer side in pixels of what may break free: a digit, not a part of one."""
_LEAST_REST = 0.1
"""Share of a stroke's ink that it was joined to at least."""
_LOWEST_LEVEL = 12
"""Of 255: fainter marks are print-through and paper grain."""
_SMALLEST = 7
"""Least height of a digit in pixels of the searched picture."""
_MOST_STROKES = 4000
"""More than this at one threshold are texture, not writing."""
_GRAIN = 0.06
"""Share of pixels at which ink begins or ends along a row; the finest grid paper comes just below."""
_FIRST = np.arange(256, dtype=np.float64)
_THIRD, _FOURTH = _FIRST**3, _FIRST**4


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
    freed: bool = False
    """Whether it was joined to fainter ink, such as ruling, at its own threshold."""


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
    counts = np.bincount(gray[::4, ::4].ravel(), minlength=256).cumsum()
    middle, bright = np.searchsorted(counts, (0.5 * counts[-1], 0.9 * counts[-1]))
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
    smooth = cv2.GaussianBlur(ink, (3, 3), 0)
    while threshold < top:
        mask = np.asarray(cv2.threshold(smooth, threshold, 255, cv2.THRESH_BINARY)[1], np.uint8)
        level = _Level(ink, mask, threshold, grain=_is_grain(mask))
        found += _strokes_at(level, below, polarity)
        below = level
        threshold *= _LEVEL_STEP
    return found


def _is_grain(mask: NDArray[np.uint8]) -> bool:
    """Whether a threshold lies in the grain of the ground: more crumbs than any writing has edges."""
    borders = cv2.countNonZero(cv2.absdiff(mask[:, 1:], mask[:, :-1]))
    return borders > _GRAIN * mask.size


class _Level:
    """The connected components above one threshold."""

    def __init__(
        self, ink: NDArray[np.uint8], mask: NDArray[np.uint8], threshold: float, *, grain: bool
    ) -> None:
        self.ink = ink
        self.mask = mask
        self.threshold = threshold
        self.grain = grain
        # Contours cost a fraction of labels and statistics, and most of them are too small to matter.
        outlines, hierarchy = (
            ([], None) if grain else cv2.findContours(self.mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        )
        outer = np.asarray(hierarchy)[0, :, 3] < 0 if outlines else ()
        self.outlines = [o for o, whole in zip(outlines, outer, strict=True) if whole and len(o) >= _SMALLEST]
        boxes = [cv2.boundingRect(outline) for outline in self.outlines]
        self.boxes = np.array(boxes, np.int32).reshape(-1, 4)

    def own(self, i: int) -> NDArray[np.uint8]:
        """The pixels of component i inside its box, 255 or 0."""
        x, y, width, height = self.boxes[i].tolist()
        own = np.zeros((height, width), np.uint8)
        cv2.drawContours(own, [self.outlines[i]], 0, 255, cv2.FILLED, offset=(-x, -y))
        return own & self.mask[y : y + height, x : x + width]

    def histogram(self, i: int, own: NDArray[np.uint8]) -> NDArray[np.float64]:
        """How many pixels of component i have each of the 256 values of ink."""
        x, y, width, height = self.boxes[i].tolist()
        window = self.ink[y : y + height, x : x + width]
        return cv2.calcHist([window], [0], own, [256], [0, 256]).ravel().astype(np.float64)

    def most(self, i: int) -> int:
        """The boldest ink inside the box of component i, its own or not."""
        x, y, width, height = self.boxes[i].tolist()
        return int(self.ink[y : y + height, x : x + width].max())

    def holder(self, box: Box) -> Box | None:
        """The component that a stroke found one threshold later was part of."""
        x, y, w, h = self.boxes.T
        holds = (x <= box.x) & (y <= box.y) & (x + w >= box.x + box.width) & (y + h >= box.y + box.height)
        holding = np.flatnonzero(holds)
        if len(holding) == 0:
            return None
        return Box(*self.boxes[holding[np.argmin(w[holding] * h[holding])]].tolist())


def _ruling_around(box: Box, below: _Level | None) -> Box | None:
    """Where to look for what a stroke was joined to before; None where it cannot break free."""
    if below is None or max(box.width, box.height) < _LEAST_FREED:
        return None
    rows, columns = below.mask.shape
    if box.x <= 1 or box.y <= 1 or box.x + box.width >= columns - 1 or box.y + box.height >= rows - 1:
        # A finger that reaches in comes free of its shadow.
        return None
    holder = Box(0, 0, columns, rows) if below.grain else below.holder(box)
    if holder is None:
        return box
    # A line of the whole page counts where it passes by.
    pad = max(box.width, box.height) // 2
    left, top = max(holder.x, box.x - pad), max(holder.y, box.y - pad)
    right = min(holder.x + holder.width, box.x + box.width + pad)
    bottom = min(holder.y + holder.height, box.y + box.height + pad)
    larger = (right - left) * (bottom - top) >= _MORE_THAN_HALO * box.width * box.height
    return Box(left, top, right - left, bottom - top) if larger else None


def _breaks_free(box: Box, own: NDArray[np.uint8], mean: float, around: Box, below: _Level) -> bool:
    """Whether a stroke comes free of fainter ink, such as ruling, that it was joined to before."""
    if around == box:
        return True
    window = np.s_[around.y : around.y + around.height, around.x : around.x + around.width]
    rest = below.mask[window].copy()
    placed = np.zeros_like(rest)
    top, left = box.y - around.y, box.x - around.x
    placed[top : top + box.height, left : left + box.width] = own
    rest[cv2.dilate(placed, _HALO) > 0] = 0
    if cv2.countNonZero(rest) < _LEAST_REST * cv2.countNonZero(own):
        return below.grain
    return mean > _BROKE_FREE * cv2.mean(below.ink[window], rest)[0]


def _strokes_at(level: _Level, below: _Level | None, polarity: Polarity) -> list[Candidate]:
    chosen = np.flatnonzero(_has_extent_of_a_digit(level.boxes, level.ink.shape)).tolist()
    if len(chosen) > _MOST_STROKES:
        _LOGGER.debug("%d strokes at threshold %.0f: texture", len(chosen), level.threshold)
        return []
    found = []
    for i in chosen:
        box = Box(*level.boxes[i].tolist())
        # Most of a textured ground goes here: nothing in it is bold enough for this threshold.
        least_share = level.threshold / level.most(i)
        if least_share >= _LEVEL_SHARE * _LEVEL_STEP**2:
            continue
        around = _ruling_around(box, below) if least_share >= _LEVEL_SHARE * _LEVEL_STEP else box
        if around is None:
            continue
        own = level.own(i)
        histogram = level.histogram(i, own)
        area = int(histogram.sum())
        if _is_slab(box.width, box.height, area):
            continue
        # The mean of the fourth power over that of the third leans to a stroke's core.
        contrast = float((histogram @ _FOURTH) / (histogram @ _THIRD))
        share = level.threshold / contrast
        if not _LEVEL_SHARE <= share < _LEVEL_SHARE * _LEVEL_STEP**2:
            continue
        late = share >= _LEVEL_SHARE * _LEVEL_STEP
        if late and below is not None:
            # One threshold later a digit may break free of the ruling it was joined to; what else
            # is suitable then was found before.
            around = _ruling_around(box, below)
            if around is None or not _breaks_free(box, own, float(histogram @ _FIRST) / area, around, below):
                continue
        elif late:
            continue
        ink = level.ink[box.y : box.y + box.height, box.x : box.x + box.width]
        cut = _cut(ink, own, level.threshold, contrast)
        found.append(Candidate(box, cut, contrast, stroke_width(own), area, polarity, late))
    return found


def _has_extent_of_a_digit(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    rows, columns = shape[:2]
    w, h = boxes[:, 2], boxes[:, 3]
    # What spans the picture one way is an edge or a fold; both ways, a digit cut out closely.
    within = ((h < 0.98 * rows) & (w < 0.9 * columns)) | fills(w, h, (columns, rows))
    return np.asarray((np.maximum(w, h) >= _SMALLEST) & (w < 8 * h) & within)


def _is_slab(width: int, height: int, area: int) -> bool:
    """Whether ink is a speck or a full rectangle, which is no writing unless it is the bar of a 1."""
    bar = min(width, height) < 0.35 * max(width, height)
    return area < _SMALLEST or (area >= 0.85 * width * height + 40 and not bar)


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


def _cut(ink: NDArray[np.uint8], own: NDArray[np.uint8], level: float, contrast: float) -> NDArray[np.uint8]:
    """Stretches a stroke's contrast to full and blanks what is not its own."""
    floor = 0.5 * level
    stretched = np.clip((_FIRST - floor) * (255 / max(contrast - floor, 1)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(ink, stretched), np.uint8) & own
