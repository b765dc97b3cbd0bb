"""Digits that touch and lean on each other: a stroke that is no number when cut coarsely is cut anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import digit_labels
from edge_digits.candidate import Candidate
from edge_digits.hypotheses import Hypothesis, cut_from, pieces_of
from edge_digits.splitting import COARSE, FINE, best_path, pieces

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
) -> list[Hypothesis]:
    """Proposes finer pieces of strokes of which some are clear digits and others are not.

    Args:
        found: Hypotheses of one picture.
        probabilities: What the network says of them, shape (n, classes), float32.
        labels: What each class stands for.
        strokes: All strokes of the picture, which hypotheses name by their index.

    Returns:
        Their pieces between finer cuts, and the same with the walls that they share with their neighbours;
        of bars, which are found in anything, none makes a stroke worth it.
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
    worth = []
    for part, own in pieces_of(found).items():
        cut = {span: i for span, (i,) in own.items()}
        clear = max(float(certain[i]) for i in cut.values()) > _CLEAR
        path, _ = best_path(cut, lambda i: float(certain[i]), lambda i: found[i].lost)
        if part not in whole and clear and not path:
            worth.append(part)
    cutting = FINE if len(worth) <= _FEW else COARSE
    more = []
    for part in worth:
        more += cut_from(part, pieces(strokes[part], cutting)) if cutting is FINE else []
        more += cut_from(part, pieces(strokes[part], cutting, walls=True))
    return more
