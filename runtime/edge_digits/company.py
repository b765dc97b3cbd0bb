"""What company a digit keeps: whether it is as high, as bold and by such a pen as the clear ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.extent import at_edge, fills, rim
from edge_digits.hypotheses import Hypothesis, is_filled
from edge_digits.ink import Polarity

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

    Returns:
        Shape (n,), float32, 0 to 1; 1 for those that were not chosen.
    """
    weight = np.ones(len(found), np.float32)
    clear = [i for i in chosen if confidence[i] > 0.8 and not at_edge(*found[i].candidate.box, size)]
    company = _Company.of([found[i].candidate for i in clear], wary[clear]) if clear else None
    faintest = _FAINT if len(clear) < _ENOUGH else _FAINTEST
    for i in chosen:
        candidate = found[i].candidate
        if company is not None:
            near = company.beside(candidate) if wary[i] else None
            height, stroke = company.height, company.stroke
            if near:
                # By a pen of one kind a 9 may be filled and as bold as a blot.
                height, stroke = near.box.height, min(near.stroke, company.stroke)
            tall = candidate.box.height / height
            bold = candidate.contrast / company.contrast
            if wary[i]:
                # The tip of a pen is lower than the lowest digit, its barrel taller than the tallest.
                alike = tall if near else company.alike_in_height(candidate)
                weight[i] *= 1.0 if 0.4 < alike < 1.9 else 0.75 if 0.3 < alike < 2.3 else 0.3
                weight[i] *= 1.0 if bold > 0.5 else 0.6 if bold > 0.3 else 0.3
                # A scratch is as long as a digit, but much thinner; a piece of grid is fainter, too.
                wide = candidate.stroke / (min(tall, 1) * stroke)
                weight[i] *= 1.0 if wide > 0.75 or (wide > 0.5 and bold > 0.6) else 0.35
            else:
                weight[i] *= 1.0 if 0.3 < tall < 3 else 0.8 if 0.1 < tall < 6 else 0.4
                weight[i] *= 1.0 if bold > 0.4 else 0.75 if bold > 0.25 else 0.3
                # A cup leaves a ring that is larger than the digits and fainter.
                weight[i] *= 1.0 if bold > 0.5 or tall < 1.7 else 0.5
            if candidate.freed and not company.continues(candidate):
                weight[i] *= 0.35 if wary[i] else 0.8
            rare = len(clear) >= _ENOUGH and candidate.polarity in company.rare
            other = wary[i] and company.only not in {None, candidate.polarity}
            weight[i] *= 0.35 if rare or other else 1.0
        if at_edge(*candidate.box, size) and not _is_cut_out(candidate, size):
            kin = company is not None and company.continues(candidate)
            weight[i] *= 0.9 if kin and not _runs_along_edge(candidate, size) else 0.3
        # A dot is a blot as well, and a leaf.
        if is_filled(candidate) and not (company is not None and company.continues(candidate)):
            weight[i] *= 0.3
        if candidate.contrast < faintest:
            weight[i] *= 0.5
    return weight


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
            and candidate.contrast > 0.6 * self.contrast
        )
        return alike and any(
            box.shared_height(other.box) > 0.5 * min(box.height, other.box.height)
            for other in self.digits
            if other is not candidate
        )


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
    return any(cut and float((side > 64).mean()) > 0.5 for cut, side in sides)


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    half = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(half, half[-1] / 2)])
