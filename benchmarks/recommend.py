"""Which file, backend and number of threads serve this device best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.stats import TO_RANK, quiet_p50
from edge_digits.backends import AUTO_ORDER
from edge_digits.errors import ModelError
from edge_digits.preference import Preference
from edge_digits.registry import artifacts

NEAR = 0.05
"""Choices within this of the fastest are as good: then the simpler one is taken."""
ACCURACY_LOSS = 0.002
"""A file may be so much less accurate than the model's best one."""


@dataclass(frozen=True)
class Choice:
    """One way to run the default model."""

    row: dict[str, Any]
    """Of the result."""
    threads: int
    """For one inference."""
    milliseconds: float
    """p50 of a call in quiet rounds, for one crop."""


def recommend(result: dict[str, Any], model: str) -> Choice:
    """Chooses among the rows of a result.

    The fastest in quiet rounds (stats.quiet_p50) with ten crops a call where that was measured (a
    picture holds several digits), else with one; of those within NEAR of it
    the one with fewest threads, then the one that "auto" would take first.
    Files that lose more than ACCURACY_LOSS are left out, and so are rows
    with fewer than TO_RANK calls.

    Args:
        result: Content of a result file with latency.
        model: The default model: a preference never changes what is read, only how.

    Raises:
        ModelError: No file of the model was timed, or none often enough, or only on threads of OpenCV.
    """
    accuracies = {a.path.name: float(a.facts.get("accuracy", 0)) for a in artifacts() if a.model == model}
    rows = [
        row
        for row in result["rows"]
        if row["model"] == model and row["latency"] and row["backend"] in AUTO_ORDER
    ]
    if not rows:
        raise ModelError(
            f"no file of the default model {model} was timed", "leave --artifacts and --backends away"
        )
    rows = [row for row in rows if row["latency"]["count"] >= TO_RANK]
    if not rows:
        raise ModelError(
            f"no file of the default model {model} had {TO_RANK} calls in the time given: nothing is saved",
            "leave --quick away, or measure while nothing else runs",
        )
    rows = [row for row in rows if any(_choices(row))]
    if not rows:
        raise ModelError(
            f"of the default model {model}, only opencv with several threads was timed, and those are the "
            "program's, not ours to promise",
            "leave --threads away, or name another backend with --backends",
        )
    good = {row["name"]: _accuracy(row, accuracies) for row in rows}
    best = max(good.values())
    choices = [
        choice for row in rows if good[row["name"]] >= best - ACCURACY_LOSS for choice in _choices(row)
    ]
    fastest = min(choice.milliseconds for choice in choices)
    near = [choice for choice in choices if choice.milliseconds <= fastest * (1 + NEAR)]
    return min(
        near,
        key=lambda each: (each.threads, AUTO_ORDER.index(each.row["backend"]), each.milliseconds),
    )


def preference_of(choice: Choice, result: dict[str, Any]) -> Preference:
    """The choice as it is saved."""
    row, machine = choice.row, result["machine"]
    return Preference(
        file=row["file"],
        model=row["model"],
        sha256=row["sha256"] or "",
        backend=row["backend"],
        engine=row["engine"] or "",
        threads=choice.threads,
        measured=f"{machine['date']} on {machine['name']}",
    )


def _choices(row: dict[str, Any]) -> Iterator[Choice]:
    timings = [row["latency"], *row["sweep"]]
    crops = max(each["crops"] for each in timings)
    for each in timings:
        # OpenCV's threads belong to the program, not to the library: only the first is ours to promise.
        if each["crops"] == crops and (row["backend"] != "opencv" or each["threads"] == 1):
            yield Choice(row, each["threads"], float(quiet_p50(each["round_p50_ms"])) / crops)


def _accuracy(row: dict[str, Any], listed: dict[str, float]) -> float:
    """Measured in this run, else as the manifest has it."""
    return float(row["accuracy"]["value"]) if row["accuracy"] else listed.get(row["file"], 0.0)
