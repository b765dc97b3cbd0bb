"""What is kept of a training after each epoch, so that it can go on where it was stopped."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import EdgeDigitsError
from edge_digits.files import written_whole
from edge_digits.paths import is_file
from train.cache import DAMAGED
from train.files import CACHE, OUT, writing

if TYPE_CHECKING:
    import keras

_LOGGER = logging.getLogger(__name__)

CURVES: Final = ("loss", "accuracy", "val_loss", "val_accuracy")


class CheckpointError(EdgeDigitsError):
    """A checkpoint is damaged, or belongs to another run."""


@dataclass
class Progress:
    """How far a run has come."""

    recipe: str
    """Name of the recipe."""
    seed: int
    """Seed of weights, dropout and order."""
    data: str
    """Digest of the data set."""
    epochs: int = 0
    """How many epochs there are to be, which decides the course of the learning rate; 0 if unknown."""
    epoch: int = 0
    """Epochs done."""
    history: dict[str, list[float]] = field(default_factory=lambda: {curve: [] for curve in CURVES})
    """Loss and accuracy, on the fitted and on the validation pictures, one value an epoch."""
    best_epoch: int = 0
    """The epoch, counted from 1, whose weights are kept: the best validation accuracy, on a tie the
    lower validation loss."""

    def note(self, values: dict[str, float]) -> bool:
        """Take an epoch's figures and say whether it is the best so far."""
        self.epoch += 1
        for curve in CURVES:
            self.history[curve].append(float(values[curve]))
        ranks = list(
            zip(self.history["val_accuracy"], [-loss for loss in self.history["val_loss"]], strict=True)
        )
        best = ranks.index(max(ranks)) + 1 == self.epoch
        if best:
            self.best_epoch = self.epoch
        return best


def _state(model: keras.Model) -> list[Any]:
    """List all that an epoch changes: weights, dropout's random state, the optimizer's moments and step."""
    return [*model.variables, *model.optimizer.variables]


def save(
    path: Path,
    model: keras.Model,
    progress: Progress,
    best: list[NDArray[np.float32]],
    *,
    cached: bool = False,
) -> None:
    """Write a checkpoint.

    Args:
        path: Where; what is there is replaced at once or not at all.
        model: Compiled; its variables and its optimizer's are kept.
        progress: How far the run has come.
        best: Weights of the best epoch so far, as `get_weights` gives them.
        cached: Whether it lies in the user's cache.

    Raises:
        OutputError: It cannot be written.
    """
    import keras

    arrays: dict[str, Any] = {
        f"state_{i}": keras.ops.convert_to_numpy(variable) for i, variable in enumerate(_state(model))
    }
    arrays |= {f"best_{i}": weight for i, weight in enumerate(best)}
    with writing(path.parent, CACHE if cached else OUT), written_whole(path) as file:
        np.savez(file, progress=json.dumps(asdict(progress)), **arrays)


def resumed(
    path: Path,
    model: keras.Model,
    wanted: Progress,
    best: list[NDArray[np.float32]],
    *,
    cached: bool = False,
) -> tuple[Progress, list[NDArray[np.float32]]]:
    """Go on from a checkpoint if there is one.

    Args:
        path: The checkpoint.
        model: Compiled, of the recipe that is wanted, and untrained.
        wanted: Of the run that is to go on.
        best: The model's weights.
        cached: Whether it lies in the user's cache, where nobody looks after it: if it does not fit, the
            network is trained anew.

    Returns:
        How far the run had come, and the weights of its best epoch; `wanted` and `best` where it begins.

    Raises:
        CheckpointError: It is not cached, and damaged or of another run or network.
    """
    if not is_file(path):
        return wanted, best
    try:
        return load(path, model, wanted)
    except CheckpointError as error:
        if not cached:
            raise
        _LOGGER.warning("%s: %s is trained anew", error.problem, wanted.recipe)
        return wanted, best


def load(path: Path, model: keras.Model, wanted: Progress) -> tuple[Progress, list[NDArray[np.float32]]]:
    """Put a checkpoint's state into the model, or refuse it whole.

    Args:
        path: The checkpoint.
        model: Compiled, of the recipe that is wanted.
        wanted: Of the run that is to go on.

    Returns:
        How far the run had come, and the weights of its best epoch.

    Raises:
        CheckpointError: It is damaged, or of another run or network.
    """
    remedy = "Leave --resume away to start anew."
    state = _state(model)
    shapes = [weight.shape for weight in model.get_weights()]
    try:
        with np.load(path, allow_pickle=False) as file:
            progress = Progress(**json.loads(str(file["progress"])))
            values = [file[f"state_{i}"] for i in range(len(state))]
            best = [file[f"best_{i}"] for i in range(len(shapes))]
    except (*DAMAGED, TypeError) as error:
        raise CheckpointError(f"The checkpoint {path} is damaged: {error}", remedy) from error
    for name in ("recipe", "seed", "data"):
        if getattr(progress, name) != getattr(wanted, name):
            raise CheckpointError(
                f"The checkpoint {path} is of another run: its {name} is {getattr(progress, name)}, "
                f"this one's {getattr(wanted, name)}",
                remedy,
            )
    # Checkpoints of older versions do not say how many epochs there were to be.
    if wanted.epochs < progress.epoch or progress.epochs not in (0, wanted.epochs):
        length = progress.epochs or progress.epoch
        raise CheckpointError(
            f"The checkpoint {path} is of a run of {length} epochs, this one is to have {wanted.epochs}: the "
            "learning rate would take another course half-way",
            f"Go on with --epochs {length}, or leave --resume away to start anew.",
        )
    progress.epochs = wanted.epochs
    if [value.shape for value in values] != [tuple(variable.shape) for variable in state] or [
        weight.shape for weight in best
    ] != shapes:
        raise CheckpointError(f"The checkpoint {path} is of another network", remedy)
    for variable, value in zip(state, values, strict=True):
        variable.assign(value)
    return progress, best
