"""Everything a model is measured on: test digits, the same corrupted, and what is no digit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from train.corruptions import NAMES, corrupt
from train.junk import demand_digits
from train.mnist import Mnist
from train.nothing import nothing
from train.rejection import exhibits
from train.single import crop_single

if TYPE_CHECKING:
    import keras

_SEED: Final = 40_000
_NOTHING: Final = 2000


@dataclass(frozen=True)
class Testbed:
    """Crops to measure on; images are uint8 (n, 28, 28)."""

    images: NDArray[np.uint8]
    """The test digits."""
    labels: NDArray[np.uint8]
    """What they show, shape (n,)."""
    corrupted: dict[str, NDArray[np.uint8]]
    """Their crops after each corruption, in the order of `images`, and "clean" after none."""
    exhibits: dict[str, NDArray[np.uint8]] | None
    """What is no digit, by kind; None for models that have no answer for it."""

    def measure(self, model: keras.Model, labels: tuple[str, ...]) -> dict[str, Any]:
        """Return what `train.evaluate.evaluate` says of a model."""
        from train.evaluate import evaluate

        return evaluate(model, self.images, self.labels, labels, self.exhibits, corrupted=self.corrupted)


def lay_out(
    mnist: Mnist, *, knows_none: bool, omniglot: Path | None = None, progress_bar: bool = False
) -> Testbed:
    """Make all that models are measured on; the same data gives the same pictures.

    A corrupted picture is handled as the runtime handles a picture before the network: its ground is
    taken away and its ink normalized, see `train.single.crop_single`.

    Args:
        mnist: The data.
        knows_none: Whether the model has the answer "none"; if so, junk is made as well.
        omniglot: Omniglot's archive; None means the cache or a download.
        progress_bar: Show a bar on stderr.

    Returns:
        The pictures.

    Raises:
        DataError: Omniglot is missing or another archive, or junk cannot be made of so few digits.
    """
    images, labels = mnist.test_images, mnist.test_labels
    if knows_none:
        demand_digits(labels, "the test pictures")
    corrupted = {}
    with tqdm(total=1 + len(NAMES), unit="kind", leave=False, disable=not progress_bar) as bar:
        for seed, name in enumerate(("clean", *NAMES)):
            bar.set_description(f"corrupting: {name}")
            rng = np.random.Generator(np.random.PCG64(_SEED + seed))
            pictures = images if name == "clean" else corrupt(images, name, rng)
            corrupted[name] = np.stack([crop_single(picture) for picture in pictures])
            bar.update()
    shown = {**exhibits(images, labels, omniglot), **nothing(_NOTHING)} if knows_none else None
    return Testbed(images, labels, corrupted, shown)
