"""Load time and peak memory, each in a fresh process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.errors import DataError
from benchmarks.machine import CHECKOUT
from edge_digits.registry import MODELS_VARIABLE, models_dir

TIMEOUT_S = 300.0
BASELINE = "python and numpy"
"""Name of the row that opens nothing: an interpreter with numpy imported."""


def measure_footprints(
    probes: Mapping[str, Sequence[str]],
    *,
    repeats: int,
    once: Collection[str] = (),
    limit: float | None = None,
    watch: Callable[[Sequence[int]], Iterator[int]] = iter,
) -> dict[str, dict[str, Any]]:
    """Runs every probe in turn, several times over, with the baseline among them.

    Args:
        probes: For each row's name the words for benchmarks.probe.
        repeats: Processes a row.
        once: Names of rows too slow to be repeated.
        limit: Seconds after which no more process is started, the baseline's and one more aside.
        watch: Goes through the numbers of the processes; a progress bar may hang here.

    Returns:
        For each name that had its turn and for BASELINE the medians: import_ms, open_ms,
        first_ms, total_ms (of each process, then the median), each_ms (the
        totals themselves), peak_mb (None where unknown), over_baseline_mb,
        and repeats.

    Raises:
        DataError: A process failed.
    """
    words = {BASELINE: ["numpy"], **probes}
    names = [name for turn in range(repeats) for name in words if turn == 0 or name not in once]
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in words}
    begin = time.monotonic()
    for index in watch(range(len(names))):
        if limit is not None and index > 1 and time.monotonic() - begin > limit:
            continue
        runs[names[index]].append(run_probe(names[index], words[names[index]]))
    figures = {name: _medians(each) for name, each in runs.items() if each}
    bare = figures[BASELINE]["peak_mb"]
    for each in figures.values():
        peak = each["peak_mb"]
        each["over_baseline_mb"] = None if peak is None or bare is None else round(peak - bare, 1)
    return figures


def run_probe(name: str, words: Sequence[str]) -> dict[str, Any]:
    """What benchmarks.probe says in a fresh process.

    Args:
        name: What it is, for messages.
        words: As benchmarks.probe wants them.

    Raises:
        DataError: The process failed or took longer than TIMEOUT_S.
    """
    # The child finds models and packages where this process does, installed or not.
    environment = {
        **os.environ,
        MODELS_VARIABLE: str(models_dir().resolve()),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.probe", *words],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            cwd=CHECKOUT,
            env=environment,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(
            f"{name} gave no answer within {TIMEOUT_S:.0f} s", "Leave it out: --artifacts"
        ) from error
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or "").strip().splitlines() or [f"exit code {error.returncode}"]
        raise DataError(
            f"{name} failed in a fresh process: {lines[-1]}", "Try: edge-digits doctor"
        ) from error
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _medians(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    parts = ("import_ms", "open_ms", "first_ms")
    peaks = [run["peak_kb"] for run in runs if run["peak_kb"] is not None]
    return {
        **{part: round(statistics.median(run[part] for run in runs), 2) for part in parts},
        "total_ms": round(statistics.median(sum(run[part] for part in parts) for run in runs), 2),
        "peak_mb": round(statistics.median(peaks) / 1024, 1) if peaks else None,
        "each_ms": [round(sum(run[part] for part in parts), 2) for run in runs],
        "repeats": len(runs),
    }
