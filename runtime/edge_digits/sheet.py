"""The sheet that a picture shows: where it lies and how it is turned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.ink import REDUCTION, Polarity, reduced_picture
from edge_digits.percentile import median, percentile
from edge_digits.reading import Box

LEVEL = 10.0
"""Degrees by which a sheet may be turned without need to turn it back."""
_STRAIGHT = 0.015
"""Share of a sheet's outline by which its sides bend at most."""
_SQUARE = 0.75
"""How far its sides agree, by length, that it is turned by one angle: 1 for a rectangle, 0 for a disc."""
_FREE = 0.3
"""Share of its outline that lies within the picture."""
_BOTH = 0.2
"""Share of that which runs one way and the other, at least."""
_SMALLEST = 16
"""Pixels that the reduced picture is wide and high at least."""
_AROUND = np.ones((3, 3), np.uint8)
_LEAST, _MOST = 0.05, 0.9
"""Share of the picture that it takes up."""
_STEP, _SEEN = 12, 0.7
"""Grey levels by which it differs from what is next to it, along so large a share of its outline."""
_FULL = 0.85
"""Share of its hull that it takes up."""
_BENDS = 8
"""Corners of an outline at most, where the picture or a hand hides some of the sheet."""
_FOUR, _SAME, _BEYOND = 0.9, 0.9, 0.1
"""Share of the outline that its four longest sides make up where they are the sheet's, share of the area that
they enclose that is seen, and shares of the picture by which corners may lie outside."""
_PARALLEL = 0.3
"""Sine of the angle between two sides next to each other, at least."""
_RAGGED = 1.2
"""Times the length of its sides that an outline is long at most; one that climbs has a step at each pixel."""
_RIM = np.ones((5, 5), np.uint8)
_GROUND = 15
"""Pixels of the reduced picture: what is narrower than half of that is ink."""
_BOLDEST, _MUCH_BOLDER = 0.998, 1.5
"""Share of a sheet, in per cent, that is no bolder than its writing, and so many times bolder that is than
what is lighter, or darker, than its ground."""
_ALONE = 0.8
"""Share that it has of all that is as light: what is more may be another sheet."""


@dataclass(frozen=True)
class Sheet:
    """A light rectangle on something darker, or the other way round; the picture may cut it."""

    outline: NDArray[np.int32]
    """Shape (n, 1, 2), in pixels of the reduced picture."""
    alike: NDArray[np.uint8]
    """Shape (h, w), the reduced picture: 1 where it is as light or dark as the sheet, else 0."""
    scale: int
    """Pixels of the picture for one of the reduced picture."""
    lighter: bool
    """Than what it lies on."""
    polarity: Polarity
    """Of the writing on it: dark on a light sheet, but also on a grey one that lies on a white one."""
    turn: float
    """Degrees by which its sides are turned clockwise, above -45 and up to 45."""
    askew: float
    """The same as the camera saw it, before it was turned back."""
    squareness: float
    """How far its sides agree that it is, 0 to 1."""
    corners: NDArray[np.float32] | None
    """Shape (4, 2), in pixels of the picture, clockwise from the upper left one of the upright sheet; None
    where too much of it is hidden, and where there may be other sheets."""

    def filling(self, shape: tuple[int, ...]) -> Sheet:
        """The same sheet, upright, where it is all that a picture of shape (h, w) shows."""
        height, width = shape
        outline = np.array([[(0, 0)], [(width, 0)], [(width, height)], [(0, height)]], np.int32)
        whole = np.ones((1, 1), np.uint8)
        return replace(self, outline=outline, alike=whole, scale=1, turn=0.0, squareness=1.0, corners=None)

    def shows(self, stroke: Candidate) -> bool:
        """Whether a stroke of the picture is writing on the sheet: all in it, and of its polarity."""
        box = stroke.box
        x, y = box.center
        sides = ((box.x, y), (box.x + box.width, y), (x, box.y), (x, box.y + box.height))
        return stroke.polarity == self.polarity and all(self._holds(*place) for place in sides)

    def carries(self, box: Box) -> bool:
        """Whether the middle of a box lies on what is as light, or as dark, as the sheet."""
        x, y = box.center
        height, width = self.alike.shape
        row, column = (min(int(at / self.scale), last - 1) for at, last in ((y, height), (x, width)))
        return bool(self.alike[row, column])

    def _holds(self, x: float, y: float) -> bool:
        return cv2.pointPolygonTest(self.outline, (x / self.scale, y / self.scale), False) >= 0


