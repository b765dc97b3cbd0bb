"""From a picture of one character, whatever its ground, to the crop a network is given."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from train.junk import to_crop

_GROUND: Final = cv2.getStructuringElement(cv2.MORPH_RECT, (13, 13))
"""Wider than any stroke of a digit in 28 pixels."""
_FAINT: Final = 12
"""Grey levels; less contrast than this is no ink."""
_SPECK: Final = 0.15
"""What has less than this share of the largest part's area is a speck."""


def crop_single(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Find the ink of a small picture that shows one character in light ink, and normalize it.

    What the runtime does to a page, cut down to one character in about 28 pixels: the ground is what
    an opening leaves, which is wider than any stroke (white top-hat; Soille, "Morphological Image
    Analysis", chapter 4), and is taken away; Otsu's threshold tells ink from grain; specks go; contrast
    is stretched; the rest is the runtime's own `even_stroke` and `normalize`.

    Args:
        picture: Shape (h, w), light ink on a darker ground.

    Returns:
        Shape (28, 28); all zeros where nothing stands out.
    """
    ink = np.asarray(cv2.morphologyEx(picture, cv2.MORPH_TOPHAT, _GROUND), np.uint8)
    if ink.max() < _FAINT:
        return to_crop(np.zeros_like(picture))
    _, mask = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    count, places, facts, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    areas = facts[1:, cv2.CC_STAT_AREA]
    kept = np.zeros(count, np.uint8)
    kept[1:] = areas >= _SPECK * areas.max()
    # A rim of one pixel keeps the strokes' soft edges.
    near = cv2.dilate(kept[places], np.ones((3, 3), np.uint8))
    bright = float(np.percentile(ink[mask > 0], 90))
    stretched = np.clip((ink * near).astype(np.float32) * (255 / bright), 0, 255)
    return to_crop(stretched.astype(np.uint8))
