"""Writing that touches a line of its own ink: an underline, the boxes of a form, a table."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.components import own_pixels
from edge_digits.extent import at_edge, goes_across, goes_down
from edge_digits.percentile import median, percentile
from edge_digits.ticks import with_ticks

_WIDE, _UNDERLINED = 2.5, 1.3
"""Width for its height from which ink may be writing between lines, or on one; tables have both kinds."""
_NARROW = 2
"""Height for its width from which ink may be writing that an upright line crosses."""
_AROUND = 0.5
"""Share of its height from which two lines go around writing; an underline may be double."""
_SMALLEST = 40
"""Width in pixels from which ink may be an underline with writing on it."""
_TABLE = 120
"""And from which it may be a table."""
_SHARE = 0.6
"""Share of the side that a line runs along without a gap."""
_SHARE_UPRIGHT = 0.9
"""The same of the way from the first line to the last, from top to bottom: a 9 in a box is nearly as long."""
_RUN = 120
"""As many pixels of a longer side."""
_RULED = 3
"""Lines that ruled paper has for one row of writing at most."""
_SLOPE = 0.08
"""How far a line may climb or fall for its length."""
_STEEPEST, _STRAIGHT, _OFF, _POINTS = 0.3, 0.5, 2.5, 64
"""The same on a sheet that is held askew; share of its columns that tell so, give or take so many pixels, and
how many of them are asked."""
_UPRIGHT = 1.2
"""Width for its height that what stands on such a line has at most."""
_THICKER = 1.5
"""Ratio to a line's own thickness from which something crosses or touches it."""
_COVERED = 0.8
"""Share of the side along which lines are found in all."""
_THIN = 0.15
"""Thickness of a line for the height of the writing on it; what is thicker is ground around bright ink."""
_THICKEST, _BROAD = 10.0, 0.09
"""The same in pixels, or this share of the height if that is more and it is an underline."""
_LOW, _BY_MARKER = 0.55, 0.2
"""Share of its height below which a line is an underline, and which that is thick at most if by a marker."""
_FINER = 0.6
"""Mean width of ink's strokes from which a bar may be a 1 that stood on a line."""
_FULL = 0.5
"""Share of its box that such ink fills at most, for the same reason."""
_LINE = 0.6
"""Share of a piece's ink from which it is a bit of line, no writing."""
_INK, _PALE = 64, 40
"""Of 255: paler ink is the soft edge of a line; ruling may be paler than what is written on it."""
_NEXT = np.ones((3, 3), np.uint8)
_CRUMB = 0.5
"""Width of a pen that writing is wide and high at least."""
_LEAST = 9
"""Longer side in pixels of writing that comes free."""


def without_lines(candidate: Candidate, shape: tuple[int, ...]) -> list[Candidate]:
    """Takes long straight lines off ink that is joined by them.

    A line is taken off only where it is bare: where a stroke crosses or touches it, it stays part of the
    stroke (staff-line removal; Dalitz et al., "A comparative study of staff removal algorithms", 2008).

    Args:
        candidate: Connected ink.
        shape: Rows and columns of the searched picture; what reaches its edge is the desk's, unless it goes
            all across, as ruling does, or all down, as what a scanner's dusty glass leaves.

    Returns:
        What is left, each stroke by itself; none where there is no such line.
    """
    width, height = candidate.box.width, candidate.box.height
    across, down = goes_across(width, shape), goes_down(height, shape)
    endless = bool(at_edge(*candidate.box, (shape[1], shape[0])))
    least = _SMALLEST if down or width >= _WIDE * height else _TABLE
    unlike = max(width, height) < least or candidate.area > _FULL * height * width
    if unlike or (endless and not (across or down)):
        return []
    least_ink = _PALE if width >= _UNDERLINED * height else _INK
    mask = np.asarray(cv2.threshold(candidate.ink, least_ink, 1, cv2.THRESH_BINARY)[1], np.uint8)
    if down and height > _NARROW * width:
        upright = _lines(np.ascontiguousarray(mask.T), min(_SHARE * height, _RUN))
        alone = _are_lines(upright, min(_THIN * width, _THICKEST))
        return _strokes(candidate, mask, upright.every.T, upright.bare.T) if alone else []
    level = _lines(mask, min(_SHARE * width, _RUN))
    fall = _fall(mask) if level.covered < _COVERED and width >= _WIDE * height else 0.0
    if fall:
        level = _lines_along(mask, fall, min(_SHARE * width, _RUN))
    # An underline is by the pen of the digits, ruling is not.
    thickest = _THICKEST if across or endless else max(_THICKEST, _BROAD * height)
    most = min(_THIN * height, thickest)
    if not (across or endless) and _lies_below(level):
        most = _BY_MARKER * height
    if not _are_lines(level, most):
        return []
    around = level.number > 1 and level.span > _AROUND * height
    walls = _walls(mask, level, around=around, endless=endless)
    wide = width >= (_WIDE if around else _UNDERLINED) * height
    if walls is not None:
        return _strokes(candidate, mask, level.every | walls.every.T, level.bare | walls.bare.T)
    if not (wide or across):
        return []
    found = _strokes(candidate, mask, level.every, level.bare, level=True)
    if fall:
        # Of the things around a sheet whatever is left is no digit.
        found = [stroke for stroke in found if stroke.box.width < _UPRIGHT * stroke.box.height]
    # Of a grid the upright lines are left.
    finest = max(_FINER * candidate.stroke, _THICKER * level.thickness if across or endless else 0)
    found = [stroke for stroke in found if stroke.stroke > finest or 2 * stroke.box.width > stroke.box.height]
    return with_ticks(found, candidate.box, level.every)


