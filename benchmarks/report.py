"""The result as a page of Markdown."""

from __future__ import annotations

from typing import Any

from benchmarks.accuracy import HOW_TO
from benchmarks.markdown import table
from benchmarks.report_tables import frames_table, overhead_table, sweep_table
from benchmarks.rows import WHOLE_PARTS

ENOUGH_CALLS = 1000
"""Below these a p99 rests on fewer than ten calls; the page says so."""


def markdown(result: dict[str, Any]) -> str:
    """Machine, warnings, table, findings and how it was measured.

    Args:
        result: The content of a result file.

    Returns:
        Markdown without a final newline.
    """
    parts = [
        f"# Benchmark: {result['machine']['name']}",
        _machine_line(result),
        "\n".join(f"**{warning}**" for warning in result["warnings"]),
        "" if result["settings"]["only"] in WHOLE_PARTS else results_table(result),
        sweep_table(result),
        frames_table(result),
        overhead_table(result),
        "\n".join(f"- {finding}" for finding in findings(result)),
        "\n".join(_method(result)),
    ]
    return "\n\n".join(part for part in parts if part)


def results_table(result: dict[str, Any]) -> str:
    """One line a row, only the columns that were measured."""
    rows, only = result["rows"], result["settings"]["only"]
    header = ["file", "backend", "kB"]
    if only in (None, "accuracy"):
        header += ["accuracy"]
    if only in (None, "latency"):
        header += ["p50 ms", "p90 ms", "p99 ms", "mean ms", "times faster"]
    if only in (None, "footprint"):
        header += ["load ms", "peak MB", "above bare"]
    lines = []
    for row in rows:
        cells = [row["file"], row["backend"], f"{row['bytes'] / 1000:.1f}"]
        if row["status"] != "ok":
            lines.append([*cells, "refused", *["-"] * (len(header) - len(cells) - 1)])
            continue
        if only in (None, "accuracy"):
            cells += [_accuracy(row["accuracy"])]
        if only in (None, "latency"):
            cells += _latency(row["latency"])
        if only in (None, "footprint"):
            cells += _footprint(row["footprint"])
        lines.append(cells)
    return table(header, lines, left=2)


def findings(result: dict[str, Any]) -> list[str]:
    """What the figures say about this machine, in sentences.

    Args:
        result: The content of a result file.

    Returns:
        The fastest row of each model, int8 against float32 wherever both ran
        on one backend, and why files were refused.
    """
    rows = result["rows"]
    timed = [row for row in rows if row["latency"] and row["format"] != "keras"]
    found = []
    for model in sorted({row["model"] for row in timed}):
        best = min((row for row in timed if row["model"] == model), key=lambda row: row["latency"]["p50_ms"])
        found.append(f"Fastest {model} here: {best['name']}, p50 {best['latency']['p50_ms']:.3f} ms.")
    floats = {_place(row): row for row in timed if row["precision"] == "float32"}
    for row in timed:
        if row["precision"] == "int8" and _place(row) in floats:
            ratio = row["latency"]["p50_ms"] / floats[_place(row)]["latency"]["p50_ms"]
            verdict = (
                f"SLOWER than float32 here, {ratio:.2f} times its p50"
                if ratio > 1
                else (f"faster than float32 here, {ratio:.2f} times its p50")
            )
            found.append(f"{row['name']} is {verdict}.")
    found += [f"{row['name']} is refused: {row['reason']}" for row in rows if row["status"] == "refused"]
    return found


def _place(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["model"], row["format"], row["backend"]


def _machine_line(result: dict[str, Any]) -> str:
    machine, settings, conditions = result["machine"], result["settings"], result["conditions"]
    cores = f"{machine['cores']} cores" + (" (virtual)" if machine["virtual"] else "")
    facts = [machine["board"], machine["cpu"], cores, " ".join(machine["flags"]), machine["os"]]
    facts += [f"Python {machine['python']}"]
    facts += [f"{name} {version}" for name, version in machine["packages"].items()]
    facts += [f"governor {machine['governor'] or 'unknown'}"]
    if conditions["load_before"] is not None:
        facts += [f"load {conditions['load_before']} before"]
    if conditions["temperature_c"] is not None:
        facts += [f"{conditions['temperature_c']:.0f} degrees C"]
    facts += [f"threads {settings['threads']}", f"seed {settings['seed']}"]
    facts += [f"commit {machine['commit'] or 'unknown'}", machine["date"]]
    return " · ".join(str(fact) for fact in facts if fact)


def _accuracy(figures: dict[str, Any] | None) -> str:
    return HOW_TO if figures is None else f"{100 * figures['value']:.2f} %"


def _latency(figures: dict[str, Any] | None) -> list[str]:
    if figures is None:
        return ["-"] * 5
    times = [f"{figures[key]:.3f}" for key in ("p50_ms", "p90_ms", "p99_ms", "mean_ms")]
    return [*times, "-" if figures["speedup"] is None else f"{figures['speedup']:.2f}"]


def _footprint(figures: dict[str, Any] | None) -> list[str]:
    if figures is None:
        return ["-"] * 3
    memory = [figures["peak_mb"], figures["over_baseline_mb"]]
    return [f"{figures['total_ms']:.0f}", *("-" if each is None else f"{each:.0f}" for each in memory)]


def _method(result: dict[str, Any]) -> list[str]:
    """How it was measured, for the parts that were."""
    settings, lines = result["settings"], []
    if settings["scored_on"] and settings["only"] in (None, "accuracy"):
        lines.append(f"accuracy: {settings['scored_on']}, one picture a call as in the timing (Keras: 500).")
    if settings["only"] in (None, "latency"):
        lines.append(
            "p50, p90, p99, mean: one call with one crop, from bytes to probabilities; "
            f"{settings['timed_on']}, {settings['seconds_per_row']:g} s a row in {settings['rounds']} rounds "
            f"over all rows in turn, after {settings['warmup_calls']} calls of warm-up."
        )
        few = [row for row in result["rows"] if row["latency"] and row["latency"]["count"] < ENOUGH_CALLS]
        lines += [f"{row['name']}: only {row['latency']['count']} calls in that time." for row in few]
        if result["reference"]:
            lines.append(f"times faster: p50 of {result['reference']}, in the same rounds, over the row's.")
    if result["frames"]:
        reader = result["frames"]["reader"]
        lines.append(
            f"frames: `read` of a rendered page by {reader['model']} on {reader['backend']}, threads "
            f"{reader['threads']}, in rounds with R; R: {result['frames']['reference']['what']}."
        )
    if result["overhead"]:
        lines.append(
            "engine: its own call with input made ready before; by hand: from bytes, written out in numpy; "
            "ours: the same through this library; price: ours less engine, 99 % interval over rounds; "
            "empty: ours with a model that does next to nothing."
        )
    if result["baseline"]:
        lines.append(
            "load: import, open and first answer in a fresh process; "
            "peak: the most memory it had resident; above bare: without the "
            f"{result['baseline']['peak_mb']} MB of Python with numpy; "
            f"median of {settings['processes_per_row']}."
        )
    return [f"- {line}" for line in lines]
