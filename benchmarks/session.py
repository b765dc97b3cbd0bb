"""One run: every part measured for every row, and what the machine did meanwhile."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import contention
from benchmarks.accuracy import TestSet, accuracy, load_test_set
from benchmarks.footprint import BASELINE, measure_footprints
from benchmarks.frames import measure_frames
from benchmarks.overhead import measure_overhead
from benchmarks.progress import watcher
from benchmarks.rounds import Crop, Plan
from benchmarks.rows import WHOLE_PARTS, Row, build_rows
from benchmarks.stats import drift
from benchmarks.sweep import manners, time_rows
from edge_digits import DigitReader
from edge_digits.artifact import Artifact
from edge_digits.backends import AUTO_ORDER, Backend
from edge_digits.normalize import normalize
from edge_digits.registry import default_model

SCHEMA = 2
"""Version of the result file; schema.json describes it."""
DRAWN = 64
"""How many different digits are timed, in turn."""


@dataclass(frozen=True)
class Settings:
    """What a run was asked for."""

    data: Path | None = None
    """Folder with MNIST's files; None for the cache of `python -m train`."""
    quick: bool = False
    """Less of everything."""
    full: bool = False
    """Latency also with 1, 2 and all threads, and with ten crops a call."""
    only: str | None = None
    """One of rows.PARTS or rows.WHOLE_PARTS, None for all."""
    threads: int = 1
    """For one inference."""
    seed: int = 0
    """Chooses the digits drawn for timing."""
    reference: str = "auto"
    """One of rows.REFERENCES."""

    @property
    def plan(self) -> Plan:
        """How long each row is timed."""
        return Plan(rounds=10, seconds=0.3, warmup=10) if self.quick else Plan()

    @property
    def frame_plan(self) -> Plan:
        """How long each page is read."""
        return Plan(rounds=10, seconds=0.3, warmup=1, settle=1) if self.quick else Plan(20, 2.0, 2, 1)

    @property
    def repeats(self) -> int:
        """Fresh processes a row."""
        return 1 if self.quick else 5

    def wants(self, part: str) -> bool:
        """Whether a part is to be measured."""
        return self.only in (None, part)


def run_session(
    chosen: Sequence[Artifact], backends: Sequence[str], settings: Settings, machine: dict[str, Any]
) -> dict[str, Any]:
    """Measures artifacts on backends.

    Args:
        chosen: The artifacts.
        backends: Names of installed backends.
        settings: What to measure, and how long.
        machine: By machine.machine_record.

    Returns:
        The content of a result file, as schema.json describes it.

    Raises:
        EdgeDigitsError: A file, backend or data set is not as it should be.
    """
    test = None
    if settings.wants("accuracy"):
        test = load_test_set(settings.data, every=10 if settings.quick else 1)
    # This process owns OpenCV's threads: without this its rows would run on all CPUs, the others on one.
    cv2.setNumThreads(settings.threads)
    asked = "opencv" if settings.only in WHOLE_PARTS else settings.reference
    rows, reference = build_rows(chosen, backends, threads=settings.threads, reference=asked)
    live = [row for row in rows if row.predict is not None]
    crops = drawn_crops(settings.seed)
    pace = frames = overhead = None
    before = contention.sample()
    if settings.wants("latency"):
        wanted = manners(settings.threads, machine["cores"], full=settings.full)
        pace = time_rows(live, reference, wanted, crops, settings.plan)
    if settings.wants("overhead"):
        overhead = measure_overhead(
            chosen, backends, crops, replace(settings.plan, seconds=settings.plan.seconds / 3)
        )
    if settings.wants("frames"):
        frames = _read_frames(chosen, backends, settings)
    cv2.setNumThreads(settings.threads)
    conditions = contention.between(before, contention.sample())
    unsteady = None
    if settings.wants("latency") and live:
        unsteady = statistics.median(drift(row.figures["latency"]["round_p50_ms"]) for row in live)
    if test is not None:
        _score(live, test)
    baseline = _weigh(live, settings) if settings.wants("footprint") else None
    return {
        "schema": SCHEMA,
        "machine": machine,
        "settings": _record(settings, test),
        "conditions": conditions,
        "warnings": contention.warnings(
            conditions, cores=machine["cores"], governor=machine["governor"], drift=unsteady
        ),
        "reference": None if reference is None else reference.name,
        "baseline": baseline,
        "yardstick": pace,
        "overhead": overhead,
        "frames": frames,
        "rows": [row.to_dict() for row in rows],
    }


def drawn_crops(seed: int) -> list[Crop]:
    """Handwritten digits of our own, prepared as the reader prepares them.

    Args:
        seed: The same seed draws the same digits.

    Returns:
        DRAWN crops of shape (1, 28, 28), uint8, the ten digits in turn.
    """
    from train.scenes import draw_digit

    rng = np.random.default_rng(seed)
    inks = [draw_digit(str(index % 10), rng, height=48) for index in range(DRAWN)]
    return [np.ascontiguousarray(normalize(ink)[np.newaxis]) for ink in inks]


def _read_frames(
    chosen: Sequence[Artifact], backends: Sequence[str], settings: Settings
) -> dict[str, Any] | None:
    """Frames read by the first artifact that an installed backend runs, as the library would choose."""
    preferred = [each for each in chosen if each.model == default_model()] or chosen
    for name in [each for each in AUTO_ORDER if each in backends]:
        formats = {backend.name: backend.formats for backend in Backend.__subclasses__()}[name]
        artifact = next((each for each in preferred if each.format in formats), None)
        if artifact is not None:
            reader = DigitReader(artifact.name, backend=name, threads=settings.threads)
            return measure_frames(reader, settings.seed, settings.frame_plan)
    return None


def _score(live: Sequence[Row], test: TestSet) -> None:
    for row in live:
        assert row.predict is not None
        # Keras takes some 40 ms a call; its answers do not depend on the batch beyond rounding.
        row.figures["accuracy"] = accuracy(
            row.predict,
            row.labels,
            test,
            batch=500 if row.is_keras else 1,
            watch=watcher(f"accuracy, {row.name}"),
        )


def _weigh(live: Sequence[Row], settings: Settings) -> dict[str, Any]:
    # TensorFlow takes several seconds to import: once is enough, and too long for a quick run.
    weighed = [row for row in live if not (settings.quick and row.is_keras)]
    figures = measure_footprints(
        {row.name: row.probe for row in weighed},
        repeats=settings.repeats,
        once=[row.name for row in weighed if row.is_keras],
        watch=watcher("footprint"),
    )
    for row in weighed:
        row.figures["footprint"] = figures[row.name]
    return figures[BASELINE]


def _record(settings: Settings, test: TestSet | None) -> dict[str, Any]:
    plan = settings.plan
    return {
        "quick": settings.quick,
        "full": settings.full,
        "only": settings.only,
        "threads": settings.threads,
        "seed": settings.seed,
        "rounds": plan.rounds,
        "seconds_per_row": plan.seconds,
        "warmup_calls": plan.warmup,
        "settle_calls": plan.settle,
        "timed_on": f"{DRAWN} drawn digits, batch 1",
        "scored_on": None if test is None else test.name,
        "processes_per_row": settings.repeats,
    }
