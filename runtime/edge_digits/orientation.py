"""Sheets that lie sideways, upside down or askew: which way the writing is turned."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT, digit_labels
from edge_digits.candidate import Candidate
from edge_digits.lettering import beside_each_other
from edge_digits.percentile import median, percentile
from edge_digits.reading import Box
from edge_digits.sheet import LEVEL, Sheet
from edge_digits.slant import likely_slant, slant_of
from edge_digits.turning import turned_by
from edge_digits.votes import LEAST, LIKELIER, Poll, Votes

_NO_LETTERS = "3689"
"""Digits that letters upside down are not taken for."""
_AS_LIKELY = 0.1
"""How much likelier digits must be if they are not level with a sheet that is askew ..."""
_FAR = 25.0
"""... where it is turned by no more degrees than this."""
_BESIDE = 0.8
"""Share of the contrast of clear digits on a sheet up to which there is no writing beside it."""
_QUARTERS = (90, 180, 270)
_TURNS = (90, 180, 270, *(35, 60, 120, 150, 210, 240, 300, 325))
"""Degrees, clockwise, by which a page is turned back."""
_SAMPLE = 16
"""Strokes by which turns are compared."""
_OTHERS = 32
"""So many more are asked, where there are: of many letters the boldest may be like digits."""
_SOME = 6
"""But fewer of them than this may be anything."""
_GLANCE = 6
"""The boldest of them, by which most turns are ruled out."""
_PAIR = 2
"""Of a sheet whose sides are seen so many, if no other is on it."""
_AS_GOOD = 1.0
"""Likelihood that digits may lack where lines tell how a page lies."""
_TWICE_AS_LIKELY = 0.6
"""Likelihood that is gained by any turn that a page is not better off without: most lie as they should."""
_ENOUGH_ASKEW = 3.5
"""Sum of the probabilities of clear digits from which a page may lie askew though no lines tell: anything
falls into three digits under one of so many turns."""
_ASKEW, _STEEPEST = 10, 60
"""Degrees between which lines climb or fall where the page is turned by so much, or so much and quarters."""
_LEVEL = 3
"""By so few lines may climb or fall on a page turned by what its digits tell."""
_PAGE = (1000, 1000)
"""Of any size, since boxes are compared with each other."""
_ON_HEAD = -0.8
"""Cosine of turns that set what is upright on its head, or nearly so."""
_UPRIGHT = 0.85
"""A page of which so large a share is clear as it is stays so."""
_ACROSS = 0.3
"""Sine of turns that set lines askew or on end."""
_CLOSE, _RUNS, _WORDS, _NUMBERS = 0.7, 3.0, 20, 8
"""Heights between neighbours, how many times more of them there are along lines than across, and how many
strokes, where lines run level beyond doubt: fewer will do where most are digits as they lie."""
_SAME_INK = 0.4
"""Share of the contrast of the bolder ones that such strokes have at least; the grain of a floor has less."""
_TWICE = 0.4
"""Share of two boxes together that both cover where they are of one stroke."""
_SMALLEST = 12
"""Longer side of such strokes in pixels."""


@dataclass(frozen=True)
class Orientation:
    """How the writing of a picture lies."""

    turn: int
    """Degrees, clockwise, by which the picture is to be turned; 0 where it is upright or shows too little."""
    sheet: Sheet | None = None
    """The sheet that carries clear digits, if any."""
    faintest: float = 0.0
    """Contrast up to which what lies beside that sheet is no writing."""

    def may_be_written(self, stroke: Candidate, box: Box) -> bool:
        """Whether a stroke may be writing.

        Args:
            stroke: Found in the picture, or in the picture turned.
            box: Where it lies in the picture, not turned.
        """
        return self.sheet is None or stroke.contrast > self.faintest or self.sheet.carries(box)


def orientation(
    candidates: Sequence[Candidate],
    classify: Callable[[Sequence[Candidate]], NDArray[np.float32]],
    labels: Sequence[str],
    sheet: Sheet | None = None,
) -> Orientation:
    """Finds by how much a page is to be turned so that its strokes are digits.

    The boldest strokes are classified under each turn. A sheet on a table tells by
    its sides which four turns there are, and that what is faint beside it is no
    writing. Else a page keeps its place unless few of its strokes are digits as it is
    and most are under a turn, or some are and all would be; bars say nothing, and what
    reads both ways, such as a 6 or an 8, changes nothing. Lines that climb or fall
    steeply tell their turn by themselves, where the digits do not gainsay it.

    Args:
        candidates: Connected strokes of one picture.
        classify: Probabilities of candidates, shape (n, classes).
        labels: What each class stands for; without "not a digit" no page is turned.
        sheet: The sheet that is seen in the picture, if any.

    Returns:
        The turn, and what tells which strokes may be written.
    """
    strokes = list(candidates)
    if NOT_A_DIGIT not in labels or not strokes:
        return Orientation(0)
    bar = list(labels).index("1") if "1" in labels else -1
    telling = [i for i, label in enumerate(labels) if label in _NO_LETTERS]
    votes = Poll(classify, digit_labels(labels), bar, telling)
    on_it = [] if sheet is None else [stroke for stroke in strokes if sheet.shows(stroke)]
    if sheet is not None and (alike := _sample(on_it)) and not _is_part(sheet, strokes, alike, votes):
        turn, told = _turn_of_sheet(sheet, on_it, alike, votes)
        if told.enough:
            return Orientation(turn, sheet, _BESIDE * median([stroke.contrast for stroke in alike]))
        return Orientation(turn)
    return Orientation(_turn_of_page(strokes, votes))


def _is_part(sheet: Sheet, strokes: Sequence[Candidate], alike: Sequence[Candidate], votes: Poll) -> bool:
    """Whether what looks like a sheet askew is what is lit of one: like digits stand beside it, too."""
    if abs(sheet.askew) <= LEVEL:
        return False
    bold = _BESIDE * median([stroke.contrast for stroke in alike])
    kinds = {stroke.polarity for stroke in alike}
    beside = [
        stroke
        for stroke in strokes
        if stroke.contrast > bold and stroke.polarity in kinds and not sheet.shows(stroke)
    ]
    return votes(0, _sample(beside)[:_SAMPLE]).enough


def _turn_of_sheet(
    sheet: Sheet, strokes: Sequence[Candidate], alike: Sequence[Candidate], votes: Poll
) -> tuple[int, Votes]:
    """Which way up a sheet lies by the strokes on it: it has four sides, and the picture is a fifth guess."""
    level = round(-sheet.turn) % 360 if abs(sheet.turn) > LEVEL else 0
    sample = alike[:_SAMPLE]
    far = abs(sheet.askew) > _FAR
    turn = _best_turn(strokes, alike, votes, level)
    if turn == level and far and len(sample) < LEAST:
        # Where none of the four is upright few digits tell them apart.
        turn = max(
            ((level + each) % 360 for each in (0, *_QUARTERS)),
            key=lambda turn: votes(turn, sample).likelihood,
        )
    told = votes(turn, sample)
    as_seen = round(sheet.askew - sheet.turn) % 360
    if abs(sheet.askew) > LEVEL and as_seen != turn:
        upright = votes(as_seen, sample)
        if upright.likely and upright.likelihood > told.likelihood + (LIKELIER if far else _AS_LIKELY):
            return as_seen, upright
    return turn, told


def _turn_of_page(strokes: Sequence[Candidate], votes: Poll) -> int:
    """How a page lies of which no sides are seen."""
    alike = _sample(strokes)
    sample = alike[:_SAMPLE]
    slant = slant_of([stroke.box for stroke in sample], _ASKEW, _STEEPEST)
    if abs(slant) > _ASKEW and len(sample) >= LEAST:
        turn = _best_turn(strokes, alike, votes, round(-slant) % 360)
        level = votes(turn, sample)
        if level.enough and level.likelihood > votes(0, sample).likelihood - _AS_GOOD:
            return turn
    return _best_turn(strokes, alike, votes) or _turn_of_likely_lines(sample, votes)


def _turn_of_likely_lines(sample: Sequence[Candidate], votes: Poll) -> int:
    """How a page lies whose lines are told by nothing but that its digits are clearer along them."""
    as_it_is = votes(0, sample)
    if len(sample) < LEAST or as_it_is.likelihood >= -LIKELIER:
        return 0
    slant = likely_slant([stroke.box for stroke in sample], _STEEPEST)
    if abs(slant) <= _ASKEW:
        return 0
    # The other ones set it on its head, which digits by themselves bear too well.
    turns = [round(each - slant) % 360 for each in (0, math.copysign(90, slant))]
    turn = max(turns, key=lambda turn: votes(turn, sample).likelihood)
    told = votes(turn, sample)
    clearer = told.enough and told.clear >= _ENOUGH_ASKEW
    if not clearer or told.likelihood <= as_it_is.likelihood + LIKELIER:
        return 0
    return _levelled(turn, sample, votes)


def _best_turn(
    strokes: Sequence[Candidate], alike: Sequence[Candidate], votes: Poll, level: int | None = None
) -> int:
    """The turn under which most strokes are digits, unless they are as good as they lie.

    Args:
        strokes: Of a page, or of a sheet whose sides are seen.
        alike: Those that are most likely written.
        votes: Asks about them.
        level: Degrees, clockwise, by which that sheet is to be turned to stand on one of its sides, or that
            page for its lines to be level or upright.
    """
    sample, others = alike[:_SAMPLE], alike[_SAMPLE:]
    start = level or 0
    turns = _TURNS if level is None else tuple((level + each) % 360 for each in _QUARTERS)
    if len(sample) < (LEAST if level is None else _PAIR):
        return start
    as_it_is = votes(start, sample)
    if as_it_is.clear > _UPRIGHT * len(sample) and as_it_is.likelihood >= -LIKELIER:
        if level is not None or votes(start, alike).clear > _UPRIGHT * len(alike):
            return start
        # On their heads most digits still look like some.
        turns = (180,)
    likely = _likely(turns, start, strokes, alike, votes)
    if likely and level is None and len(others) >= _SOME:
        sample, as_it_is = alike, votes(start, alike)
    told = {turn: votes(turn, sample) for turn in likely}
    told = {turn: said for turn, said in told.items() if not (_overturns(turn - start) and said.as_letters)}
    enough = [turn for turn in told if told[turn].enough] or list(told)
    turn = max(enough, key=lambda turn: told[turn].likelihood, default=start)
    level_too = [each for each in told if (each - start) % 90 == 0 and told[each].as_good_as(told[turn])]
    turn = max(level_too, key=lambda turn: told[turn].likelihood, default=turn)
    if turn == start or (len(others) >= _SOME and votes(turn, others).unlikely):
        return start
    quarter = (turn - start) % 90 == 0
    if not _is_worth(told[turn], as_it_is, quarter=quarter, sides=level is not None):
        return start
    return turn if quarter else _levelled(turn, sample, votes)


def _likely(
    turns: Sequence[int], start: int, strokes: Sequence[Candidate], alike: Sequence[Candidate], votes: Poll
) -> list[int]:
    """Those turns under which most of a sample of a page's strokes are digits."""
    sample = alike[:_SAMPLE]
    # The boldest may be joined to something; of quarters all are asked, since few pages lie otherwise.
    glance = {turn: sample if (turn - start) % 90 == 0 else sample[:_GLANCE] for turn in turns}
    likely = [turn for turn in turns if votes.likely(turn, glance[turn])]
    if not likely:
        return likely
    numbers = votes(start, sample).likely and _runs_level(alike, start, _NUMBERS)
    if numbers or _runs_level(strokes, start, _WORDS):
        return [turn for turn in likely if abs(math.sin(math.radians(turn - start))) <= _ACROSS]
    return likely


