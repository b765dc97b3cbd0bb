"""From probabilities to digits: what is read, what is unsure, what is no digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT, digit_labels
from edge_digits.bars import signs_among
from edge_digits.bold_pen import by_bold_pen, of_texture, ones_beside
from edge_digits.broken_lines import of_broken_lines
from edge_digits.candidate import Candidate
from edge_digits.circled import rings_around, without_rings
from edge_digits.clearing import Paper, are_things, paper_around
from edge_digits.company import drowned, in_company
from edge_digits.counter_shapes import counter_shapes
from edge_digits.dates import slashes_of_dates
from edge_digits.dots import dotted
from edge_digits.extent import at_edge
from edge_digits.frames import without_frames
from edge_digits.hypotheses import Hypothesis, loose_strokes
from edge_digits.icons import are_icons
from edge_digits.ink import Polarity
from edge_digits.inks import Inks, in_one_ink, of_other_ink
from edge_digits.lettering import among_letters, are_words, letters_cut
from edge_digits.looks import log_odds
from edge_digits.loops import of_knots
from edge_digits.paper import beside_the_sheet, off_paper, on_one_ground
from edge_digits.rivals import without_rivals
from edge_digits.rows import in_rows, of_same_hand
from edge_digits.ruling import goes_on, of_ruling
from edge_digits.signs import are_signs
from edge_digits.sums import signs_of_sums
from edge_digits.ticks import are_ticks
from edge_digits.underlines import without_underlines
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
    """From here on it is reported as unsure; below, it is no digit, unless it surely is some digit."""


_TELLING: Final = "347"
"""Digits that no letter looks like..."""
_CLEAR: Final = 0.9
"""...where the network is as sure as this."""
_CERTAIN: Final = 0.99
"""So sure is it of what it has no doubt of."""
_RING: Final = "0"
"""What a rivet, a knot and a wheel look like."""
_NUMBER: Final = 1.0
"""From these odds on, as a logarithm, a digit on a line with words is none of their letters."""
_TEXT, _RARE = 20, 10
"""But where so many apparent digits are letters, so many times more than in such numbers, so are these."""
_SOME_DIGIT: Final = 0.9
"""Evidence that a whole stroke is some digit from which it is reported as unsure, whichever it is."""
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
    inks: Inks | None = None,
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
        inks: Tells the colours of candidates; None where there are none.

    Returns:
        Verdicts, sure and unsure, in no order.
    """
    if not found:
        return []
    thresholds = MODES[mode]
    digits = np.array(digit_labels(labels))
    best = digits[np.argmax(probabilities[:, digits], axis=1)]
    told = np.array([labels[label] for label in best])
    confidence = probabilities[np.arange(len(found)), best]
    ones, arches = told == "1", told == "7"
    # A bar is found anywhere, and a model without "not a digit" finds digits anywhere.
    speaks = NOT_A_DIGIT in labels
    wary = ones if speaks else np.ones_like(ones)
    if grounds is not None:
        no_ink = counter_shapes([h.candidate for h in found], confidence, ones, grounds)
        confidence = np.where(no_ink, 0, confidence)
    if grounds is not None and speaks:
        grounds, confidence = _off_rings(found, confidence, ones, strokes, grounds)
    chosen = without_rivals(found, confidence, wary, arches)
    paper = Paper.unknown(len(chosen))
    if grounds is not None and speaks:
        clear = [i for i in chosen if confidence[i] > _CLEAR]
        grounds = without_underlines(grounds, [found[i].candidate for i in clear], ones[clear].tolist())
        paper = paper_around([found[i].candidate for i in chosen], confidence[chosen], wary[chosen], grounds)
    weigh = partial(
        in_company, confidence=confidence, size=size, wary=wary, arches=arches if speaks else None
    )
    weight = weigh(found, chosen, paper=paper)
    if speaks:
        read = confidence[chosen] * weight[chosen] >= MODES["eager"].unsure
        likeliest = np.where(read, best[chosen], np.argmax(probabilities[chosen], axis=1))
        # Of 8-bit numbers what is certain is less than 1, and so is their sum.
        likely = probabilities[chosen, likeliest] / probabilities[chosen].sum(axis=1)
        shown = _Shown(
            [found[i] for i in chosen],
            read,
            wary[chosen],
            confidence[chosen],
            told[chosen],
            [labels[label] for label in likeliest],
            likely,
        )
        doubtful = paper.off | _rather_no_digits(shown, strokes, paper, size, grounds, inks=inks)
        doubtful |= of_knots(found, chosen, told[chosen].tolist(), strokes)
        candidates = [found[i].candidate for i in chosen]
        telling = (confidence[chosen] > _CLEAR) & ~wary[chosen]
        texture = np.zeros(len(chosen), bool)
        if grounds is not None and not paper.clear.any():
            certain = telling & (confidence[chosen] > _CERTAIN) & (told[chosen] != _RING) & ~doubtful
            bold = by_bold_pen(candidates, certain, telling)
            texture = of_texture(candidates, bold)
            doubtful = (doubtful | texture) & ~ones_beside(candidates, ones[chosen], bold)
        if texture.any() or drowned(candidates, telling, doubtful):
            left = [i for i, gone in zip(chosen, doubtful.tolist(), strict=True) if not gone]
            weight[left] = weigh(found, left, paper=Paper(paper.clear[~doubtful], paper.off[~doubtful]))[left]
        weight[chosen] *= np.where(doubtful, _DOUBTFUL, 1)
    verdicts = []
    for i in chosen:
        evidence = float(confidence[i] * weight[i])
        some = float(probabilities[i, digits].sum() * weight[i]) if speaks and found[i].span is None else 0.0
        if evidence >= thresholds.unsure or some > _SOME_DIGIT:
            sure = evidence >= thresholds.accept
            verdicts.append(Verdict(i, int(best[i]), float(confidence[i]), sure))
    return verdicts


