"""Sheets that lie sideways, upside down or askew: which way the writing is turned."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT, digit_labels
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import plausible
from edge_digits.layout import slant_of
from edge_digits.lettering import beside_each_other
from edge_digits.reading import Box
from edge_digits.stroke import reduced

_TURNS = (90, 180, 270, *(35, 60, 120, 150, 210, 240, 300, 325))
"""Degrees, clockwise, by which a page is turned back."""
_SAMPLE = 16
"""Strokes by which turns are compared."""
_OTHERS = 32
"""So many more, where there are, must agree with them: of many letters the boldest may be like digits."""
_GLANCE = 6
"""The boldest of them, by which most turns are ruled out."""
_CLEAR = 0.9
"""Probability from which a stroke speaks for a turn."""
_LEAST = 3
"""So many strokes must speak for it."""
_MAJORITY = 0.75
"""And so large a share of the sample."""
_TIMES = 2
"""And so many times more than for the page as it is."""
_NEARLY_ALL = 0.85
"""Or, where it reads upside down for the most part as well, nearly all of them."""
_LIKELIER = 3.0
"""Or, by a quarter or half, that all are digits is so much likelier: one stroke that is none as it is."""
_DOUBT = 0.02
"""No stroke counts as less probable a digit: it may be a mark under any turn."""
_ASKEW = 24.0
"""Degrees by which lines must climb or fall for the page to be turned by so much."""
_UPRIGHT = 0.85
"""A page of which so large a share is clear as it is stays so."""
_ACROSS = 0.3
"""Sine of turns that set lines askew or on end."""
_CLOSE, _RUNS, _WORDS = 0.7, 3.0, 20
"""Heights between neighbours, how many times more of them there are along lines than across, and how many
strokes, where lines run level beyond doubt: on a sheet of few digits they say little."""
_SAME_INK = 0.4
"""Share of the contrast of the bolder ones that such strokes have at least; the grain of a floor has less."""
_SMALLEST = 12
"""Longer side of such strokes in pixels."""


def turn_of(
    candidates: Sequence[Candidate],
    classify: Callable[[Sequence[Candidate]], NDArray[np.float32]],
    labels: Sequence[str],
) -> int:
    """Finds by how much a page is to be turned so that its strokes are digits.

    The boldest strokes are classified under each turn. A page keeps its place
    unless few of them are digits as it is and most are under a turn, or some are and
    all would be; bars say nothing, and what reads both ways, such as a 6 or an 8,
    changes nothing. Lines that climb or fall steeply tell their turn by themselves,
    where the digits do not gainsay it.

    Args:
        candidates: Connected strokes of one picture.
        classify: Probabilities of candidates, shape (n, classes).
        labels: What each class stands for; without "not a digit" no page is turned.

    Returns:
        Degrees clockwise; 0 for a page that is upright or shows too little.
    """
    alike = _sample(candidates)
    sample, others = alike[:_SAMPLE], alike[_SAMPLE:]
    if NOT_A_DIGIT not in labels or len(sample) < _LEAST:
        return 0
    digits = digit_labels(labels)
    bar = list(labels).index("1") if "1" in labels else -1

    small = [_reduced(stroke) for stroke in sample]

    def votes(turn: int, strokes: Sequence[Candidate] = small) -> _Votes:
        """What speaks for a turn; a turned stroke proves no 1."""
        upright = [c for c in (turned_by(c, turn, (1, 1)) for c in strokes) if plausible(c)]
        probabilities = classify(upright)[:, digits]
        best, label = probabilities.max(axis=1), np.array(digits)[probabilities.argmax(axis=1)]
        silent = (label == bar) & (best > _CLEAR) if turn else np.zeros(len(best), bool)
        missing = (len(strokes) - len(best)) * math.log(_DOUBT)
        return _Votes(
            clear=float(best[(best > _CLEAR) & ~silent].sum()),
            count=len(strokes) - int(silent.sum()),
            likelihood=float(np.log(np.maximum(best, _DOUBT)).sum()) + missing,
        )

    as_it_is = votes(0)
    slant = slant_of([c.box for c in sample])
    if abs(slant) > _ASKEW:
        level = votes(turn := round(-slant) % 360)
        if level.enough and level.likelihood > as_it_is.likelihood:
            return turn
    if as_it_is.clear > _UPRIGHT * len(sample):
        return 0
    likely = [turn for turn in _TURNS if votes(turn, small[:_GLANCE]).likely]
    if likely and _runs_level(candidates):
        likely = [turn for turn in likely if abs(math.sin(math.radians(turn))) <= _ACROSS]
    told = {turn: votes(turn) for turn in likely}
    turn = max(told, key=lambda turn: told[turn].clear, default=0)
    if turn == 0 or (others and not votes(turn, [_reduced(stroke) for stroke in others]).likely):
        return 0
    return turn if told[turn].enough and told[turn].outdo(as_it_is, level=turn % 90 == 0) else 0


def _runs_level(strokes: Sequence[Candidate]) -> bool:
    """Whether strokes stand in words or numbers that run from left to right, as print does, read or not."""
    boxes = np.array([stroke.box for stroke in strokes], np.float32)
    level, upright = (
        int(beside_each_other(each, _CLOSE).sum()) - len(boxes) for each in (boxes, boxes[:, [1, 0, 3, 2]])
    )
    return level > _RUNS * upright and level >= len(boxes) >= _WORDS


@dataclass(frozen=True)
class _Votes:
    """How far strokes are digits under one turn."""

    clear: float
    """Sum of the probabilities of those that clearly are."""
    count: int
    """How many strokes have a say."""
    likelihood: float
    """Logarithm of the probability that all are."""

    @property
    def likely(self) -> bool:
        return self.clear > 0.5 * self.count

    @property
    def enough(self) -> bool:
        return self.clear > _LEAST - 0.5 and self.clear >= _MAJORITY * self.count

    def outdo(self, as_it_is: _Votes, *, level: bool) -> bool:
        """Whether a turn is worth more than the page as it is; digits bear turns that keep no line level."""
        nearly_all = self.clear >= as_it_is.clear + 1.5 and self.clear >= _NEARLY_ALL * self.count
        likelier = level and self.likelihood > as_it_is.likelihood + _LIKELIER
        return self.clear >= _TIMES * as_it_is.clear or nearly_all or likelier


def _sample(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The strokes most likely written, the boldest first: of one pen and of a digit's size."""
    sized = [c for c in candidates if max(c.box.width, c.box.height) >= _SMALLEST and _is_drawn(c)]
    bold = sorted(sized, key=lambda c: -c.boldness)[: _SAMPLE + 2 * _OTHERS]
    if not bold:
        return []
    pen = float(np.median([c.stroke for c in bold[: 2 * _SAMPLE]]))
    size = float(np.median([max(c.box.width, c.box.height) for c in bold[: 2 * _SAMPLE]]))
    alike = [
        c for c in bold if 0.5 < c.stroke / pen < 2 and 0.4 < max(c.box.width, c.box.height) / size < 2.5
    ][: _SAMPLE + _OTHERS]
    contrasts = [c.contrast for c in alike[:_SAMPLE]]
    faintest = _SAME_INK * float(np.percentile(contrasts, 75)) if alike else 0.0
    return [c for c in alike if c.contrast > faintest]


