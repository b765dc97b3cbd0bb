"""`python -m train MODEL`: data -> network -> fit -> test -> models/MODEL/."""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.cli import INTERRUPTED
from edge_digits.cli.terminal import say, standard_streams, warn
from edge_digits.errors import EdgeDigitsError, ModelError
from edge_digits.paths import is_file
from train import course
from train.again import command_again, command_check, how_to_resume
from train.arguments import parse
from train.files import CACHE, OUT, writing
from train.mnist import Mnist, split_validation
from train.network import Recipe
from train.quiet import require, start_tensorflow
from train.ready import READY, keep_teachers
from train.side_by_side import make_lessons, side_by_side
from train.workers import Team, WorkersError, gather_team, place_among_workers

if TYPE_CHECKING:
    import keras

    from train.checkpoint import Progress


@standard_streams()
def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: The arguments; None means those of the process.

    Returns:
        0 done, 1 failed, 130 interrupted; wrong usage exits with 2.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    args = parse(arguments)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        if args.report:
            _report(args)
        elif args.evaluate:
            _evaluate(args)
        else:
            if args.abreast:
                _train_abreast(args, arguments)
                args.resume = True
            _train(args)
    except EdgeDigitsError as error:
        warn(f"error: {error}")
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        training = not (args.evaluate or args.report)
        warn(f"\ninterrupted{how_to_resume(arguments) if training else ''}")
        return INTERRUPTED
    return 0


def _train_abreast(args: argparse.Namespace, arguments: Sequence[str]) -> None:
    """Let a process of its own train everything; this one goes on from the checkpoints it leaves."""
    if find_spec("jax") is None:
        raise EdgeDigitsError(
            "--abreast needs JAX, which is not installed",
            "Install it: pip install 'jax[cuda13]' for an NVIDIA GPU, pip install jax for processors alone.",
        )
    if os.environ.get("TF_CONFIG", "").strip():
        raise WorkersError("--abreast trains on one machine, and TF_CONFIG on several", "Use one of them.")
    _announce(args, _checkpoints(args))
    code = subprocess.run([sys.executable, "-m", "train.abreast", *arguments], check=False).returncode
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        raise EdgeDigitsError("The training with --abreast failed; what it said stands above")


def _train(args: argparse.Namespace) -> None:
    require("tensorflow", "matplotlib", "tqdm")
    recipe, folder = args.recipe, args.out / args.recipe.name
    place = place_among_workers(os.environ.get("TF_CONFIG", ""))
    if place is not None and args.jobs > 1:
        raise WorkersError(
            "--jobs trains networks side by side, and TF_CONFIG one together", "Use one of them."
        )
    chief = place is None or place[1] == 0
    if args.quick:
        recipe = replace(recipe, teachers=0)
    checkpoints = _checkpoints(args)
    if chief:
        with writing(folder):
            checkpoints.mkdir(parents=True, exist_ok=True)
        _announce(args, checkpoints)
    start_tensorflow(args.threads)
    if recipe.own and place is None:  # workers may compute nothing before they have found each other
        recipe.build(len(recipe.labels))  # refused here and not after minutes of gathering
    if recipe.lessons:
        say("gathering pages, drawn digits and junk; the first time this takes minutes")
    sources = course.sources_of(args)
    known = course.material(sources, recipe, progress_bar=sys.stderr.isatty())
    mnist, split = known.mnist, known.split
    if place is not None:
        say(f"worker {place[1]} of {place[0]}: waiting for the others")
    team = gather_team()

    say(
        f"{recipe.name}: {len(split.fit_images)} pictures to learn from, {len(split.validation_images)} for "
        f"validation, {len(mnist.test_images)} to test; {args.epochs} epochs"
    )
    _fit(args, sources, recipe, course.teachers(recipe, known), known, team=team)
    trainings = course.trainings(
        recipe, known, args.seeds, epochs=args.epochs, folder=checkpoints, resume=args.resume
    )
    if trainings[0].teachers and not args.abreast:
        say("asking the teachers about every lesson")
        make_lessons(sources, recipe, trainings[0], known, jobs=args.jobs, progress_bar=sys.stderr.isatty())
    trained = _fit(args, sources, recipe, trainings, known, team=team)
    if not chief:
        say("done; the chief tests and writes the model")
        return
    calibrated = [_calibrate(model, recipe, known) for model, _ in trained]
    _finish(args, recipe, known, trained, calibrated=all(calibrated))
    if args.teachers == "anew" and trainings[0].teachers:
        kept = keep_teachers(trainings[0].teachers, args.out / READY.name)
        say(f"wrote {', '.join(map(str, kept))}: the next training can learn from them")
    _remove_checkpoints(checkpoints, args.seeds)