def _off_rings(
    found: Sequence[Hypothesis],
    confidence: NDArray[np.float32],
    ones: NDArray[np.bool_],
    strokes: Sequence[Candidate],
    grounds: Mapping[Polarity, NDArray[np.uint8]],
) -> tuple[Mapping[Polarity, NDArray[np.uint8]], NDArray[np.float32]]:
    """The grounds without the rings that are drawn around digits, and confidences that these are none."""
    clear = [i for i in np.flatnonzero(confidence > _CLEAR).tolist() if found[i].span is None]
    certain = [found[i].candidate for i in clear]
    rings = set(rings_around(strokes, certain, ones[clear].tolist(), grounds))
    if not rings:
        return grounds, confidence
    with_ring = np.array([not rings.isdisjoint(hypothesis.parts) for hypothesis in found])
    grounds = without_rings(grounds, [strokes[i] for i in rings])
    return grounds, np.where(with_ring, np.float32(0), confidence)


class _Shown(NamedTuple):
    """The n hypotheses that were chosen."""

    found: list[Hypothesis]
    read: NDArray[np.bool_]
    """Shape (n,), whether each would be read as a digit for all that its company says."""
    bar: NDArray[np.bool_]
    """Shape (n,), whether as one that is found anywhere."""
    confidence: NDArray[np.float32]
    """Shape (n,), that it is a digit."""
    told: NDArray[np.str_]
    """Shape (n,), which it is if any."""
    likeliest: list[str]
    """The label of each: a digit where it would be read, else what the network says."""
    likely: NDArray[np.float32]
    """Shape (n,), that label's probability."""


