"""One run: every part measured for every row, and what the machine did meanwhile."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import contention
from benchmarks.accuracy import TestSet, load_test_set
from benchmarks.agenda import Agenda
from benchmarks.conditions import PAGES, measure_conditions
from benchmarks.counter import counter, per_call
from benchmarks.engines import measure_engines
from benchmarks.footprint import BASELINE, measure_footprints
from benchmarks.frames import COUNTS, measure_frames
from benchmarks.overhead import measure_overhead
from benchmarks.own_pictures import load_pictures
from benchmarks.peers import measure_peers
from benchmarks.progress import watcher
from benchmarks.rounds import Crop, Plan
from benchmarks.rows import WHOLE_PARTS, Row, build_rows
from benchmarks.scores import affordable, prepare_sets, score_rows
from benchmarks.stats import drift
from benchmarks.sweep import manners, time_rows
from edge_digits import DigitReader
from edge_digits.artifact import Artifact
from edge_digits.backends import AUTO_ORDER, Backend
from edge_digits.normalize import normalize
from edge_digits.registry import default_model

SCHEMA = 2
"""Version of the result file; schema.json describes it."""
LIMITS = {
    "latency": 15.0,
    "overhead": 10.0,
    "frames": 15.0,
    "accuracy": 15.0,
    "footprint": 15.0,
    "loops": 10.0,
}
"""Seconds that parts of a quick run may take, beyond what is already begun."""
DRAWN = 64
"""How many different digits are timed, in turn."""


@dataclass(frozen=True)
class Settings:
    """What a run was asked for."""

    data: Path | None = None
    """Folder with MNIST's files; None for the cache of `python -m train`."""
    pictures: Path | None = None
    """A user's own labelled pictures, as own_pictures.load_pictures takes them."""
    quick: bool = False
    """Less of everything, and within LIMITS on however slow a machine."""
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
        return Plan(30, 0.3, 10, 1, limit=LIMITS["latency"]) if self.quick else Plan()

    @property
    def frame_plan(self) -> Plan:
        """How long each page is read."""
        return Plan(20, 0.3, 1, 0, limit=LIMITS["frames"]) if self.quick else Plan(30, 1.0, 2, 1, 100)

    @property
    def overhead_plan(self) -> Plan:
        """How long each way to call an engine is timed."""
        return Plan(20, 0.1, 10, limit=LIMITS["overhead"]) if self.quick else Plan(40, 0.4)

    @property
    def page_counts(self) -> tuple[int, ...]:
        """Digits on the pages read."""
        return (10,) if self.quick else COUNTS

    @property
    def repeats(self) -> int:
        """Fresh processes a row; where the default model is among many, for its rows alone."""
        return 1 if self.quick else 3

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
    test = own = None
    if settings.wants("accuracy"):
        test = load_test_set(settings.data, every=10 if settings.quick else 1)
        own = load_pictures(settings.pictures) if settings.pictures else None
    # This process owns OpenCV's threads: without this its rows would run on all CPUs, the others on one.
    cv2.setNumThreads(settings.threads)
    asked = "opencv" if settings.only in WHOLE_PARTS else settings.reference
    rows, reference = build_rows(chosen, backends, threads=settings.threads, reference=asked)
    live = [row for row in rows if row.predict is not None]
    crops = drawn_crops(settings.seed)
    pace = frames = seen = overhead = peers = None
    agenda = Agenda(only=settings.only, quick=settings.quick)
    before = contention.sample()
    if settings.wants("latency"):
        wanted = manners(settings.threads, machine["cores"], full=settings.full)
        pace = time_rows(live, reference, wanted, crops, settings.plan)
    if agenda.due("overhead"):
        overhead = measure_overhead(chosen, backends, crops, settings.overhead_plan)
    reader = None
    if any(settings.wants(part) for part in ("frames", "conditions", "peers")):
        reader = _reader(chosen, backends, settings.threads)
    if reader is not None and agenda.due("frames"):
        frames = measure_frames(reader, settings.seed, settings.frame_plan, settings.page_counts)
    if reader is not None and agenda.due("conditions"):
        seen = measure_conditions(reader, settings.seed, pages=PAGES * (4 if settings.full else 1))
    if reader is not None and agenda.due("peers"):
        keras = settings.reference != "opencv"
        peers = measure_peers(reader, settings.seed, keras=keras)
    cv2.setNumThreads(settings.threads)
    conditions = contention.between(before, contention.sample())
    unsteady = None
    if settings.wants("latency") and live:
        unsteady = statistics.median(drift(row.figures["latency"]["round_p50_ms"]) for row in live)
    if test is not None and settings.quick:
        test = affordable(test, live, LIMITS["accuracy"])
    sets = prepare_sets(test, own, quick=settings.quick, full=settings.full, seed=settings.seed)
    score_rows(live, sets, threads=settings.threads)
    baseline = engines = None
    if agenda.due("footprint"):
        baseline = _weigh(live, settings)
        limit = LIMITS["loops"] if settings.quick else None
        engines = measure_engines(chosen, backends, threads=settings.threads, limit=limit)
    if settings.wants("latency") and settings.threads == 1:
        _count(live, crops)
    return {
        "schema": SCHEMA,
        "machine": machine,
        "settings": _record(settings, test, pace),
        "conditions": conditions,
        "warnings": agenda.warnings()
        + contention.warnings(
            conditions, cores=machine["cores"], governor=machine["governor"], drift=unsteady
        ),
        "reference": None if reference is None else reference.name,
        "baseline": baseline,
        "yardstick": pace,
        "engines": engines,
        "overhead": overhead,
        "frames": frames,
        "conditions_read": seen,
        "peers": peers,
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


def _reader(chosen: Sequence[Artifact], backends: Sequence[str], threads: int) -> DigitReader | None:
    """The first artifact that an installed backend runs, as the library would choose."""
    preferred = [each for each in chosen if each.model == default_model()] or chosen
    for name in [each for each in AUTO_ORDER if each in backends]:
        formats = {backend.name: backend.formats for backend in Backend.__subclasses__()}[name]
        artifact = next((each for each in preferred if each.format in formats), None)
        if artifact is not None:
            return DigitReader(artifact.name, backend=name, threads=threads)
    return None


def _count(live: Sequence[Row], crops: Sequence[Crop]) -> None:
    """Instructions a call, where the processor can be asked; with more threads they are elsewhere."""
    with counter() as counting:
        if counting is None:
            return
        for row in live:
            if row.predict is not None and not row.is_keras:
                row.figures["instructions"] = per_call(counting, row.predict, crops)


def _weigh(live: Sequence[Row], settings: Settings) -> dict[str, Any]:
    # TensorFlow takes several seconds to import: once is enough, and too long for a quick run.
    weighed = [row for row in live if row.probe and not (settings.quick and row.is_keras)]
    own = [row for row in weighed if row.about["model"] == default_model() and not row.is_keras]
    # What a backend takes to load is nearly the same for every model: one is repeated for all.
    repeated = weighed if settings.full or not own else own
    # Should time run out, every backend has had its turn at least: they differ more than files do.
    seen = [row.about["backend"] for row in weighed]
    weighed = [
        row for _, row in sorted(enumerate(weighed), key=lambda each: seen[: each[0]].count(seen[each[0]]))
    ]
    figures = measure_footprints(
        {row.name: row.probe for row in weighed},
        repeats=settings.repeats,
        once=[row.name for row in weighed if row.is_keras or row not in repeated],
        limit=LIMITS["footprint"] if settings.quick else None,
        watch=watcher("footprint"),
    )
    for row in weighed:
        row.figures["footprint"] = figures.get(row.name)
    return figures[BASELINE]


def _record(settings: Settings, test: TestSet | None, pace: dict[str, Any] | None) -> dict[str, Any]:
    plan = settings.plan
    return {
        "quick": settings.quick,
        "full": settings.full,
        "only": settings.only,
        "threads": settings.threads,
        "seed": settings.seed,
        "rounds": plan.rounds if pace is None else len(pace["round_p50_ms"]),
        "seconds_per_row": plan.seconds,
        "warmup_calls": plan.warmup,
        "settle_calls": plan.settle,
        "timed_on": f"{DRAWN} drawn digits, batch 1",
        "scored_on": None if test is None else test.name,
        "processes_per_row": settings.repeats,
    }
