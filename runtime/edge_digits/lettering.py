"""Which apparent digits are letters or marks: an o among letters is no 0, a bar among scribbles no 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_digits.segmentation import Candidate

_WORD_GAP = 0.7
"""Heights of a letter between neighbours of one word, at most."""
_VOICE = 2.0
"""A letter says so much more than a digit: letters are taken for digits, digits hardly for letters."""
_LINE_GAP = 1.3
"""The same between neighbours of one number."""
_LETTERS = 6
"""So many letters of its own size on the page make a digit a letter, where they outnumber the digits."""
_PAIR = 4.0
"""A number of two digits needs so many times more letters."""
_MARKS = 4
"""So many marks like it make a lone bar one of them."""
_FEW = 3
"""More bars than this are rather ones, whatever else is on the page."""


def among_letters(
    candidates: Sequence[Candidate], digit: NDArray[np.bool_], wary: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which apparent digits keep the company of letters or of marks that are no digits.

    Within a word, neighbours of the same size on one line, letters outvote digits,
    again and again until it settles. Over the page, a digit is a letter
    where letters in words, of its size and pen, clearly outnumber the digits,
    unless it stands in a number of three.

    Args:
        candidates: What was found in a picture and shares no ink, n of them.
        digit: Shape (n,), whether it was read as a digit.
        wary: Shape (n,), whether it is a bar, which is found in anything.

    Returns:
        Shape (n,), True for apparent digits that are not to be trusted.
    """
    doubtful = np.zeros(len(candidates), bool)
    if not digit.any() or digit.all():
        return doubtful
    boxes = np.array([c.box for c in candidates], np.float32)
    pen = np.array([c.stroke for c in candidates], np.float32)
    contrast = np.array([c.contrast for c in candidates], np.float32)
    dark = np.array([c.polarity == "dark" for c in candidates])
    height = boxes[:, 3]
    kin = (
        (_ratio(height) < 1.7)
        & (_ratio(pen) < 2)
        & (_ratio(contrast) < 1.7)
        & (dark[:, None] == dark)
        & ~np.eye(len(candidates), dtype=bool)
    )
    word = kin & _beside(boxes, _WORD_GAP)
    letter = ~digit
    for _ in range(4):
        beside = word | ((word.astype(np.float32) @ word > 0) & kin)
        letters, digits = (beside & letter).sum(axis=1), (beside & ~letter).sum(axis=1)
        outvoted = ~letter & (np.where(letters >= 2, _VOICE, 1) * letters > digits)
        if not outvoted.any():
            break
        letter |= outvoted
    doubtful = letter & digit
    in_words = letter & word.any(axis=1)
    letters = (kin & in_words).sum(axis=1)
    digits = (kin & ~letter).sum(axis=1) + 1
    line = kin & _beside(boxes, _LINE_GAP)
    line |= (line.astype(np.float32) @ line > 0) & kin
    beside = np.where((line & letter).any(axis=1), 0, (line & ~letter).sum(axis=1))
    least = np.where(beside > 0, _PAIR, 1) * digits
    doubtful |= digit & (beside < 2) & (letters >= _LETTERS) & (letters > least)
    return doubtful | _lone_bars(boxes, contrast, digit & ~doubtful, wary)


def _lone_bars(
    boxes: NDArray[np.float32],
    contrast: NDArray[np.float32],
    digit: NDArray[np.bool_],
    wary: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Bars that are the only digits of a page with many other marks."""
    none = np.zeros(len(digit), bool)
    bars = digit & wary
    if not bars.any() or (digit & ~wary).any() or bars.sum() > _FEW:
        return none
    size, bold = boxes[:, 2:].max(axis=1), contrast
    like = (size > 0.4 * np.median(size[bars])) & (size < 4 * np.median(size[bars]))
    like &= bold > 0.5 * np.median(bold[bars])
    return bars if (like & ~digit).sum() >= max(_MARKS, 2 * bars.sum()) else none


def _beside(boxes: NDArray[np.float32], gap: float) -> NDArray[np.bool_]:
    """Whether two boxes stand next to each other on one line."""
    left, top = boxes[:, 0], boxes[:, 1]
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    height = boxes[:, 3]
    least = np.minimum(height[:, None], height)
    across = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    shared = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    return np.asarray((across < gap * least) & (shared > 0.6 * least))


def _ratio(values: NDArray[np.float32]) -> NDArray[np.float32]:
    quotient = values[:, None] / np.maximum(values, 1e-6)
    return np.asarray(np.maximum(quotient, 1 / np.maximum(quotient, 1e-6)), np.float32)