def _walls(mask: NDArray[np.uint8], level: _Lines, *, around: bool, endless: bool) -> _Lines | None:
    """The upright lines of a table, which run from left to right in the mask's transpose.

    Args:
        mask: Shape (h, w), uint8, 1 on ink.
        level: Its level lines.
        around: Whether there are several of them, with writing in between.
        endless: Whether they run out of the picture.

    Returns:
        None where it is no table.
    """
    tall = _SHARE_UPRIGHT * (level.span if around else len(mask))
    if not (around and level.number <= _RULED):
        # In one row of ruled paper digits may be higher than that.
        tall = min(tall, _RUN)
    upright = _lines(np.ascontiguousarray(mask.T), tall)
    # Fewer lines make no table: an 8 has three and two. Of a frame one line may be too faint to be seen here.
    several = upright.number > 2 and upright.covered > _COVERED and upright.thickness < _THICKEST
    # Digits that fill a line of ruling have strokes from its upper to its lower edge, and the ruling no end.
    closed = (around and not endless) or _ends(upright.every, upright.thickness)
    return upright if several and closed else None


def _lies_below(lines: _Lines) -> bool:
    """Whether lines have all that is written above them, as an underline has."""
    rows = np.flatnonzero(lines.every.any(axis=1))
    return len(rows) > 0 and bool(rows[0] > _LOW * len(lines.every))


def _are_lines(lines: _Lines, thickest: float) -> bool:
    """Whether lines that are thin enough run along all of some ink."""
    return lines.covered >= _COVERED and lines.thickness <= thickest


def _ends(lines: NDArray[np.uint8], thickness: float) -> bool:
    """Whether the first and the last rows are lines; an underline reaches beyond the ones standing on it."""
    rows = math.ceil(2 * thickness)
    return bool(lines[:rows].any() and lines[-rows:].any())


class _Lines(NamedTuple):
    """Long straight lines from left to right."""

    number: int
    """How many, one above the other."""
    covered: float
    """Share of the columns that one of them runs through."""
    thickness: float
    """Of one line, in pixels."""
    span: float
    """From the first of them to the last, in pixels."""
    every: NDArray[np.uint8]
    """Their pixels, 1 on 0."""
    bare: NDArray[np.uint8]
    """Those where nothing crosses or touches them, 1 on 0."""


