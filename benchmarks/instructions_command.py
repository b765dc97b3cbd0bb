"""`python -m benchmarks instructions`: Instructions a call and a frame take on an emulated Pi 4 and Pi 5."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from benchmarks.emulator import PACKAGES, VARIABLE, Emulator
from benchmarks.errors import UsageError
from benchmarks.files import write_json, write_text
from benchmarks.machine import CHECKOUT, commit
from benchmarks.markdown import table
from benchmarks.parts import count_boards
from benchmarks.progress import watcher
from benchmarks.suite import choose_artifacts
from edge_digits.cli.terminal import say

RESULTS = CHECKOUT / "benchmarks" / "results"
NAME = "raspberry-pi-instructions"
SCHEMA = 1
BOARDS = {"pi4": "Pi 4 (Cortex-A72)", "pi5": "Pi 5 (Cortex-A76)"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add = parser.add_argument
    add("--emulator", type=Path, metavar="PATH", help=f"program that emulates a board (default: ${VARIABLE})")
    add("--suite", choices=("bookworm", "trixie"), default="bookworm", help="release of Raspberry Pi OS")
    add("--boards", nargs="+", choices=tuple(BOARDS), default=list(BOARDS), metavar="BOARD")
    add("--artifacts", nargs="+", metavar="NAME", help="models, artifacts or files (default: all)")
    add("--out", type=Path, default=RESULTS, metavar="DIR", help="folder for the tables")


def run(arguments: argparse.Namespace) -> int:
    """Counts on each board, prints the tables and keeps them.

    A run that is broken off goes on where it was when the command is given again.

    Args:
        arguments: As declared by `add_arguments`.

    Raises:
        EdgeDigitsError: There is no emulator, or it failed.
    """
    program = arguments.emulator or os.environ.get(VARIABLE)
    if not program:
        raise UsageError(
            "no emulator is named",
            f"give --emulator PATH or set {VARIABLE}; benchmarks/emulator.py says how it is called",
        )
    emulator = Emulator(Path(program), arguments.suite)
    emulator.check()
    kept = arguments.out / f".{NAME}.partial.json"
    chosen = choose_artifacts(arguments.artifacts)
    counts = count_boards(emulator, arguments.boards, chosen, kept, watcher("boards"))
    result = {
        "schema": SCHEMA,
        "suite": arguments.suite,
        "packages": PACKAGES,
        "commit": commit(),
        "boards": counts,
    }
    page = markdown(result)
    say(page)
    write_json(arguments.out / f"{NAME}.json", result)
    write_text(arguments.out / f"{NAME}.md", page + "\n")
    return 0


def markdown(result: dict[str, Any]) -> str:
    """The tables: thousands of instructions of one call, and of one frame by stage."""
    boards = result["boards"]
    first = next(iter(boards.values()))
    keys = list(
        dict.fromkeys((row["file"], row["backend"]) for each in boards.values() for row in each["rows"])
    )
    found = {
        (board, row["file"], row["backend"]): row["instructions"]
        for board, each in boards.items()
        for row in each["rows"]
    }
    lines = []
    for file, backend in keys:
        counts = [found.get((board, file, backend)) for board in boards]
        lines.append([file, backend, *("-" if each is None else f"{each / 1e3:.0f}" for each in counts)])
    calls = table(["file", "backend", *(BOARDS[board] for board in boards)], lines, left=2)
    engines = ", ".join(first["engines"].values())
    parts = [
        "# Instructions on a Raspberry Pi",
        "Counted in an emulated board with `python -m benchmarks instructions`: user-mode instructions, one "
        f"thread, {result['suite']} arm64, Python {first['python']}, {engines}, "
        f"commit {result['commit'] or 'unknown'}. Instructions are not time: cores differ in how many they "
        "finish per cycle, and these say nothing of memory. They are repeatable, and tell which of two ways "
        "is less work for one kind of core.",
        f"## One call with one crop, thousands of instructions\n\n{calls}",
        f"## One frame, millions of instructions\n\n{_frames(boards)}",
        "R: GaussianBlur 5x5 and adaptiveThreshold 51x51 on a grey 1280x720 frame.",
    ]
    refused = [f"- {row['file']} on {row['backend']} is refused: {row['reason']}" for row in first["refused"]]
    return "\n\n".join([*parts, *(["\n".join(refused)] if refused else [])])


def _frames(boards: dict[str, Any]) -> str:
    lines, stages = [], dict[str, None]()
    for each in boards.values():
        for counts in each["frames"].values():
            stages.update(dict.fromkeys(stage for stage in counts if stage != "reference"))
    for board, each in boards.items():
        base = each["frames"]["R"]["reference"]
        for name, counts in each["frames"].items():
            total = sum(counts.values())
            cells = [f"{counts[stage] / 1e6:.2f}" if stage in counts else "-" for stage in stages]
            lines.append([BOARDS[board], name, *cells, f"{total / 1e6:.2f}", f"{total / base:.1f} R"])
    return table(["board", "frame", *stages, "all", "ratio"], lines, left=2)
