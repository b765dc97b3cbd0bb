"""What one command trains, in order: the material, the teachers, their lessons, one network a seed.

Each training leaves its checkpoint, so that it can go on in another process (`train.side_by_side`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_digits.cli.terminal import say
from train.mnist import DIGESTS, Mnist, Split, cache_dir, load_mnist, split_validation
from train.network import TEACHER, Recipe
from train.pages import Crops
from train.ready import digest, ready_teachers

if TYPE_CHECKING:
    import argparse

    import keras

    from train.checkpoint import Progress
    from train.lessons import Lessons, Stock
    from train.own import OwnLessons
    from train.teach import Taught
    from train.workers import Team

_QUICK_SHARE: Final = 0.1
_LESSONS_SEED: Final = 0
"""Of the lessons that all seeds share."""


@dataclass(frozen=True)
class Sources:
    """Where the material comes from; as in `train.arguments`."""

    data: Path | None = None
    own_data: bool = False
    omniglot: Path | None = None
    extra: Path | None = None
    quick: bool = False
    teachers_anew: bool = False
    """Whether the teachers that come with the project are left aside."""


def sources_of(args: argparse.Namespace) -> Sources:
    """Return the sources that a command names, of what `train.arguments.parse` returned."""
    anew = args.teachers == "anew"
    return Sources(args.data, args.own_data, args.omniglot, args.extra, args.quick, anew)


@dataclass(frozen=True)
class Material:
    """What there is to learn from."""

    mnist: Mnist
    plain: Split
    """MNIST's own pictures, divided."""
    split: Split
    """The same with junk and cut-out digits among those for validation, where the recipe wants them."""
    stock: Stock | None
    """Pages, drawn digits and junk, where the recipe wants them."""
    name: str
    """Digest of all of it."""
    name_without_own: str
    """Digest of all but a user's own pictures, which the teachers do not learn."""
    own: Crops | None = None
    """For a user's own network: their pictures to learn from."""
    held_out: Crops | None = None
    """Those of them that are among the validation pictures."""
    teachers: tuple[Path, ...] = ()
    """Files of teachers that need no training."""


@dataclass(frozen=True)
class Training:
    """One network to be trained."""

    recipe: Recipe
    seed: int
    epochs: int
    checkpoint: Path
    resume: bool
    teachers: tuple[Path, ...] = ()
    """Files of the teachers, their training finished."""
    cached: bool = False
    """Whether the checkpoint lies in the user's cache: one that does not fit is made anew."""


def load(sources: Sources) -> Mnist:
    """Load MNIST, or a user's own data in its format.

    Raises:
        DataError: It is missing or damaged.
        OutputError: The cache cannot be written.
    """
    return load_mnist(sources.data, digests=None if sources.own_data else DIGESTS)


def material(sources: Sources, recipe: Recipe, *, progress_bar: bool = False) -> Material:
    """Load MNIST and make or find what it lacks.

    Raises:
        DataError: Something is missing or damaged.
        OutputError: The cache cannot be written.
    """
    mnist = load(sources)
    plain = split_validation(mnist)
    if recipe.lessons:
        _demand_digits(mnist, plain)
    from train.extra import load_extra
    from train.lessons import gather

    own = None if sources.extra is None else load_extra(sources.extra, recipe.labels)
    if recipe.own:
        return _own_material(sources, recipe, mnist, own, progress_bar=progress_bar)
    if not recipe.lessons:
        return Material(mnist, plain, plain, None, mnist.digest, mnist.digest)
    share = _QUICK_SHARE if sources.quick else 1.0
    stock, split = gather(
        mnist, plain, omniglot=sources.omniglot, own=own, share=share, progress_bar=progress_bar
    )
    name, without = (
        hashlib.sha256(f"{mnist.digest} {each.digest()}".encode()).hexdigest()
        for each in (stock, replace(stock, own=None))
    )
    ready = () if sources.teachers_anew else ready_teachers(recipe.teachers)
    return Material(mnist, plain, split, stock, name, without, teachers=ready)


def _demand_digits(mnist: Mnist, plain: Split) -> None:
    """Refuse at once what would be missed in the middle of a training, or at its end."""
    from train.junk import demand_digits

    demand_digits(plain.fit_labels, "the pictures to learn from")
    demand_digits(plain.validation_labels, "the pictures held out for validation")
    demand_digits(mnist.test_labels, "the test pictures")


