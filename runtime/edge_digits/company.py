"""What company a digit keeps: whether it is as high, as bold and by such a pen as the clear ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.clearing import Paper
from edge_digits.extent import at_edge, fills, rim
from edge_digits.hypotheses import Hypothesis, is_filled
from edge_digits.ink import Polarity
from edge_digits.percentile import median
from edge_digits.reading import Box
from edge_digits.rounded import is_rounded
from edge_digits.rows import in_rows

_RARE: Final = 0.25
"""Share of the clear digits up to which those of the other polarity are few."""
_ENOUGH: Final = 3
"""So many clear digits tell which polarity is rare, and that there is writing."""
_SEVERAL: Final = 2
"""So many digits that are no bars tell which polarity bars have."""
_GIANT: Final = 2.5
"""Heights of the other digits of which no more counts."""
_BESIDE: Final = 3.0
"""Heights of a bar within which a digit of its size tells how high digits are there."""
_NEXT, _LEVEL = 0.6, 0.3
"""Heights between a bar and the digit beside it, and between their ends, up to which they line up."""
_BOLD: Final = 0.7
"""Share of their contrast from which such a bar may be thinner still."""
_MUCH_WIDER: Final = 2.5
"""Ratio of pens from which a bar is rather a trunk or a pole beside the sheet."""
_LARGE: Final = 0.4
"""Heights of the other digits from which a faint 7 is a corner of ruling."""
_SPECK, _PALE = 0.2, 0.3
"""Shares of a bar's height and contrast up to which digits beside it are specks of the paper."""
_HARDLY_PALER: Final = 0.6
"""Share of the contrast of clear digits that one has which continues their line."""
_SAME: Final = 1.5
"""Ratio of pens and contrasts up to which a digit is as bold as others."""
_ACROSS, _ALONG = 1.8, 0.6
"""Widths of its pen, or shares of its longer side, up to which an edge cuts across a stroke."""
_PLAIN, _CERTAIN = 0.9, 0.99
"""Confidence from which what the picture's edge cuts can only be a digit, beside others and all alone."""
_FAINT: Final = 25
"""Contrast, of 255, below which a mark may be grain or shine through, unless several digits are clear..."""
_FAINTEST: Final = 16
"""...and below which it may be in any case."""


def in_company(
    found: Sequence[Hypothesis],
    chosen: list[int],
    confidence: NDArray[np.float32],
    size: tuple[int, int],
    wary: NDArray[np.bool_],
    *,
    arches: NDArray[np.bool_] | None = None,
    paper: Paper | None = None,
) -> NDArray[np.float32]:
    """Weighs how well hypotheses keep company with the clear digits of the picture.

    Where there is no need to be wary of what a hypothesis was read as, small and faint digits are welcome
    beside large and bold ones; larger and fainter ones are not.

    Args:
        found: Hypotheses of one picture.
        chosen: Which of them do not share ink.
        confidence: Shape (n,), that each is a digit.
        size: Width and height of the searched picture, in pixels.
        wary: Shape (n,), whether each was read as what is found anywhere, such as a bar.
        arches: Shape (n,), whether it was read as what corners of ruling look like; None for no such.
        paper: Where those that were chosen stand, in their order: off paper there is no company for any, and
            on clear paper a digit needs none; None where that is not known.

    Returns:
        Shape (n,), float32, 0 to 1; 1 for those that were not chosen.
    """
    weight = np.ones(len(found), np.float32)
    paper = Paper.unknown(len(chosen)) if paper is None else paper
    clear = [i for i, off in zip(chosen, paper.off, strict=True) if confidence[i] > 0.8 and not off]
    whole = [i for i in clear if not at_edge(*found[i].candidate.box, size)]
    cut = [i for i in clear if confidence[i] > _PLAIN and not wary[i]]
    # The picture's edge may cut a whole line.
    clear = whole if whole or len(cut) < _ENOUGH else cut
    company = _Company.of([found[i].candidate for i in clear], wary[clear]) if clear else None
    faintest = _FAINT if len(clear) < _ENOUGH else _FAINTEST
    for i, on_paper in zip(chosen, paper.clear, strict=True):
        candidate = found[i].candidate
        if company is not None:
            corner = arches is not None and bool(arches[i])
            weight[i] *= company.as_bar(candidate) if wary[i] else company.as_digit(candidate, corner=corner)
            if candidate.freed and not (company.continues(candidate) or company.is_next(candidate)):
                weight[i] *= 0.35 if wary[i] else 0.8
            rare = len(clear) >= _ENOUGH and candidate.polarity in company.rare
            other = wary[i] and company.only not in {None, candidate.polarity}
            weight[i] *= 0.35 if rare or other else 1.0
        if at_edge(*candidate.box, size) and not _is_cut_out(candidate, size):
            if company is None:
                known = on_paper and not wary[i] and confidence[i] > _CERTAIN
            else:
                plain = not wary[i] and confidence[i] > _PLAIN
                known = company.knows(candidate, size, bar=bool(wary[i]), plain=plain)
            weight[i] *= 0.9 if known else 0.3
        # A dot is a blot as well, and a leaf.
        if is_filled(candidate) and not (company is not None and company.continues(candidate)):
            weight[i] *= 0.3
        if candidate.contrast < faintest:
            weight[i] *= 0.5
    return weight


