"""What strokes say about a turn of the page: how far they would be digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.hypotheses import plausible
from edge_digits.reading import Box
from edge_digits.stroke import reduced
from edge_digits.turning import turned_by

_CLEAR = 0.9
"""Probability from which a stroke speaks for a turn."""
LEAST = 3
"""So many strokes must speak for it."""
_MAJORITY = 0.75
"""And so large a share of the sample."""
_TIMES = 2
"""And so many times more than for the page as it is."""
_NEARLY_ALL = 0.85
"""Or, where it reads upside down for the most part as well, nearly all of them."""
LIKELIER = 2.5
"""Or, by a quarter or half, that all are digits is so much likelier: one stroke that is none as it is."""
_SMALLER_MAJORITY, _FAR_MORE, _FAR_LIKELIER = 0.65, 4.0, 10.0
"""Or so large a share, and so many times more, or so much likelier than for the page as it is."""
_MORE, _BEYOND_DOUBT, _EACH = 1.15, 12.0, 0.5
"""Or, of many strokes by a quarter or half, so many times more, if it is so much likelier besides, and lacks
no more than this for each stroke."""
_IN_NUMBERS, _IN_LETTERS = 0.4, 0.1
"""Share of digits that are 3s, 6s, 8s and 9s, and of upright letters that are like them upside down: h, t and
e are like 4, 7 and 2 ..."""
_ODDS = 2.5
"""... and odds, as a logarithm, from which such digits are letters."""
_QUARTER_LIKELIER = 3.0
"""Likelihood that one that lies on its side, or upside down, may lack to one that lies askew."""
_DOUBT = 0.02
"""No stroke counts as less probable a digit: it may be a mark under any turn."""


@dataclass(frozen=True)
class Votes:
    """How far strokes are digits under one turn."""

    clear: float
    """Sum of the probabilities of those that clearly are."""
    count: int
    """How many strokes have a say."""
    likelihood: float
    """Logarithm of the probability that all are."""
    telling: float
    """Sum of the probabilities of clear digits that letters upside down are not taken for."""

    @property
    def likely(self) -> bool:
        """Whether most are."""
        return self.clear > 0.5 * self.count

    @property
    def unlikely(self) -> bool:
        """Whether there are some that have a say, and most are none."""
        return self.count > 0 and not self.likely

    @property
    def all_clear(self) -> bool:
        """Whether all strokes are digits, bars among them, and some of them no bars."""
        return self.clear > 1.5 and self.likelihood > LEAST * math.log(_CLEAR)

    @property
    def enough(self) -> bool:
        """Whether so many are, and so large a share, that a page can be turned by them."""
        return self.clear > LEAST - 0.5 and self.clear >= _MAJORITY * self.count

    def enough_beside(self, as_it_is: Votes) -> bool:
        """The same where a page may hold other marks, if far fewer strokes speak for it as it is."""
        few = self.all_clear and self.likelihood > as_it_is.likelihood + _FAR_LIKELIER
        many = self.clear > LEAST + 0.5 and self.clear >= _FAR_MORE * max(1.0, as_it_is.clear)
        many &= self.clear >= _SMALLER_MAJORITY * self.count
        return self.enough or few or many

    @property
    def as_letters(self) -> bool:
        """Whether so few are what letters upside down are not taken for that they are such letters."""
        odds = self.telling * math.log(_IN_LETTERS / _IN_NUMBERS)
        odds += (self.clear - self.telling) * math.log((1 - _IN_LETTERS) / (1 - _IN_NUMBERS))
        return odds > _ODDS

    def beyond_doubt(self, as_it_is: Votes) -> bool:
        """Whether a quarter or half turn is right though the page reads well as it is: 6s, 8s and 9s do."""
        most = self.clear >= max(_SMALLER_MAJORITY * self.count, _MORE * as_it_is.clear)
        return most and self.likelihood > max(as_it_is.likelihood + _BEYOND_DOUBT, -_EACH * self.count)

    def as_good_as(self, other: Votes) -> bool:
        """Whether it says no less than another turn, but that bars have no say."""
        told = self.enough or self.all_clear
        return (
            told and self.clear > other.clear - 1.5 and self.likelihood > other.likelihood - _QUARTER_LIKELIER
        )

    def outdo(self, as_it_is: Votes, *, level: bool) -> bool:
        """Whether a turn is worth more than the page as it is; digits bear turns that keep no line level."""
        nearly_all = self.clear >= as_it_is.clear + 1.5 and self.clear >= _NEARLY_ALL * self.count
        nearly_all &= level or not as_it_is.likely
        # Of things beside digits one or the other looks like a digit under any turn.
        likelier = self.likelihood > as_it_is.likelihood + (LIKELIER if level else 2 * LIKELIER)
        return self.clear >= _TIMES * as_it_is.clear or nearly_all or (self.all_clear and likelier)


@dataclass(frozen=True)
class Poll:
    """Asks the network about strokes under a turn."""

    classify: Callable[[Sequence[Candidate]], NDArray[np.float32]]
    digits: Sequence[int]
    """Which classes are digits."""
    bar: int
    """Which of them is a 1, -1 for none."""
    telling: Sequence[int] = ()
    """Which of them are no letters upside down."""
    _turned: dict[tuple[int, int], tuple[Candidate, Candidate]] = field(default_factory=dict, repr=False)
    """By turn and stroke: the stroke, kept so that no other takes its place in memory, and it reduced and
    turned."""

    def likely(self, turn: int, strokes: Sequence[Candidate]) -> bool:
        """Whether most strokes are digits under a turn; the first half of them may tell that they are not."""
        half = (len(strokes) + 1) // 2
        first = self(turn, strokes[:half])
        return (first.clear > 0 or first.count < half) and self(turn, strokes).likely

    def __call__(self, turn: int, strokes: Sequence[Candidate]) -> Votes:
        """What speaks for a turn; a turned stroke proves no 1."""
        # As they lie they will be asked about again: at full size, in pixels of the picture.
        turned = [self._turned_by(turn, c) for c in strokes] if turn else strokes
        upright = [c for c in turned if plausible(c)]
        probabilities = self.classify(upright)[:, self.digits]
        best, label = probabilities.max(axis=1), np.array(self.digits)[probabilities.argmax(axis=1)]
        silent = (label == self.bar) & (best > _CLEAR) if turn else np.zeros(len(best), bool)
        missing = (len(strokes) - len(best)) * math.log(_DOUBT)
        return Votes(
            clear=float(best[(best > _CLEAR) & ~silent].sum()),
            count=len(strokes) - int(silent.sum()),
            likelihood=float(np.log(np.maximum(best, _DOUBT)).sum()) + missing,
            telling=float(best[(best > _CLEAR) & np.isin(label, self.telling)].sum()),
        )

    def _turned_by(self, turn: int, stroke: Candidate) -> Candidate:
        """A stroke under a turn: the same object whenever it is asked for, which the network sees once."""
        known = self._turned.get((turn, id(stroke)))
        if known is None:
            seen = turned_by(self._turned_by(0, stroke), turn, (1, 1)) if turn else _reduced(stroke)
            known = self._turned[turn, id(stroke)] = stroke, seen
        return known[1]


def _reduced(candidate: Candidate) -> Candidate:
    """A stroke no larger than it need be to be classified."""
    ink, share = reduced(candidate.ink)
    if share == 1:
        return candidate
    box = Box(candidate.box.x, candidate.box.y, ink.shape[1], ink.shape[0])
    area = max(1, round(candidate.area * share**2))
    return replace(candidate, box=box, ink=ink, stroke=share * candidate.stroke, area=area)
