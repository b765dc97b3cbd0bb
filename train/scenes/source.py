"""Digits for scenes from pictures that the caller has, such as MNIST's test set."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import EdgeDigitsError
from train.ink_box import cut_to_ink
from train.scenes.options import DigitSource


def crop_source(images: NDArray[np.uint8], labels: NDArray[np.integer]) -> DigitSource:
    """Makes a source that picks a picture of the label wanted.

    Args:
        images: (n, h, w) uint8, white ink on black, such as MNIST's.
        labels: (n,) digits 0 to 9.

    Returns:
        A function for `SceneOptions.source`. It keeps the pictures' own pen width. Small ones are enlarged
        smoothly and their edge is made crisp again, as wide as it would be at the new size.

    Raises:
        EdgeDigitsError: Shapes that do not fit together, or, when used, a label without a picture.
    """
    if images.ndim != 3 or images.dtype != np.uint8 or labels.shape != images.shape[:1]:
        raise EdgeDigitsError(
            f"Pictures of shape {images.shape} {images.dtype} came with labels of shape {labels.shape}.",
            "Give (n, h, w) uint8 and (n,).",
        )

    def draw(label: str, rng: np.random.Generator, height: int, thickness: float) -> NDArray[np.uint8]:
        del thickness
        candidates = np.flatnonzero(labels == int(label))
        if not len(candidates):
            raise EdgeDigitsError(
                f"None of the pictures shows {label!r}.", "Give pictures of all ten digits."
            )
        picture = images[int(rng.choice(candidates))]
        return resized(picture, height)

    return draw


def resized(picture: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    """Brings ink to a height; where it is enlarged, its edge is made crisp again.

    Args:
        picture: Shape (h, w), uint8, white ink on black.
        height: Of the ink in pixels.

    Returns:
        The ink, uint8, its box filling the array.

    Raises:
        EdgeDigitsError: There is no ink.
    """
    tight = cut_to_ink(picture, above=47)
    if not tight.size:
        raise EdgeDigitsError("One of the pictures holds no ink.", "Give white ink on black.")
    scale = height / len(tight)
    # A border gives the edge room to fall to zero.
    crop = cv2.copyMakeBorder(tight, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(0,))
    size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
    if scale <= 1:
        ink = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    else:
        soft = cv2.resize(crop, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
        soft = cv2.GaussianBlur(soft, (0, 0), 0.4 * scale)
        ink = np.clip((soft - 110) * (0.45 * scale + 0.6) + 128, 0, 255).astype(np.uint8)
    return cut_to_ink(np.asarray(ink, np.uint8), above=15)