def _lines(mask: NDArray[np.uint8], least: float) -> _Lines:
    """Finds lines of at least so many pixels."""
    width = mask.shape[1]
    none = np.zeros_like(mask)
    if width < _SMALLEST:
        return _Lines(0, 0.0, 0.0, 0.0, none, none)
    run = round(least)
    reach = math.ceil(_SLOPE * run / 2)
    tall = np.asarray(cv2.dilate(mask, np.ones((2 * reach + 1, 1), np.uint8)), np.uint8)
    lines = _opened(tall, run) & mask
    inked = _sums(lines)
    columns = inked > 0
    if not columns.any():
        return _Lines(0, 0.0, 0.0, 0.0, none, none)
    begins = lines[0] + _sums(cv2.subtract(lines[1:], lines[:-1])) if len(lines) > 1 else lines[0]
    count = int(percentile(begins[columns], 0.5))
    # At least a quarter of the columns are bare.
    thickness = percentile(inked[columns], 0.25) / count
    longer = np.ones((math.floor(_THICKER * thickness) + 1, 1), np.uint8)
    # The frame of a table lies at the border, where OpenCV would take what is outside for ink.
    crossed = cv2.morphologyEx(mask, cv2.MORPH_OPEN, longer, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    bare = lines & ~np.asarray(crossed, np.uint8)
    first, last = lines.argmax(axis=0), len(lines) - lines[::-1].argmax(axis=0)
    span = percentile((last - first)[columns], 0.5)
    return _Lines(count, float(columns.mean()), thickness, span, lines, bare)


def _sums(mask: Any) -> NDArray[np.int32]:
    """How many pixels of each column are 1, shape (w,), of a mask of shape (h, w)."""
    return np.asarray(cv2.reduce(mask, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S), np.int32).ravel()


def _fall(mask: NDArray[np.uint8]) -> float:
    """By how many pixels a line below or above all ink falls for each to the right; 0 where there is none.

    The median slope of pairs of points far apart (P. K. Sen, "Estimates of the regression coefficient
    based on Kendall's tau", 1968).
    """
    best, most = 0.0, _STRAIGHT
    columns = np.flatnonzero(mask.any(axis=0))
    if len(columns) < _POINTS:
        return 0.0
    columns = columns[np.linspace(0, len(columns) - 1, _POINTS).astype(int)]
    half = _POINTS // 2
    for rows in (len(mask) - 1 - mask[::-1].argmax(axis=0), mask.argmax(axis=0)):
        ends = rows[columns].astype(np.float64)
        slope = median((ends[half:] - ends[:half]) / (columns[half:] - columns[:half]))
        off = ends - slope * columns
        share = float(np.mean(np.abs(off - median(off)) < _OFF))
        if share > most and _SLOPE / 2 < abs(slope) < _STEEPEST:
            best, most = slope, share
    return best


def _lines_along(mask: NDArray[np.uint8], fall: float, least: float) -> _Lines:
    """Finds lines that fall by so much, in ink of which each column is shifted until they are level."""
    height, width = mask.shape
    shift = np.round(fall * np.arange(width)).astype(int)
    shift -= shift.min()
    rows = np.arange(height)[:, None] + (shift.max() - shift)
    level = np.zeros((height + int(shift.max()), width), np.uint8)
    columns = np.broadcast_to(np.arange(width), rows.shape)
    level[rows, columns] = mask
    found = _lines(level, least)
    every, bare = (np.ascontiguousarray(each[rows, columns]) for each in (found.every, found.bare))
    return found._replace(every=every, bare=bare)


def _opened(mask: NDArray[np.uint8], run: int) -> NDArray[np.uint8]:
    """Runs of at least so many pixels in a row; box filters cost the same for any length."""
    size = (run | 1, 1)
    whole = cv2.boxFilter(mask, cv2.CV_32F, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    middles = np.asarray(whole > size[0] - 0.5, np.uint8)
    spread = cv2.boxFilter(middles, cv2.CV_32F, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(spread > 0.5, np.uint8)


def _strokes(
    candidate: Candidate,
    mask: NDArray[np.uint8],
    lines: NDArray[np.uint8],
    bare: NDArray[np.uint8],
    *,
    level: bool = False,
) -> list[Candidate]:
    """The pieces of what is left that were joined to a line; others are strokes anyway."""
    found = []
    rest, beside = mask & ~bare, np.asarray(cv2.dilate(bare, _NEXT), np.uint8)
    outlines, _ = cv2.findContours(rest, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        x, y, width, height = place = cv2.boundingRect(outline)
        # Where a stroke of a digit was taken for a line its rims are left.
        if max(width, height) < _LEAST or min(width, height) < _CRUMB * candidate.stroke:
            continue
        own = own_pixels(outline, place, rest)
        window = np.s_[y : y + height, x : x + width]
        area = cv2.countNonZero(own)
        joined = (own & beside[window]).any()
        if not joined or cv2.countNonZero(own & lines[window]) > _LINE * area:
            continue
        if level:
            # Where a line is thicker than elsewhere it is not bare, and a bit of it stays with the digit.
            above = np.flatnonzero((own & ~lines[window]).any(axis=0))
            own = np.ascontiguousarray(own[:, above[0] : above[-1] + 1])
            x += int(above[0])
        found.append(candidate.freed_part(x, y, own))
    return found
