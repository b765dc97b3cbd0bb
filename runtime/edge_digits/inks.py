"""The colours of ink: red points, or a number by a blue pen, are no parts of the black print beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.image import ImageSource, load_colours
from edge_digits.percentile import median
from edge_digits.reading import Box
from edge_digits.turning import turned_back

Inks: TypeAlias = Callable[[Sequence[Candidate]], NDArray[np.float32]]
"""Tells the colours of n strokes, shape (n, 3), as `ink_of` does for one; NaN where that is not known."""

_AROUND = 0.1
"""Share of its longer side by which the ground around a stroke is looked at."""
_MOST = 24
"""About so many rows and columns of it are looked at."""
_CORE, _LEAST, _LARGEST = 0.6, 0.04, 0.4
"""Share of a stroke that is surely ink, and the least and most of all pixels that it is taken for."""
_GROUND = 0.4
"""Share of all pixels, those least like ink, that are ground."""
_TAKEN = 0.1
"""Share of the light that ink takes away at least, or leaves more than its ground does, to have a colour."""
_OTHER = 0.045
"""Difference of colours from which they are of two inks; in photographs those of one pen differ by 0.015."""
_LINES, _QUITE_OTHER = 3, 0.08
"""So many lines are printed if they differ so; the difference of fewer, also in a picture of few tones."""
_SEVERAL = 2
"""So many clear digits of one colour are written in it."""
_PEN, _ENOUGH = 3, 12
"""So many digits tell what colour the pen has, and so many of them are asked."""
_PALER = 0.8
"""Share of their contrast below which a one may be a printed line."""
_SMALLEST = 8
"""Longer side in pixels from which a mark's colour is asked for."""


class Original:
    """A picture as it was given, decoded in colour when that is first asked for.

    Args:
        source: As `image.load_colours` takes it.
        longest: Longer side in pixels that is enough.
        size: Its width and height in pixels.
    """

    def __init__(self, source: ImageSource, longest: int, size: tuple[int, int]) -> None:
        self._source, self._longest, self.size = source, longest, size

    @cached_property
    def colours(self) -> NDArray[np.uint8] | None:
        """Shape (h, w, 3), BGR, perhaps smaller than the picture; None where that is grey."""
        return load_colours(self._source, self._longest)


