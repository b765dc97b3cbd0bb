"""Numbers that stand on a line: it is no part of the ground around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.percentile import median, percentile, percentiles

_APART = 1.2
"""Heights of digits up to which they are neighbours on a line."""
_BEYOND = 0.5
"""Heights of digits by which an underline is followed to either side: so far their ground is looked at..."""
_RULED = 1.5
"""...and by which ruling goes on to both sides; that is of the whole page."""
_ABOVE, _BELOW = 0.4, 0.7
"""Heights of digits above and below their feet between which a line underlines them."""
_SLOPES = np.linspace(-0.1, 0.1, 11)
"""What is added to the slope of the digits to find that of the line."""
_SEEN_AT = 28
"""Pixels that digits are high at least where the line is looked for."""
_GROUND = 0.8
"""Percentile of the shades of a column, from the side of the ink, that is its ground."""
_GAPS = 0.25
"""Percentage of its columns in which a line may not be seen."""
_SEEN = 0.25
"""Share of the contrast of the digits that a line has at least ..."""
_RIM = 0.3
"""... and share of the line's own from which a row belongs to it."""
_SOFT = 2
"""Rows of its soft edge."""
_THICKEST = 0.4
"""Heights of the digits that it is thick at most."""
_LINES = 2
"""A number may be underlined twice."""
_INK = 150
"""Of 255: a pixel in the core of a stroke."""


def without_underlines(
    grounds: Mapping[Polarity, NDArray[np.uint8]], digits: Sequence[Candidate], bar: Sequence[bool]
) -> Mapping[Polarity, NDArray[np.uint8]]:
    """A picture with the ground beside underlines in their place, and beside the lines of forms.

    Args:
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity.
        digits: Those that are certainly read, n of them.
        bar: Whether each of these was read as a one.

    Returns:
        The same, but for copies of those where numbers stand on lines.
    """
    bare = dict(grounds)
    for row in _rows(digits, bar):
        polarity = row[0].polarity
        for _ in range(_LINES if _may_be_underlined(row, grounds[polarity]) else 0):
            line = _line_under(row, bare[polarity])
            if line is None:
                break
            if bare[polarity] is grounds[polarity]:
                bare[polarity] = grounds[polarity].copy()
            _paint_over(bare[polarity], line, row)
    return bare


def _rows(digits: Sequence[Candidate], bar: Sequence[bool]) -> list[list[Candidate]]:
    """Numbers of several digits, not all of them ones."""
    left = sorted(range(len(digits)), key=lambda i: digits[i].box.x)
    rows: list[list[int]] = []
    for i in left:
        one = digits[i]
        for row in rows:
            last = digits[row[-1]]
            near = -one.box.shared_width(last.box) < _APART * max(one.box.height, last.box.height)
            if near and one.polarity == last.polarity and one.continues(last):
                row.append(i)
                break
        else:
            rows.append([i])
    return [[digits[i] for i in row] for row in rows if len(row) > 1 and not all(bar[i] for i in row)]


