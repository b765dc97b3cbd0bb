"""Pictures that show one digit and little else, such as a cell of a form or a crop of a data set."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.discs import encloses_another_ground
from edge_digits.hypotheses import plausible
from edge_digits.ink import Polarity
from edge_digits.panels import is_panel
from edge_digits.percentile import median, percentile
from edge_digits.reading import Box
from edge_digits.stroke import stroke_width
from edge_digits.surroundings import spread_of
from edge_digits.two_tones import TwoTones, pieces_of

_SLIMMEST = 0.12
"""Share of the longer side that the shorter one has at least."""
_LARGE = 0.55
"""Share of the picture's width or height that the digit takes up."""
_ALONE = 0.95
"""Share of all ink that is the digit's."""
_SHARED = 0.5
"""Share of its width that a piece of a digit has in common with the largest one."""
_FLAT = 0.35
"""Share of its height that such a piece has at most: higher ones may be digits."""
_LARGE_PICTURE, _SLIM = 360, 0.5
"""Pixels of a longer side from which a picture may show more, and share of its width that a pen takes up."""
_SMALL_PICTURE = 240
"""Pixels of a longer side up to which a picture that looks like a 1 shows nothing else."""
_SURE = 0.95
"""Probability of a digit that is all such a picture shows; if it is less, the picture is searched."""
_AT_SIDE, _END_TO_END = 0.02, 0.9
"""Shares of the picture's width and height."""
_ON_RIM = 0.7
"""Largest share of the picture's rim that is ink: an upright bar, cut out closely, takes up much of it."""
_ALL_ALONG, _NARROW = 0.9, 2.0
"""Share of a side of the picture, and how many times as high as wide that is where its sides tell nothing."""
_EYE, _EYES = 4, 2
"""Pixels of a piece, and how many such pieces stand within something that is no digit."""
_TONES, _ENOUGH, _LONG = 0.27, 400, 2.5
"""Spread of both tones, in contrasts, that neither ink nor paper has, pixels that tell it, and times as long
as wide a picture is that has too little of either."""
_MOSTLY, _ACROSS, _DOWN = 0.9, 4, 6
"""Share of the rows and columns that cross no more strokes than so many each; digits cross two and three
for the most part, and their outlines twice as many."""
_SOFT_EDGE = np.ones((5, 5), np.uint8)
"""Around the ink: pixels that may be half ink."""
_TRACE = 48
"""Of 255: so little ink does not widen the box."""


def close_ups(tones: TwoTones) -> list[Candidate]:
    """Finds the ink of a picture that shows one large character.

    What stands on a page is told from its ground and its neighbours. A close-up has neither: the
    digit may touch the picture's edges, and what is left of the ground may be no wider than a stroke.

    Args:
        tones: The picture.

    Returns:
        The character, which need not be a digit, in pixels of `tones`; two of opposite polarity where
        either tone may be the ink; none for any other picture.
    """
    height, width = tones.gray.shape
    if min(height, width) < _SLIMMEST * max(height, width):
        return []
    bright_rim = tones.bright_rim()
    inks: tuple[tuple[Polarity, NDArray[np.uint8], float], ...] = (
        ("light", tones.bright, bright_rim),
        ("dark", tones.dark, 1 - bright_rim),
    )
    found = []
    for polarity, ink, on_rim in inks:
        if on_rim > _ON_RIM:
            continue
        places, pieces = pieces_of(ink)
        own = _with_loose_bars(places, pieces)
        _, _, wide, high = cv2.boundingRect(own)
        outlines = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
        if any(is_panel(outline, own) for outline in outlines) or _is_face(pieces) or _is_strip(own):
            continue
        alone = cv2.countNonZero(own) >= _ALONE * cv2.countNonZero(ink)
        if alone and max(wide / width, high / height) >= _LARGE:
            candidate = _cut(tones.gray, own, polarity)
            if (
                plausible(candidate)
                and not encloses_another_ground(candidate, tones.gray)
                and not _is_thing(tones, own, candidate.contrast)
                and not _is_writing(own)
            ):
                found.append(candidate)
    return found


def least_confidence(size: tuple[int, int], *, soft: bool) -> float:
    """How sure a digit must be to be all that a picture shows: a large one may show a thing instead.

    Args:
        size: Width and height of the picture.
        soft: Whether it is a tiny one that was enlarged, in which there is room for no more.

    Returns:
        A probability; a mode may ask for more.
    """
    return _SURE if max(size) > _LARGE_PICTURE and not soft else 0.0


