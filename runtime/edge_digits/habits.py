"""Which sevens are rather ones: the other sevens of the hand tell.

Who crosses every 7 may write a 1 that looks like a 7 without its bar: with a long upstroke, as in much of
Europe. But where a clear 1 stands, the hand writes its ones otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.decision import Verdict

_ONE, _SEVEN = "1", "7"
_CLEAR: Final = 0.9
"""Probability from which a digit tells of the hand's habits."""
_CROSSED, _UNCROSSED = 50.0, 4.0
"""So many times likelier a 1 is than the network says where no 1 is clear but sevens are: nearly all of them
crossed, or not."""
_MOSTLY: Final = 0.75
"""Share of the clear sevens that are crossed where the hand crosses them all; of a few it does not show."""
_INK: Final = 90
"""Of 255: darker pixels are not counted as ink."""
_LOW: Final = 10
"""Rows of ink below which nothing can be told."""
_ABOVE, _BELOW = 0.28, 0.86
"""Shares of a digit's height from its top between which a 7's stem is straight..."""
_BAR_FROM, _BAR_TO = 0.38, 0.76
"""...and those between which its bar may be."""
_TO_THE_RIGHT, _TO_THE_LEFT = 1.5, 1.2
"""Pixels of 28 by which the bar stands out from the stem on both sides at least."""


def by_habit(
    probabilities: NDArray[np.float32],
    crops: NDArray[np.uint8],
    labels: Sequence[str],
    verdicts: Sequence[Verdict],
) -> NDArray[np.float32]:
    """Weighs sevens that may be ones by how the hand writes its sevens.

    Args:
        probabilities: What the network says of crops, shape (n, classes), float32.
        crops: Shape (n, 28, 28), uint8, white ink on black.
        labels: What each class stands for.
        verdicts: Which of them are digits of one page.

    Returns:
        Shape (n, classes), float32, rows summing to what they did; `probabilities` themselves where nothing
        speaks for a 1.
    """
    if _ONE not in labels or _SEVEN not in labels:
        return probabilities
    one, seven = labels.index(_ONE), labels.index(_SEVEN)
    clear = [verdict for verdict in verdicts if verdict.sure and verdict.confidence > _CLEAR]
    told = [verdict.index for verdict in clear if verdict.label == seven]
    if not told or any(verdict.label == one for verdict in clear):
        return probabilities
    crossed = {v.index: is_crossed(crops[v.index]) for v in verdicts if v.label == seven}
    mostly = sum(crossed[i] for i in told) > _MOSTLY * len(told)
    times = np.float32(_CROSSED if mostly else _UNCROSSED)
    torn = [i for i in crossed if not crossed[i] and times * probabilities[i, one] > probabilities[i, seven]]
    if not torn:
        return probabilities
    mended = probabilities.copy()
    for i in torn:
        weight, both = times * probabilities[i, one], probabilities[i, [one, seven]].sum()
        mended[i, one] = both * weight / (weight + probabilities[i, seven])
        mended[i, seven] = both - mended[i, one]
    return mended


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
