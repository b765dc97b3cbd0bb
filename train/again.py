"""The commands that do a training again: for the model card and for whoever was interrupted."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from train.arguments import default_teachers
from train.network import RECIPES


def command_again(args: argparse.Namespace) -> str:
    """Return the command that trains the same again, wherever the files lie on this machine.

    Args:
        args: What `train.arguments.parse` returned.
    """
    words = [_command(args)]
    if not args.quick and args.epochs != args.recipe.epochs:
        words.append(f"--epochs {args.epochs}")
    if args.seeds != [0]:
        words.append(f"--seeds {' '.join(map(str, args.seeds))}")
    if args.recipe.teachers and args.teachers != default_teachers(args):
        words.append(f"--teachers {args.teachers}")
    if args.abreast:
        words.append("--abreast")
    return " ".join(words)


def command_check(args: argparse.Namespace) -> str:
    """Return the command that prints the model's test figures."""
    return f"{_command(args)} --evaluate"


def how_to_resume(arguments: Sequence[str]) -> str:
    """Return what to tell someone who interrupted a training that was started with these arguments."""
    words = [*arguments, *([] if "--resume" in arguments else ["--resume"])]
    return f"; to go on: python -m train {shlex.join(words)}"


def _command(args: argparse.Namespace) -> str:
    quick, own = (" --quick" if args.quick else ""), (" --data DIR --own-data" if args.own_data else "")
    extra = "" if args.extra is None else " --extra DIR"
    if args.model in RECIPES:
        return f"python -m train {args.model}{quick}{own}{extra}"
    labels = shlex.join(args.recipe.labels)
    return f"python -m train {Path(args.model).name}{quick}{own}{extra} --labels {labels}"
