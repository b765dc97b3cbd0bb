"""Trainings and lessons in processes of their own, several at a time, each on one processor thread.

For networks this small that is nearly as fast as all threads together on one of them.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager

from train import course
from train.network import Recipe
from train.processes import processes


def side_by_side(
    sources: course.Sources, recipe: Recipe, trainings: list[course.Training], *, jobs: int
) -> None:
    """Bring trainings to their finished checkpoints, several at a time.

    Args:
        sources: Each process loads the material for itself.
        recipe: For whose sake the material is gathered.
        trainings: What to train.
        jobs: How many at a time.

    Raises:
        EdgeDigitsError: A training failed; the others have come to their end.
    """
    with _processes(sources, recipe, min(jobs, len(trainings))) as pool:
        for done in [pool.submit(_train, training) for training in trainings]:
            done.result()


def make_lessons(
    sources: course.Sources,
    recipe: Recipe,
    training: course.Training,
    known: course.Material,
    *,
    jobs: int,
    progress_bar: bool,
) -> None:
    """Ask the teachers about every lesson that a training needs; the cache keeps their opinion.

    Args:
        sources: Each process loads the material for itself.
        recipe: For whose sake the material is gathered.
        training: Any of those that share the lessons.
        known: The material, for one job.
        jobs: How many lessons at a time.
        progress_bar: Show a bar on stderr.

    Raises:
        OutputError: The cache cannot be written.
    """
    from tqdm import tqdm

    from train.teach import Taught, round_of

    taught = course.lessons_of(training, known)
    assert isinstance(taught, Taught)
    wanted = [lesson for lesson in round_of(training.epochs) if not taught.kept(lesson[0])]
    with tqdm(total=len(wanted), desc="lessons", leave=False, disable=not progress_bar) as bar:
        if jobs == 1:
            for lesson in wanted:
                taught.lesson(*lesson)
                bar.update()
            return
        with _processes(sources, recipe, jobs) as pool:
            for done in [pool.submit(_lesson, training, *lesson) for lesson in wanted]:
                done.result()
                bar.update()


def _processes(
    sources: course.Sources, recipe: Recipe, jobs: int
) -> AbstractContextManager[ProcessPoolExecutor]:
    remedy = "Go on where it stopped with the same command, --resume and fewer --jobs."
    return processes(jobs, _start, (sources, recipe), remedy=remedy)


_STATE: dict[str, course.Material] = {}


def _start(sources: course.Sources, recipe: Recipe) -> None:
    """Give a process its material once, not with every training."""
    import cv2

    from train.quiet import start_tensorflow

    cv2.setNumThreads(1)
    start_tensorflow(1)
    _STATE["material"] = course.material(sources, recipe)


def _train(training: course.Training) -> None:
    course.train(training, _STATE["material"], label=f"{training.recipe.name}, seed {training.seed}, ")


def _lesson(training: course.Training, number: int, strength: float) -> None:
    from train.teach import Taught

    taught = course.lessons_of(training, _STATE["material"])
    assert isinstance(taught, Taught)
    taught.lesson(number, strength)