def _finish(
    args: argparse.Namespace,
    recipe: Recipe,
    known: course.Material,
    trained: list[tuple[keras.Model, Progress]],
    *,
    calibrated: bool,
) -> None:
    """Test what was trained, and write model, record and card."""
    from train.lessons import Lessons
    from train.own import count_pictures
    from train.report import REPORT, Run, record, write_model, write_report
    from train.summary import summary
    from train.testbed import lay_out

    mnist, split, folder = known.mnist, known.split, args.out / recipe.name
    say("testing: digits, the same corrupted, and what is no digit")
    bed = lay_out(mnist, knows_none=recipe.lessons, omniglot=args.omniglot, progress_bar=sys.stderr.isatty())
    runs = [Run(progress, bed.measure(model, recipe.labels)) for model, progress in trained]
    shipped = trained[0][0]
    facts = record(
        recipe,
        runs,
        shipped.count_params(),
        mnist,
        split,
        command=command_again(args),
        check=command_check(args),
        own_data=args.own_data,
        calibrated=calibrated,
        abreast=args.abreast,
        teachers_ready=bool(known.teachers),
        lessons=None if known.stock is None else Lessons(known.stock, seed=0, epochs=args.epochs).counts(),
    )
    facts["data"] |= count_pictures(known.own, known.held_out, shipped, recipe.labels)
    with writing(folder):
        write_model(shipped, folder)
        write_report(facts, folder)
    _print_runs(facts)
    say(summary(facts["test"]))
    if "own_held_out" in facts["data"]:
        right, pictures = facts["data"]["own_held_out"]
        say(f"your own pictures held out: {right} of {pictures} read rightly")
    say(f"wrote {folder}/: {', '.join((f'{recipe.name}.keras', *REPORT))}")


def _fit(
    args: argparse.Namespace,
    sources: course.Sources,
    recipe: Recipe,
    trainings: list[course.Training],
    known: course.Material,
    *,
    team: Team | None,
) -> list[tuple[keras.Model, Progress]]:
    """Train networks, one after the other or side by side, and return them."""
    for training in trainings:
        # Only the chief writes there; teachers, which lie in the cache, are kept by every worker.
        if team is None or team.chief or training.cached:
            with writing(training.checkpoint.parent, CACHE if training.cached else OUT):
                training.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    if args.jobs > 1 and len(trainings) > 1:
        side_by_side(sources, recipe, trainings, jobs=args.jobs)
        trainings = [replace(training, resume=True) for training in trainings]
    trained = []
    for training in trainings:
        say(f"{training.recipe.name}, seed {training.seed}")
        trained.append(course.train(training, known, progress_bar=sys.stderr.isatty(), team=team))
    return trained


def _calibrate(model: keras.Model, recipe: Recipe, known: course.Material) -> bool:
    """Fold temperature and offset into a last layer that is made for it, and say whether it is."""
    from train.calibrate import calibrate

    last = model.layers[-1].get_config()
    fits = last.get("activation") == "softmax" and last.get("use_bias")
    if recipe.labels[-1] != NOT_A_DIGIT or not fits:
        return False
    plain = known.plain
    done = calibrate(model, plain.validation_images, plain.validation_labels, recipe.turned_away)
    say(f'temperature {done.temperature:.2f}, "none" moved by {done.none_offset:g}')
    return True


