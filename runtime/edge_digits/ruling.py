"""Pieces of the ruling of a page: what is left of lines that cross looks like a digit of straight lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.percentile import median, percentiles
from edge_digits.surroundings import line_along

_STRAIGHT = "147"
"""Digits that lines make."""
_FAINTER = 0.5
"""Share of the contrast of the clear digits below which a mark may be ruling."""
_AS_BOLD = 0.9
"""Share of its own contrast that other pieces have at least, since light falls on them unevenly ..."""
_AS_WIDE = 1.3
"""... how many times as wide their lines are at most ..."""
_FEWEST = 3
"""... and how many of them there are, at least."""
_PALER = 0.95
"""Share of the contrast of the clear digits that pieces of a line have at most."""
_SLIM = 0.45
"""Width of a bar for its height at most."""
_PLACES = 12
"""So many places along a bar, and beyond either end, are looked at ..."""
_BEYOND = 0.55
"""... over so large a share of its height ..."""
_NEAR_END = 0.25
"""... or this one, where one end will do ..."""
_BESIDE = 2.0, 3.0
"""... and compared with the ground so many pens aside."""
_FAR, _UNBROKEN = 3, 0.9
"""Heights of a bar for which a line goes on from one of its ends, without a break but for the rest: where
another line crosses it, it is no bolder than what is beside it."""
_GOES_ON, _FAINT_END = 0.6, 0.45
"""Share of a bar's contrast that a line has beyond its ends, and beyond the one where it is fainter."""


def of_ruling(
    candidates: Sequence[Candidate],
    labels: Sequence[str],
    digit: NDArray[np.bool_],
    clear: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tells which apparent digits are no bolder than the ruling of the page.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        labels: What each of them was read as, n of them.
        digit: Shape (n,), whether it was read as a digit.
        clear: Shape (n,), whether clearly so, and as one that is no bar.

    Returns:
        Shape (n,), True for faint ones beside several lines that are longer, as bold and by no wider a pen.
    """
    ruling = np.zeros(len(candidates), bool)
    if not clear.any():
        return ruling
    contrast, pen, height, longer = np.array(
        [(c.contrast, c.stroke, c.box.height, max(c.box.width, c.box.height)) for c in candidates]
    ).T
    dark = np.array([candidate.polarity == "dark" for candidate in candidates])
    faint = contrast < _FAINTER * median(contrast[clear])
    lines_make = np.array([label in _STRAIGHT for label in labels], bool)
    for i in np.flatnonzero(digit & lines_make & faint).tolist():
        lines = ~digit & (dark == dark[i]) & (contrast >= _AS_BOLD * contrast[i])
        lines &= (longer >= height[i]) & (pen <= _AS_WIDE * pen[i])
        ruling[i] = np.count_nonzero(lines) >= _FEWEST
    return ruling


def goes_on(
    candidates: Sequence[Candidate],
    bar: NDArray[np.bool_],
    clear: NDArray[np.bool_],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> NDArray[np.bool_]:
    """Tells which apparent ones are pieces of lines that go on beyond both ends, or far beyond one.

    Of a bar that is all there is to read, one end tells. Pencil on squared paper is hardly bolder than the
    squares, and what threshold a line is cut out at depends on the light. But a 1 ends where it ends.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        bar: Shape (n,), whether it was read as a one.
        clear: Shape (n,), whether clearly as a digit that is no bar.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.

    Returns:
        Shape (n,), True for pieces of lines.
    """
    line = np.zeros(len(candidates), bool)
    contrast = np.array([candidate.contrast for candidate in candidates])
    # A 1 that stands on such a line is as bold as the other digits.
    pale = contrast < _PALER * (median(contrast[clear]) if clear.any() else np.inf)
    # A number may stand above another; but where nothing else is read, nothing goes on below a 1.
    alone = np.count_nonzero(bar | clear) == 1
    for i in np.flatnonzero(bar).tolist():
        one = candidates[i]
        if one.box.width < _SLIM * one.box.height:
            gray = grounds[one.polarity]
            own = _own_contrast(one, gray)
            line[i] = _goes_far(one, gray, own) or (pale[i] and _goes_on(one, gray, own, either=alone))
    return line


def _own_contrast(one: Candidate, gray: NDArray[np.uint8]) -> float:
    """The contrast of a bar as a line beyond it is measured, at least 1."""
    top, height = one.box.y, one.box.height
    inside = np.linspace(top + 0.15 * height, top + 0.85 * height, _PLACES)
    return max(median(_contrasts(one, gray, inside)), 1.0)


def _goes_on(one: Candidate, gray: NDArray[np.uint8], own: float, *, either: bool) -> bool:
    """Whether the line that a bar lies on goes on beyond both of its ends, or clearly beyond either."""
    top, height, pen = one.box.y, one.box.height, max(one.stroke, 2.0)
    beyond = height * (_NEAR_END if either else _BEYOND)
    above = np.linspace(top - beyond, top - pen - 1, _PLACES)
    below = np.linspace(top + height + pen + 1, top + height + beyond, _PLACES)
    rows = np.stack([above, below])
    contrasts = _contrasts(one, gray, rows.ravel()).reshape(rows.shape)
    # Beyond the picture's edge nothing goes on.
    seen = (rows >= 0) & (rows <= gray.shape[0] - 1)
    if (seen.sum(axis=1) <= _PLACES / 2).any():
        return False
    ends = [median(each[known]) for each, known in zip(contrasts, seen, strict=True)]
    if either and max(ends) > _GOES_ON * own:
        return True
    return min(ends) > _FAINT_END * own and sum(ends) / 2 > _GOES_ON * own


def _goes_far(one: Candidate, gray: NDArray[np.uint8], own: float) -> bool:
    """Whether a bar is the end of a line several times as long, where the light leaves it bolder."""
    top, height, pen = one.box.y, one.box.height, max(one.stroke, 2.0)
    away = np.linspace(pen, _FAR * height, _FAR * _PLACES)
    return any(
        (_contrasts(one, gray, rows) > _GOES_ON * own).mean() > _UNBROKEN
        for rows in (top - away, top + height + away)
        if rows.min() >= 0 and rows.max() <= gray.shape[0] - 1
    )


def _contrasts(one: Candidate, gray: NDArray[np.uint8], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Grey levels between a bar, or the line that it lies on, and the ground beside it, shape (n,).

    Args:
        one: The bar.
        gray: Shape (h, w), uint8.
        rows: Where along it, shape (n,), pixels from the picture's upper edge.
    """
    pen = max(one.stroke, 2.0)
    x, y, slope = line_along(one)
    reach = math.ceil(_BESIDE[1] * pen)
    aside = np.arange(-reach, reach + 1)
    columns = one.box.x + x + slope * (rows - one.box.y - y)
    across = (columns[:, None] + aside).astype(np.float32)
    down = np.broadcast_to(rows[:, None], across.shape).astype(np.float32)
    shades = np.asarray(
        cv2.remap(gray, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.int16
    )
    if one.polarity == "light":
        shades = 255 - shades
    ground = percentiles(shades[:, np.abs(aside) >= _BESIDE[0] * pen], 0.5, axis=1)
    return np.asarray(ground - shades[:, np.abs(aside) <= pen + 1].min(axis=1), np.float64)
