"""Squeeze and widen crops, as hands and typefaces do: narrow figures, and digits that fill a broad box.

MNIST's digits are about as wide as their writers' other digits were; a condensed 8 or a tall, slim 5 is
next to never among them, and a network that has not seen any takes what is narrow for a 1.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from train.ink_box import cut_to_ink
from train.junk import to_crop

NARROWED: Final = 0.08
"""Share of crops that are squeezed."""
WIDENED: Final = 0.03
"""Share of crops that are widened."""

_NARROW: Final = (0.3, 0.6)
"""Least and most width of what is squeezed, for a height of 1."""
_NARROWEST: Final = {1: 0.14}
"""The least width of digits of which it is another."""
_BROAD: Final = 7
"""The digit that is not squeezed: a narrow 7 and a 1 with a flag are the same picture."""
_WIDE: Final = (1.2, 1.7)
"""By how much what is widened grows."""
_WIDEST: Final = 1.4
"""Its most width, for a height of 1."""
_SLANTED: Final = 1
"""The digit that is not widened: a 1 would become a slash."""
_ENLARGED: Final = 3


def stretch(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], rng: np.random.Generator, *, strength: float = 1.0
) -> NDArray[np.uint8]:
    """Squeeze some crops and widen others; the pen's width is evened out afterwards, as the reader does.

    Args:
        images: Shape (n, 28, 28), white ink on black.
        labels: What they show, shape (n,).
        rng: Source of all randomness.
        strength: 1 for as many as there can be, 0 for none.

    Returns:
        New crops of the same shape; most of them as they were.
    """
    stretched = images.copy()
    lot = rng.random(len(images))
    for i in np.flatnonzero(lot < (NARROWED + WIDENED) * strength).tolist():
        label = int(labels[i])
        draw = float(rng.random())
        ink = cut_to_ink(images[i], above=0)
        if not ink.size:
            continue
        height, width = ink.shape
        if lot[i] < NARROWED * strength:
            if label == _BROAD:
                continue
            least, most = _NARROWEST.get(label, _NARROW[0]), _NARROW[1]
            wanted = min(height * least * (most / least) ** draw, width)
        elif label != _SLANTED:
            wanted = min(width * (_WIDE[0] + (_WIDE[1] - _WIDE[0]) * draw), max(_WIDEST * height, width))
        else:
            continue
        size = max(_ENLARGED, round(_ENLARGED * wanted)), _ENLARGED * height
        stretched[i] = to_crop(np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), np.uint8))
    return stretched
