"""The crop of a place where nothing was read, as the model would have seen it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.blocks import without_blocks
from edge_digits.candidate import Candidate
from edge_digits.errors import ImageError
from edge_digits.image import ImageSource, load_image
from edge_digits.ink import Polarity, ink_map
from edge_digits.normalize import normalize
from edge_digits.reading import Box
from edge_digits.segmentation import search
from edge_digits.stroke import even_stroke, stroke_width

_REACH = 12
"""A point this many pixels beside a stroke's box still means the stroke."""
_LARGEST = (0.5, 0.8)
"""Strokes wider or higher than these shares of the picture are sheets and shadows, not meant by a point."""
_SPECK = 10
"""Strokes no longer than this many pixels are grain of the picture to a point."""
_INSIDE = 0.75
"""Share of a stroke's box that a drawn box must hold."""
_FAINTEST = 16
"""Contrast, of 255, below which a box holds no ink."""
_LONG_SIDE = 480
_NARROWEST = 4


class NoInkError(ImageError):
    """Nothing is written at a place."""


@dataclass(frozen=True)
class Cutout:
    """Ink that a person pointed at."""

    crop: NDArray[np.uint8]
    """Shape (28, 28), white ink on black."""
    box: Box
    """Where it is, in pixels of the picture."""


def cut_out(image: ImageSource, place: Box) -> Cutout:
    """Finds the ink that a person means and normalizes it as the reader does.

    Strokes come from the reader's own search, so that the crop looks like those
    that are read. Only where a drawn box holds ink that the search passes over
    is it taken straight from the contrast inside that box.

    Args:
        image: The picture, as DigitReader.read() takes it.
        place: In pixels of the picture: a box around one digit or, with no
            width and height, a point on it.

    Returns:
        The crop and where its ink lies.

    Raises:
        NoInkError: Nothing is written there.
        ImageError: It is no picture, or the place lies outside it.
    """
    picture = load_image(image)
    height, width = picture.shape[:2]
    if not (0 <= place.x < width and 0 <= place.y < height):
        raise ImageError(
            f"({place.x}, {place.y}) lies outside the picture", f"It is {width} x {height} pixels"
        )
    found = search(without_blocks(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)))
    pointed = not place.width and not place.height
    if pointed:
        strokes = _at_point(found.candidates, place.x * found.scale, place.y * found.scale, found.size)
        if not strokes:
            raise NoInkError("No ink was found there", "Draw a box around the digit")
        return _joined(strokes, found.scale)
    if min(place.width, place.height) < _NARROWEST:
        raise ImageError(f"The box is less than {_NARROWEST} pixels wide or high", "Draw a larger one")
    strokes = _inside(found.candidates, [value * found.scale for value in place])
    return _joined(strokes, found.scale) if strokes else _from_contrast(picture, place)


def _at_point(found: list[Candidate], x: float, y: float, size: tuple[int, int]) -> list[Candidate]:
    near = [
        c
        for c in found
        if c.box.x - _REACH <= x <= c.box.x + c.box.width + _REACH
        and c.box.y - _REACH <= y <= c.box.y + c.box.height + _REACH
        and c.box.width <= _LARGEST[0] * size[0]
        and c.box.height <= _LARGEST[1] * size[1]
        and max(c.box.width, c.box.height) > _SPECK
        and not _fills_a_corner(c.box, size)
    ]
    # The middle of a 0 means the 0, the middle of a sheet not its edge.
    far = {id(c): _distance(c, x, y) for c in near}
    near = [c for c in near if far[id(c)] <= _REACH + 0.3 * min(c.box.width, c.box.height)]
    # One stroke found at several thresholds is as far away each time; the boldest is cut best.
    return [min(near, key=lambda c: (far[id(c)] // 4, -c.contrast))] if near else []


def _fills_a_corner(box: Box, size: tuple[int, int]) -> bool:
    """Whether two edges of the picture cut it, as they do a hand or a book but no digit."""
    across = box.x <= 0 or box.x + box.width >= size[0]
    return across and (box.y <= 0 or box.y + box.height >= size[1])


def _distance(stroke: Candidate, x: float, y: float) -> float:
    """From a point to the nearest ink of a stroke, in pixels."""
    rows, columns = np.nonzero(stroke.ink)
    return float(np.hypot(columns + stroke.box.x - x, rows + stroke.box.y - y).min(initial=np.inf))


def _inside(found: list[Candidate], place: list[float]) -> list[Candidate]:
    """The strokes within a box, of the polarity that has more ink there."""
    left, top, width, height = place
    within = []
    for c in found:
        across = min(c.box.x + c.box.width, left + width) - max(c.box.x, left)
        down = min(c.box.y + c.box.height, top + height) - max(c.box.y, top)
        if min(across, down) > 0 and across * down >= _INSIDE * c.box.width * c.box.height:
            within.append(c)
    weight = {
        polarity: sum(c.contrast * c.area for c in within if c.polarity == polarity)
        for polarity in {c.polarity for c in within}
    }
    return [c for c in within if c.polarity == max(weight, key=weight.__getitem__)]


def _joined(strokes: list[Candidate], scale: float) -> Cutout:
    """Strokes laid together where they are; one found at two thresholds lies on itself."""
    left, top = min(c.box.x for c in strokes), min(c.box.y for c in strokes)
    right = max(c.box.x + c.box.width for c in strokes)
    bottom = max(c.box.y + c.box.height for c in strokes)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for c in strokes:
        x, y = c.box.x - left, c.box.y - top
        part = ink[y : y + c.box.height, x : x + c.box.width]
        np.maximum(part, c.ink, out=part)
    width = float(np.average([c.stroke for c in strokes], weights=[c.area for c in strokes]))
    values = (left, top, right - left, bottom - top)
    return Cutout(normalize(even_stroke(ink, width)), Box(*(round(value / scale) for value in values)))


def _from_contrast(picture: NDArray[np.uint8], place: Box) -> Cutout:
    """Ink that is no stroke to the reader: what stands out most inside the box."""
    rows, columns = picture.shape[:2]
    # The ground is estimated from more than the digit itself.
    left, top = max(0, place.x - place.width), max(0, place.y - place.height)
    right, bottom = min(columns, place.x + 2 * place.width), min(rows, place.y + 2 * place.height)
    around = np.asarray(cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_BGR2GRAY), np.uint8)
    shrink = min(1.0, _LONG_SIDE / max(around.shape))
    if shrink < 1:
        size = (max(1, round(around.shape[1] * shrink)), max(1, round(around.shape[0] * shrink)))
        around = np.asarray(cv2.resize(around, size, interpolation=cv2.INTER_AREA), np.uint8)
    x, y = round((place.x - left) * shrink), round((place.y - top) * shrink)
    w, h = max(1, round(place.width * shrink)), max(1, round(place.height * shrink))
    polarities: tuple[Polarity, Polarity] = ("dark", "light")
    maps = [ink_map(around, polarity)[y : y + h, x : x + w] for polarity in polarities]
    ink = max(maps, key=lambda one: float(np.percentile(one, 99)) - float(np.median(one)))
    if float(np.percentile(ink, 99)) - float(np.median(ink)) < _FAINTEST:
        raise NoInkError("No ink was found in that box", "Draw it around one digit")
    level, mask = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    own = np.asarray(mask, np.uint8)
    top_ink = float(np.percentile(ink[own > 0], 90))
    stretched = np.clip((ink - 0.5 * level) * (255 / max(top_ink - 0.5 * level, 1)), 0, 255)
    cut = np.asarray(stretched, np.uint8) & own
    return Cutout(normalize(even_stroke(cut, stroke_width(own))), place)
