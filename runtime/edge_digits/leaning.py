"""Digits that touch and lean on each other: a stroke that is no number when cut coarsely is cut anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import digit_labels
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis, cut_from, pieces_of
from edge_digits.splitting import COARSE, FINE, Cuts, Cutting, best_path, passable

_DIGIT = 0.6
"""Probability from which a stroke is one digit."""
_CLEAR = 0.9
"""Probability of a piece that makes it worth looking for what the others are."""
_FEW = 12
"""Of more such strokes most are words or bits of a grid, and too dear to be cut finely."""
_ONE = "1"


def leaning(
    found: Sequence[Hypothesis],
    probabilities: NDArray[np.float32],
    labels: Sequence[str],
    strokes: Sequence[Candidate],
    look: Callable[[Sequence[Candidate]], NDArray[np.float32]],
) -> tuple[list[Hypothesis], NDArray[np.float32]]:
    """Cuts strokes more finely of which some pieces are clear digits and others are not.

    Pieces are asked about from the left end on, and only those that begin where a run of clear digits
    ends: most such strokes are words, which no such run goes through.

    Args:
        found: Hypotheses of one picture.
        probabilities: What the network says of them, shape (n, classes), float32.
        labels: What each class stands for.
        strokes: All strokes of the picture, which hypotheses name by their index.
        look: Tells the probabilities of m candidates, shape (m, classes), float32.

    Returns:
        The pieces asked about, between finer cuts, and the same with the walls that they share with their
        neighbours; and what the network says of them, shape (m, classes), float32. Of bars, which are found
        in anything, none makes a stroke worth it.
    """
    digits = digit_labels(labels)
    confidence = probabilities[:, digits].max(axis=1)
    bars = [labels[digits[k]] == _ONE for k in probabilities[:, digits].argmax(axis=1).tolist()]
    certain = np.where(bars, 0, confidence)
    whole = {
        p
        for h, sure in zip(found, confidence, strict=True)
        if h.span is None and sure > _DIGIT
        for p in h.parts
    }
    worth = {}
    for part, own in pieces_of(found).items():
        cut = {span: i for span, (i,) in own.items()}
        clear = max(float(certain[i]) for i in cut.values()) > _CLEAR
        path, _ = best_path(cut, lambda i: float(certain[i]), lambda i: found[i].lost)
        if part not in whole and clear and not path:
            worth[part] = [span for span, i in cut.items() if passable(confidence[i], found[i].lost)]
    cutting = FINE if len(worth) <= _FEW else COARSE
    runs = {part: _Runs(part, strokes[part], cutting, clear) for part, clear in worth.items()}
    more: list[Hypothesis] = []
    told = [probabilities[:0]]
    while asked := [piece for each in runs.values() for piece in each.next_pieces()]:
        more += asked
        told.append(look([piece.candidate for piece in asked]))
        for piece, sure in zip(asked, told[-1][:, digits].max(axis=1).tolist(), strict=True):
            if piece.span is not None and passable(sure, piece.lost):
                runs[piece.parts[0]].add(piece.span)
    return more, np.concatenate(told)


class _Runs:
    """The runs of clear digits from the left end of one stroke on.

    Args:
        part: Index of the stroke.
        stroke: What is cut.
        cutting: How finely.
        clear: Between which columns clear digits are known to lie.
    """

    def __init__(
        self, part: int, stroke: Candidate, cutting: Cutting, clear: Iterable[tuple[int, int]]
    ) -> None:
        self._part = part
        self._cuts = Cuts(stroke, cutting)
        # Coarse pieces are known, but for the walls beside them.
        self._manners = (False, True) if cutting is FINE else (True,)
        self._left = list(self._cuts.spans)
        self._clear = set(clear)
        self._end = stroke.box.width
        self._begun = False

    def add(self, span: tuple[int, int]) -> None:
        """A clear digit lies between two columns."""
        self._clear.add(span)

    def next_pieces(self) -> list[Hypothesis]:
        """What is to be asked about next, none where no run can lead from one end to the other."""
        if self._begun and not any(right == self._end for _, right in self._clear):
            return []
        reached = self._reached()
        now = {
            span for span in self._left if span[0] in reached or (not self._begun and span[1] == self._end)
        }
        self._begun = True
        self._left = [span for span in self._left if span not in now]
        return list(self._cut(sorted(now)))

    def _reached(self) -> set[int]:
        reached = {0}
        for left, right in sorted(self._clear):
            if left in reached:
                reached.add(right)
        return reached

    def _cut(self, spans: Sequence[tuple[int, int]]) -> Iterator[Hypothesis]:
        for walls in self._manners:
            found = {span: self._cuts.piece(span, walls=walls) for span in spans}
            yield from cut_from(self._part, {span: piece for span, piece in found.items() if piece})