def _is_drawn(candidate: Candidate) -> bool:
    """Whether ink is a thin stroke in a compact box: no sheet's edge, no blot, no bar."""
    short, long = sorted((candidate.box.width, candidate.box.height))
    return (
        long < 3 * short and candidate.stroke < 0.3 * long and candidate.area > 1.2 * candidate.stroke * long
    )


def _reduced(candidate: Candidate) -> Candidate:
    """A stroke no larger than it need be to be classified."""
    ink, share = reduced(candidate.ink)
    if share == 1:
        return candidate
    box = Box(candidate.box.x, candidate.box.y, ink.shape[1], ink.shape[0])
    area = max(1, round(candidate.area * share**2))
    return replace(candidate, box=box, ink=ink, stroke=share * candidate.stroke, area=area)


def turned_by(candidate: Candidate, degrees: int, size: tuple[int, int]) -> Candidate:
    """A stroke as it looks when the picture is turned.

    Args:
        candidate: The stroke.
        degrees: Clockwise.
        size: Width and height of the picture, in pixels.

    Returns:
        The stroke in the turned picture, see `turned_size`.
    """
    if degrees == 0:
        return candidate
    box, (width, height) = candidate.box, size
    if degrees % 90 == 0:
        ink = np.ascontiguousarray(np.rot90(candidate.ink, -degrees // 90))
        right, bottom = width - box.x - box.width, height - box.y - box.height
        place = {90: (bottom, box.x), 180: (right, bottom), 270: (box.y, right)}[degrees]
    else:
        ink, left, top = _askew(candidate.ink, degrees)
        x, y = box.center
        angle = math.radians(degrees)
        dx, dy = x - width / 2, y - height / 2
        wide, high = turned_size(size, degrees)
        middle = (
            wide / 2 + dx * math.cos(angle) - dy * math.sin(angle),
            high / 2 + dx * math.sin(angle) + dy * math.cos(angle),
        )
        place = round(middle[0] + left), round(middle[1] + top)
    turned = Box(*place, ink.shape[1], ink.shape[0])
    return Candidate(
        turned, ink, candidate.contrast, candidate.stroke, candidate.area, candidate.polarity, candidate.freed
    )


def turned_size(size: tuple[int, int], degrees: int) -> tuple[int, int]:
    """Width and height of a turned picture."""
    angle = math.radians(degrees)
    sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
    return round(size[0] * cosine + size[1] * sine), round(size[0] * sine + size[1] * cosine)


def turned_picture(gray: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """A whole picture turned as `turned_by` turns its strokes.

    Args:
        gray: Shape (h, w), uint8.
        degrees: Clockwise.

    Returns:
        Shape as `turned_size` tells, uint8; corners that were not in the picture repeat its edge.
    """
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(gray, -degrees // 90))
    size = (gray.shape[1], gray.shape[0])
    wide, high = turned_size(size, degrees)
    matrix = _rotation(size, (wide, high), degrees)
    return np.asarray(cv2.warpAffine(gray, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _rotation(size: tuple[int, int], turned: tuple[int, int], degrees: int) -> NDArray[np.float64]:
    """Turns a picture of some width and height around its middle."""
    width, height = size
    matrix = np.asarray(
        cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0), np.float64
    )
    matrix[:, 2] += np.subtract(turned, size) / 2
    return matrix


def _askew(ink: NDArray[np.uint8], degrees: int) -> tuple[NDArray[np.uint8], float, float]:
    """Turned ink, closely cut, and how far its left and top edge are from where its middle was."""
    height, width = ink.shape
    wide, high = (max(1, side) for side in turned_size((width, height), degrees))
    matrix = _rotation((width, height), (wide, high), degrees)
    turned = np.asarray(cv2.warpAffine(ink, matrix, (wide, high)), np.uint8)
    x, y, w, h = cv2.boundingRect((turned > 64).astype(np.uint8))
    if not (w and h):
        return turned, -wide / 2, -high / 2
    return turned[y : y + h, x : x + w], x - wide / 2, y - high / 2


def turned_back(box: Box, degrees: int, size: tuple[int, int]) -> Box:
    """Where a box of the turned picture lies in the picture itself.

    Args:
        box: In the picture turned by `degrees`.
        degrees: Clockwise.
        size: Width and height of the picture itself.

    Returns:
        An upright rectangle; for turns that are no quarter the one around the same middle.
    """
    wide, high = turned_size(size, degrees)
    right, bottom = wide - box.x - box.width, high - box.y - box.height
    if degrees == 90:
        return Box(box.y, right, box.height, box.width)
    if degrees == 180:
        return Box(right, bottom, box.width, box.height)
    if degrees == 270:
        return Box(bottom, box.x, box.height, box.width)
    if degrees == 0:
        return box
    angle = math.radians(degrees)
    x, y = box.center
    dx, dy = x - wide / 2, y - high / 2
    width, height = turned_size((box.width, box.height), degrees)
    middle = (
        size[0] / 2 + dx * math.cos(angle) + dy * math.sin(angle),
        size[1] / 2 - dx * math.sin(angle) + dy * math.cos(angle),
    )
    return Box(round(middle[0] - width / 2), round(middle[1] - height / 2), width, height)
