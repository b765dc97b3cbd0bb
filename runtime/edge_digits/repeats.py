"""Holes and wire along a sheet's edge, a ruler's marks: what is alike at one pitch is no writing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.percentile import median

_FEWEST = 8
"""So many marks make a row: few people write that many like digits in turn."""
_MOST = 400
"""Among more strokes than this nothing is sought: they are texture."""
_ALIKE = 1.4
"""Ratio of widths, of heights and of pens between neighbours in a row."""
_STEP = 0.2
"""Share of the pitch by which it may differ in a row, seen in perspective."""
_ASTRAY = 0.06
"""Share of the pitch by which marks lie off their places, root mean square; a hand strays further."""
_SAME = 0.87
"""Least correlation between a mark and the mean of its row."""
_MANY = 16
"""So many marks make a row wherever it is, as a ruler's do..."""
_THE_SAME = 0.92
"""...where they are as like as this."""
_TALLER = 2.5
"""So much taller are a ruler's marks of whole units at most."""
_WIRE, _WIDER = 4.5, 2
"""The same of a hole with the wire through it, and how much wider this is."""
_STRIP, _BROKEN = 0.75, 0.4
"""Lengths of a hole off the line up to which marks lie on it, and such a length that they have at least where
it goes on."""
_BESIDE = 1.5
"""So many breadths of a row beside it the sheet has ended."""
_BETWEEN, _WRITTEN = 0.3, 3
"""Share of the pitch by which a stroke is away from all marks that stands between two, and so many do where
something is written between them."""
_SLIM = 0.2
"""Share of its length that such a line is wide at most; wire is wider."""
_DARKER = 0.85
"""Ratio of brightness between paper and what it lies on, one way or the other."""
_SIDE = 12
"""Pixels of a mark's thumbnail."""


def without_repeats(strokes: Sequence[Candidate], picture: NDArray[np.uint8]) -> list[Candidate]:
    """Leaves out the holes and the wire of a bound sheet, and the marks of a ruler.

    To the network such marks are eights, sixes or ones, and to a vote about the page they are the
    letters that rule it. A machine made them: they are alike, stand in one row and keep one pitch
    closer than a hand does. And along them the sheet or the picture ends, unless they are very many.

    Args:
        strokes: Whole strokes and loose parts of one picture.
        picture: Shape (h, w), uint8, what they were found in.

    Returns:
        The others, in the same order.
    """
    if not _FEWEST <= len(strokes) <= _MOST:
        return list(strokes)
    boxes = np.array([stroke.box for stroke in strokes], np.float32)
    pen = np.array([stroke.stroke for stroke in strokes], np.float32)
    middle = (boxes[:, :2] + boxes[:, 2:] / 2).astype(np.float32)
    alike = np.ones((len(strokes), len(strokes)), bool)
    for measure in np.log((np.maximum(pen, 1e-6), *boxes[:, 2:].T)):
        alike &= np.abs(measure[:, None] - measure) < math.log(_ALIKE)
    bound = np.zeros(len(strokes), bool)
    for row, pitch in _rows(middle, boxes[:, 2:], alike):
        # Of holes with their wire some are told by the holes alone, and those tell the others.
        if bound[row].all():
            continue
        line = _Line.through(middle[row], boxes[row, 2:])
        if not line.keeps_pitch(middle[row], pitch):
            continue
        same, line = _likeness([strokes[i] for i in row]), line.reaching(middle, boxes[:, 2:], pitch)
        held = line.holds(middle, boxes[:, 2:], _ALIKE)
        # In a table of digits the outermost row is no binding.
        elsewhere = np.count_nonzero((alike[row].mean(axis=0) > 0.5) & ~held)
        if same > _THE_SAME and len(row) >= _MANY:
            bound |= line.holds(middle, boxes[:, 2:], _TALLER) | line.wires(boxes, held, pitch)
        elif same > _SAME and elsewhere < len(row) / 2 and line.ends_paper(middle[row], picture):
            # In the places of a form, between its lines, stand digits.
            apart = np.linalg.norm(middle[held][:, None] - middle[row], axis=2).min(axis=1)
            slim = median(boxes[row, 2:].min(axis=1)) < _SLIM * median(boxes[row, 2:].max(axis=1))
            if not slim or np.count_nonzero(apart > _BETWEEN * pitch) < _WRITTEN:
                bound |= held | line.wires(boxes, held, pitch)
    return [stroke for stroke, left_out in zip(strokes, bound.tolist(), strict=True) if not left_out]


def _rows(
    middle: NDArray[np.float32], size: NDArray[np.float32], alike: NDArray[np.bool_]
) -> list[tuple[NDArray[np.int64], float]]:
    """Marks that have their next of kin equally far off in one direction, and how far; longest row first."""
    right, down = (side - side[:, None] for side in middle.T)
    # A hole and its core, found at two thresholds, are no neighbours.
    apart = alike & ((np.abs(right) > size[:, 0] / 2) | (np.abs(down) > size[:, 1] / 2))
    distance = np.where(apart, right * right + down * down, np.inf)
    some = np.flatnonzero(apart.sum(axis=1) >= _FEWEST - 1)
    nearest = distance[some].argmin(axis=1)
    step_right, step_down = right[some, nearest], down[some, nearest]
    pitch = np.sqrt(distance[some, nearest])
    # Up and down a row are one direction.
    upward = np.where(np.abs(step_right) > np.abs(step_down), step_right, step_down) < 0
    step_right, step_down = (np.where(upward, -step, step) for step in (step_right, step_down))
    off_right, off_down = (step[:, None] - step for step in (step_right, step_down))
    row = off_right * off_right + off_down * off_down < (_STEP * pitch[:, None]) ** 2
    near, both = np.ix_(some, some), np.eye(len(some), dtype=bool)
    across = np.abs(right[near] * step_down[:, None] - down[near] * step_right[:, None])
    row &= across < 0.5 * (pitch * size[some].min(axis=1))[:, None]
    row &= apart[near] | both
    count = row.sum(axis=1)
    return [(some[row[i]], float(pitch[i])) for i in np.argsort(-count) if count[i] >= _FEWEST]


