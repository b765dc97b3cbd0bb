"""Fit a network: seeded, checkpointed after each epoch, and the same when it was interrupted.

An epoch's order of the pictures follows from the seed and the epoch's number alone, and
dropout's random state is among the saved variables. So a run that is stopped and resumed
goes through the same steps as one that was left in peace.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge_digits.errors import EdgeDigitsError
from train.files import write_atomically, writing
from train.mnist import Split
from train.network import Recipe
from train.pages import Crops

if TYPE_CHECKING:
    import keras

    from train.lessons import Lessons
    from train.own import OwnLessons
    from train.teach import Taught
    from train.workers import Team

_AT_ONCE: Final = 20
TRUST: Final = 0.8
"""How much the opinion of larger networks counts; the rest is the label's."""
_CURVES: Final = ("loss", "accuracy", "val_loss", "val_accuracy")


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
    history: dict[str, list[float]] = field(default_factory=lambda: {curve: [] for curve in _CURVES})
    """Loss and accuracy, on the fitted and on the validation pictures, one value an epoch."""
    best_epoch: int = 0
    """The epoch, counted from 1, whose weights are kept: the best validation accuracy, on a tie the
    lower validation loss."""

    def note(self, values: dict[str, float]) -> bool:
        """Take an epoch's figures and say whether it is the best so far."""
        self.epoch += 1
        for curve in _CURVES:
            self.history[curve].append(float(values[curve]))
        ranks = list(
            zip(self.history["val_accuracy"], [-loss for loss in self.history["val_loss"]], strict=True)
        )
        best = ranks.index(max(ranks)) + 1 == self.epoch
        if best:
            self.best_epoch = self.epoch
        return best


def pixels(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn (n, 28, 28) uint8 pictures into the network's input, (n, 28, 28, 1) float32 in 0..1."""
    return (images.astype(np.float32) / np.float32(255))[..., np.newaxis]


def fit(
    recipe: Recipe,
    split: Split,
    *,
    seed: int,
    epochs: int,
    data: str,
    checkpoint: Path,
    resume: bool = False,
    lessons: Lessons | Taught | OwnLessons | None = None,
    on_epoch: Callable[[Progress, int], None] | None = None,
    progress_bar: bool = False,
    team: Team | None = None,
    kept_by_all: bool = False,
) -> tuple[keras.Model, Progress]:
    """Train a network and return it with the weights of its best epoch on the validation pictures.

    Args:
        recipe: What to train, and how.
        split: The pictures to learn from and those to choose by.
        seed: Decides weights, dropout and order; 0 or more, below 2**32.
        epochs: Passes over the pictures.
        data: Digest that names the data set; a checkpoint of other data is refused.
        checkpoint: File in which the state is kept after each epoch.
        resume: Go on from the checkpoint, if there is one.
        lessons: What each epoch is learnt from; None means the split's pictures in a new order.
        on_epoch: Called after each epoch, once it is safely on disk, with the progress and `epochs`.
        progress_bar: Show a bar on stderr.
        team: The workers to learn with; each of them must make the same call. The chief alone writes
            the checkpoint and calls `on_epoch`.
        kept_by_all: Every worker writes the checkpoint, since each will need it.

    Returns:
        The model, and what was noted on the way.

    Raises:
        CheckpointError: The checkpoint to resume from is damaged or of another run.
        OutputError: The checkpoint cannot be written.
        WorkersError: The workers do not resume from the same epoch.
    """
    import keras
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
    size = len(split.fit_images) if lessons is None else len(lessons)
    steps = math.ceil(size / recipe.batch_size)
    with team.scope() if team else nullcontext():
        model = recipe.build(len(recipe.labels))
        _compile(model, recipe, steps * epochs)
        model.optimizer.build(model.trainable_variables)

    progress = Progress(recipe.name, seed, data, epochs)
    best = [np.array(weight) for weight in model.get_weights()]
    if resume and checkpoint.is_file():
        progress, best = _load(checkpoint, model, progress)
    if team:
        team.demand_agreement(progress.epoch)

    lesson = lessons or _PlainLessons(split, seed)
    with ThreadPoolExecutor(1) as ahead:
        # The next epoch's pictures are made while this one's are learnt from.
        coming = [ahead.submit(lesson, epoch) for epoch in range(progress.epoch, epochs)[:1]]
        for epoch in range(progress.epoch, epochs):
            crops = coming.pop().result()
            if epoch + 1 < epochs:
                coming.append(ahead.submit(lesson, epoch + 1))
            label = f"epoch {epoch + 1} of {epochs}"
            with tqdm(total=steps, desc=label, unit="step", leave=False, disable=not progress_bar) as bar:
                figures = _fit_epoch(model, recipe, crops, split, bar, team=team)
            if progress.note(figures):
                best = [np.array(weight) for weight in model.get_weights()]
            chief = team is None or team.chief
            if chief or kept_by_all:
                _save(checkpoint, model, progress, best)
            if chief and on_epoch is not None:
                on_epoch(progress, epochs)

    trained = _apart(model)
    trained.set_weights(best)
    return trained, progress


class _PlainLessons:
    """The split's own pictures, each once an epoch, in an order that follows from seed and epoch."""

    def __init__(self, split: Split, seed: int) -> None:
        self._split, self._seed = split, seed

    def __call__(self, epoch: int) -> Crops:
        # RandomState's stream is frozen by numpy's policy; a Generator's may change with a release.
        order = np.random.RandomState([self._seed, epoch]).permutation(len(self._split.fit_images))
        return Crops(self._split.fit_images[order], self._split.fit_labels[order])


def _compile(model: keras.Model, recipe: Recipe, steps: int) -> None:
    """Give the model its optimizer and loss; `steps` are those of the whole run."""
    import keras

    optimizer: Any = recipe.optimizer
    loss: Any = recipe.loss
    if recipe.schedule is not None:
        course = recipe.schedule
        climb = max(1, round(course.warm_up * steps))
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, max(1, steps - climb), warmup_target=course.peak, warmup_steps=climb
        )
        if course.muon:
            from train.muon import ConvolutionMuon

            decay = course.weight_decay
            optimizer = ConvolutionMuon(rate, weight_decay=decay, adam_weight_decay=decay)
        else:
            optimizer = keras.optimizers.AdamW(rate, weight_decay=course.weight_decay)
        loss = keras.losses.CategoricalCrossentropy()
    # With so small a network, half of the time would go into beginning steps one by one.
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"], steps_per_execution=_AT_ONCE)