def drowned(candidates: Sequence[Candidate], digit: NDArray[np.bool_], doubtful: NDArray[np.bool_]) -> bool:
    """Whether digits were weighed beside something far larger that is none, such as the lit half of a sheet.

    Args:
        candidates: What was weighed, n of them.
        digit: Shape (n,), whether each is a clear digit, but no bar.
        doubtful: Shape (n,), whether it is rather something else.

    Returns:
        Whether digits in rows are left, and what is gone was no company for them.
    """
    heights = np.array([candidate.box.height for candidate in candidates], np.float64)
    gone = heights[digit & doubtful]
    if not len(gone):
        return False
    left = heights[in_rows(candidates, digit & ~doubtful)]
    return len(left) > 0 and float(gone.max()) > _GIANT * median(left)


@dataclass(frozen=True)
class _Company:
    """What the clear digits of a picture have in common."""

    digits: list[Candidate]
    telling: list[Candidate]
    """Those that are no bars, unless most are."""
    height: float
    lowest: float
    tallest: float
    contrast: float
    stroke: float
    rare: tuple[Polarity, ...]
    """The polarity that few of them have, unless they are of one: a slate may lie on a page."""
    only: Polarity | None
    """The polarity of all that are no bars, if they are several: a gap within a scribble looks like a bar."""

    @classmethod
    def of(cls, digits: list[Candidate], bar: NDArray[np.bool_]) -> _Company:
        # A pen or a window's frame is a bar, larger and bolder than what is written.
        bulk = np.array([digit.box.height * digit.contrast for digit in digits], np.float64)
        # Specks on the grid beside a large digit are bars, too.
        mostly_bars = 2 * bar.sum() > len(bar) and 2 * bulk[bar].sum() > bulk.sum()
        mostly_bars |= _are_specks(digits, bar)
        plain = [digit for digit, is_bar in zip(digits, bar, strict=True) if not is_bar]
        telling = digits if mostly_bars else plain
        figures = [(digit.box.height, digit.contrast, digit.stroke) for digit in telling]
        heights, contrasts, strokes = np.array(figures, np.float64).T
        mass = heights * contrasts
        height = _weighted_median(heights, mass)
        masses = [min(digit.box.height, _GIANT * height) * digit.contrast for digit in digits]
        dark = sum(m for digit, m in zip(digits, masses, strict=True) if digit.polarity == "dark")
        share = dark / sum(masses)
        return cls(
            digits,
            telling,
            height,
            float(heights.min()),
            float(heights.max()),
            _weighted_median(contrasts, mass),
            _weighted_median(strokes, mass),
            ("light",) if share > 1 - _RARE else ("dark",) if share < _RARE else (),
            plain[0].polarity if len(plain) >= _SEVERAL and len({d.polarity for d in plain}) == 1 else None,
        )

    def as_bar(self, bar: Candidate) -> float:
        """How far a bar is a 1 beside them, 0 to 1."""
        lined_up = [each for each in self.telling if each is not bar and _lines_up(bar.box, each.box)]
        near = self.beside(bar) or next(iter(lined_up), None)
        # By a pen of one kind a 9 may be filled and as bold as a blot.
        height, stroke = (
            (near.box.height, min(near.stroke, self.stroke)) if near else (self.height, self.stroke)
        )
        tall, bold = bar.box.height / height, bar.contrast / self.contrast
        # The tip of a pen is lower than the lowest digit, its barrel taller than the tallest.
        alike = tall if near else self.alike_in_height(bar)
        weight = 1.0 if 0.4 < alike < 1.9 else 0.75 if 0.3 < alike < 2.3 else 0.3
        # A scratch is as long as a digit, but much thinner; a piece of grid is fainter, too.
        wide = bar.stroke / (min(tall, 1) * stroke)
        weight *= 1.0 if wide < _MUCH_WIDER else 0.3
        if lined_up:
            # A pen that hardly touches the paper draws a fainter and thinner 1.
            weight *= 1.0 if bold > 0.3 else 0.3
            return weight * (1.0 if wide > (0.3 if bold > _BOLD else 0.4) else 0.35)
        weight *= 1.0 if bold > 0.5 else 0.6 if bold > 0.3 else 0.3
        weight *= 1.0 if wide > 0.75 or (wide > 0.5 and bold > 0.6) else 0.35
        return weight * (0.35 if is_rounded(bar) else 1.0)

    def as_digit(self, digit: Candidate, *, corner: bool) -> float:
        """How far what is no bar is a digit beside them, 0 to 1; of ruling, corners look like some."""
        tall, bold = digit.box.height / self.height, digit.contrast / self.contrast
        weight = 1.0 if 0.3 < tall < 3 else 0.8 if 0.1 < tall < 6 else 0.4
        # Where digits by the same pen are faint they are small.
        faint = 0.3 if bold < 0.25 else 0.4 if corner and tall > _LARGE else 0.75
        weight *= 1.0 if bold > 0.4 else faint
        # A cup leaves a ring that is larger than the digits and fainter; two of them make a very large 8.
        clear = bold > (0.5 if tall < 3 else 0.7)
        return weight * (1.0 if clear or tall < 1.7 else 0.5)

    def beside(self, candidate: Candidate) -> Candidate | None:
        """The clear digit of its size next to a bar on its line: small ones may stand beside large ones."""

        def away(other: Candidate) -> float:
            return abs(candidate.box.center[0] - other.box.center[0])

        reach = _BESIDE * candidate.box.height
        kin = [
            other
            for other in self.telling
            if other is not candidate and away(other) < reach and candidate.continues(other)
        ]
        return min(kin, key=away, default=None)

    def alike_in_height(self, candidate: Candidate) -> float:
        """Ratio of its height to that of the lowest digit, if it is lower, or of the tallest, if taller."""
        height = candidate.box.height
        return height / min(max(height, self.lowest), self.tallest)

    def continues(self, candidate: Candidate) -> bool:
        """Whether a stroke cut by the picture's edge is of the same hand and on a line with a clear digit."""
        box = candidate.box
        alike = (
            0.6 < box.height / self.height < 1.7
            and 0.4 < candidate.stroke / self.stroke < 2.5
            and candidate.contrast > _HARDLY_PALER * self.contrast
        )
        return alike and any(
            box.shared_height(other.box) > 0.5 * min(box.height, other.box.height)
            for other in self.digits
            if other is not candidate
        )

    def is_next(self, candidate: Candidate) -> bool:
        """Whether a clear digit of its size next to a stroke is hardly bolder than that."""
        near = self.beside(candidate)
        return near is not None and candidate.contrast > _HARDLY_PALER * near.contrast

    def knows(self, cut: Candidate, size: tuple[int, int], *, bar: bool, plain: bool) -> bool:
        """Whether a stroke cut by the picture's edge is of the same hand.

        Args:
            cut: The stroke.
            size: Width and height of the searched picture, in pixels.
            bar: Whether it looks like what is found anywhere.
            plain: Whether it can only be a digit: wherever such a one stands, its pen tells.
        """
        alike = not bar and self.same_pen(cut)
        if alike and plain and 0.5 < cut.box.height / self.height < 2:
            return True
        return self.continues(cut) and (alike or not _runs_along_edge(cut, size))

    def same_pen(self, candidate: Candidate) -> bool:
        """Whether it is as bold as the clear digits are, which a finger or a shadow hardly is."""
        return (
            1 / _SAME < candidate.stroke / self.stroke < _SAME
            and 1 / _SAME < candidate.contrast / self.contrast < _SAME
        )