@dataclass(frozen=True)
class _Line:
    """Where a row of marks runs."""

    origin: NDArray[np.float32]
    along: NDArray[np.float32]
    across: NDArray[np.float32]
    reach: float
    """From the origin to either end, in pixels."""
    size: float
    """The longest side of its marks."""
    breadth: float
    """How far its marks reach across it."""

    @classmethod
    def through(cls, middle: NDArray[np.float32], size: NDArray[np.float32]) -> _Line:
        origin = middle.mean(axis=0)
        along = np.linalg.svd(middle - origin, full_matrices=False)[2][0]
        across = np.array([-along[1], along[0]])
        longest = float(size.max())
        reach = float(np.abs((middle - origin) @ along).max()) + 1.5 * longest
        return cls(origin, along, across, reach, longest, median(size @ np.abs(across)))

    def keeps_pitch(self, middle: NDArray[np.float32], pitch: float) -> bool:
        """Whether marks lie where a row of holes has them, seen in perspective; some may be missing."""
        placed = (middle - self.origin)[np.argsort(middle @ self.along)]
        gaps = np.diff(placed @ self.along, prepend=-np.inf)
        placed, gaps = placed[gaps > pitch / 2], gaps[gaps > pitch / 2][1:]
        # Counted from neighbour to neighbour: in perspective the pitch changes along the row.
        place = np.concatenate([[0], np.cumsum(np.rint(gaps / median(gaps)))])
        if len(place) < _FEWEST or place[-1] > 2 * len(place):
            return False
        terms = np.stack([(place / place[-1]) ** power for power in range(3)], axis=1)
        rest = placed - terms @ np.linalg.lstsq(terms, placed, rcond=None)[0]
        return float(np.sqrt((rest**2).sum(axis=1).mean())) < _ASTRAY * pitch

    def ends_paper(self, middle: NDArray[np.float32], picture: NDArray[np.uint8]) -> bool:
        """Whether beside its marks the picture ends, or the ground is another than on their other side."""
        height, width = picture.shape
        tones = []
        for side in (-1, 1):
            x, y = np.rint(middle + side * _BESIDE * self.breadth * self.across).T.astype(np.int64)
            inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
            if np.count_nonzero(inside) < len(middle) / 2:
                return True
            tones.append(median(picture[y[inside], x[inside]]))
        return min(tones) < _DARKER * max(tones)

    def reaching(self, middle: NDArray[np.float32], size: NDArray[np.float32], pitch: float) -> _Line:
        """The same line as far as it goes on: shadow and wire may leave its last marks less alike."""
        longer = size.max(axis=1)
        along = (longer <= _ALIKE * self.size) & (longer > _BROKEN * self.size)
        along &= np.abs((middle - self.origin) @ self.across) < _STRIP * self.size
        reach = self.reach
        for place in np.sort(np.abs((middle[along] - self.origin) @ self.along)).tolist():
            if reach < place < reach + pitch:
                reach = place + self.size / 2
        return replace(self, reach=reach)

    def holds(
        self, middle: NDArray[np.float32], size: NDArray[np.float32], times: float
    ) -> NDArray[np.bool_]:
        """Which marks lie in its strip, up to so many times as large: what is left of broken ones, too."""
        within = np.abs((middle - self.origin) @ self.along) < self.reach
        off = np.abs((middle - self.origin) @ self.across)
        return np.asarray(within & (off < _STRIP * self.size) & (size.max(axis=1) <= times * self.size))

    def wires(self, boxes: NDArray[np.float32], held: NDArray[np.bool_], pitch: float) -> NDArray[np.bool_]:
        """Which strokes are some of the marks held and what hangs on them: a hole with its wire."""
        first, last = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
        starts, ends = first[:, None] <= first[held] + 1, last[:, None] >= last[held] - 1
        goes_around = (starts & ends).all(axis=2)
        # One and the same hole is found at more than one threshold.
        places = np.rint((first + last)[held] / 2 @ self.along / pitch)
        count = np.array([len(set(places[one].tolist())) for one in np.asarray(goes_around)])
        wide, high = boxes[:, 2:] @ np.abs(self.along), boxes[:, 2:] @ np.abs(self.across)
        wide -= (count - 1) * pitch
        return np.asarray((count > 0) & (wide < _WIDER * self.size) & (high < _WIRE * self.size))


def _likeness(strokes: Sequence[Candidate]) -> float:
    """How like their mean the marks of a row are: the median of their correlations with it."""
    looks = np.stack(
        [cv2.resize(stroke.ink, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).ravel() for stroke in strokes]
    ).astype(np.float32)
    looks -= looks.mean(axis=1, keepdims=True)
    mean = looks.mean(axis=0)
    length = np.linalg.norm(looks, axis=1) * np.linalg.norm(mean)
    return median(looks @ mean / np.maximum(length, 1e-6))