def sheet_in(gray: NDArray[np.uint8]) -> Sheet | None:
    """Finds the sheet, slate or card that stands out from what it lies on.

    Args:
        gray: Shape (h, w), uint8.

    Returns:
        None where nothing has straight sides that are turned alike.
    """
    reduced = reduced_picture(gray)
    small = np.asarray(cv2.medianBlur(reduced, 3), np.uint8)
    if min(small.shape) < _SMALLEST:
        return None
    steep = cv2.dilate(small, _AROUND) - cv2.erode(small, _AROUND) > _STEP
    found = []
    for lighter in (True, False):
        shades = small if lighter else np.asarray(np.invert(small), np.uint8)
        parts = [_sheet(shades > level, steep, lighter=lighter) for level in _levels(shades)]
        found += [sheet for sheet in parts if sheet is not None]
    best = max(found, key=lambda sheet: (sheet.corners is not None, sheet.squareness), default=None)
    return best if best is None else replace(best, polarity=_writing_on(best, reduced))


def _writing_on(sheet: Sheet, reduced: NDArray[np.uint8]) -> Polarity:
    """Whether dark or light ink is on a sheet of a reduced picture, shape (h, w): what is bolder."""
    inside = np.zeros(reduced.shape, np.uint8)
    cv2.drawContours(inside, [sheet.outline], 0, 1, cv2.FILLED)
    inside = np.asarray(cv2.erode(inside, _RIM, borderValue=0), np.uint8)
    shades = reduced[inside > 0]
    if not len(shades):
        return sheet.polarity
    # What lies around the sheet is no ground of its writing.
    filled = np.where(inside > 0, reduced, np.uint8(median(shades)))
    ground = cv2.medianBlur(filled, _GROUND)[inside > 0]
    away = shades.astype(np.int16) - ground
    dark, light = -percentile(away, 1 - _BOLDEST), percentile(away, _BOLDEST)
    if max(dark, light) < max(_STEP, _MUCH_BOLDER * min(dark, light)):
        return sheet.polarity
    return "dark" if dark > light else "light"


def _levels(small: NDArray[np.uint8]) -> list[float]:
    """Thresholds between a sheet and what is darker: Otsu's, and the same again above and below it."""
    middle = _otsu(small.ravel())
    return [_otsu(part) for part in (small[small <= middle], small[small > middle]) if part.size] + [middle]