def _are_specks(digits: Sequence[Candidate], bar: NDArray[np.bool_]) -> bool:
    """Whether all that are no bars are specks beside the boldest bar."""
    bars = [digit for digit, is_bar in zip(digits, bar, strict=True) if is_bar]
    if not bars or len(bars) == len(digits):
        return False
    boldest = max(bars, key=lambda each: each.boldness)
    return all(
        each.box.height < _SPECK * boldest.box.height and each.contrast < _PALE * boldest.contrast
        for each, is_bar in zip(digits, bar, strict=True)
        if not is_bar
    )


def _lines_up(bar: Box, digit: Box) -> bool:
    """Whether a bar stands right beside a digit, as high as it and level with it."""
    apart = max(bar.x, digit.x) - min(bar.x + bar.width, digit.x + digit.width)
    above, below = bar.y - digit.y, bar.y + bar.height - digit.y - digit.height
    return apart < _NEXT * digit.height and max(abs(above), abs(below)) < _LEVEL * digit.height


def _is_cut_out(candidate: Candidate, size: tuple[int, int]) -> bool:
    """Whether the picture is one closely cut digit, not an empty page's grid or the desk around it."""
    return (
        bool(fills(candidate.box.width, candidate.box.height, size))
        and candidate.stroke > 0.03 * max(size)
        and float((rim(candidate.ink) > 64).mean()) < 0.5
    )


def _runs_along_edge(candidate: Candidate, size: tuple[int, int]) -> bool:
    """Whether the picture's edge cuts a stroke lengthwise: a finger or a shadow that reaches in."""
    x, y, width, height = candidate.box
    sides = (
        (x <= 1, candidate.ink[:, 0]),
        (y <= 1, candidate.ink[0]),
        (x + width >= size[0] - 1, candidate.ink[:, -1]),
        (y + height >= size[1] - 1, candidate.ink[-1]),
    )
    # A 1 that is cut across shows its whole width, or its foot.
    least = max(_ACROSS * candidate.stroke, _ALONG * max(width, height))
    return any(
        cut and float((side > 64).mean()) > 0.5 and np.count_nonzero(side > 64) > least for cut, side in sides
    )


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    half = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(half, half[-1] / 2)])