def _rather_no_digits(
    shown: _Shown,
    strokes: Sequence[Candidate],
    paper: Paper,
    size: tuple[int, int],
    grounds: Mapping[Polarity, NDArray[np.uint8]] | None,
    *,
    inks: Inks | None,
) -> NDArray[np.bool_]:
    """Which of what was chosen is rather a sign, a letter or no writing, by all marks of the picture."""
    whole = [hypothesis.candidate for hypothesis in shown.found]
    used = {part for each in shown.found for part in each.parts}
    loose = without_frames(loose_strokes(strokes, used), whole)
    none = np.zeros(len(loose), bool)
    piece = np.array([hypothesis.span is not None for hypothesis in shown.found], bool)
    legible = (shown.confidence > _CLEAR) & ~shown.bar
    # Pieces of joined letters look like anything.
    telling = np.array([label in _TELLING for label in shown.told], bool) & ~piece
    clarity = np.concatenate([legible * (1 + telling), none]).astype(np.int8)
    digit, bar, cut = (np.concatenate([flag, none]) for flag in (shown.read, shown.bar, piece))
    company = [*whole, *loose]
    marks = Marks(
        company,
        [*shown.likeliest, *[NOT_A_DIGIT] * len(loose)],
        log_odds(np.concatenate([shown.likely, np.ones(len(loose), np.float32)])),
        cut,
        *dotted(company, strokes),
        np.array([at_edge(*mark.box, size) for mark in company], bool),
    )
    on_paper = Paper(np.concatenate([paper.clear, none]), np.concatenate([paper.off, none]))
    certain = (shown.confidence > _CERTAIN) & ~shown.bar
    certainty = np.concatenate([certain * (1 + (shown.told != _RING)), none]).astype(np.int8)
    doubtful = _doubtful(marks, digit, bar, clarity, grounds, paper=on_paper, inks=inks, certainty=certainty)
    return np.asarray((doubtful | letters_cut(company, digit, digit & cut))[: len(whole)])


def _doubtful(
    marks: Marks,
    digit: NDArray[np.bool_],
    bar: NDArray[np.bool_],
    clarity: NDArray[np.int8],
    grounds: Mapping[Polarity, NDArray[np.uint8]] | None,
    *,
    paper: Paper,
    inks: Inks | None,
    certainty: NDArray[np.int8],
) -> NDArray[np.bool_]:
    """Which apparent digits are rather signs, letters or no writing at all."""
    if not digit.any():
        return np.zeros(len(digit), bool)
    company = marks.candidates
    words = are_words(company, digit & bar) | of_broken_lines(company, digit, bar)
    digit = digit & ~words
    sign = signs_of_sums(company, digit)
    together = np.tile(~sign, (len(sign), 1)) if sign.any() else None
    odds = text_odds(marks, together)
    letters = among_letters(company, digit, bar, together, clarity)
    if grounds is not None and (letters | (digit & (odds > 0))).any():
        # What lies on the desk is no writing on the sheet.
        together = on_one_ground(company, grounds) & ~sign
        if paper.clear.any():
            # Nor does what reaches into the picture.
            together[paper.clear] &= ~(are_things(company, grounds) | marks.at_edge)
        # Nor is print when the pen was of another colour.
        if inks is not None and (one_ink := in_one_ink(company, clarity > 0, inks)) is not None:
            together &= one_ink
        letters = among_letters(company, digit, bar, together, clarity)
        odds = text_odds(marks, together)
    number = letters & (odds <= -_NUMBER)
    if letters.sum() >= _TEXT and letters.sum() > _RARE * number.sum():
        number[:] = False
    doubtful = words | (letters & ~number) | (odds > 0)
    # Beside what lies around the sheet nothing is a sign.
    digit = digit & ~paper.off
    doubtful |= are_signs(company, marks.labels, digit)
    doubtful |= signs_among(company, digit, bar, (odds > 0) | paper.off)
    doubtful |= slashes_of_dates(company, marks.labels, digit & ~doubtful)
    doubtful |= are_ticks(company, digit & (clarity > 0)) | are_icons(company, digit)
    if inks is not None:
        doubtful |= of_other_ink(company, digit & ~doubtful, bar, clarity > 0, inks)
    doubtful |= of_ruling(company, marks.labels, digit, clarity > 0)
    if grounds is not None:
        rows = in_rows(company, digit & ~doubtful & (clarity > 0), certainty)
        if not paper.clear.any():
            rows |= by_bold_pen(company, digit & ~doubtful & (certainty > 1), clarity > 0)
        written, by_hand = paper.clear | rows, paper.clear | of_same_hand(company, rows)
        doubtful |= off_paper(company, digit & ~doubtful, bar, by_hand, grounds)
        doubtful |= beside_the_sheet(company, digit & ~doubtful, bar, written & ~doubtful, grounds)
        doubtful |= goes_on(company, digit & bar & ~doubtful, clarity > 0, grounds)
        doubtful |= amid_things(company, digit & ~doubtful, bar, grounds) & ~by_hand
    return doubtful