def may_show_more(label: str, size: tuple[int, int]) -> bool:
    """Whether a picture of one digit may be one of several: half of a page in the shade looks like a 1.

    Args:
        label: What the digit is.
        size: Width and height of the picture.
    """
    return label == "1" and max(size) > _SMALL_PICTURE


def is_bar_alone(box: Box, size: tuple[int, int], found: Sequence[str]) -> bool:
    """Whether what looks like a 1 is all that a picture shows, and no pen or shadow beside small writing.

    Args:
        box: Of the ink, in pixels of the picture.
        size: Width and height of the picture.
        found: The sure digits that are found where the picture is searched.
    """
    beside = _is_beside_sheet(box, size)
    if max(size) > _LARGE_PICTURE and (beside or box.width < _SLIM * size[0]):
        return not found and not beside
    return not found or list(found) == ["1"]


def _is_beside_sheet(box: Box, size: tuple[int, int]) -> bool:
    """Whether such ink takes up one side of the picture from end to end, as the desk beside a sheet does."""
    at_side = box.x <= _AT_SIDE * size[0] or box.x + box.width >= (1 - _AT_SIDE) * size[0]
    return at_side and box.height > _END_TO_END * size[1]


def _with_loose_bars(places: NDArray[np.int32], pieces: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The largest piece and small ones above or below it, such as the bar of a 5 that does not touch it."""
    left, _, wide, high, area = pieces.T
    largest = int(area.argmax())
    shared = np.minimum(left + wide, left[largest] + wide[largest]) - np.maximum(left, left[largest])
    flat = high <= _FLAT * high[largest]
    flat[largest] = True
    kept = np.flatnonzero(flat & (shared >= _SHARED * wide)) + 1
    return np.isin(places, kept).astype(np.uint8) * 255


def _is_strip(own: NDArray[np.uint8]) -> bool:
    """Whether ink takes up the picture's left or right side and nothing of the other: the desk, no digit."""
    less, more = sorted((side > 0).mean() for side in (own[:, 0], own[:, -1]))
    # A 1 that is cut out closely may, too, but leaves a narrow picture.
    return bool(more > _ALL_ALONG and less < 1 - _ALL_ALONG) and own.shape[0] < _NARROW * own.shape[1]


def _is_face(pieces: NDArray[np.int32]) -> bool:
    """Whether several pieces stand within the box of the largest one."""
    left, top, width, height, area = pieces.T
    largest = int(area.argmax())
    inside = (left > left[largest]) & (top > top[largest]) & (area >= _EYE)
    inside &= (left + width < left[largest] + width[largest]) & (
        top + height < top[largest] + height[largest]
    )
    return bool(np.count_nonzero(inside) >= _EYES)


def _is_thing(tones: TwoTones, own: NDArray[np.uint8], contrast: float) -> bool:
    """Whether both tones of a picture are shaded, as a face before a room: ink or its ground is even."""
    gray = tones.gray
    # The ink of a picture that had to be enlarged, here or by another program, is soft all through.
    if tones.scale > 1 or tones.soft or max(gray.shape) > _LONG * min(gray.shape):
        return False
    for tone in (own, cv2.bitwise_not(own)):
        shades = gray[cv2.erode(tone, _SOFT_EDGE) > 0]
        if len(shades) < _ENOUGH or spread_of(shades) < _TONES * contrast:
            return False
    return True


def _is_writing(own: NDArray[np.uint8]) -> bool:
    """Whether rows or columns cross more strokes than a digit has: lines of digits that all but touch."""
    ink = np.pad(own > 0, 1)
    across = (ink[1:-1, 1:] & ~ink[1:-1, :-1]).sum(axis=1)
    down = (ink[1:, 1:-1] & ~ink[:-1, 1:-1]).sum(axis=0)
    across, down = across[across > 0], down[down > 0]
    return percentile(across, _MOSTLY) > _ACROSS or percentile(down, _MOSTLY) > _DOWN


def _cut(gray: NDArray[np.uint8], own: NDArray[np.uint8], polarity: Polarity) -> Candidate:
    """The ink with its soft edges, its contrast stretched to full."""
    ground, core = median(gray[own == 0]), median(gray[own > 0])
    share = np.clip((gray.astype(np.float32) - ground) / (core - ground), 0, 1)
    soft = (255 * share).astype(np.uint8) & cv2.dilate(own, _SOFT_EDGE)
    x, y, width, height = cv2.boundingRect((soft > _TRACE).astype(np.uint8))
    return Candidate(
        Box(x, y, width, height),
        np.ascontiguousarray(soft[y : y + height, x : x + width]),
        abs(core - ground),
        stroke_width(own),
        cv2.countNonZero(own),
        polarity,
    )
