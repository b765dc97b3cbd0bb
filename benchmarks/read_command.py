"""`python -m benchmarks read`: How well the reader reads labelled pictures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2

from benchmarks.errors import DataError
from benchmarks.failures import write_failures
from benchmarks.files import demand_folder, demand_writable, write_json
from benchmarks.labels import load_labels
from benchmarks.machine import machine_record
from benchmarks.markdown import table
from benchmarks.ocr import OCR_NAMES, Peer, find_ocr
from benchmarks.original import OriginalWay
from benchmarks.progress import progress
from benchmarks.reader_arguments import (
    add_labels_argument,
    add_reader_arguments,
    reader_record,
    reader_sentence,
)
from benchmarks.readrate import Outcome, by_group
from benchmarks.side_by_side import (
    categories_table,
    compare_readers,
    read_side_by_side,
    readers_table,
    sentences,
)
from edge_digits.cli.terminal import say

READ_SCHEMA = 1
PEERS = (*OCR_NAMES, "original")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_labels_argument(parser)
    add_reader_arguments(parser)
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="for one inference")
    parser.add_argument(
        "--peers",
        nargs="+",
        choices=(*PEERS, "none"),
        default=list(OCR_NAMES),
        metavar="NAME",
        help=f"who reads the same pictures too: {', '.join(PEERS)} or none (default: {' '.join(OCR_NAMES)}, "
        "where installed)",
    )
    parser.add_argument("--failures", type=Path, metavar="DIR", help="write every misread picture there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures and readings there")


def run(arguments: argparse.Namespace) -> int:
    """Reads every picture, prints figures by group and what was misread.

    Args:
        arguments: As declared by `add_arguments`.

    Returns:
        0, or 1 where a file could not be read as a picture.

    Raises:
        EdgeDigitsError: Labels, model or backend are not as they should be.
    """
    from edge_digits import DigitReader

    pictures = load_labels(arguments.labels)
    reader = DigitReader(
        arguments.model, backend=arguments.backend, threads=arguments.threads, mode=arguments.mode
    )
    # This process owns OpenCV's threads: the search would else take all CPUs beside programs that have one.
    demand_writable(arguments.json)
    if arguments.failures:
        demand_folder(arguments.failures)
    cv2.setNumThreads(arguments.threads)
    with ExitStack() as stack:
        peers, missing = _find(arguments.peers, arguments.threads)
        for peer in peers:
            stack.callback(peer.close)
        told = list(
            progress(read_side_by_side(reader, pictures, peers), label="reading", total=len(pictures))
        )
    outcomes = [outcome for outcome, _ in told]
    groups = by_group(outcomes)
    found = compare_readers(told) if any(others for _, others in told) else {}
    measured = reader_record(reader)
    say(f"{reader_sentence(measured)}, {len(pictures)} pictures of {arguments.labels.name}\n")
    say(groups_table(groups))
    if found:
        say(f"\n{readers_table(found)}\n\n{categories_table(found)}\n\n" + "\n".join(sentences(found, peers)))
    for sentence in missing:
        say(f"\nnot compared: {sentence}")
    misread = [outcome for outcome in outcomes if not outcome.exact]
    if misread:
        say(f"\nmisread:\n{misread_list(misread)}")
    if arguments.failures:
        written = write_failures(misread, arguments.failures)
        say(f"\n{len(written)} misread pictures in {arguments.failures}")
    if arguments.json:
        write_json(
            arguments.json,
            {
                "schema": READ_SCHEMA,
                "labels": arguments.labels.name,
                "reader": measured,
                "machine": machine_record(),
                "groups": groups,
                "readers": {
                    name: {**each, "how": next((p.how for p in peers if p.name == name), None)}
                    for name, each in found.items()
                },
                "pictures": [outcome.to_dict() for outcome in outcomes],
            },
        )
    return int(groups["all"]["unreadable"] > 0)


def _find(names: Sequence[str], threads: int) -> tuple[list[Peer], list[str]]:
    """Starts the other programs; "original" needs TensorFlow and seconds, so it comes only when named."""
    peers, missing = find_ocr([name for name in OCR_NAMES if name in names], threads)
    if "original" in names:
        try:
            peers.append(OriginalWay(threads))
        except DataError as error:
            missing.append(f"{error.problem}: {error.remedy}")
    return peers, missing


def groups_table(groups: dict[str, dict[str, Any]]) -> str:
    """Figures by group as Markdown; columns that say nothing are left out."""
    with_empty = groups["all"]["empty_pictures"] > 0
    with_core = any(figures["core"] != figures["exact"] for figures in groups.values())
    header = ["pictures of", "exact", "rate", *(["core"] if with_core else []), "CER", "digits"]
    header += [
        "wrong",
        "missed",
        "false",
        "unsure",
        *(["false reads"] if with_empty else []),
        "p50 ms",
        "p90 ms",
    ]
    rows = []
    for name, figures in groups.items():
        count = figures["pictures"]
        row = [name, f"{figures['exact']}/{count}", _percent(figures["exact_rate"])]
        row += [f"{figures['core']}/{count}"] if with_core else []
        row += [_percent(figures["cer"])]
        row += [str(figures[key]) for key in ("digits", "wrong", "missed", "false", "unsure")]
        row += [f"{figures['false_pictures']}/{figures['empty_pictures']}"] if with_empty else []
        row += ["-" if figures[key] is None else f"{figures[key]:.1f}" for key in ("p50_ms", "p90_ms")]
        rows.append(row)
    return table(header, rows)


def misread_list(outcomes: list[Outcome]) -> str:
    """Truth above reading for each misread picture, "?" for each unsure digit."""
    blocks = []
    for outcome in outcomes:
        notes = [] if outcome.picture.ordered else ["any order"]
        notes += [outcome.problem] if outcome.problem else []
        notes += ["core is right"] if outcome.core else []
        name = outcome.picture.path.name + (f"  ({'; '.join(notes)})" if notes else "")
        truth = outcome.picture.text or "(no digit)"
        blocks.append(f"{name}\n  truth   {truth}\n  reading {outcome.shown or '(nothing)'}")
    return "\n".join(blocks)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