def _is_worth(told: Votes, as_it_is: Votes, *, quarter: bool, sides: bool) -> bool:
    """Whether a turn is worth more than a page, or a sheet whose sides are seen, as it lies."""
    if told.likelihood <= as_it_is.likelihood + _TWICE_AS_LIKELY:
        return False
    if sides and told.all_clear and told.likelihood > as_it_is.likelihood + LIKELIER:
        return True
    if quarter and told.beyond_doubt(as_it_is):
        return True
    outdone = told.enough_beside(as_it_is) and told.outdo(as_it_is, level=quarter)
    return outdone and (quarter or told.clear >= _ENOUGH_ASKEW)


def _overturns(degrees: int) -> bool:
    """Whether a turn sets upright letters on their heads."""
    return math.cos(math.radians(degrees)) < _ON_HEAD


def _levelled(turn: int, sample: Sequence[Candidate], votes: Poll) -> int:
    """A turn changed by as much as lines still climb or fall under it, if the digits do not gainsay it."""
    slant = slant_of([turned_by(stroke, turn, _PAGE).box for stroke in sample], _LEVEL, _STEEPEST)
    level = round(turn - slant) % 360
    if level == turn or votes(level, sample).likelihood < votes(turn, sample).likelihood - _AS_GOOD:
        return turn
    return level


