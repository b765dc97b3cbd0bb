"""Which of 1 and 7 a digit is that looks like both: the others of its hand tell.

Who crosses every 7 may write a 1 that looks like a 7 without its bar: with a long upstroke, as in much of
Europe. Who writes a 1 as a bare bar gives none such an upstroke.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import digit_labels
from edge_digits.decision import Verdict

_ONE, _SEVEN = "1", "7"
_CLEAR: Final = 0.9
"""Probability from which a digit tells of the hand's habits."""
_TIMES: Final = np.float32(50)
"""So many times likelier is what they tell."""
_CROSSED, _BARS = 1, 2
"""So many crossed sevens tell if they are more than half, or bare ones if they are all."""
_INK: Final = 90
"""Of 255: darker pixels are not counted as ink."""
_LOW: Final = 10
"""Rows of ink below which nothing can be told."""
_ABOVE, _BELOW = 0.28, 0.86
"""Shares of a digit's height from its top between which a 7's stem is straight..."""
_BAR_FROM, _BAR_TO = 0.38, 0.76
"""...and those between which its bar may be."""
_TO_THE_RIGHT, _TO_THE_LEFT = 2.0, 1.5
"""Pixels of 28 by which the bar stands out from the stem on both sides at least."""
_BARE_WIDTH, _BARE_STROKE = 9, 5
"""Pixels of 28 that a bare bar is wide at most, and each of its rows."""


def by_habit(
    probabilities: NDArray[np.float32],
    crops: NDArray[np.uint8],
    labels: Sequence[str],
    verdicts: Sequence[Verdict],
) -> NDArray[np.float32]:
    """Weighs ones that may be sevens, and sevens that may be ones, by how the hand writes both.

    Args:
        probabilities: What the network says of crops, shape (n, classes), float32.
        crops: Shape (n, 28, 28), uint8, white ink on black.
        labels: What each class stands for.
        verdicts: Which of them are digits of one page.

    Returns:
        Shape (n, classes), float32, rows summing to what they did; `probabilities` themselves where habits
        change no answer.
    """
    digits = digit_labels(labels)
    if _ONE not in labels or _SEVEN not in labels:
        return probabilities
    one, seven = labels.index(_ONE), labels.index(_SEVEN)
    best = np.array(digits)[probabilities[:, digits].argmax(axis=1)]
    torn = [
        i
        for i in (verdict.index for verdict in verdicts)
        if best[i] in (one, seven) and _TIMES * probabilities[i, [one, seven]].min() > probabilities[i].max()
    ]
    if not torn:
        return probabilities
    sure = [verdict.index for verdict in verdicts if verdict.sure]
    clear = [i for i in sure if probabilities[i, best[i]] > _CLEAR and i not in torn]
    crossed = [is_crossed(crops[i]) for i in clear if best[i] == seven]
    bare = [is_bare(crops[i]) for i in clear if best[i] == one]
    crosses = sum(crossed) >= _CROSSED and 2 * sum(crossed) > len(crossed)
    bars = len(bare) >= _BARS and all(bare)
    if crosses == bars:
        return probabilities
    likelier, other = (one, seven) if crosses else (seven, one)
    mended = probabilities.copy()
    changed = False
    for i in torn:
        if best[i] == likelier or (best[i] == seven and is_crossed(crops[i])):
            continue
        both = probabilities[i, one] + probabilities[i, seven]
        weight = _TIMES * probabilities[i, likelier]
        mended[i, likelier] = both * weight / (weight + probabilities[i, other])
        mended[i, other] = both - mended[i, likelier]
        changed = True
    return mended if changed else probabilities


def is_crossed(crop: NDArray[np.uint8]) -> bool:
    """Tells whether a bar crosses the stem of a 7, shape (28, 28), uint8: it stands out on both sides."""
    ink = crop > _INK
    rows = np.flatnonzero(ink.any(axis=1))
    if len(rows) < _LOW:
        return False
    ink = ink[rows[0] : rows[-1] + 1]
    left = ink.argmax(axis=1).astype(np.float32)
    right = (ink.shape[1] - 1 - ink[:, ::-1].argmax(axis=1)).astype(np.float32)
    top, bottom = (int(share * len(ink)) for share in (_ABOVE, _BELOW))
    middle = np.arange(int(_BAR_FROM * len(ink)), int(_BAR_TO * len(ink)))
    middle = middle[ink[middle].any(axis=1)]
    if not len(middle):
        return False
    down = (middle - top) / (bottom - top)
    on_right = right[middle] - (right[top] * (1 - down) + right[bottom] * down)
    on_left = left[top] * (1 - down) + left[bottom] * down - left[middle]
    return bool(on_right.max() >= _TO_THE_RIGHT and on_left.max() >= _TO_THE_LEFT)


def is_bare(crop: NDArray[np.uint8]) -> bool:
    """Tells whether a 1, shape (28, 28), uint8, is a bar without upstroke or foot."""
    ink = crop > _INK
    return bool(ink.any(axis=0).sum() <= _BARE_WIDTH and ink.sum(axis=1).max() <= _BARE_STROKE)
