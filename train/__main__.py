"""`python -m train MODEL`: data -> network -> fit -> test -> models/MODEL/."""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import shlex
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_digits.errors import EdgeDigitsError, ModelError
from train.arguments import parse
from train.files import writing
from train.mnist import DIGESTS, Mnist, Split, load_mnist, split_validation
from train.network import RECIPES, Recipe
from train.quiet import require, start_tensorflow

if TYPE_CHECKING:
    import keras
    import numpy as np
    from numpy.typing import NDArray

    from train.fit import Progress
    from train.lessons import Stock

_INTERRUPTED: Final = 130
_QUICK_SHARE: Final = 0.1


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
            _train(args)
        sys.stdout.flush()
    except EdgeDigitsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; without this, Python complains once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        training = not (args.evaluate or args.report)
        print(f"\ninterrupted{_how_to_resume(arguments) if training else ''}", file=sys.stderr)
        return _INTERRUPTED
    return 0


def _train(args: argparse.Namespace) -> None:
    require("tensorflow", "matplotlib", "tqdm")
    recipe, folder = RECIPES[args.model], args.out / args.model
    checkpoints = folder / "checkpoint"
    mnist = _load(args)
    split = plain = split_validation(mnist)
    with writing(folder):
        checkpoints.mkdir(parents=True, exist_ok=True)
    _announce(args, checkpoints)
    data, stock = mnist.digest, None
    if recipe.lessons:
        split, stock = _gather(args, mnist, split)
        data = hashlib.sha256(f"{data} {stock.digest()}".encode()).hexdigest()
    start_tensorflow(args.threads)

    from train.calibrate import calibrate
    from train.evaluate import evaluate
    from train.fit import fit
    from train.lessons import Lessons
    from train.report import REPORT, Run, record, write_model, write_report

    print(
        f"{recipe.name}: {len(split.fit_images)} pictures to learn from, {len(split.validation_images)} for "
        f"validation, {len(mnist.test_images)} to test; {args.epochs} epochs"
    )
    trained: list[tuple[keras.Model, Progress]] = []
    for seed in args.seeds:
        print(f"seed {seed}", flush=True)
        trained.append(
            fit(
                recipe,
                split,
                seed=seed,
                epochs=args.epochs,
                data=data,
                checkpoint=checkpoints / f"seed-{seed}.npz",
                resume=args.resume,
                lessons=None if stock is None else Lessons(stock, seed=seed, epochs=args.epochs),
                on_epoch=_print_epoch,
                progress_bar=sys.stderr.isatty(),
            )
        )
        if recipe.lessons:
            done = calibrate(trained[-1][0], plain.validation_images, plain.validation_labels)
            print(f'temperature {done.temperature:.2f}, "none" moved by {done.none_offset:g}')
    shown = _exhibits(args, mnist)
    runs = [
        Run(progress, evaluate(model, mnist.test_images, mnist.test_labels, recipe.labels, shown))
        for model, progress in trained
    ]
    shipped = trained[0][0]
    facts = record(
        recipe,
        runs,
        shipped.count_params(),
        mnist,
        split,
        command=_command_again(args, recipe),
        check=_command_check(args),
        own_data=args.own_data,
        lessons=None if stock is None else Lessons(stock, seed=0, epochs=args.epochs).counts(),
    )
    with writing(folder):
        write_model(shipped, folder)
        write_report(facts, folder)
        _remove_checkpoints(checkpoints, args.seeds)
    _print_runs(facts)
    _print_test(facts["test"])
    print(f"wrote {folder}/: {', '.join((f'{recipe.name}.keras', *REPORT))}")


def _gather(args: argparse.Namespace, mnist: Mnist, split: Split) -> tuple[Split, Stock]:
    """Make or find what MNIST lacks."""
    from train.extra import load_extra
    from train.lessons import gather

    print("gathering pages, drawn digits and junk; the first time this takes minutes", flush=True)
    stock, split = gather(
        mnist,
        split,
        omniglot=args.omniglot,
        own=None if args.extra is None else load_extra(args.extra),
        share=_QUICK_SHARE if args.quick else 1.0,
        progress_bar=sys.stderr.isatty(),
    )
    return split, stock


def _exhibits(args: argparse.Namespace, mnist: Mnist) -> dict[str, NDArray[np.uint8]] | None:
    """Return what is no digit, for a model that should know."""
    if not RECIPES[args.model].lessons:
        return None
    from train.rejection import exhibits

    return exhibits(mnist.test_images, mnist.test_labels, args.omniglot)


