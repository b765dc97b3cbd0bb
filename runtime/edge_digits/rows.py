"""Digits that are surely written: so many clear ones of one hand, side by side, are no parts of things."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate

_ENOUGH = 4
"""So many clear digits that stand beside another one."""
_APART = 2.0
"""Heights between two neighbours at most."""
_ALIKE = 1.6
"""Ratio of the heights, pens and contrasts of one hand at most..."""
_THREE, _MUCH_ALIKE = 3, 1.25
"""...and in a row of so many, which is enough where they are as alike as this..."""
_TWO = 2
"""...or of so many, where neither can be anything else."""


def in_rows(
    candidates: Sequence[Candidate], clear: NDArray[np.bool_], certainty: NDArray[np.int8] | None = None
) -> NDArray[np.bool_]:
    """Tells which clear digits stand in rows, if they are many or one is much like others beside it.

    Squared paper, and a sheet in uneven light, are as uneven as things are; but of things no row of digits
    is made.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        clear: Shape (n,), whether it is clearly a digit and no bar.
        certainty: Shape (n,), above 0 where the network has no doubt, and above 1 where no ring looks like
            that digit either; None where that is not known.

    Returns:
        Shape (n,), True for those beside one of the same hand; where they are few, for those much alike.
    """
    plain = {i: candidates[i] for i in np.flatnonzero(clear).tolist()}
    rows = np.zeros(len(candidates), bool)
    for i, one in plain.items():
        rows[i] = any(_are_neighbours(one, other) for other in plain.values())
    if np.count_nonzero(rows) >= _ENOUGH:
        return rows
    few = np.flatnonzero(rows).tolist()
    rows[:] = False
    for i in few:
        row = [i, *(k for k in few if _stand_much_alike(candidates[i], candidates[k]))]
        pair = certainty is not None and len(row) == _TWO and certainty[row].prod() > 1
        if pair or len(row) >= _THREE:
            rows[row] = True
    return rows


def of_same_hand(candidates: Sequence[Candidate], rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tells which marks are as high, as bold and by such a pen as one of some digits.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        rows: Shape (n,), which of them are those digits.

    Returns:
        Shape (n,).
    """
    written = [candidates[i] for i in np.flatnonzero(rows).tolist()]
    return np.array([any(are_alike(one, other) for other in written) for one in candidates], bool)


def _are_neighbours(one: Candidate, other: Candidate) -> bool:
    gap = -one.box.shared_width(other.box)
    near = gap < _APART * one.box.height and one.continues(other)
    return one is not other and near and are_alike(one, other)


def _stand_much_alike(one: Candidate, other: Candidate) -> bool:
    return _are_neighbours(one, other) and are_alike(one, other, most=_MUCH_ALIKE)


def are_alike(one: Candidate, other: Candidate, *, lit: bool = True, most: float = _ALIKE) -> bool:
    """Whether two strokes are of one hand: as high, by such a pen and, in one light, as bold."""
    pairs = [(one.box.height, other.box.height), (one.stroke, other.stroke)]
    if lit:
        pairs.append((one.contrast, other.contrast))
    return one.polarity == other.polarity and all(max(pair) < most * min(pair) for pair in pairs)
