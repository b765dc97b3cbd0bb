"""How many of MNIST's test pictures a row tells right, by the very calls that are timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import DataError

HOW_TO = "pass --data"
"""Stands in the column where there are no test pictures."""


@dataclass(frozen=True)
class TestSet:
    """Labelled crops."""

    images: NDArray[np.uint8]
    """Shape (n, 28, 28), white ink on black."""
    labels: NDArray[np.uint8]
    """Shape (n,), 0 to 9."""
    name: str
    """What it is, such as "MNIST test, 10000 pictures"."""


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
        if not all((folder / f"{name}.gz").is_file() for name in mnist.DIGESTS):
            return None
    try:
        data = mnist.load_mnist(folder, progress=False)
    except mnist.DataError as error:
        raise DataError(error.problem, error.remedy) from error
    images, labels = data.test_images[::every], data.test_labels[::every]
    return TestSet(images, labels, f"MNIST test, {len(images)} pictures")


def accuracy(
    predict: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
    classes: Sequence[str],
    test: TestSet,
    *,
    batch: int = 1,
    watch: Callable[[Sequence[int]], Iterator[int]] = iter,
) -> dict[str, Any]:
    """Classifies the test pictures and compares with their labels.

    An answer that is no digit ("none") counts as wrong.

    Args:
        predict: Crops (n, 28, 28) uint8 to probabilities (n, classes).
        classes: What each output stands for.
        test: The pictures.
        batch: Crops a call.
        watch: Goes through the starts of the batches; a progress bar may hang here.

    Returns:
        value (a fraction), correct, count, set (what was classified).
    """
    truth = [str(label) for label in test.labels]
    correct = 0
    for start in watch(range(0, len(truth), batch)):
        answers = predict(test.images[start : start + batch]).argmax(axis=1)
        correct += sum(
            classes[answer] == label
            for answer, label in zip(answers, truth[start : start + batch], strict=True)
        )
    return {
        "value": round(correct / len(truth), 6),
        "correct": correct,
        "count": len(truth),
        "set": test.name,
    }
