"""From probabilities to digits: what is read, what is unsure, what is no digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT, digit_labels
from edge_digits.bars import signs_among
from edge_digits.broken_lines import of_broken_lines
from edge_digits.candidate import Candidate
from edge_digits.counter_shapes import counter_shapes
from edge_digits.dots import dotted
from edge_digits.extent import at_edge, fills, rim
from edge_digits.frames import is_frame, is_with_rule
from edge_digits.hypotheses import Hypothesis, is_filled, loose_strokes
from edge_digits.ink import Polarity
from edge_digits.lettering import among_letters, are_words, letters_cut
from edge_digits.paper import off_paper, on_one_ground
from edge_digits.rivals import without_rivals
from edge_digits.unrest import amid_things
from edge_digits.words import Marks, text_odds

Mode: TypeAlias = Literal["eager", "balanced", "strict"]
"""How much evidence a digit needs."""


@dataclass(frozen=True)
class Thresholds:
    """Least evidence for a digit, as probabilities weighed by context."""

    accept: float
    """From here on a digit is read."""
    unsure: float
    """From here on it is reported as unsure; below, it is no digit."""


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
_TELLING: Final = "347"
"""Digits that no letter looks like..."""
_CLEAR: Final = 0.9
"""...where the network is as sure as this."""
_FAINT: Final = 25
"""Contrast, of 255, below which a mark may be grain or shine through, unless several digits are clear..."""
_FAINTEST: Final = 16
"""...and below which it may be in any case."""
_NUMBER: Final = 0.8
"""From these odds on, as a logarithm, a digit on a line with words is none of their letters."""
_DOUBTFUL: Final = 0.3
"""What the evidence of a digit is worth that is rather a sign, a letter or no writing."""

MODES: Final[dict[str, Thresholds]] = {
    "eager": Thresholds(accept=0.35, unsure=0.25),
    "balanced": Thresholds(accept=0.50, unsure=0.40),
    "strict": Thresholds(accept=0.90, unsure=0.50),
}


@dataclass(frozen=True)
class Verdict:
    """One hypothesis that survived."""

    index: int
    """Which of the hypotheses."""
    label: int
    """Which of the model's labels."""
    confidence: float
    """The label's probability."""
    sure: bool
    """Whether its evidence reaches the mode's acceptance threshold."""


def decide(
    found: Sequence[Hypothesis],
    probabilities: NDArray[np.float32],
    labels: Sequence[str],
    size: tuple[int, int],
    mode: Mode = "balanced",
    *,
    strokes: Sequence[Candidate] = (),
    grounds: Mapping[Polarity, NDArray[np.uint8]] | None = None,
) -> list[Verdict]:
    """Chooses among hypotheses that share ink and drops what is no digit.

    Args:
        found: Hypotheses of one picture.
        probabilities: Shape (n, classes), float32, one row a hypothesis.
        labels: What each class stands for; "none" is "not a digit".
        size: Width and height of the searched picture, in pixels.
        mode: How much evidence a digit needs.
        strokes: All strokes of the picture, which hypotheses name by their index.
        grounds: Shape (h, w), uint8, what was searched for ink of each polarity; None where the ground
            is not to be looked at.

    Returns:
        Verdicts, sure and unsure, in no order.
    """
    if not found:
        return []
    thresholds = MODES[mode]
    digits = np.array(digit_labels(labels))
    best = digits[np.argmax(probabilities[:, digits], axis=1)]
    confidence = probabilities[np.arange(len(found)), best]
    ones = np.array([labels[label] == "1" for label in best])
    # A bar is found anywhere, and a model without "not a digit" finds digits anywhere.
    speaks = NOT_A_DIGIT in labels
    wary = ones if speaks else np.ones_like(ones)
    arches = np.array([labels[label] == "7" for label in best])
    if grounds is not None:
        no_ink = counter_shapes([h.candidate for h in found], confidence, ones, grounds)
        confidence = np.where(no_ink, 0, confidence)
    chosen = without_rivals(found, confidence, wary, arches)
    weight = _context(found, chosen, confidence, size, wary)
    if speaks:
        used = {part for i in chosen for part in found[i].parts}
        whole = [found[i].candidate for i in chosen]
        loose = [
            mark
            for mark in loose_strokes(strokes, used)
            if not is_frame(mark, whole) and not is_with_rule(mark, whole)
        ]
        read = confidence[chosen] * weight[chosen] >= MODES["eager"].unsure
        cut = np.array([found[i].span is not None for i in chosen], bool)
        digit, bar, cut = (np.pad(told, (0, len(loose))) for told in (read, wary[chosen], cut))
        clear = (confidence[chosen] > _CLEAR) & ~wary[chosen]
        # Pieces of joined letters look like anything.
        telling = np.array([labels[best[i]] in _TELLING and found[i].span is None for i in chosen], bool)
        clarity = np.pad(clear * (1 + telling), (0, len(loose))).astype(np.int8)
        likeliest = np.where(read, best[chosen], np.argmax(probabilities[chosen], axis=1))
        certain = np.pad(probabilities[chosen].max(axis=1) > _CLEAR, (0, len(loose)), constant_values=True)
        marks = Marks(
            [*whole, *loose],
            [*(labels[label] for label in likeliest), *[NOT_A_DIGIT] * len(loose)],
            certain,
            cut,
            *dotted([*whole, *loose], strokes),
            np.array([at_edge(*mark.box, size) for mark in (*whole, *loose)], bool),
        )
        doubtful = _doubtful(marks, digit, bar, clarity, grounds)
        doubtful |= letters_cut(marks.candidates, digit, digit & cut)
        weight[chosen] *= np.where(doubtful[: len(chosen)], _DOUBTFUL, 1)
    verdicts = []
    for i in chosen:
        evidence = float(confidence[i] * weight[i])
        if evidence >= thresholds.unsure:
            sure = evidence >= thresholds.accept
            verdicts.append(Verdict(i, int(best[i]), float(confidence[i]), sure))
    return verdicts


def _doubtful(
    marks: Marks,
    digit: NDArray[np.bool_],
    bar: NDArray[np.bool_],
    clarity: NDArray[np.int8],
    grounds: Mapping[Polarity, NDArray[np.uint8]] | None,
) -> NDArray[np.bool_]:
    """Which apparent digits are rather signs, letters or no writing at all."""
    if not digit.any():
        return np.zeros(len(digit), bool)
    company = marks.candidates
    words = are_words(company, digit & bar) | of_broken_lines(company, digit, bar)
    digit = digit & ~words
    odds = text_odds(marks)
    letters = among_letters(company, digit, bar, clarity=clarity)
    if grounds is not None and (letters | (digit & (odds > 0))).any():
        # What lies on the desk is no writing on the sheet.
        together = on_one_ground(company, grounds)
        letters = among_letters(company, digit, bar, together, clarity)
        odds = text_odds(marks, together)
    doubtful = words | (letters & (odds > -_NUMBER)) | (odds > 0)
    doubtful |= signs_among(company, digit, bar, odds > 0)
    if grounds is not None:
        doubtful |= off_paper(company, digit & ~doubtful, bar, grounds)
        doubtful |= amid_things(company, digit & ~doubtful, bar, grounds)
    return doubtful


def _context(
    found: Sequence[Hypothesis],
    chosen: list[int],
    confidence: NDArray[np.float32],
    size: tuple[int, int],
    wary: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """How well each hypothesis keeps company with the clear digits of the picture, 0 to 1.

    Where there is no need to be wary of what a hypothesis was read as, small and faint digits are welcome
    beside large and bold ones; larger and fainter ones are not.
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
