"""The pictures that conversion needs: some to calibrate by, others to check by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from train.mnist import load_mnist, split_validation

CALIBRATION_PICTURES = 500
"""How many pictures the quantizers see."""
_SEED = 0


@dataclass(frozen=True)
class Pictures:
    """Three sets that share no picture. Images are uint8 (n, 28, 28), white ink on black."""

    calibration: NDArray[np.uint8]
    """The representative dataset, from what the network learnt from."""
    validation: NDArray[np.uint8]
    """What an artifact is accepted or refused by; no network learnt from it."""
    validation_labels: NDArray[np.uint8]
    """Its digits, shape (n,)."""
    test: NDArray[np.uint8]
    """The published test pictures: their accuracy is reported, and decides nothing."""
    test_labels: NDArray[np.uint8]
    """Its digits, shape (n,)."""
    described: str
    """What the validation pictures are, for the manifest."""


def load_pictures(folder: Path | None, *, own_data: bool = False) -> Pictures:
    """Load MNIST and part it.

    Args:
        folder: Where MNIST's files lie; None means the cache, filled from a mirror.
        own_data: Take any well-formed files in MNIST's format, unverified.

    Returns:
        The three sets; the same data gives the same sets everywhere.

    Raises:
        DataError: The data is missing, damaged, or not MNIST.
    """
    mnist = load_mnist(folder, digests=None) if own_data else load_mnist(folder)
    split = split_validation(mnist, seed=_SEED)
    count = min(CALIBRATION_PICTURES, len(split.fit_images))
    evenly = np.linspace(0, len(split.fit_images) - 1, count).round().astype(int)
    name = "own data" if own_data else "MNIST"
    return Pictures(
        calibration=split.fit_images[evenly],
        validation=split.validation_images,
        validation_labels=split.validation_labels,
        test=mnist.test_images,
        test_labels=mnist.test_labels,
        described=f"{name} validation split, {len(split.validation_images)} pictures, seed {_SEED}",
    )
