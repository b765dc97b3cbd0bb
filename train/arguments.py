"""The arguments of `python -m train`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from train.mnist import cache_dir
from train.network import DIGITS, RECIPES, Recipe, taken_name

_QUICK_EPOCHS: Final = 2
_QUICK_OUT: Final = Path("build/models")
_OUT: Final = Path("models")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; wrong usage exits with 2.

    Args:
        argv: The arguments.

    Returns:
        Them, with defaults filled in.
    """
    models = "\n".join(f"  {recipe.name:10} {recipe.summary}" for recipe in RECIPES.values())
    parser = argparse.ArgumentParser(
        prog="python -m train",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Train a model on MNIST, test it once, and write it with its model card.\n\n"
        f"models:\n{models}",
        epilog="A run that was stopped goes on with --resume and loses at most one epoch.\n\n"
        "Several machines learn one network together when the same command is started on each, with\n"
        "TensorFlow's TF_CONFIG in the environment; here with two processes of one machine:\n"
        '  cluster=\'"cluster": {"worker": ["localhost:12345", "localhost:12346"]}\'\n'
        '  TF_CONFIG="{$cluster, \\"task\\": {\\"type\\": \\"worker\\", \\"index\\": 1}}" '
        "python -m train MODEL &\n"
        '  TF_CONFIG="{$cluster, \\"task\\": {\\"type\\": \\"worker\\", \\"index\\": 0}}" '
        "python -m train MODEL\n"
        "Each takes its share of every batch; worker 0, or the chief if one is named, writes the model.\n\n"
        "Exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.",
    )
    parser.add_argument(
        "model",
        type=_model,
        metavar="MODEL",
        help=f"what to train: {', '.join(RECIPES)}, or the .keras file of a network of your own, which goes "
        "on from the weights it has",
    )
    parser.add_argument(
        "--labels",
        nargs="+",
        metavar="LABEL",
        help="what the outputs of your own network stand for: 0 1 2 3 4 5 6 7 8 9, then none if it is to "
        "know what is no digit, then yours, such as -, each with pictures in --extra DIR/LABEL/",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=f"folder with MNIST's four files, .gz or not (default: {cache_dir()}, downloaded when missing)",
    )
    parser.add_argument(
        "--omniglot",
        type=Path,
        metavar="FILE",
        help="Omniglot's archive, for models that know what is not a digit (default: cached, downloaded)",
    )
    parser.add_argument(
        "--extra",
        type=Path,
        metavar="DIR",
        help="learn from your own pictures too: folders 0 to 9 and none (not for classic), or your labels",
    )
    parser.add_argument(
        "--own-data",
        action="store_true",
        help="the files in --data are your own, in MNIST's format: do not ask for MNIST's checksums",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=f"write to DIR/MODEL/ (default: {_OUT}, with --quick {_QUICK_OUT})",
    )
    parser.add_argument(
        "--epochs", type=_positive, metavar="N", help="passes over the pictures (default: the recipe's)"
    )
    parser.add_argument(
        "--seed",
        "--seeds",
        dest="seeds",
        type=_seed,
        nargs="+",
        default=[0],
        metavar="N",
        help="train once a seed and state mean and spread; the first one named is kept (default: 0)",
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"only {_QUICK_EPOCHS} epochs: to see that all works"
    )
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted run stopped")
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=1,
        metavar="N",
        help="train so many networks side by side, each on one processor thread (default: 1)",
    )
    parser.add_argument(
        "--teachers",
        choices=("ready", "anew"),
        help="edge and nano learn from larger networks: take those in models/teachers, or train them first, "
        "which takes an hour, and write them to DIR/teachers (default: ready, with --own-data anew)",
    )
    parser.add_argument(
        "--abreast",
        action="store_true",
        help="train all seeds as one, with JAX, for a GPU (to install: pip install 'jax[cuda13]')",
    )
    parser.add_argument("--threads", type=_positive, metavar="N", help="processor threads (default: all)")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--evaluate", action="store_true", help="do not train: test the model that is there")
    instead.add_argument("--report", action="store_true", help="do not train: write card and plots anew")
    args = parser.parse_args(argv)
    if args.out is None:
        args.out = _QUICK_OUT if args.quick else _OUT
    if args.own_data and args.data is None:
        parser.error("--own-data needs --data DIR")
    if len(set(args.seeds)) < len(args.seeds):
        parser.error("--seeds: the same seed is named twice")
    args.recipe = _recipe(parser, args)
    if args.extra is not None and not (args.recipe.lessons or args.recipe.own):
        parser.error(f"--extra: {args.model} learns from MNIST only")
    if args.quick and args.epochs is not None:
        parser.error("--quick and --epochs exclude each other")
    if args.abreast and not args.recipe.lessons:
        parser.error(f"--abreast: {args.model} learns from MNIST only, which takes no GPU")
    if args.abreast and (args.recipe.own or args.quick or args.jobs > 1):
        parser.error("--abreast is for edge and nano, and without --quick and --jobs")
    if args.teachers is not None and (args.quick or not args.recipe.teachers):
        parser.error("--teachers is for edge and nano, and without --quick")
    args.teachers = args.teachers or default_teachers(args)
    if args.resume and (args.evaluate or args.report):
        parser.error("--resume is for training only")
    args.epochs = _QUICK_EPOCHS if args.quick else args.epochs or args.recipe.epochs
    return args


def _model(text: str) -> str:
    if text not in RECIPES and not text.endswith(".keras"):
        raise argparse.ArgumentTypeError(f"{text} is neither {', '.join(RECIPES)} nor a .keras file")
    return text


def _recipe(parser: argparse.ArgumentParser, args: argparse.Namespace) -> Recipe:
    """Return the recipe that is meant; labels of a user's network are those named or trained with before."""
    if args.model in RECIPES:
        if args.labels is not None:
            parser.error(f"--labels: those of {args.model} are fixed; they are for a network of your own")
        return RECIPES[args.model]
    from train.own import label_fault, own_recipe, recorded_labels

    path = Path(args.model)
    if taken_name(path):
        parser.error(
            f"{path.name}: a network of your own called {taken_name(path)} would overwrite ours or be taken "
            "for it; rename the file, for instance to my-network.keras"
        )
    labels = tuple(args.labels or recorded_labels(args.out / path.stem) or DIGITS)
    fault = label_fault(labels)
    if fault is not None:
        parser.error(f"--labels {' '.join(labels)}: {fault}")
    return own_recipe(path, labels)


def default_teachers(args: argparse.Namespace) -> str:
    """Say which teachers are taken where nothing is said of them: ours know MNIST's digits."""
    return "anew" if args.own_data else "ready"


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not in 0 to 4294967295")
    return value