@dataclass(frozen=True)
class Colours:
    """The colours of a page: a picture, a part of it, or a sheet that was cut out of it."""

    original: Original
    back: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))
    """Shape (3, 3): from its pixels to those of the picture as it was given (a homography)."""

    def through(self, back: NDArray[np.float64]) -> Colours:
        """The colours of another page, whose pixels that matrix, shape (3, 3), takes to those of this one."""
        return replace(self, back=self.back @ back)

    def scaled(self, scale: float, left: float = 0.0, top: float = 0.0) -> Colours:
        """The same made `scale` times larger, without what lay left and above of that place of its pixels."""
        return self.through(np.array([[1 / scale, 0, left], [0, 1 / scale, top], [0, 0, 1.0]]))

    def turned(self, degrees: int, size: tuple[int, int]) -> Inks:
        """What tells the colours of strokes on this page after it was turned.

        Args:
            degrees: Clockwise.
            size: Width and height before that.
        """
        known: dict[tuple[Box, int, str], NDArray[np.float32]] = {}

        def ink(candidate: Candidate, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
            # The same digits are asked for more than one reason.
            key = (candidate.box, candidate.area, candidate.polarity)
            if key not in known:
                window = self._window(picture, turned_back(candidate.box, degrees, size))
                known[key] = ink_of(window, candidate)
            return known[key]

        def inks(candidates: Sequence[Candidate]) -> NDArray[np.float32]:
            picture = self.original.colours
            if picture is None or not candidates:
                return np.full((len(candidates), 3), np.nan, np.float32)
            return np.stack([ink(each, picture) for each in candidates])

        return inks

    def _window(self, picture: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
        """Cuts a stroke and a little around it out of the picture, and thins out what is large."""
        pad = _AROUND * max(box.width, box.height) + 1
        (left, top), (right, bottom) = (
            (box.x - pad, box.y - pad),
            (box.x + box.width + pad, box.y + box.height + pad),
        )
        corners = (
            np.array([(left, top, 1), (right, top, 1), (right, bottom, 1), (left, bottom, 1)]) @ self.back.T
        )
        places = corners[:, :2] / corners[:, 2:] * (picture.shape[1] / self.original.size[0])
        least = np.clip(places.min(axis=0).astype(int), 0, None)
        most = np.ceil(places.max(axis=0)).astype(int)
        step = max(1, int(min(most - least)) // _MOST)
        return picture[least[1] : most[1] : step, least[0] : most[0] : step]


def ink_of(window: NDArray[np.uint8], stroke: Candidate) -> NDArray[np.float32]:
    """Tells the colour of a stroke's ink, whatever the light and the paper.

    Ink takes away a share of the light of each colour that paper would give back. How these shares are to
    each other is the ink's own, also where its edge is soft or a camera mixes it with the ground.

    Args:
        window: Shape (h, w, 3), uint8, BGR: the stroke with some of the ground around it.
        stroke: Tells how much of its box is ink, and whether that is dark.

    Returns:
        Shape (3,): what it takes of blue, green and red light, 1 in all, 1/3 each if it is black or grey; of
        light ink what its ground takes. NaN where next to nothing is taken.
    """
    none = np.full(3, np.nan, np.float32)
    pixels = window.reshape(-1, 3).astype(np.float32) + 1
    if not len(pixels):
        return none
    share = _CORE * stroke.area / (stroke.box.width * stroke.box.height)
    few = max(1, int(len(pixels) * min(max(share, _LEAST), _LARGEST)))
    many = max(1, int(len(pixels) * _GROUND))
    order = np.argsort(pixels.sum(axis=1))
    dark, bright = (few, many) if stroke.polarity == "dark" else (many, few)
    taken = 1 - pixels[order[:dark]].mean(axis=0) / pixels[order[-bright:]].mean(axis=0)
    total = float(taken.sum())
    return np.asarray(taken / total, np.float32) if total > 3 * _TAKEN else none


def in_one_ink(
    candidates: Sequence[Candidate], clear: NDArray[np.bool_], inks: Inks
) -> NDArray[np.bool_] | None:
    """Tells which marks are by one pen, as far as its colour tells.

    Args:
        candidates: Marks of one picture, n of them.
        clear: Shape (n,), whether each clearly is a digit.
        inks: Tells their colours.

    Returns:
        Shape (n, n), False for two of different colours, of which in one there are several clear digits; None
        where all are of one colour.
    """
    asked = np.array([max(c.box.width, c.box.height) >= _SMALLEST for c in candidates], bool)
    colour = np.full((len(candidates), 3), np.nan, np.float32)
    colour[asked] = inks([candidates[i] for i in np.flatnonzero(asked).tolist()])
    away: NDArray[Any] = np.abs(colour[:, None] - colour).max(axis=2)
    # Not known is not different.
    other = away > _OTHER
    if not other.any():
        return None
    several = (clear & ~other).sum(axis=1) >= _SEVERAL
    return np.asarray(~(other & (several[:, None] | several)))


def of_other_ink(
    candidates: Sequence[Candidate],
    digit: NDArray[np.bool_],
    bar: NDArray[np.bool_],
    clear: NDArray[np.bool_],
    inks: Inks,
) -> NDArray[np.bool_]:
    """Tells which apparent ones are lines that were printed: paler than the digits, and of another colour.

    Args:
        candidates: Marks of one picture, n of them.
        digit: Shape (n,), whether it was read as a digit.
        bar: Shape (n,), whether as a one, which is found anywhere.
        clear: Shape (n,), whether it clearly is a digit and no one.
        inks: Tells their colours; only asked where there are paler ones.

    Returns:
        Shape (n,); False for all where few digits tell the colour of the pen.
    """
    others = np.zeros(len(candidates), bool)
    written = [candidates[i] for i in np.flatnonzero(digit & clear & ~bar).tolist()]
    if len(written) < _PEN:
        return others
    bold = _PALER * median([each.contrast for each in written])
    asked = [i for i in np.flatnonzero(digit & bar).tolist() if candidates[i].contrast < bold]
    if not asked:
        return others
    pen = inks(written[:_ENOUGH])
    # What is not known differs from nothing.
    away = np.abs(inks([candidates[i] for i in asked])[:, None] - pen).max(axis=2).min(axis=1)
    several = np.count_nonzero(away > _OTHER) >= _LINES
    others[asked] = away > (_OTHER if several else _QUITE_OTHER)
    return others