def _may_be_underlined(row: Sequence[Candidate], gray: NDArray[np.uint8]) -> bool:
    """Whether there is a row of ink below some of its digits: looked at first, as few numbers have a line."""
    dark = row[0].polarity == "dark"
    for one in (row[0], row[len(row) // 2], row[-1]):
        x, y, width, height = one.box
        # What was cut off a line may reach into it.
        first = y + int((1 - _ABOVE if one.freed else 1) * height)
        below = gray[first : y + int((1 + _BELOW) * height), x : x + width].astype(np.int16)
        own = gray[y : y + height, x : x + width][one.ink > _INK]
        if not below.size or not len(own):
            return False
        ground = int(below.max() if dark else below.min())
        ink = ground - below if dark else below - ground
        seen = ink > _SEEN * abs(ground - float(own.mean()))
        if seen.mean(axis=1).max() < 1 - _GAPS:
            return False
    return True


class _Line(NamedTuple):
    """A line below a number."""

    x: int
    """Its left end."""
    y: float
    """Where it is there."""
    slope: float
    thickness: int
    """In rows."""
    shades: NDArray[np.uint8]
    """Shape (width,), the ground beside each of its columns."""


def _line_under(row: Sequence[Candidate], gray: NDArray[np.uint8]) -> _Line | None:
    """The most distinct line at the feet of a number."""
    height = median([one.box.height for one in row])
    slope, foot = _feet(row)
    first, last = row[0].box.x, max(one.box.x + one.box.width for one in row)
    left = max(0, int(first - _RULED * height))
    right = min(gray.shape[1], int(last + _RULED * height))
    # A line is seen as well where digits are no larger than this.
    step = max(1.0, height / _SEEN_AT)
    size = (int((right - left) / step), int((_ABOVE + _BELOW) * height / step))
    inner = slice(int((first - left) / step), int((last - left) / step))
    middle = 0.5 * (left + right)
    dark = row[0].polarity == "dark"
    least = _SEEN * _contrast(row, gray)
    best: tuple[float, float, NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]] | None = None
    for more in _SLOPES.tolist():
        fall = slope + more
        # About the middle of the number: there its feet are known best.
        top = foot + slope * middle - fall * (middle - left) - _ABOVE * height
        matrix = np.array([[step, 0, left], [fall * step, step, top]], np.float64)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        strip = cv2.warpAffine(gray, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        shades = percentiles(strip, _GROUND if dark else 1 - _GROUND, axis=0)
        ink = shades - strip if dark else strip - shades
        seen = percentiles(ink[:, inner], _GAPS, axis=1)
        if seen.max() > least and (best is None or seen.sum() > best[2].sum()):
            best = (fall, top, seen, ink, shades.astype(np.uint8))
    if best is None:
        return None
    fall, top, seen, ink, ground = best
    peak = int(seen.argmax())
    reach = int((_RULED - _BEYOND) * height / step)
    # Farther out it may have left that row by a little.
    near = ink[max(0, peak - _SOFT) : peak + _SOFT + 1].max(axis=0)
    if all(percentile(end, _GAPS) > _SEEN * seen[peak] for end in (near[:reach], near[-reach:])):
        return None
    within = seen > _RIM * seen[peak]
    upper = peak - int(np.argmin(np.append(within[: peak + 1][::-1], False)))
    lower = peak + int(np.argmin(np.append(within[peak:], False)))
    thickness = step * (lower - upper - 1)
    # What goes on beyond what was looked at is the edge of a sheet or a thing.
    if thickness > _THICKEST * height or upper < 0 or lower >= len(seen):
        return None
    soft = _SOFT + step - 1
    columns = np.minimum((np.arange(right - left) / step).astype(int), size[0] - 1)
    return _Line(left, top + step * (upper + 1) - soft, fall, round(thickness + 2 * soft), ground[columns])


def _feet(row: Sequence[Candidate]) -> tuple[float, float]:
    """The line that the digits of a number stand on: its slope, and where it is at the left of the picture.

    The slope is the median of those between all pairs of digits (P. K. Sen, "Estimates of the regression
    coefficient based on Kendall's tau", 1968); between their middles, as a part of the line may be left at
    the feet of those that touched it.
    """
    x = np.array([one.box.x + one.box.width / 2 for one in row])
    middle = np.array([one.box.y + one.box.height / 2 for one in row])
    foot = np.array([one.box.y + one.box.height for one in row])
    pairs = combinations(range(len(row)), 2)
    slope = median([(middle[j] - middle[i]) / max(x[j] - x[i], 1.0) for i, j in pairs])
    return slope, median(foot - slope * x)


def _contrast(row: Sequence[Candidate], gray: NDArray[np.uint8]) -> float:
    """Grey levels between the digits of a number and the brightest, or darkest, ground in their boxes."""
    dark = row[0].polarity == "dark"
    found = []
    for one in row:
        x, y, width, height = one.box
        window = gray[y : y + height, x : x + width]
        core = window[one.ink > _INK]
        if len(core):
            found.append(abs(percentile(window, 0.9 if dark else 0.1) - median(core)))
    return max(1.0, median(found)) if found else 255.0


def _paint_over(gray: NDArray[np.uint8], line: _Line, row: Sequence[Candidate]) -> None:
    """Puts the ground in the place of a line, but for the strokes of the digits on it."""
    columns = np.arange(len(line.shades))
    rows = np.rint(line.y + line.slope * columns).astype(int) + np.arange(line.thickness)[:, None]
    inside = (rows >= 0) & (rows < gray.shape[0])
    columns = np.broadcast_to(columns, rows.shape)[inside]
    rows = rows[inside]
    written = np.zeros(gray.shape, bool)
    for one in row:
        x, y, width, height = one.box
        written[y : y + height, x : x + width] |= one.ink > 0
    free = ~written[rows, columns + line.x]
    gray[rows[free], columns[free] + line.x] = line.shades[columns[free]]
