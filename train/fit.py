"""Fit a network: seeded, checkpointed after each epoch, and the same when it was interrupted.

An epoch's order of the pictures follows from the seed and the epoch's number alone, and
dropout's random state is among the saved variables. So a run that is stopped and resumed
goes through the same steps as one that was left in peace.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from train.checkpoint import CURVES, Progress, resumed, save
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
    cached: bool = False,
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
        cached: The checkpoint lies in the user's cache: every worker writes its own, since each will need
            it, and one that is damaged or does not fit is not refused but made anew.

    Returns:
        The model, and what was noted on the way.

    Raises:
        CheckpointError: The checkpoint to resume from is damaged or of another run, and not cached.
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
    if resume:
        progress, best = resumed(checkpoint, model, progress, best, cached=cached)
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
            if chief or cached:
                save(checkpoint, model, progress, best, cached=cached)
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


def optimizer_of(recipe: Recipe, steps: int) -> Any:
    """Return the optimizer of a recipe, or Keras's name of it.

    Args:
        recipe: What is trained.
        steps: Of the whole run, for the course of the learning rate.
    """
    import keras

    if recipe.schedule is None:
        return recipe.optimizer
    course = recipe.schedule
    climb = max(1, round(course.warm_up * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - climb), warmup_target=course.peak, warmup_steps=climb
    )
    if course.muon:
        from train.muon import ConvolutionMuon

        return ConvolutionMuon(rate, weight_decay=course.weight_decay, adam_weight_decay=course.weight_decay)
    return keras.optimizers.AdamW(rate, weight_decay=course.weight_decay)


def _compile(model: keras.Model, recipe: Recipe, steps: int) -> None:
    """Give the model its optimizer and loss; `steps` are those of the whole run."""
    import keras

    loss: Any = recipe.loss if recipe.schedule is None else keras.losses.CategoricalCrossentropy()
    # With so small a network, half of the time would go into beginning steps one by one.
    model.compile(
        optimizer=optimizer_of(recipe, steps),
        loss=loss,
        metrics=["accuracy"],
        steps_per_execution=_AT_ONCE,
    )


def _fit_epoch(
    model: keras.Model, recipe: Recipe, crops: Crops, split: Split, bar: tqdm[Any], *, team: Team | None
) -> dict[str, float]:
    """Go once over the pictures in the given order, with the other workers if there are any."""
    import keras

    images, targets, weights = pixels(crops.images), targets_of(crops, recipe), weights_of(crops, recipe)
    if team:
        learnt = team.epoch(model, (images, targets, weights), recipe.batch_size, bar.update)
        return learnt | _validated(_apart(model), recipe, split)
    figures = model.fit(
        images,
        targets,
        sample_weight=weights,
        batch_size=recipe.batch_size,
        shuffle=False,
        validation_data=(pixels(split.validation_images), _one_hot(split.validation_labels, recipe)),
        callbacks=[
            keras.callbacks.LambdaCallback(on_train_batch_end=lambda step, **_: bar.update(step + 1 - bar.n))
        ],
        verbose=0,
    )
    return {curve: float(figures.history[curve][-1]) for curve in CURVES}


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


def targets_of(crops: Crops, recipe: Recipe) -> NDArray[np.float32]:
    """Say what the network should answer: the label, softened, or what larger networks think of it.

    Args:
        crops: What is learnt from.
        recipe: What is trained.

    Returns:
        Probabilities, shape (n, classes).
    """
    certain = _one_hot(crops.labels, recipe)
    if crops.opinions is not None:
        return TRUST * crops.opinions + (1 - TRUST) * certain
    smoothing = 0.0 if recipe.schedule is None else recipe.schedule.smoothing
    return certain * np.float32(1 - smoothing) + np.float32(smoothing / len(recipe.labels))


def weights_of(crops: Crops, recipe: Recipe) -> NDArray[np.float32]:
    """Say how much each crop counts, shape (n,): 1 on average."""
    weights = np.ones(len(crops.labels), np.float32)
    if crops.written is not None:
        weights[crops.written] = recipe.emphasis
    return weights / weights.mean(dtype=np.float32)


def _one_hot(labels: NDArray[np.uint8], recipe: Recipe) -> NDArray[np.float32]:
    return np.eye(len(recipe.labels), dtype=np.float32)[labels]
