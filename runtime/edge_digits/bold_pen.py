"""Digits on bricks, boards and slabs: by a pen far broader than the joints, which are many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.ink import Polarity
from edge_digits.rows import are_alike, in_rows

_MANY: Final = 20
"""So many marks that are no digits make a texture..."""
_SIZE: Final = 12
"""...of those whose longer side has so many pixels."""
_NEARLY_ALL, _BROADER = 0.9, 2.0
"""How many times broader a pen is than this share of their lines, at least."""


def by_bold_pen(
    candidates: Sequence[Candidate], certain: NDArray[np.bool_], clear: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which digits are by a pen far broader than the lines of a texture that they stand on.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        certain: Shape (n,), whether it surely is a digit, and not one that is found anywhere.
        clear: Shape (n,), whether the network clearly takes it for a digit that is no bar.

    Returns:
        Shape (n,); of those on a texture of either polarity, or of both. Where others stand in rows they are
        what is written, and what is bold may be the lit part of their sheet.
    """
    bold = np.zeros(len(candidates), bool)
    if not certain.any():
        return bold
    lines = [one for one, digit in zip(candidates, certain.tolist(), strict=True) if not digit]
    lines = [one for one in lines if max(one.box.width, one.box.height) >= _SIZE]
    of_all = _broad(lines)
    broad = {
        polarity: min(of_all, _broad([one for one in lines if one.polarity == polarity]))
        for polarity in get_args(Polarity)
    }
    for i in np.flatnonzero(certain).tolist():
        bold[i] = candidates[i].stroke > broad[candidates[i].polarity]
    if bold.any() and in_rows(candidates, clear & ~bold).any():
        bold[:] = False
    return bold


def ones_beside(
    candidates: Sequence[Candidate], bar: NDArray[np.bool_], bold: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which ones are on a line with digits by a bold pen, and of the same hand.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        bar: Shape (n,), whether it was read as a one.
        bold: Shape (n,), the other digits by a bold pen.

    Returns:
        Shape (n,).
    """
    written = [candidates[i] for i in np.flatnonzero(bold).tolist()]
    return np.array(
        [
            is_bar and any(one.continues(other) and are_alike(one, other) for other in written)
            for one, is_bar in zip(candidates, bar.tolist(), strict=True)
        ],
        bool,
    )


def of_texture(candidates: Sequence[Candidate], bold: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tells which marks are the texture that digits by a bold pen stand on.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        bold: Shape (n,), those digits.

    Returns:
        Shape (n,), True for thin lines, and for what has the other tone; none where there are no such digits.
    """
    pens = [one.stroke for one, is_bold in zip(candidates, bold.tolist(), strict=True) if is_bold]
    tones = {one.polarity for one, is_bold in zip(candidates, bold.tolist(), strict=True) if is_bold}
    thin = min(pens, default=0.0) / _BROADER
    return np.array(
        [one.stroke < thin or (one.polarity not in tones and bool(tones)) for one in candidates], bool
    )


def _broad(lines: Sequence[Candidate]) -> float:
    """From where a pen is broad beside the lines of a texture; infinity where they are few."""
    if len(lines) < _MANY:
        return math.inf
    pens = np.sort([one.stroke for one in lines])
    return _BROADER * float(pens[int(_NEARLY_ALL * (len(pens) - 1))])