def _evaluate(args: argparse.Namespace) -> None:
    recipe: Recipe = args.recipe
    path = args.out / recipe.name / f"{recipe.name}.keras"
    remedy = f"Train it first: python -m train {args.model}"
    if not is_file(path):
        raise ModelError(f"{path} is missing", remedy)
    require("tensorflow", "matplotlib", "tqdm")
    mnist = course.load(course.sources_of(args))
    start_tensorflow(args.threads)
    from train.evaluate import accuracy
    from train.report import converted_files
    from train.summary import summary
    from train.testbed import lay_out

    model = _open(path, recipe, remedy)
    split = split_validation(mnist)
    validation = accuracy(model, split.validation_images, split.validation_labels)
    say(f"validation accuracy    {100 * validation:.2f} %")
    bed = lay_out(mnist, knows_none=recipe.lessons, omniglot=args.omniglot, progress_bar=sys.stderr.isatty())
    test, files = bed.measure(model, recipe.labels), converted_files(path)
    say(summary(test, files))
    if not files:
        say(f"no converted files of these weights beside it; to make them: python -m convert {recipe.name}")
    _store(path.parent, mnist, test, files)


def _open(path: Path, recipe: Recipe, remedy: str) -> keras.Model:
    import keras

    try:
        model = keras.saving.load_model(path, compile=False)
        classes = model.output_shape[-1]
    # Keras lets whatever its readers of zip, JSON and HDF5 raise come through.
    except Exception as error:
        raise ModelError(f"{path} is damaged or no Keras model: {error}", remedy) from error
    if classes != len(recipe.labels) or tuple(model.input_shape[1:]) != (28, 28, 1):
        raise ModelError(f"{path} is not a model for {recipe.name}: it has {classes} outputs", remedy)
    return model


def _store(folder: Path, mnist: Mnist, test: dict[str, Any], files: list[dict[str, Any]]) -> None:
    """Put the figures into the model's record and card, if the record is of the same data."""
    from convert.manifest import read_manifest
    from convert.publish import publish_readme
    from train.report import REPORT, measured_anew, read_record, write_report

    if not is_file(folder / REPORT[0]):
        say(f"{folder} holds no record of a training: the figures are not kept")
        return
    facts = read_record(folder)
    if facts["data"]["digest"] != mnist.digest:
        say(f"the record in {folder} is of other data: the figures are not kept")
        return
    with writing(folder):
        write_report(measured_anew(facts, test, files), folder)
    say(f"wrote {folder}/: {', '.join(REPORT)}")
    manifest = read_manifest(folder.parent)
    if folder.name in manifest["models"]:
        say(f"wrote {publish_readme(manifest, folder.parent)}")


def _report(args: argparse.Namespace) -> None:
    from train.report import REPORT, read_record, write_report

    require("matplotlib")
    folder = args.out / args.recipe.name
    facts = read_record(folder)
    with writing(folder):
        write_report(facts, folder)
    say(f"wrote {folder}/: {', '.join(REPORT)}")


def _checkpoints(args: argparse.Namespace) -> Path:
    return Path(args.out) / args.recipe.name / "checkpoint"


def _announce(args: argparse.Namespace, checkpoints: Path) -> None:
    """Say what becomes of what an earlier run left."""
    found = any(is_file(checkpoints / f"seed-{seed}.npz") for seed in args.seeds)
    if args.resume and not found:
        say(f"no checkpoint in {checkpoints}: starting from the beginning")
    if found and not args.resume:
        say(
            f"starting anew; the interrupted run in {checkpoints} is overwritten after the first epoch "
            "(Ctrl-C and --resume to go on with it)",
        )


def _remove_checkpoints(folder: Path, seeds: list[int]) -> None:
    """Remove the finished seeds' checkpoints, and with the last of them the folder."""
    for seed in seeds:
        for path in folder.glob(f"*seed-{seed}.npz*"):
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def _print_runs(facts: dict[str, Any]) -> None:
    say(f"{'seed':>4}  {'epoch':>5}  {'validation':>10}  {'test':>7}")
    for run in facts["runs"]:
        say(
            f"{run['seed']:>4}  {run['best_epoch']:>5}  {100 * run['validation_accuracy']:>8.2f} %  "
            f"{100 * run['test_accuracy']:>5.2f} %"
        )
    accuracies = [100 * run["test_accuracy"] for run in facts["runs"]]
    if len(accuracies) > 1:
        mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
        say(f"mean test accuracy {mean:.2f} %, standard deviation {spread:.2f} points")
        say(f"seed {facts['seed']} is kept: it was named first")


if __name__ == "__main__":
    sys.exit(main())
