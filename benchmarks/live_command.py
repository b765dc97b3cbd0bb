"""`python -m benchmarks live`: What a camera's frame costs on average where a tracker follows the digits."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.errors import UsageError
from benchmarks.files import demand_writable, write_json
from benchmarks.frames import REFERENCE
from benchmarks.live import EVERY, clip_case, figures, follow, reference_grey, rendered_cases
from benchmarks.machine import machine_name, machine_record
from benchmarks.markdown import table
from benchmarks.reader_arguments import add_reader_arguments, reader_record, reader_sentence
from edge_digits.cli.terminal import say

LIVE_SCHEMA = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "clips",
        nargs="*",
        type=Path,
        metavar="CLIP",
        help="a clip to follow (default: a sheet at rest, one in a hand, a desk without, the sample clip)",
    )
    add_reader_arguments(parser)
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="for one inference")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="chooses what is rendered")
    parser.add_argument(
        "--frames", type=int, default=150, metavar="N", help="of each rendered case (default: 150)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures and readings there")


def run(arguments: argparse.Namespace) -> int:
    """Follows every case and prints what its frames cost.

    Args:
        arguments: As declared by `add_arguments`.

    Returns:
        0.

    Raises:
        EdgeDigitsError: Clips, model or backend are not as they should be.
    """
    from edge_digits import DigitReader

    if arguments.frames < 1 or arguments.seed < 0:
        raise UsageError(
            f"--frames is {arguments.frames}, --seed is {arguments.seed}",
            "give frames of 1 or more, a seed of 0 or more",
        )
    demand_writable(arguments.json)
    cases = [clip_case(path) for path in arguments.clips]
    reader = DigitReader(
        arguments.model, backend=arguments.backend, threads=arguments.threads, mode=arguments.mode
    )
    grey = reference_grey(arguments.seed)
    found = [
        figures(case, follow(reader, case, grey))
        for case in cases or rendered_cases(arguments.seed, arguments.frames)
    ]
    measured = reader_record(reader)
    say(f"{reader_sentence(measured)}, {machine_name()}, seed {arguments.seed}\n")
    say(cases_table(found))
    say(f"\nR: {REFERENCE}; the median of its turns, one every {EVERY} frames of the same case.")
    if arguments.json:
        write_json(
            arguments.json,
            {
                "schema": LIVE_SCHEMA,
                "reader": measured,
                "machine": machine_record(),
                "seed": arguments.seed,
                "reference": REFERENCE,
                "cases": found,
            },
        )
    return 0


def cases_table(found: Sequence[dict[str, Any]]) -> str:
    """Figures by case as Markdown.

    Args:
        found: From `live.figures`.
    """
    header = ["case", "frames", "searched", "mean ms", "p50 ms", "p90 ms", "R ms"]
    header += ["mean R", "searched R", "other R", "right from", "right since", "false"]
    return table(header, [_row(each) for each in found])


def _row(of: dict[str, Any]) -> list[str]:
    row = [of["case"], str(of["frames"]), _percent(of["searched"] / of["frames"])]
    row += [f"{of[key]:.2f}" for key in ("mean_ms", "p50_ms", "p90_ms", "reference_ms")]
    row += ["-" if of[key] is None else f"{of[key]:.2f}" for key in ("mean_r", "searched_r", "followed_r")]
    row += ["-" if of["right_from"] is None else str(of["right_from"]), _percent(of["right_share"])]
    return [*row, "-" if of["false_frames"] is None else str(of["false_frames"])]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
