"""`python -m benchmarks robustness`: How well labelled pictures are read when camera or light are worse."""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.degradations import DEGRADATIONS, Degradation
from benchmarks.errors import UsageError
from benchmarks.failures import write_failures
from benchmarks.files import demand_folder, demand_writable, write_json
from benchmarks.held_up import before_photos
from benchmarks.labels import LabelledPicture, load_labels
from benchmarks.markdown import table
from benchmarks.progress import progress
from benchmarks.reader_arguments import (
    add_labels_argument,
    add_reader_arguments,
    reader_record,
    reader_sentence,
)
from benchmarks.readrate import Outcome, summarize
from edge_digits import DigitReader
from edge_digits.cli.terminal import say
from edge_digits.errors import ImageError
from edge_digits.image import load_image
from train.processes import processes

ROBUSTNESS_SCHEMA: Final = 1
AS_IT_IS: Final = "as it is"
"""The first row: nothing is done to the pictures."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_labels_argument(parser)
    add_reader_arguments(parser)
    parser.add_argument(
        "--ways",
        nargs="*",
        choices=tuple(DEGRADATIONS),
        default=list(DEGRADATIONS),
        metavar="NAME",
        help=f"of {', '.join(DEGRADATIONS)} (default: all)",
    )
    parser.add_argument(
        "--before",
        type=Path,
        metavar="FOLDER",
        help="hold every picture up before the photos there, too, which show no digits",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="chooses what is left to chance")
    parser.add_argument(
        "--draws",
        type=int,
        default=1,
        metavar="N",
        help="times that each picture goes bad each way, from that seed on (default: 1)",
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="processes side by side, a thread each (default: 1)"
    )
    parser.add_argument("--failures", type=Path, metavar="DIR", help="draw what was misread in folders there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures and readings there")


def run(arguments: argparse.Namespace) -> int:
    """Degrades and reads every picture, prints figures by way and what is misread in most of them.

    Args:
        arguments: As declared by `add_arguments`.

    Returns:
        0, or 1 where a file could not be read as a picture.

    Raises:
        EdgeDigitsError: Labels, model or backend are not as they should be.
    """
    if arguments.jobs < 1 or arguments.draws < 1 or arguments.seed < 0:
        raise UsageError(
            f"--jobs is {arguments.jobs}, --draws is {arguments.draws}, --seed is {arguments.seed}",
            "give jobs and draws of 1 or more, a seed of 0 or more",
        )
    pictures = load_labels(arguments.labels)
    reading = arguments.model, arguments.backend, arguments.mode
    # Opened here first: what is wrong with it is said before anything is read.
    reader = _opened(*reading)
    demand_writable(arguments.json)
    if arguments.failures:
        demand_folder(arguments.failures)
    ways = {name: DEGRADATIONS[name] for name in arguments.ways}
    if arguments.before:
        held = before_photos(arguments.before)
        ways[held.name] = held
    told: dict[str, list[Outcome]] = {name: [] for name in (AS_IT_IS, *ways)}
    seeds = range(arguments.seed, arguments.seed + arguments.draws)
    work = _each(pictures, list(ways.values()), seeds, reading, arguments.jobs)
    for outcomes in progress(work, label="reading", total=len(pictures)):
        for name, some in outcomes.items():
            told[name] += some
    measured = reader_record(reader)
    say(
        f"{reader_sentence(measured)}, {len(pictures)} pictures of {arguments.labels.name}, "
        + (f"seeds {seeds[0]} to {seeds[-1]}\n" if len(seeds) > 1 else f"seed {arguments.seed}\n")
    )
    say(ways_table(told, ways))
    if hard := _hardest(told):
        times = len(seeds) * (len(told) - 1)
        say(f"\nmisread in most ways (of {times}):\n" + "\n".join(hard))
    if arguments.failures:
        count = sum(_draw(told[name], ways.get(name), arguments.failures, seeds) for name in told)
        say(f"\n{count} misread pictures in {arguments.failures}")
    if arguments.json:
        rows = {
            name: {
                "how": ways[name].how if name in ways else "",
                **{kind: summarize(some) for kind, some in _by_kind(outcomes).items()},
                "pictures": [outcome.to_dict() for outcome in outcomes],
            }
            for name, outcomes in told.items()
        }
        write_json(
            arguments.json,
            {
                "schema": ROBUSTNESS_SCHEMA,
                "reader": measured,
                "seed": arguments.seed,
                "draws": arguments.draws,
                "ways": rows,
            },
        )
    return int(any(not outcome.answered for outcome in told[AS_IT_IS]))


def ways_table(told: dict[str, list[Outcome]], ways: Mapping[str, Degradation]) -> str:
    """Figures by way as Markdown.

    Args:
        told: What became of the pictures, for "as it is" and each way.
        ways: These, by name.
    """
    rows = [_row(name, ways.get(name), outcomes) for name, outcomes in told.items()]
    changed = [outcome for name, outcomes in told.items() if name != AS_IT_IS for outcome in outcomes]
    if changed:
        rows.append(_row("all ways", None, changed))
    header = ["way", "done", "single", "several", "CER", "digits", "wrong", "missed", "false", "unsure"]
    silent = any(outcome.picture.kind == "none" for outcome in told[AS_IT_IS])
    if not silent:
        rows = [row[:-1] for row in rows]
    return table([*header, *(["false reads"] if silent else [])], rows, left=2)


def _row(name: str, way: Degradation | None, outcomes: list[Outcome]) -> list[str]:
    kinds = {kind: summarize(some) for kind, some in _by_kind(outcomes).items()}
    several = kinds["multi"]
    row = [name, "" if way is None else way.how]
    row += [f"{kinds[kind]['exact']}/{kinds[kind]['pictures']}" for kind in ("single", "multi")]
    row += ["-" if several["cer"] is None else f"{100 * several['cer']:.1f} %"]
    row += [str(several[key]) for key in ("digits", "wrong", "missed", "false", "unsure")]
    return [*row, f"{kinds['none']['false_pictures']}/{kinds['none']['empty_pictures']}"]


def _by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    return {
        kind: [outcome for outcome in outcomes if outcome.picture.kind == kind]
        for kind in ("single", "multi", "none")
    }


def _hardest(told: dict[str, list[Outcome]], count: int = 10) -> list[str]:
    """Names the pictures that are misread in most ways, and these."""
    failed: dict[Path, list[str]] = {}
    for name, outcomes in told.items():
        for outcome in outcomes:
            if name != AS_IT_IS and not outcome.exact:
                failed.setdefault(outcome.picture.path, []).append(name)
    most = sorted(failed.items(), key=lambda each: -len(each[1]))[:count]
    return [f"{len(ways):>3}  {path.name}: {_counted(ways)}" for path, ways in most]


def _counted(names: Sequence[str]) -> str:
    """Names, each once, with how often where that is more than once."""
    return ", ".join(f"{name} ({times})" if times > 1 else name for name, times in Counter(names).items())


Reading = tuple[str | None, str, str]
"""Model, backend and mode to read with."""
_STATE: dict[str, DigitReader] = {}


def _opened(model: str | None, backend: str, mode: str) -> DigitReader:
    return DigitReader(model, backend=backend, threads=1, mode=mode)  # type: ignore[arg-type]


def _start(model: str | None, backend: str, mode: str) -> None:
    # All processors are taken by processes already.
    cv2.setNumThreads(1)
    _STATE["reader"] = _opened(model, backend, mode)


def _each(
    pictures: Sequence[LabelledPicture],
    ways: Sequence[Degradation],
    seeds: Sequence[int],
    reading: Reading,
    jobs: int,
) -> Iterator[dict[str, list[Outcome]]]:
    """Yields what became of each picture in turn, by way, once a seed; as it is, once."""
    if jobs == 1:
        _start(*reading)
        yield from (_read(picture, ways, seeds) for picture in pictures)
        return
    remedy = "Give the command again with fewer --jobs."
    with processes(min(jobs, os.cpu_count() or 1), _start, reading, remedy=remedy) as pool:
        for done in [pool.submit(_read, picture, ways, seeds) for picture in pictures]:
            yield done.result()


def _read(
    picture: LabelledPicture, ways: Sequence[Degradation], seeds: Sequence[int]
) -> dict[str, list[Outcome]]:
    suitable = _suitable(picture, ways)
    try:
        image = load_image(picture.path)
    except ImageError as error:
        failed = Outcome(picture, 0.0, "", answered=False, problem=error.problem)
        return {name: [failed] * len(_times(name, seeds)) for name in suitable}
    told: dict[str, list[Outcome]] = {name: [] for name in suitable}
    for name, way in suitable.items():
        for seed in _times(name, seeds):
            shown = image if way is None else way(image, picture.path.name, seed)
            begin = time.perf_counter_ns()
            reading = _STATE["reader"].read(shown)
            told[name].append(Outcome.of(picture, reading, (time.perf_counter_ns() - begin) / 1e6))
    return told


def _times(name: str, seeds: Sequence[int]) -> Sequence[int]:
    """Seeds by which a picture is shown one way: as it is, it has no need of them."""
    return seeds[:1] if name == AS_IT_IS else seeds


def _suitable(picture: LabelledPicture, ways: Sequence[Degradation]) -> dict[str, Degradation | None]:
    """Of a digit by itself nobody can tell how far it was turned."""
    return {AS_IT_IS: None, **{way.name: way for way in ways if picture.kind != "single" or not way.turns}}


def _draw(outcomes: Sequence[Outcome], way: Degradation | None, folder: Path, seeds: Sequence[int]) -> int:
    """Draws what was misread in a folder of its own, or of its own for each seed, and tells how many."""
    name = AS_IT_IS if way is None else way.name
    count, times = 0, _times(name, seeds)
    for at, seed in enumerate(times):
        misread = [outcome for outcome in outcomes[at :: len(times)] if not outcome.exact]
        place = folder / name.replace(" ", "-") / (str(seed) if len(times) > 1 else "")

        def shown(path: Path, seed: int = seed) -> NDArray[np.uint8]:
            image = load_image(path)
            return image if way is None else way(image, path.name, seed)

        count += len(write_failures(misread, place, shown))
    return count
