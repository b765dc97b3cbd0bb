"""`python -m benchmarks compare`: What changed between two results beyond their noise."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.change import LEAST, Change
from benchmarks.errors import UsageError
from benchmarks.markdown import table
from benchmarks.results import changes, strangers
from benchmarks.schema import load_schema, violations
from edge_digits.cli.terminal import say

UNITS = {"latency": "ms", "frames": "ms", "accuracy": "%", "size": "kB", "memory": "MB", "load": "ms"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("before", type=Path, metavar="A.json", help="result of python -m benchmarks")
    parser.add_argument("after", type=Path, metavar="B.json", help="a later one")
    parser.add_argument(
        "--least",
        type=_percent,
        default=LEAST,
        metavar="PERCENT",
        help="smallest change that counts",
    )
    parser.add_argument("--all", action="store_true", help="show also what stayed the same")


def run(arguments: argparse.Namespace) -> int:
    """Prints what became worse and better.

    Args:
        arguments: As declared by `add_arguments`.

    Returns:
        1 where anything became worse, else 0.

    Raises:
        UsageError: A file is no result of this version.
    """
    before, after = load_result(arguments.before), load_result(arguments.after)
    for note in notes(before, after):
        say(f"**{note}**\n")
    found = changes(before, after, least=arguments.least)
    shown = [each for each in found if arguments.all or each.verdict in ("worse", "better")]
    if shown:
        say(changes_table(shown) + "\n")
    say(summary(found, least=arguments.least))
    for name, only in strangers(before, after):
        say(f"- only in the {only} result: {name}")
    return int(any(each.verdict == "worse" for each in found))


def load_result(path: Path) -> dict[str, Any]:
    """A result file, checked against the schema.

    Raises:
        UsageError: There is no such file, or it is something else.
    """
    remedy = "make one: python -m benchmarks --json FILE"
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", remedy) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as JSON: {error}", remedy) from error
    wrong = violations(result, load_schema())
    if wrong:
        raise UsageError(f"{path} is no result of this version: {wrong[0]}", remedy)
    return dict(result)


def notes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What makes the comparison doubtful, in sentences."""
    found = []
    for what, label in (("name", "machines"), ("python", "versions of Python")):
        pair = before["machine"][what], after["machine"][what]
        if pair[0] != pair[1]:
            found.append(f"Different {label}, {pair[0]} and {pair[1]}: this is not about the code alone.")
    for label, result in (("before", before), ("after", after)):
        found += [f"{label}: {warning}" for warning in result["warnings"]]
    return found


def changes_table(found: list[Change]) -> str:
    """One line a figure, what became worse on top."""
    order = ("worse", "better", "unknown", "same")
    lines = []
    for each in sorted(found, key=lambda each: (order.index(each.verdict), -each.ratio)):
        sure = "-" if each.low is None else f"{_signed(each.low)} .. {_signed(each.high or each.low)}"
        figures = [f"{value:.4g} {UNITS[each.part]}" for value in (each.before, each.after)]
        lines.append([each.name, each.part, each.verdict, *figures, _signed(each.ratio), sure])
    header = ["what", "figure", "verdict", "before", "after", "change", "99 % sure"]
    return table(header, lines, left=3)


def summary(found: list[Change], *, least: float) -> str:
    """How many figures changed which way, and what counts as a change."""
    verdicts = Counter(each.verdict for each in found)
    words = [f"{verdicts[verdict]} {verdict}" for verdict in ("worse", "better", "same")]
    if verdicts["unknown"]:
        why = "rounds too few, too unsteady or of another pace: measure again while nothing else runs"
        words += [f"{verdicts['unknown']} not to be told ({why})"]
    return (
        f"{len(found)} figures compared: {', '.join(words)}. "
        f"Times are of quiet rounds; one changed if it is {100 * least:g} % off and 99 % sure to be off "
        "at all, both runs divided by the yardstick timed in the same rounds."
    )


def _signed(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.1f} %"


def _percent(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"wanted is a number of per cent from 0 on, not {word!r}")
    return value / 100
