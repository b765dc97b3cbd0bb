"""How many labelled pictures a row tells right, by the very calls that are timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import DataError
from edge_digits.paths import is_file

HOW_TO = "pass --data"
"""Stands in the column where there are no test pictures."""


@dataclass(frozen=True)
class TestSet:
    """Labelled crops."""

    images: NDArray[np.uint8]
    """Shape (n, 28, 28), white ink on black."""
    labels: NDArray[Any]
    """Shape (n,), 0 to 9, or their names: "0" to "9" and "none"."""
    name: str
    """What it is, such as "MNIST test, 10000 pictures"."""

    def every(self, step: int, what: str) -> TestSet:
        """Each n-th picture only; `what` names the set without its number of pictures."""
        images, labels = self.images[::step], self.labels[::step]
        return TestSet(images, labels, f"{what}, {len(images)} pictures")


MNIST = "MNIST test"


def load_test_set(folder: Path | None, *, every: int = 1) -> TestSet | None:
    """MNIST's test pictures from a folder, or from the cache of `python -m train`.

    Args:
        folder: With MNIST's four files; None looks in the cache and never downloads.
        every: Take each n-th picture only.

    Returns:
        The pictures; None where no folder is given and the cache is empty.

    Raises:
        DataError: The folder is missing, or its files are not MNIST's.
    """
    from train import mnist

    if folder is None:
        folder = mnist.cache_dir()
        if not all(is_file(folder / f"{name}.gz") for name in mnist.DIGESTS):
            return None
    try:
        data = mnist.load_mnist(folder, progress=False)
    except mnist.DataError as error:
        raise DataError(error.problem, error.remedy) from error
    return TestSet(data.test_images, data.test_labels, "").every(every, MNIST)


def corrupted(test: TestSet, *, step: int, seed: int) -> list[TestSet]:
    """The same pictures gone bad in fifteen ways (train/corruptions.py, after MNIST-C), brought to crops.

    As on a page, the ground is taken away and the ink normalized before a network sees it.

    Args:
        test: Undamaged pictures.
        step: Take each n-th of them.
        seed: Of all chance in it.

    Returns:
        One set a corruption, named after it.
    """
    from train.corruptions import NAMES, corrupt
    from train.single import crop_single

    few = test.every(step, MNIST)
    spoilt = {
        name: corrupt(few.images, name, np.random.default_rng((seed, index)))
        for index, name in enumerate(NAMES)
    }
    return [
        TestSet(np.stack([crop_single(picture) for picture in pictures]), few.labels, name)
        for name, pictures in spoilt.items()
    ]


def answers(
    predict: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
    images: NDArray[np.uint8],
    *,
    batch: int = 1,
    watch: Callable[[Sequence[int]], Iterator[int]] = iter,
) -> NDArray[np.intp]:
    """The likeliest class of each picture, shape (n,), asked `batch` pictures at a time."""
    starts = range(0, len(images), batch)
    parts = [predict(images[start : start + batch]).argmax(axis=1) for start in watch(starts)]
    return np.concatenate(parts) if parts else np.empty(0, np.intp)


def score(given: NDArray[np.intp], classes: Sequence[str], test: TestSet) -> dict[str, Any]:
    """Compares answers with labels; of a digit, "none" is a wrong answer like any other.

    Args:
        given: By `answers`, of the set's pictures.
        classes: What each output stands for.
        test: The set.

    Returns:
        value (a fraction), correct, count, set (what was classified).
    """
    named = np.array([str(name) for name in classes])[given]
    correct = int(np.count_nonzero(named == test.labels.astype(str)))
    return {
        "value": round(correct / len(test.labels), 6),
        "correct": correct,
        "count": len(test.labels),
        "set": test.name,
    }