def _runs_level(strokes: Sequence[Candidate], turn: int, least: int) -> bool:
    """Whether so many strokes stand in words or numbers that run from left to right under a turn."""
    # Of ruled paper all lines run alike.
    drawn = [turned_by(stroke, turn, (1, 1)) for stroke in strokes if _is_drawn(stroke)]
    boxes = np.array([stroke.box for stroke in drawn], np.float32).reshape(-1, 4)
    level, upright = (
        int(beside_each_other(each, _CLOSE).sum()) - len(boxes) for each in (boxes, boxes[:, [1, 0, 3, 2]])
    )
    return level > _RUNS * upright and level >= len(boxes) >= least


def _sample(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The strokes most likely written, the boldest first: of one pen and of a digit's size."""
    sized = [c for c in candidates if max(c.box.width, c.box.height) >= _SMALLEST and _is_drawn(c)]
    bold = _each_once(sorted(sized, key=lambda c: -c.boldness)[: _SAMPLE + 2 * _OTHERS])
    if not bold:
        return []
    faintest = _SAME_INK * percentile([c.contrast for c in bold[:_SAMPLE]], 0.75)
    bold = [c for c in bold if c.contrast > faintest]
    pen = median([c.stroke for c in bold[: 2 * _SAMPLE]])
    size = median([max(c.box.width, c.box.height) for c in bold[: 2 * _SAMPLE]])
    return [
        c for c in bold if 0.5 < c.stroke / pen < 2 and 0.4 < max(c.box.width, c.box.height) / size < 2.5
    ][: _SAMPLE + _OTHERS]


def _each_once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Strokes without those that are seen by another threshold, too: what is uneven has no more to say."""
    if not candidates:
        return []
    boxes = np.array([candidate.box for candidate in candidates], np.float32)
    start, end, area = boxes[:, :2], boxes[:, :2] + boxes[:, 2:], boxes[:, 2:].prod(axis=1)
    both = np.minimum(end[:, None], end) - np.maximum(start[:, None], start)
    shared = np.maximum(both, 0).prod(axis=2)
    twice = np.tril(shared > _TWICE * (area[:, None] + area - shared), -1).any(axis=1)
    return [candidate for candidate, other in zip(candidates, twice, strict=True) if not other]


def _is_drawn(candidate: Candidate) -> bool:
    """Whether ink is a thin stroke in a compact box: no sheet's edge, no blot, no bar."""
    short, long = sorted((candidate.box.width, candidate.box.height))
    return (
        long < 3 * short and candidate.stroke < 0.3 * long and candidate.area > 1.2 * candidate.stroke * long
    )