def _own_material(
    sources: Sources, recipe: Recipe, mnist: Mnist, own: Crops | None, *, progress_bar: bool
) -> Material:
    """Make or find what a user's own network learns from: junk only if it knows "none"."""
    from train.lessons import gather
    from train.own import demand_pictures, hold_out

    demand_pictures(recipe.labels, own)
    split = plain = split_validation(mnist)
    stock, held_out, digest = None, None, hashlib.sha256(mnist.digest.encode())
    if recipe.lessons:
        share = _QUICK_SHARE if sources.quick else 1.0
        stock, split = gather(mnist, plain, omniglot=sources.omniglot, share=share, progress_bar=progress_bar)
        digest.update(stock.digest().encode())
    without = digest.hexdigest()
    if own is not None:
        digest.update(own.images.tobytes() + own.labels.tobytes())
        own, held_out = hold_out(own)
        checked = Crops.joined([Crops(split.validation_images, split.validation_labels), held_out])
        split = replace(split, validation_images=checked.images, validation_labels=checked.labels)
    return Material(mnist, plain, split, stock, digest.hexdigest(), without, own, held_out)


def teachers(recipe: Recipe, known: Material) -> list[Training]:
    """List the larger networks that are to be trained first; they stay in the cache for the next time."""
    from train.teach import VERSION

    if known.teachers:
        return []
    # Whether a checkpoint is of these layers is seen by the shapes of its weights.
    how = {key: value for key, value in asdict(TEACHER).items() if key not in ("build", "summary")}
    name = hashlib.sha256(repr((known.name_without_own, VERSION, how)).encode()).hexdigest()[:16]
    folder = cache_dir().parent / "teachers"
    return [
        Training(TEACHER, seed, TEACHER.epochs, folder / f"{name}-{seed}.npz", resume=True, cached=True)
        for seed in range(recipe.teachers)
    ]


def trainings(
    recipe: Recipe, known: Material, seeds: Sequence[int], *, epochs: int, folder: Path, resume: bool
) -> list[Training]:
    """List one training a seed.

    Args:
        recipe: What to train.
        known: The material.
        seeds: One for each.
        epochs: Passes over the pictures.
        folder: Holds their checkpoints.
        resume: Whether to go on from those that are there.
    """
    taught_by = known.teachers or tuple(teacher.checkpoint for teacher in teachers(recipe, known))
    return [Training(recipe, seed, epochs, folder / f"seed-{seed}.npz", resume, taught_by) for seed in seeds]


def lessons_of(training: Training, known: Material) -> Lessons | Taught | OwnLessons | None:
    """Return what a training learns from; None for MNIST alone."""
    from train.lessons import Lessons
    from train.own import OwnLessons
    from train.teach import VERSION, Taught

    if training.recipe.own:
        seed, epochs = training.seed, training.epochs
        junk = None if known.stock is None else Lessons(known.stock, seed=seed, epochs=epochs)
        return OwnLessons(known.plain, known.own, junk, training.recipe.labels, seed=seed, epochs=epochs)
    if known.stock is None:
        return None
    if not training.teachers:
        stock = replace(known.stock, own=None) if _teaches(training) else known.stock
        return Lessons(stock, seed=training.seed, epochs=training.epochs)
    lessons = Lessons(known.stock, seed=_LESSONS_SEED, epochs=training.epochs)
    taught = hashlib.sha256(repr((known.name, digest(training.teachers), VERSION)).encode()).hexdigest()
    digits = Crops(known.plain.validation_images, known.plain.validation_labels)
    return Taught(
        lessons,
        training.teachers,
        digits,
        name=taught,
        seed=training.seed,
        epochs=training.epochs,
        softness=training.recipe.softness,
    )


def data_of(training: Training, known: Material) -> str:
    """Return the digest of what a training learns, by which its checkpoint is known again."""
    return known.name_without_own if _teaches(training) else known.name


def _teaches(training: Training) -> bool:
    # By name: in a process of its own a training is a copy.
    return training.recipe.name == TEACHER.name


def train(
    training: Training,
    known: Material,
    *,
    progress_bar: bool = False,
    label: str = "",
    team: Team | None = None,
) -> tuple[keras.Model, Progress]:
    """Train one network, or take it from its finished checkpoint; prints a line an epoch.

    Raises:
        CheckpointError: The checkpoint to resume from is damaged or of another run.
        OutputError: The checkpoint cannot be written.
    """
    from train.fit import fit

    return fit(
        training.recipe,
        known.split,
        seed=training.seed,
        epochs=training.epochs,
        data=data_of(training, known),
        checkpoint=training.checkpoint,
        resume=training.resume,
        lessons=lessons_of(training, known),
        on_epoch=lambda progress, epochs: print_epoch(progress, epochs, label),
        progress_bar=progress_bar,
        team=team,
        cached=training.cached,
    )


def print_epoch(progress: Progress, epochs: int, label: str = "") -> None:
    """Print how an epoch went."""
    loss, accuracy, val_loss, val_accuracy = (values[-1] for values in progress.history.values())
    say(
        f"  {label}epoch {progress.epoch:>2} of {epochs}: loss {loss:.4f}, accuracy {100 * accuracy:.2f} %; "
        f"validation {val_loss:.4f}, {100 * val_accuracy:.2f} %",
    )