def _evaluate(args: argparse.Namespace) -> None:
    recipe = RECIPES[args.model]
    path = args.out / args.model / f"{args.model}.keras"
    remedy = f"Train it first: python -m train {args.model}"
    if not path.is_file():
        raise ModelError(f"{path} is missing", remedy)
    require("tensorflow", "tqdm")
    mnist = _load(args)
    start_tensorflow(args.threads)
    import keras

    from train.evaluate import accuracy, evaluate

    try:
        model = keras.saving.load_model(path, compile=False)
        classes = model.output_shape[-1]
    # Keras lets whatever its readers of zip, JSON and HDF5 raise come through.
    except Exception as error:
        raise ModelError(f"{path} is damaged or no Keras model: {error}", remedy) from error
    if classes != len(recipe.labels) or tuple(model.input_shape[1:]) != (28, 28, 1):
        raise ModelError(f"{path} is not a model for {args.model}: it has {classes} outputs", remedy)
    split = split_validation(mnist)
    validation = accuracy(model, split.validation_images, split.validation_labels)
    print(f"validation accuracy    {100 * validation:.2f} %")
    shown = _exhibits(args, mnist)
    _print_test(evaluate(model, mnist.test_images, mnist.test_labels, recipe.labels, shown))


def _report(args: argparse.Namespace) -> None:
    from train.report import REPORT, read_record, write_report

    require("matplotlib")
    folder = args.out / args.model
    facts = read_record(folder)
    with writing(folder):
        write_report(facts, folder)
    print(f"wrote {folder}/: {', '.join(REPORT)}")


def _load(args: argparse.Namespace) -> Mnist:
    return load_mnist(args.data, digests=None if args.own_data else DIGESTS)


def _announce(args: argparse.Namespace, checkpoints: Path) -> None:
    """Say what becomes of what an earlier run left."""
    found = any((checkpoints / f"seed-{seed}.npz").is_file() for seed in args.seeds)
    if args.resume and not found:
        print(f"no checkpoint in {checkpoints}: starting from the beginning")
    if found and not args.resume:
        print(
            f"starting anew; the interrupted run in {checkpoints} is overwritten after the first epoch "
            "(Ctrl-C and --resume to go on with it)"
        )


def _remove_checkpoints(folder: Path, seeds: list[int]) -> None:
    """Remove the finished seeds' checkpoints, and with the last of them the folder."""
    for seed in seeds:
        for path in folder.glob(f"*seed-{seed}.npz*"):
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def _command_again(args: argparse.Namespace, recipe: Recipe) -> str:
    """Return the command that trains the same again, wherever the files lie on this machine."""
    words = [_command(args)]
    if not args.quick and args.epochs != recipe.epochs:
        words.append(f"--epochs {args.epochs}")
    if args.seeds != [0]:
        words.append(f"--seeds {' '.join(map(str, args.seeds))}")
    return " ".join(words)


def _command_check(args: argparse.Namespace) -> str:
    """Return the command that prints the model's test figures."""
    return f"{_command(args)} --evaluate"


def _command(args: argparse.Namespace) -> str:
    quick, own = (" --quick" if args.quick else ""), (" --data DIR --own-data" if args.own_data else "")
    extra = "" if args.extra is None else " --extra DIR"
    return f"python -m train {args.model}{quick}{own}{extra}"


def _how_to_resume(arguments: list[str]) -> str:
    words = [*arguments, *([] if "--resume" in arguments else ["--resume"])]
    return f"; to go on: python -m train {shlex.join(words)}"


def _print_epoch(progress: Progress, epochs: int) -> None:
    loss, accuracy, val_loss, val_accuracy = (values[-1] for values in progress.history.values())
    print(
        f"  epoch {progress.epoch:>2} of {epochs}: loss {loss:.4f}, accuracy {100 * accuracy:.2f} %; "
        f"validation {val_loss:.4f}, {100 * val_accuracy:.2f} %",
        flush=True,
    )


def _print_runs(facts: dict[str, Any]) -> None:
    print(f"{'seed':>4}  {'epoch':>5}  {'validation':>10}  {'test':>7}")
    for run in facts["runs"]:
        print(
            f"{run['seed']:>4}  {run['best_epoch']:>5}  {100 * run['validation_accuracy']:>8.2f} %  "
            f"{100 * run['test_accuracy']:>5.2f} %"
        )
    accuracies = [100 * run["test_accuracy"] for run in facts["runs"]]
    if len(accuracies) > 1:
        mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
        print(f"mean test accuracy {mean:.2f} %, standard deviation {spread:.2f} points")
        print(f"seed {facts['seed']} is kept: it was named first")


def _print_test(test: dict[str, Any]) -> None:
    from train.evaluate import CONFIDENT, SHIFT

    print(f"test accuracy          {100 * test['accuracy']:.2f} %")
    print(f"misread                {test['errors']} of {test['pictures']}")
    print(f"misread confidently    {test['confident_errors']} (probability {CONFIDENT} or more)")
    print(f"moved by {SHIFT} pixels      {100 * test['shifted_accuracy']:.2f} %")
    print(f"quarters swapped       {100 * test['scrambled_confident']:.2f} % read with {CONFIDENT} or more")
    print(f'blank picture          "{test["blank_answer"]}" with {test["blank_probability"]:.2f}')
    if "turned_away" in test:
        print(f"calibration error      {100 * test['calibration_error']:.2f} %")
        print("not read as a sure digit in mode balanced:")
        for kind, share in test["turned_away"].items():
            print(f"  {100 * share:6.2f} %  {kind}")


if __name__ == "__main__":
    sys.exit(main())
