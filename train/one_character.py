"""From a user's own picture of one character to the crop that the reader would make of it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.blocks import without_blocks
from edge_digits.close_up import close_ups
from edge_digits.crops import stack_crops
from edge_digits.extent import rim
from edge_digits.segmentation import search
from edge_digits.two_tones import two_tones
from train.junk import to_crop

_CROP: Final = (28, 28)
_GRAIN: Final = 16
"""Grey levels by which the ground may differ from itself."""


def crop_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Find the character of a picture as the reader finds it.

    Args:
        picture: BGR, shape (h, w, 3).

    Returns:
        Shape (28, 28), light on dark: a picture of that size as it is, turned to light on dark; of others
        the character that fills it, or the largest thing that the reader's search finds, normalized; where
        that finds nothing, as with a dash, all that differs from the ground. None where nothing does.
    """
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    if gray.shape == _CROP:
        return gray if np.median(rim(gray)) < 128 else np.invert(gray)
    gray = without_blocks(gray)
    tones = two_tones(gray)
    candidates = (close_ups(tones) if tones else []) or search(gray).candidates
    if not candidates:
        return _all_ink(gray)
    return stack_crops([max(candidates, key=lambda each: each.box.width * each.box.height)])[0]


def _all_ink(gray: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Normalize what differs from the ground, which is whatever lies along the rim."""
    ground = float(np.median(rim(gray)))
    ink = np.abs(gray.astype(np.float32) - ground) - _GRAIN
    if ink.max() <= 0:
        return None
    return to_crop(np.clip(ink * (255 / ink.max()), 0, 255).astype(np.uint8))
