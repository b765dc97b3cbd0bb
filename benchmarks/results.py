"""The figures of two result files, side by side."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from benchmarks.change import ENOUGH_ROUNDS, Change, Timed, pace_doubt, ratio_interval, verdict_of
from benchmarks.stats import quiet_p50

MEMORY_LEAST = 0.1
"""Relative growth of peak memory that counts, beside 2 MB."""
LOAD_LEAST = 0.2
"""The same of load time, where also every process of one run was slower than each of the other."""
ENOUGH_PROCESSES = 3


def changes(before: dict[str, Any], after: dict[str, Any], *, least: float) -> list[Change]:
    """Compares every figure that both results have.

    Args:
        before: Content of a result file.
        after: Likewise.
        least: Smallest relative change of a time that counts.
    """
    found: list[Change] = []
    old, new = _rows(before), _rows(after)
    for name in (name for name in old if name in new):
        a, b = old[name], new[name]
        found += _sizes(name, a, b)
        found += _accuracies(name, a["accuracy"], b["accuracy"])
        found += _footprints(name, (a["footprint"], before["baseline"]), (b["footprint"], after["baseline"]))
    earlier, later = dict(_timed(before)), dict(_timed(after))
    found += [_time(key, earlier[key], later[key], least) for key in earlier if key in later]
    return found


def strangers(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    """Rows that only one result has, as (name, "first" or "second")."""
    old, new = _rows(before), _rows(after)
    return [(name, "first") for name in old if name not in new] + [
        (name, "second") for name in new if name not in old
    ]


def _rows(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in result["rows"] if row["status"] == "ok"}


def _timed(result: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Timed]]:
    """Everything timed in rounds, with the yardstick's medians of those rounds."""
    pace = result["yardstick"]["round_p50_ms"] if result["yardstick"] else None
    for name, row in _rows(result).items():
        for figures in ([row["latency"]] if row["latency"] else []) + row["sweep"]:
            yield (name + _manner(figures), "latency"), Timed(figures["round_p50_ms"], pace)
    if result["frames"]:
        pace = result["frames"]["reference"]["round_p50_ms"]
        for case in result["frames"]["cases"]:
            yield (case["name"], "frames"), Timed(case["round_p50_ms"], pace)


def _manner(figures: dict[str, Any]) -> str:
    """What sets a timing of a row apart from its main one."""
    threads = "" if figures["threads"] == 1 else f", {figures['threads']} threads"
    return threads + ("" if figures["crops"] == 1 else f", {figures['crops']} crops")


def _time(key: tuple[str, str], before: Timed, after: Timed, least: float) -> Change:
    if before.pace is None or after.pace is None:
        before, after = replace(before, pace=None), replace(after, pace=None)
    ratio, low, high = ratio_interval(before, after)
    doubt = pace_doubt(before.pace, after.pace) if before.pace and after.pace else 0.0
    enough = min(len(before.rounds), len(after.rounds)) >= ENOUGH_ROUNDS
    verdict = verdict_of(ratio, low, high, least=least, doubt=doubt) if enough else "unknown"
    a, b = (float(quiet_p50(each.rounds)) for each in (before, after))
    return Change(*key, a, b, ratio, verdict, low, high)


def _sizes(name: str, a: dict[str, Any], b: dict[str, Any]) -> Iterator[Change]:
    ratio = b["bytes"] / a["bytes"]
    verdict = "worse" if ratio > 1.01 else "better" if ratio < 1 / 1.01 else "same"
    yield Change(name, "size", a["bytes"] / 1000, b["bytes"] / 1000, ratio, verdict)


def _accuracies(name: str, a: dict[str, Any] | None, b: dict[str, Any] | None) -> Iterator[Change]:
    """Pictures told wrong; two standard deviations of what chance gives to the difference."""
    if not a or not b or a["set"] != b["set"]:
        return
    wrong = a["count"] - a["correct"], b["count"] - b["correct"]
    spread = 2 * math.sqrt(max(1, sum(wrong)))
    more = wrong[1] - wrong[0]
    verdict = "worse" if more > spread else "better" if more < -spread else "same"
    ratio = b["value"] / a["value"] if a["value"] else math.inf
    yield Change(name, "accuracy", 100 * a["value"], 100 * b["value"], ratio, verdict)


def _footprints(
    name: str, before: tuple[dict[str, Any] | None, Any], after: tuple[dict[str, Any] | None, Any]
) -> Iterator[Change]:
    """Memory, and load times over the baseline's of the same run where enough processes were started."""
    (a, bare_a), (b, bare_b) = before, after
    if not a or not b:
        return
    if a["peak_mb"] and b["peak_mb"]:
        ratio, more = b["peak_mb"] / a["peak_mb"], b["peak_mb"] - a["peak_mb"]
        large = abs(more) > 2 and max(ratio, 1 / ratio) > 1 + MEMORY_LEAST
        verdict = "same" if not large else "worse" if more > 0 else "better"
        yield Change(name, "memory", a["peak_mb"], b["peak_mb"], ratio, verdict)
    if min(len(a["each_ms"]), len(b["each_ms"])) < ENOUGH_PROCESSES:
        return
    old = [each / bare_a["total_ms"] for each in a["each_ms"]]
    new = [each / bare_b["total_ms"] for each in b["each_ms"]]
    ratio = statistics.median(new) / statistics.median(old)
    verdict = "same"
    if ratio > 1 + LOAD_LEAST and min(new) > max(old):
        verdict = "worse"
    elif ratio < 1 / (1 + LOAD_LEAST) and max(new) < min(old):
        verdict = "better"
    yield Change(name, "load", a["total_ms"], b["total_ms"], ratio, verdict)
