"""Measure what a model with "none" turns away, and what it takes for a digit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.decision import MODES
from train import junk
from train.network import digit_outputs
from train.omniglot import load_omniglot
from train.typeset import typeset

if TYPE_CHECKING:
    import keras

_COUNT: Final = 2000
_SEED: Final = 20_000


def exhibits(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], omniglot: Path | None = None
) -> dict[str, NDArray[np.uint8]]:
    """Make what is no digit, of material that no network learns from.

    Args:
        images: Test digits, shape (n, 28, 28), to cut up and to put side by side.
        labels: What they show, shape (n,).
        omniglot: Omniglot's archive; None means the cache or a download.

    Returns:
        Crops (n, 28, 28) by what they are; always the same.

    Raises:
        DataError: Omniglot is missing or another archive.
    """
    rng = np.random.Generator(np.random.PCG64(_SEED))
    signs = np.concatenate([junk.marks(_COUNT // 2, rng), junk.printed(_COUNT // 2, rng)])
    return {
        "Omniglot, characters never seen": load_omniglot(omniglot, held_out=True),
        "the same, with characters that look like digits": load_omniglot(
            omniglot, held_out=True, look_alikes=True
        ),
        "letters, operators, doodles": signs[~junk.is_bar(signs)],
        "two or three digits in one crop": junk.pairs(images, _COUNT, rng),
        "ends of digits": _no_bars(junk.pieces(images, labels, _COUNT, rng)),
        "stray strokes and ruling": _no_bars(junk.scratches(_COUNT, rng)),
        "blank, noise and texture": junk.textures(_COUNT, rng),
        "letters of print": _no_bars(typeset(_COUNT, rng)),
    }


def turned_away(model: keras.Model, images: NDArray[np.uint8], labels: tuple[str, ...]) -> float:
    """Return the share of crops, shape (n, 28, 28), that mode "balanced" does not read as a sure digit.

    Args:
        model: The trained model.
        images: The crops.
        labels: What its outputs stand for.
    """
    from train.fit import pixels

    probabilities = np.asarray(model.predict(pixels(images), batch_size=500, verbose=0))
    return float(np.mean(probabilities[:, digit_outputs(labels)].max(axis=1) < MODES["balanced"].accept))


def _no_bars(crops: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return crops[~junk.is_bar(crops)]
