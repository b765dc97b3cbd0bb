"""`python -m train MODEL --abreast`: on a GPU all seeds of a model learn together, in minutes.

It runs in a process of its own, since Keras takes its backend, here JAX, once for all. It leaves finished
checkpoints of the teachers and of each seed, from which `python -m train` goes on as if it had trained them.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.cli import INTERRUPTED
from edge_digits.cli.terminal import say, standard_streams, warn
from edge_digits.errors import EdgeDigitsError
from train import course
from train.arguments import parse
from train.checkpoint import Progress, resumed, save
from train.files import CACHE, OUT, writing
from train.fleet import Fleet
from train.lessons import Lessons
from train.mnist import Split
from train.pages import Crops
from train.processes import processes
from train.quiet import require
from train.teach import Taught, round_of

_FEWER_PROGRAMS: Final = (
    "End other programs to free memory, and go on where it stopped with the same command and --resume."
)


@standard_streams()
def main(argv: Sequence[str] | None = None) -> int:
    """Bring all trainings that the arguments name to their finished checkpoints.

    Args:
        argv: As for `python -m train`; None means those of the process.

    Returns:
        0 done, 1 failed, 130 interrupted; wrong usage exits with 2.
    """
    os.environ["KERAS_BACKEND"] = "jax"
    args = parse(list(sys.argv[1:] if argv is None else argv))
    try:
        require("jax", "keras", "tqdm")
        sources = course.sources_of(args)
        recipe, folder = args.recipe, args.out / args.recipe.name / "checkpoint"
        known = course.material(sources, recipe)
        trainings = course.trainings(
            recipe, known, args.seeds, epochs=args.epochs, folder=folder, resume=args.resume
        )
        for group in (course.teachers(recipe, known), trainings):
            for training in group:
                with writing(training.checkpoint.parent, CACHE if training.cached else OUT):
                    training.checkpoint.parent.mkdir(parents=True, exist_ok=True)
            if group:
                _learn(group, known)
    except EdgeDigitsError as error:
        warn(f"error: {error}")
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _learn(trainings: list[course.Training], known: course.Material) -> None:
    lessons = course.lessons_of(trainings[0], known)
    assert isinstance(lessons, (Lessons, Taught))
    if isinstance(lessons, Taught):
        say("asking the teachers about every lesson")
        _ask(lessons, trainings[0].epochs)
    data = course.data_of(trainings[0], known)
    fit_abreast(trainings, known.split, lessons, data=data, on_epoch=_print_epoch)


def fit_abreast(
    trainings: Sequence[course.Training],
    split: Split,
    lessons: Lessons | Taught,
    *,
    data: str,
    on_epoch: Callable[[list[Progress]], None],
) -> None:
    """Bring trainings of one recipe to their finished checkpoints, all together.

    Args:
        trainings: Of one recipe and as many epochs. Their seeds decide weights and order.
        split: The pictures to choose by.
        lessons: What each epoch, counted from 0, is learnt from; the same crops for all.
        data: Digest that names the data set.
        on_epoch: Called after each epoch, once it is safely on disk, with the progress of each.

    Raises:
        CheckpointError: A checkpoint to resume from is damaged or of another run, and not cached.
        OutputError: A checkpoint cannot be written.
    """
    recipe, epochs, seeds = trainings[0].recipe, trainings[0].epochs, [each.seed for each in trainings]
    size = len(lessons)
    steps = math.ceil(size / recipe.batch_size)
    fleet = Fleet(recipe, seeds, steps * epochs)
    runs = [Progress(recipe.name, seed, data, epochs) for seed in seeds]
    best = [fleet.show(i).get_weights() for i in range(len(seeds))]
    for i, training in enumerate(trainings):
        if training.resume:
            alone = fleet.show(i)
            runs[i], best[i] = resumed(training.checkpoint, alone, runs[i], best[i], cached=training.cached)
            fleet.take(i)
    begun = min(run.epoch for run in runs)
    with ThreadPoolExecutor(1) as ahead:
        # The next epoch's pictures are made while this one's are learnt from.
        coming = [ahead.submit(lessons, epoch) for epoch in range(begun, epochs)[:1]]
        for epoch in range(begun, epochs):
            crops = coming.pop().result()
            if epoch + 1 < epochs:
                coming.append(ahead.submit(lessons, epoch + 1))
            orders = np.stack([_order(size, steps, recipe.batch_size, (seed, epoch)) for seed in seeds])
            # After an interruption between two saves, some have this epoch behind them: they wait.
            waiting = {i: fleet.values(i) for i, run in enumerate(runs) if run.epoch > epoch}
            learnt = fleet.learn(crops, orders)
            for i, state in waiting.items():
                fleet.put(i, state)
            validated = _validated(fleet, split)
            for i, (run, training) in enumerate(zip(runs, trainings, strict=True)):
                if i in waiting:
                    continue
                model = fleet.show(i)
                values = (*learnt[i].tolist(), *validated[i].tolist())
                if run.note(dict(zip(run.history, values, strict=True))):
                    best[i] = model.get_weights()
                save(training.checkpoint, model, run, best[i], cached=training.cached)
            on_epoch(runs)


def _order(size: int, steps: int, batch: int, seed: tuple[int, int]) -> NDArray[np.int32]:
    """Draw an epoch's order; the last batch is filled up with the first crops."""
    order = np.random.RandomState(seed).permutation(size)
    return np.resize(order, steps * batch).reshape(steps, batch).astype(np.int32)


def _validated(fleet: Fleet, split: Split) -> NDArray[np.float64]:
    """Return loss and accuracy of each network on the validation pictures, shape (networks, 2)."""
    answers, labels = fleet.answers(split.validation_images), split.validation_labels
    likely = np.maximum(answers[:, np.arange(len(labels)), labels], 1e-7)
    right = answers.argmax(axis=2) == labels
    return np.stack([-np.log(likely).mean(axis=1), right.mean(axis=1)], axis=1).astype(np.float64)


def _print_epoch(runs: list[Progress]) -> None:
    first, seeds = min(runs, key=lambda run: run.epoch), " ".join(str(run.seed) for run in runs)
    loss = sum(run.history["loss"][-1] for run in runs) / len(runs)
    right = " ".join(f"{100 * run.history['val_accuracy'][-1]:.2f}" for run in runs)
    say(
        f"  {first.recipe}, seeds {seeds}, epoch {first.epoch:>2} of {first.epochs}: loss {loss:.4f}; "
        f"validation {right} %",
    )


def _ask(taught: Taught, epochs: int) -> None:
    """Fill the cache with the lessons; all processors make them, and the GPU has the teachers' answers."""
    wanted = [lesson for lesson in round_of(epochs) if not taught.kept(lesson[0])]
    if not wanted:
        return
    with (
        processes(None, _start, (taught.lessons,), remedy=_FEWER_PROGRAMS) as pool,
        ThreadPoolExecutor(os.cpu_count()) as clerks,
    ):
        made = [pool.submit(_make, *lesson) for lesson in wanted]
        kept = [
            clerks.submit(taught.keep, number, taught.opine(number, crops.result()))
            for (number, _), crops in zip(wanted, made, strict=True)
        ]
        for done in kept:
            done.result()


_STATE: dict[str, Lessons] = {}


def _start(lessons: Lessons) -> None:
    """Give a process its material once, not with every lesson."""
    import cv2

    cv2.setNumThreads(1)
    _STATE["lessons"] = lessons


def _make(number: int, strength: float) -> Crops:
    return _STATE["lessons"].make(number, strength)


if __name__ == "__main__":
    sys.exit(main())
