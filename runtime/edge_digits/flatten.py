"""Sheets seen from aside, askew or small, looked at by themselves as if from right above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.binding import Side, unseen_rings
from edge_digits.components import filled
from edge_digits.image import block_means
from edge_digits.ink import Polarity, ground_of, ink_map
from edge_digits.percentile import median, percentile
from edge_digits.reading import Box
from edge_digits.sheet import LEVEL, Sheet, meeting_points

_NEARER = 1.25
"""Where a level sheet is shown so many times larger by the picture than it is searched ..."""
_FORESHORTENED = 0.85
"""... or of two sides across from each other one is so much shorter ..."""
_SURROUNDED = 0.8
"""... or it takes up no more of the picture than this, it is worth it: what is around it costs most."""
_RIM = 0.004
"""Share of its longer side that is left out on all sides: what lies around it may show there."""
_MARGIN = 0.03
"""Share of it that is laid around the sheet: what touches a picture's edge is taken for cut."""
_STEPS, _REACH = 48, 12
"""Places along a side where it is looked for exactly, and pixels to both sides of the reduced picture's."""
_CLOSE, _SEEN, _STEP = 2.0, 0.6, 8.0
"""Pixels from a side within which such a place counts for it, share of them that do, and grey levels by which
the sheet is at least lighter, or darker, than what is beside it there."""
_FAINT, _LENGTHWISE = 20, 0.5
"""Contrast of what reaches into a sheet, and share of its length along an edge that lies there."""
_RINGS, _ALIKE = 3, 2.0
"""So many of them at one side, and ratio of their size to its own, from which something else is one, too."""
_BOLDER = 2.5
"""Contrasts of what reaches in, where the edge cuts it, from which ink is written on it."""
_SOFT, _AROUND = np.ones((5, 5), np.uint8), np.ones((9, 9), np.uint8)


@dataclass(frozen=True)
class FlatSheet:
    """A sheet cut out of a picture and made upright and rectangular."""

    image: NDArray[np.uint8]
    """Shape (h, w), uint8."""
    back: NDArray[np.float64]
    """Shape (3, 3): from its pixels to those of the picture (a homography; Hartley and Zisserman, "Multiple
    View Geometry", 2003, section 2.3)."""
    sheet: Sheet
    """What it was in the picture, filling the image now."""
    much_the_same: bool = False
    """Whether the picture shows it as well, with what is around it."""

    def in_picture(self, box: Box, scale: float = 1.0) -> Box:
        """The upright rectangle in the picture around what fills a box on the sheet, enlarged by `scale`.

        Digits have no ink in the corners of their boxes: it is that around the ellipse in the box.
        """
        x, y = box.center
        half = box.width / 2, box.height / 2
        places = np.array([[(x, y), (x + half[0], y), (x, y + half[1])]], np.float64) / scale
        middle, right, bottom = cv2.perspectiveTransform(places, self.back)[0]
        reach = np.hypot(right - middle, bottom - middle)
        (left, top), (width, height) = np.rint(middle - reach), np.rint(2 * reach)
        return Box(int(left), int(top), max(1, int(width)), max(1, int(height)))


