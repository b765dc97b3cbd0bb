"""What is written on ruled or squared paper, without the lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.page_lines import PageLine, page_lines
from edge_digits.percentile import median

_REACH = 4
"""Pixels to both sides of a line's middle that are looked at."""
_STEP, _SAMPLES = 3, 8
"""Of so many pixels along a line one is looked at, and so many of these tell its contrast together..."""
_BARE = 3
"""...by one that so many of them are paler than: what is written on it covers the others..."""
_NEAR = 4
"""...and by the median of so many such pieces to both sides."""
_ALIKE = 1.5
"""How many times as bold as half of its pieces are one is at most."""
_MORE, _REST = 1.15, 3.0
"""How much more is taken off than that, as a factor and in levels: a line is not everywhere alike."""
_AGAIN = 2
"""How many times what is left counts, up to what was there: ink on a line is hardly bolder than the line."""
_PIECE = _STEP * _SAMPLES
_LONGEST = 24_000
"""Places looked up at once; OpenCV's limit is 32,767."""


def unruled(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Takes the contrast of a page's lines off it, so that they join nothing that is written on them.

    Ink on a line is darker than either, so that strokes stay where they cross it or run along it.

    Args:
        ink: Contrast against the ground, shape (h, w), uint8.

    Returns:
        The same shape; the same array where there is no ruling.
    """
    for down in (False, True):
        lines = page_lines(ink, down=down)
        # Too short a line would take what is written on it for its own.
        lines = [line for line in lines if len(line.across) >= (_NEAR + 1) * _PIECE]
        if lines:
            ink = _without(ink, lines, down=down)
    return ink


def _without(ink: NDArray[np.uint8], lines: Sequence[PageLine], *, down: bool) -> NDArray[np.uint8]:
    """The same without some lines, which go from left to right or, otherwise, down."""
    pieces = np.array([math.ceil(len(line.across) / _PIECE) for line in lines])
    # The last piece repeats the end of its line.
    within = [
        np.minimum(np.arange(count * _PIECE), len(line.across) - 1)
        for line, count in zip(lines, pieces.tolist(), strict=True)
    ]
    along = np.concatenate([line.first + place for line, place in zip(lines, within, strict=True)])
    middle = np.concatenate([line.across[place] for line, place in zip(lines, within, strict=True)])
    last = np.repeat(np.cumsum(pieces) - 1, pieces)
    first = last - np.repeat(pieces, pieces) + 1
    off = np.arange(-_REACH, _REACH + 1)[:, None]
    looked = np.s_[_STEP // 2 :: _STEP]
    shades = _shades(ink, along[looked], middle[looked] + off.astype(np.float32), down=down)
    profile = _profile(shades, first, last)
    # Between the pixels of a picture and those of the profile is a part of one.
    rows = np.floor(middle).astype(np.int64)
    part = middle - rows
    taken = np.rint(profile[1:] + part * (profile[:-1] - profile[1:])).astype(np.int16)
    across = np.clip(rows + off[1:], 0, ink.shape[1 if down else 0] - 1)
    places = (along, across) if down else (across, along)
    left = ink.copy()
    seen = ink[places].astype(np.int16)
    left[places] = np.clip(_AGAIN * (seen - taken), 0, seen)
    return left


def _shades(
    ink: NDArray[np.uint8], along: NDArray[np.int64], across: NDArray[np.float32], *, down: bool
) -> NDArray[np.uint8]:
    """Ink between pixels, shape (k, n), uint8, at n places along lines and k across each."""
    wide = np.broadcast_to(along.astype(np.float32), across.shape)
    parts = []
    for start in range(0, len(along), _LONGEST):
        part = np.s_[:, start : start + _LONGEST]
        x, y = (across[part], wide[part]) if down else (wide[part], across[part])
        parts.append(
            cv2.remap(
                ink,
                np.ascontiguousarray(x),
                np.ascontiguousarray(y),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        )
    return np.asarray(np.concatenate(parts, axis=1), np.uint8)


def _profile(
    shades: NDArray[np.uint8], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Contrast of lines alone at each pixel along them, shape (k, _STEP * n).

    Args:
        shades: Ink, shape (k, n), on and beside them.
        first: Shape (n / _SAMPLES,), for each piece the first one of its line...
        last: ...and the last.
    """
    pieces = shades.reshape(len(shades), -1, _SAMPLES)
    bare = np.partition(pieces, _BARE, axis=2)[:, :, _BARE]
    near = np.clip(np.arange(len(first)) + np.arange(-_NEAR, _NEAR + 1)[:, None], first, last)
    # An odd number of them has its median among them.
    bare = np.partition(bare[:, near], _NEAR, axis=1)[:, _NEAR].astype(np.float32)
    line = np.maximum(bare - np.minimum(bare[:1], bare[-1:]), 0)
    # The stroke of a large digit may run along a line for longer than that.
    boldest = line.max(axis=0)
    for begin in sorted(set(first.tolist())):
        own = slice(begin, int(last[begin]) + 1)
        np.minimum(line[:, own], _ALIKE * median(boldest[own]), out=line[:, own])
    line = _MORE * line + _REST * (line > _REST)
    # Three steps from the middle of one piece to that of the next.
    before, after = (np.clip(np.arange(len(first)) + by, first, last) for by in (-1, 1))
    steps = np.stack([(line[:, before] + 2 * line) / 3, line, (line[:, after] + 2 * line) / 3], axis=2)
    return np.asarray(np.repeat(steps.reshape(len(line), -1), _SAMPLES, axis=1), np.float32)