def _otsu(shades: NDArray[np.uint8]) -> float:
    return float(cv2.threshold(shades, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def _sheet(light: NDArray[np.bool_], steep: NDArray[np.bool_], *, lighter: bool) -> Sheet | None:
    """The largest light part of a reduced picture, shape (h, w), if it is a rectangle but for its ink.

    Args:
        light: Shape (h, w), what is lighter than something.
        steep: Shape (h, w), where it is lighter than what is next to it.
        lighter: Whether that is so in the picture itself, and not in its negative.
    """
    mask = light.astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea, default=None)
    if outline is None or not _is_edge(np.asarray(outline, np.int32)[:, 0], steep):
        return None
    area = cv2.contourArea(outline)
    around = cv2.arcLength(outline, True)
    bends = np.asarray(cv2.approxPolyDP(outline, _STRAIGHT * around, True)[:, 0], np.int32)
    sides = np.roll(bends, -1, axis=0) - bends
    if not 4 <= len(bends) <= _BENDS or around > _RAGGED * np.hypot(*sides.T).sum():
        return None
    on_rim = _on_rim(bends, mask.shape)
    lengths = np.hypot(*sides.T) * ~on_rim
    # Four times its angle is the same for all sides of a rectangle.
    sum_ = complex((lengths * np.exp(4j * np.arctan2(sides[:, 1], sides[:, 0]))).sum())
    if lengths.sum() < _FREE * around or abs(sum_) < _SQUARE * lengths.sum():
        return None
    turn = float(np.angle(sum_)) / 4
    along = np.abs(sides @ (math.cos(turn), math.sin(turn))) > np.abs(
        sides @ (-math.sin(turn), math.cos(turn))
    )
    # The edge of a shadow goes one way.
    if not _BOTH < lengths[along].sum() / lengths.sum() < 1 - _BOTH:
        return None
    cv2.drawContours(mask, [outline], 0, 1, cv2.FILLED)
    alone = area > _ALONE * cv2.countNonZero(mask)
    corners = _corners(np.asarray(outline, np.int32)[:, 0], bends, lengths, mask.shape) if alone else None
    degrees = math.degrees(turn)
    return Sheet(
        np.asarray(outline, np.int32),
        np.asarray(cv2.dilate(mask, _AROUND), np.uint8),
        REDUCTION,
        lighter,
        "dark" if lighter else "light",
        degrees,
        degrees,
        abs(sum_) / float(lengths.sum()),
        None if corners is None else REDUCTION * _in_order(corners, turn),
    )


def _is_edge(outline: NDArray[np.int32], steep: NDArray[np.bool_]) -> bool:
    """Whether an outline, shape (n, 2), takes up some of the picture, has no dents and is sharp."""
    area, full = cv2.contourArea(outline), cv2.contourArea(cv2.convexHull(outline))
    if not _LEAST < area / steep.size < _MOST or area < _FULL * full:
        return False
    # Where light falls off slowly there is none.
    x, y = outline.T
    free = (x > 1) & (y > 1) & (x < steep.shape[1] - 2) & (y < steep.shape[0] - 2)
    return bool(free.any()) and float(steep[y[free], x[free]].mean()) > _SEEN


def _corners(
    outline: NDArray[np.int32],
    bends: NDArray[np.int32],
    lengths: NDArray[np.float64],
    shape: tuple[int, ...],
) -> NDArray[np.float32] | None:
    """Where the four longest sides of an outline meet, shape (4, 2): a corner may be hidden or cut off.

    Args:
        outline: Shape (m, 2).
        bends: Shape (n, 2), those of its points where it bends.
        lengths: Shape (n,), how long the side from each bend is, 0 for those along the picture's edge.
        shape: Of the picture.
    """
    longest = np.sort(np.argsort(-lengths)[:4])
    if not lengths[longest].all() or lengths[longest].sum() < _FOUR * lengths.sum():
        return None
    starts = [int((outline == bend).all(axis=1).argmax()) for bend in bends]
    lines = []
    for k in longest.tolist():
        start, end = starts[k], starts[(k + 1) % len(starts)]
        points = np.roll(outline, -start, axis=0)[: (end - start) % len(outline) + 1]
        along_x, along_y, x, y = cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
        lines.append(((x, y), (x + along_x, y + along_y)))
    meets = meeting_points(lines)
    if (np.abs(meets[:, 2]) < _PARALLEL).any():
        return None
    corners = np.asarray(meets[:, :2] / meets[:, 2:], np.float32)
    size = np.array([shape[1], shape[0]])
    area, full = cv2.contourArea(corners), cv2.contourArea(cv2.convexHull(outline))
    inside = (corners > -_BEYOND * size).all() and (corners < (1 + _BEYOND) * size).all()
    return corners if inside and cv2.isContourConvex(corners) and _SAME * area < full < area / _SAME else None


def meeting_points(lines: Sequence[tuple[Sequence[float], Sequence[float]]]) -> NDArray[np.float64]:
    """Where each of several lines, told by two points each, meets the one before it.

    Returns:
        Shape (n, 3), homogeneous: x and y times the last number, which is 0 where two are parallel.
    """
    through = [np.cross((*first, 1), (*last, 1)) for first, last in lines]
    return np.array([np.cross(through[k - 1], through[k]) for k in range(len(through))])


def _on_rim(corners: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which sides run along the picture's edge: from each corner, shape (n, 2), to the next."""
    last = np.array([shape[1], shape[0]]) - 2
    low, high = corners <= 1, corners >= last
    return np.asarray(((low & np.roll(low, -1, axis=0)) | (high & np.roll(high, -1, axis=0))).any(axis=1))


def _in_order(corners: NDArray[np.float32], turn: float) -> NDArray[np.float32]:
    """Four corners, shape (4, 2), clockwise from the upper left one of the sheet turned back, in radians."""
    # Corners are pixels, of which the middle counts.
    places = np.asarray(corners + 0.5, np.float32)
    x, y = (places - places.mean(axis=0)).T
    return places[np.argsort((np.arctan2(y, x) - turn + math.pi) % (2 * math.pi))]
