"""The pictures that conversion needs: some to calibrate by, others to check by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT
from train import junk
from train.mnist import load_mnist, split_validation

CALIBRATION_PICTURES = 500
"""How many digits the quantizers see."""
_JUNK_SHARE = 0.4
"""Of what is no digit, so many beside them, where the model has an answer for it."""
_CHECK_JUNK = 1200
_SEED = 0
_NO_PICTURES = np.zeros((0, 28, 28), np.uint8)


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
    junk: NDArray[np.uint8] = field(default_factory=_NO_PICTURES.copy)
    """What is no digit, made of validation pictures and of nothing; empty for a model without "none"."""


def load_pictures(
    folder: Path | None, *, own_data: bool = False, labels: Sequence[str] = tuple("0123456789")
) -> Pictures:
    """Load MNIST and part it, and make junk for a model that knows it.

    Args:
        folder: Where MNIST's files lie; None means the cache, filled from a mirror.
        own_data: Take any well-formed files in MNIST's format, unverified.
        labels: What the model's outputs stand for. With "none" among them, the quantizers also see
            what is no digit: its activations reach further than digits' do.

    Returns:
        The three sets; the same data gives the same sets everywhere.

    Raises:
        DataError: The data is missing, damaged, or not MNIST, or junk cannot be made of so few digits.
    """
    mnist = load_mnist(folder, digests=None) if own_data else load_mnist(folder)
    split = split_validation(mnist, seed=_SEED)
    count = min(CALIBRATION_PICTURES, len(split.fit_images))
    evenly = np.linspace(0, len(split.fit_images) - 1, count).round().astype(int)
    name = "own data" if own_data else "MNIST"
    calibration, checked = split.fit_images[evenly], _NO_PICTURES
    if NOT_A_DIGIT in labels:
        junk.demand_digits(split.fit_labels, "the pictures to learn from")
        junk.demand_digits(split.validation_labels, "the pictures held out for validation")
        taught = _junk(split.fit_images, split.fit_labels, round(_JUNK_SHARE * count), seed=1)
        # Alternating, so that a quantizer that stops early has seen both.
        order = np.argsort(np.concatenate([np.arange(count) / count, np.arange(len(taught)) / len(taught)]))
        calibration = np.concatenate([calibration, taught])[order]
        checked = _junk(split.validation_images, split.validation_labels, _CHECK_JUNK, seed=2)
    return Pictures(
        calibration=calibration,
        validation=split.validation_images,
        validation_labels=split.validation_labels,
        test=mnist.test_images,
        test_labels=mnist.test_labels,
        described=f"{name} validation split, {len(split.validation_images)} pictures, seed {_SEED}",
        junk=checked,
    )


def _junk(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], count: int, *, seed: int
) -> NDArray[np.uint8]:
    """Make what is no digit, about `count` crops of six kinds."""
    rng, each = np.random.Generator(np.random.PCG64([_SEED, seed])), max(1, count // 6)
    made = [
        junk.pairs(images, each, rng),
        junk.pieces(images, labels, each, rng),
        junk.scratches(each, rng),
        junk.textures(each, rng),
        junk.marks(each, rng),
        junk.printed(each, rng),
    ]
    # Mixed, each kind evenly spread.
    return np.stack(made, axis=1).reshape(-1, 28, 28)