def flattened(
    picture: NDArray[np.uint8],
    sheet: Sheet,
    searched: NDArray[np.uint8],
    longest: int,
    *,
    anyway: bool = False,
) -> FlatSheet | None:
    """Cuts out a sheet where that shows its writing better than the whole picture does, or more cheaply.

    Args:
        picture: Shape (h, w), uint8.
        sheet: What was found.
        searched: The picture it was found in: the same, reduced, shape (h, w), uint8.
        longest: Longer side in pixels that the sheet has at most.
        anyway: Also where it looks much the same, so as not to see what is around it.

    Returns:
        None where its corners are not known or where it would look much the same.
    """
    if sheet.corners is None:
        return None
    scale = max(searched.shape) / max(picture.shape)
    corners = sheet.corners / scale
    top, right, bottom, left = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).tolist()
    width, height = (top + bottom) / 2, (left + right) / 2
    share = min(1.0, longest / max(width, height))
    foreshortened = min(top / bottom, bottom / top, left / right, right / left) < _FORESHORTENED
    surrounded = cv2.contourArea(sheet.corners) < _SURROUNDED * searched.size
    much_the_same = abs(sheet.turn) < LEVEL and share < _NEARER * scale and not foreshortened
    if much_the_same and not surrounded and not anyway:
        return None
    exact = _exact(searched, sheet.corners, lighter=sheet.lighter)
    if exact is None:
        return None
    corners = exact / scale
    # The warp looks at four pixels; means of more come first where it makes the sheet smaller.
    step = max(1, round(1 / share))
    picture = block_means(picture, step)
    wide, high = max(1, round(share * width)), max(1, round(share * height))
    rim, margin = _RIM * max(wide, high), round(_MARGIN * max(wide, high))
    low, right, bottom = -rim, wide + rim, high + rim
    target = np.array([(low, low), (right, low), (right, bottom), (low, bottom)], np.float32)
    back = cv2.getPerspectiveTransform(target, np.asarray(corners, np.float32))
    onto = np.linalg.inv(np.diag([1 / step, 1 / step, 1.0]) @ back)
    image = cv2.warpPerspective(picture, onto, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    framed = _with_margin(np.asarray(image, np.uint8), margin, sheet.polarity)
    back = back @ np.array([[1, 0, -margin], [0, 1, -margin], [0, 0, 1.0]])
    return FlatSheet(framed, back, sheet.filling(framed.shape), much_the_same)


def _with_margin(image: NDArray[np.uint8], width: int, polarity: Polarity) -> NDArray[np.uint8]:
    """A sheet, shape (h, w), with more of its paper around it, and in place of what reaches in from there."""
    ground = ground_of(image) if polarity == "dark" else np.invert(ground_of(np.invert(image)))
    cover = _reaching_in(ink_map(image, polarity))
    seen = np.where(cv2.dilate(cover, _SOFT) > 0, ground, image)
    framed = cv2.copyMakeBorder(ground, width, width, width, width, cv2.BORDER_REPLICATE)
    framed[width : width + image.shape[0], width : width + image.shape[1]] = seen
    return np.asarray(framed, np.uint8)


def _reaching_in(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mask, 255 or 0, of what a sheet's edge cuts lengthwise: fingers that hold it, a rest of the table.

    Of the rings of a binding it cuts some so and others not. What is written on mottled paper stays.
    """
    mask = np.asarray(cv2.threshold(ink, _FAINT, 255, cv2.THRESH_BINARY)[1], np.uint8)
    cover = np.zeros_like(ink)
    cut_lengthwise: list[list[Box]] = [[], [], [], []]
    others = []
    for outline in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        box = Box(*cv2.boundingRect(outline))
        x, y, width, height = box
        window = np.s_[y : y + height, x : x + width]
        own = mask[window]
        ends = (
            (x == 0, np.s_[:, 0]),
            (y == 0, np.s_[0]),
            (x + width == ink.shape[1], np.s_[:, -1]),
            (y + height == ink.shape[0], np.s_[-1]),
        )
        cuts = [k for k, (cut, _) in enumerate(ends) if cut]
        lengthwise = [
            k for k in cuts if np.count_nonzero(own[ends[k][1]]) > _LENGTHWISE * own[ends[k][1]].size
        ]
        if lengthwise:
            there = ink[window]
            most = _BOLDER * max(percentile(there[ends[k][1]], 0.9) for k in lengthwise)
            written = cv2.dilate(cv2.threshold(there, most, 255, cv2.THRESH_BINARY)[1], _AROUND)
            cover[window] |= filled(outline, box) & ~np.asarray(written, np.uint8)
        for k in lengthwise:
            cut_lengthwise[k].append(box)
        others += [(k, outline, box) for k in cuts if not lengthwise]
    rings = [[*boxes] for boxes in cut_lengthwise]
    for k, outline, box in others:
        alike = np.array(cut_lengthwise[k], np.float64).reshape(-1, 4)[:, 2:] / box[2:]
        if ((alike > 1 / _ALIKE) & (alike < _ALIKE)).all(axis=1).sum() >= _RINGS:
            cv2.drawContours(cover, [outline], 0, 255, cv2.FILLED)
            rings[k].append(box)
    for side, boxes in zip(get_args(Side), rings, strict=True):
        for x, y, width, height in unseen_rings(boxes, side, ink.shape):
            window = np.s_[y : y + height, x : x + width]
            cover[window] |= mask[window]
    return cover


def _exact(
    gray: NDArray[np.uint8], corners: NDArray[np.float32], *, lighter: bool
) -> NDArray[np.float32] | None:
    """Corners of a sheet, shape (4, 2), moved to where its sides are; None if these are not seen."""
    sides = np.roll(corners, -1, axis=0) - corners
    along = sides / np.hypot(*sides.T)[:, None]
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1)
    share = np.linspace(0.06, 0.94, _STEPS)
    offsets = np.arange(-_REACH, _REACH + 1)
    places = corners[:, None] + share[None, :, None] * sides[:, None]
    places = places[:, :, None] + offsets[:, None] * outward[:, None, None]
    flat = np.asarray(places.reshape(4 * _STEPS, -1, 2), np.float32)
    shades = cv2.remap(gray, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sums = np.cumsum(np.asarray(shades, np.float32), axis=1)
    # Three pixels within less three beyond: the sum up to an edge counts twice.
    steps = (2 * sums[:, 3:-3] - sums[:, :-6] - sums[:, 6:]) / 3
    steps = (steps if lighter else -steps).reshape(4, _STEPS, -1)
    moved, clear = offsets[3:-3][steps.argmax(axis=2)] + 0.5, steps.max(axis=2) > _STEP
    size = np.array([gray.shape[1], gray.shape[0]])
    seen = ((flat[:, _REACH] > 0) & (flat[:, _REACH] < size)).all(axis=1).reshape(4, _STEPS)
    lines = []
    for k, normal in enumerate(outward):
        told = seen[k] & clear[k]
        if told.sum() < 2:
            return None
        slope, start = _straight(share[told], moved[k, told])
        on_it = np.abs(start + slope * share - moved[k]) <= _CLOSE
        if (on_it & told).sum() < _SEEN * seen[k].sum():
            return None
        first, last = corners[k] + start * normal, corners[k] + sides[k] + (start + slope) * normal
        lines.append((first, last))
    meets = meeting_points(lines)
    return np.asarray(meets[:, :2] / meets[:, 2:], np.float32)


def _straight(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and start of the line that most points lie on (Theil, 1950; Sen, 1968)."""
    steps, rises = x[:, None] - x, y[:, None] - y
    apart = steps > 0
    slope = median(rises[apart] / steps[apart])
    return slope, median(y - slope * x)