def _fit_epoch(
    model: keras.Model, recipe: Recipe, crops: Crops, split: Split, bar: tqdm[Any], *, team: Team | None
) -> dict[str, float]:
    """Go once over the pictures in the given order, with the other workers if there are any."""
    import keras

    if team:
        images, targets = pixels(crops.images), _targets(crops, recipe)
        learnt = team.epoch(model, images, targets, recipe.batch_size, bar.update)
        return learnt | _validated(_apart(model), recipe, split)
    figures = model.fit(
        pixels(crops.images),
        _targets(crops, recipe),
        batch_size=recipe.batch_size,
        shuffle=False,
        validation_data=(pixels(split.validation_images), _one_hot(split.validation_labels, recipe)),
        callbacks=[
            keras.callbacks.LambdaCallback(on_train_batch_end=lambda step, **_: bar.update(step + 1 - bar.n))
        ],
        verbose=0,
    )
    return {curve: float(figures.history[curve][-1]) for curve in _CURVES}


def _validated(model: keras.Model, recipe: Recipe, split: Split) -> dict[str, float]:
    model.compile(loss=recipe.loss, metrics=["accuracy"])
    truth = _one_hot(split.validation_labels, recipe)
    figures = model.evaluate(
        pixels(split.validation_images), truth, batch_size=500, verbose=0, return_dict=True
    )
    return {f"val_{name}": float(figures[name]) for name in ("loss", "accuracy")}


def _apart(model: keras.Model) -> keras.Model:
    """Copy a model without what it was compiled for: several steps at once, or several workers."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


def _targets(crops: Crops, recipe: Recipe) -> NDArray[np.float32]:
    """Return what the network should answer: the label, softened, or the opinion of larger networks."""
    certain = _one_hot(crops.labels, recipe)
    if crops.opinions is not None:
        return TRUST * crops.opinions + (1 - TRUST) * certain
    smoothing = 0.0 if recipe.schedule is None else recipe.schedule.smoothing
    return certain * np.float32(1 - smoothing) + np.float32(smoothing / len(recipe.labels))


def _one_hot(labels: NDArray[np.uint8], recipe: Recipe) -> NDArray[np.float32]:
    return np.eye(len(recipe.labels), dtype=np.float32)[labels]


def _state(model: keras.Model) -> list[Any]:
    """List all that an epoch changes: weights, dropout's random state, the optimizer's moments and step."""
    return [*model.variables, *model.optimizer.variables]


def _save(path: Path, model: keras.Model, progress: Progress, best: list[NDArray[np.float32]]) -> None:
    import keras

    arrays: dict[str, Any] = {
        f"state_{i}": keras.ops.convert_to_numpy(variable) for i, variable in enumerate(_state(model))
    }
    arrays |= {f"best_{i}": weight for i, weight in enumerate(best)}
    with writing(path.parent), write_atomically(path) as file:
        np.savez(file, progress=json.dumps(asdict(progress)), **arrays)


def _load(path: Path, model: keras.Model, wanted: Progress) -> tuple[Progress, list[NDArray[np.float32]]]:
    """Put a checkpoint's state into the model, or refuse it whole."""
    remedy = "Leave --resume away to start anew."
    state = _state(model)
    shapes = [weight.shape for weight in model.get_weights()]
    try:
        with np.load(path, allow_pickle=False) as file:
            progress = Progress(**json.loads(str(file["progress"])))
            values = [file[f"state_{i}"] for i in range(len(state))]
            best = [file[f"best_{i}"] for i in range(len(shapes))]
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
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
