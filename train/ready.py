"""The teachers that come with the project: who trains `edge` or `nano` need not train them first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.files import written_whole
from edge_digits.paths import is_file
from train.cache import DAMAGED
from train.checkpoint import CheckpointError
from train.files import writing

READY: Final = Path(__file__).parents[1] / "models" / "teachers"
"""Where they lie."""


def ready_teachers(count: int, folder: Path | None = None) -> tuple[Path, ...]:
    """Return the files of so many teachers in a folder, `READY` by default; none where one is missing."""
    paths = _places(READY if folder is None else folder, count)
    return paths if all(is_file(path) for path in paths) else ()


def keep_teachers(checkpoints: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Write what teachers have learnt, without what only their training needs.

    Args:
        checkpoints: One of each, its training finished, in the order of their seeds.
        folder: Where to; made if it is missing.

    Returns:
        The files, about 400 kB each.

    Raises:
        CheckpointError: A checkpoint is damaged.
        OutputError: They cannot be written.
    """
    kept = _places(folder, len(checkpoints))
    for checkpoint, place in zip(checkpoints, kept, strict=True):
        best = {f"best_{i}": weight for i, weight in enumerate(learnt(checkpoint))}
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with written_whole(place) as file:
                np.savez_compressed(file, **best)
    return kept


def learnt(path: Path) -> list[NDArray[np.float32]]:
    """Read a teacher's weights, as Keras's `get_weights` gives them.

    Args:
        path: A file of `keep_teachers`, or the checkpoint of a training that is finished.

    Raises:
        CheckpointError: It is damaged or gone.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            count = sum(name.startswith("best_") for name in file.files)
            return [file[f"best_{i}"] for i in range(count)]
    except DAMAGED as error:
        raise CheckpointError(
            f"The teacher {path} is damaged: {error}", "Train the teachers first: add --teachers anew."
        ) from error


def digest(teachers: Sequence[Path]) -> str:
    """Return a SHA-256 that names what teachers have learnt, in whichever files they lie.

    Raises:
        CheckpointError: One of them is damaged or gone.
    """
    named = hashlib.sha256()
    for path in teachers:
        for weight in learnt(path):
            named.update(np.ascontiguousarray(weight))
    return named.hexdigest()


def _places(folder: Path, count: int) -> tuple[Path, ...]:
    return tuple(folder / f"teacher-{seed}.npz" for seed in range(count))
