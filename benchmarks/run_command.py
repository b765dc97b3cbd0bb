"""`python -m benchmarks`: Size, accuracy, latency and footprint of every artifact on every backend."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from benchmarks.errors import DataError, UsageError
from benchmarks.files import demand_writable, write_json, write_text
from benchmarks.html_report import html_page
from benchmarks.machine import CHECKOUT, machine_record
from benchmarks.recommend import preference_of, recommend
from benchmarks.report import markdown
from benchmarks.rows import PARTS, REFERENCES, WHOLE_PARTS
from benchmarks.session import Settings, run_session
from benchmarks.suite import choose_artifacts, choose_backends
from edge_digits.cli.terminal import say
from edge_digits.preference import save_preference
from edge_digits.registry import default_model

RESULTS = CHECKOUT / "benchmarks" / "results"
"""Where complete runs are kept, one file a kind of machine."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", help="folder with MNIST's four files, for accuracy")
    add(
        "--pictures",
        type=Path,
        metavar="PLACE",
        help="your own: a folder with folders 0 to 9 and none, or a CSV with path and label",
    )
    add(
        "--quick",
        action="store_true",
        help="the default model alone, in brief, within about two minutes on any board",
    )
    add(
        "--full",
        action="store_true",
        help="latency also with 1, 2 and all threads, and with ten crops a call",
    )
    add("--only", choices=(*PARTS, *WHOLE_PARTS), help="measure this part alone")
    add("--artifacts", nargs="+", metavar="NAME", help="models, artifacts or files (default: all)")
    add("--backends", nargs="+", metavar="NAME", help="backends (default: all installed)")
    add("--reference", choices=REFERENCES, default="auto", help="what to compare with (default: auto)")
    add("--threads", type=_positive, default=1, metavar="N", help="for one inference (default: 1)")
    add("--seed", type=_natural, default=0, metavar="N", help="chooses the digits drawn for timing")
    add("--recommend", action="store_true", help="save what is best here, for DigitReader() to follow")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    add("--html", type=Path, metavar="FILE", help="write a page with charts there")
    add("--markdown", type=Path, metavar="FILE", help="write the printed page there")


def run(arguments: argparse.Namespace) -> int:
    """Measures, prints a page, and keeps the result.

    A run with nothing left out is kept under benchmarks/results/ unless
    `--json` or `--markdown` names another place.

    Args:
        arguments: As declared by `add_arguments`.

    Returns:
        0, or 1 where every backend refuses every file.

    Raises:
        EdgeDigitsError: Models, backends or data are not as they should be.
    """
    if arguments.recommend and arguments.only not in (None, "latency"):
        raise UsageError("--recommend needs latency", f"leave --only {arguments.only} away")
    settings = Settings(
        data=arguments.data,
        pictures=arguments.pictures,
        quick=arguments.quick,
        full=arguments.full,
        only=arguments.only,
        threads=arguments.threads,
        seed=arguments.seed,
        reference=arguments.reference,
    )
    if arguments.html and find_spec("matplotlib") is None:
        raise DataError("--html needs matplotlib", 'pip install "edge-digits[bench]"')
    demand_writable(arguments.json, arguments.html, arguments.markdown)
    machine = machine_record()
    wanted = arguments.artifacts or ([default_model()] if arguments.quick else None)
    chosen, backends = choose_artifacts(wanted), choose_backends(arguments.backends)
    result = run_session(chosen, backends, settings, machine)
    page = markdown(result)
    say(page)
    json_path, markdown_path = arguments.json, arguments.markdown
    narrowed = arguments.quick or arguments.only or arguments.artifacts or arguments.backends
    if not (narrowed or json_path or markdown_path):
        json_path, markdown_path = RESULTS / f"{machine['name']}.json", RESULTS / f"{machine['name']}.md"
    if json_path:
        write_json(json_path, result)
        say(f"\nall figures: {json_path}")
    if arguments.html:
        write_text(arguments.html, html_page(result))
        say(f"with charts: {arguments.html}")
    if markdown_path:
        write_text(markdown_path, page + "\n")
        say(f"this page: {markdown_path}")
    if arguments.recommend:
        choice = recommend(result, default_model())
        place = save_preference(preference_of(choice, result))
        say(
            f"\nBest here: {choice.row['name']}, {choice.threads} thread(s), "
            f"{choice.milliseconds:.3f} ms a digit."
            f"\nDigitReader() follows this from now on: {place}"
        )
    return int(all(row["status"] == "refused" for row in result["rows"]))


def _positive(word: str) -> int:
    return _at_least(word, 1)


def _natural(word: str) -> int:
    return _at_least(word, 0)


def _at_least(word: str, least: int) -> int:
    if not word.isdecimal() or int(word) < least:
        raise argparse.ArgumentTypeError(f"wanted is a whole number of at least {least}, not {word!r}")
    return int(word)
