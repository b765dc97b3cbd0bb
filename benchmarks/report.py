"""The result as a page of Markdown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.accuracy import HOW_TO
from benchmarks.change import ENOUGH_ROUNDS, LEAST
from benchmarks.markdown import table
from benchmarks.overhead import ALLOWED_SHARE, ALLOWED_US, within_allowance
from benchmarks.report_tables import (
    conditions_table,
    corruptions_table,
    engines_table,
    frames_table,
    overhead_table,
    peers_table,
    sweep_table,
)
from benchmarks.rows import WHOLE_PARTS
from benchmarks.stats import TO_RANK, quiet_p50

Column = tuple[list[str], Callable[[dict[str, Any]], list[str]]]
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
        corruptions_table(result),
        sweep_table(result),
        frames_table(result),
        conditions_table(result),
        peers_table(result),
        overhead_table(result),
        engines_table(result),
        "\n".join(f"- {finding}" for finding in findings(result)),
        "\n".join(_method(result)),
    ]
    return "\n\n".join(part for part in parts if part)


def results_table(result: dict[str, Any]) -> str:
    """One line a row, only the columns that were measured."""
    rows, only = result["rows"], result["settings"]["only"]
    columns = _columns(rows, only)
    lines = []
    for row in rows:
        cells = [row["file"], row["backend"], f"{row['bytes'] / 1000:.1f}"]
        if row["status"] == "ok":
            lines.append(cells + [cell for _, fill in columns for cell in fill(row)])
        else:
            width = sum(len(names) for names, _ in columns)
            lines.append([*cells, "refused", *["-"] * (width - 1)])
    header = ["file", "backend", "kB", *(name for names, _ in columns for name in names)]
    return table(header, lines, left=2)


def _columns(rows: list[dict[str, Any]], only: str | None) -> list[Column]:
    """Names of columns, and what fills them in a row that ran; those that nobody measured are left out."""

    def measured(figure: str) -> bool:
        return any(row.get(figure) is not None for row in rows)

    columns: list[Column] = []
    if only in (None, "accuracy"):
        columns += [(["accuracy"], lambda row: [_accuracy(row["accuracy"])])]
        shares = [("agreement", "as Keras"), ("corruptions", "corrupted"), ("own", "own")]
        columns += [([label], _share(key)) for key, label in shares if measured(key)]
    if only in (None, "latency"):
        names = ["p50 ms", "p90 ms", "p99 ms", "mean ms", "times faster"]
        columns += [(names, lambda row: _latency(row["latency"]))]
        if measured("instructions"):
            columns += [(["k instr."], lambda row: [_thousands(row.get("instructions"))])]
    if only in (None, "footprint"):
        columns += [(["load ms", "peak MB", "above bare"], lambda row: _footprint(row["footprint"]))]
    return columns


def _share(key: str) -> Callable[[dict[str, Any]], list[str]]:
    def fill(row: dict[str, Any]) -> list[str]:
        figures = row.get(key)
        if figures is None:
            return ["-"]
        return [f"{100 * figures['mean' if key == 'corruptions' else 'value']:.2f} %"]

    return fill


def _thousands(count: int | None) -> str:
    return "-" if count is None else f"{count / 1e3:.0f}"


def findings(result: dict[str, Any]) -> list[str]:
    """What the figures say about this machine, in sentences.

    Args:
        result: The content of a result file.

    Returns:
        The fastest row of each model, int8 against float32 wherever both ran
        on one backend, which rows had too few calls for that, whether the
        library's price is within its allowance, and why files were refused.
    """
    rows = result["rows"]
    called = [row for row in rows if row["latency"] and row["format"] != "keras"]
    timed = [row for row in called if row["latency"]["count"] >= TO_RANK]
    found = []
    if len(timed) < len(called):
        found.append(
            f"{len(called) - len(timed)} of {len(called)} rows had fewer than {TO_RANK} calls in the time "
            "there was: too few to rank them."
        )
    for model in sorted({row["model"] for row in timed}):
        best = min((row for row in timed if row["model"] == model), key=_quiet)
        found.append(f"Fastest {model} here: {best['name']}, p50 {_quiet(best):.3f} ms in quiet rounds.")
    floats = {_place(row): row for row in timed if row["precision"] == "float32"}
    for row in timed:
        if row["precision"] == "int8" and _place(row) in floats:
            ratio = _quiet(row) / _quiet(floats[_place(row)])
            # What --recommend and `compare` take for noise is no difference here either.
            near = 1 / (1 + LEAST) <= ratio <= 1 + LEAST
            verdict = "as quick as" if near else "SLOWER than" if ratio > 1 else "faster than"
            found.append(f"{row['name']} is {verdict} float32 here, {ratio:.2f} times its p50.")
    found += _price_found(result["overhead"] or [])
    found += [f"{row['name']} is refused: {row['reason']}" for row in rows if row["status"] == "refused"]
    return found


def _quiet(row: dict[str, Any]) -> float:
    return float(quiet_p50(row["latency"]["round_p50_ms"]))


def _price_found(entries: list[dict[str, Any]]) -> list[str]:
    """Whether a call of ours costs no more over one by hand than it may, for files timed long enough."""
    told: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for each in entries:
        if each["rounds"] >= ENOUGH_ROUNDS:
            told[within_allowance(each)].append(f"{each['file']} on {each['engine']}")
    allowed = f"{ALLOWED_US:g} us and {100 * ALLOWED_SHARE:g} %"
    found = []
    if told[False]:
        found.append(
            f"Ours over the engine called by hand is MORE than {allowed} with {', '.join(told[False])}."
        )
    if told[None]:
        found.append(
            f"Whether ours over the engine called by hand is within {allowed} cannot be told of "
            f"{', '.join(told[None])}: the machine is too unsteady."
        )
    if told[True] and not found:
        found.append(f"Ours over the engine called by hand is within {allowed} everywhere.")
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
        before = conditions.get("temperature_before_c")
        rose = "" if before is None else f"{before:.0f} to "
        facts += [f"{rose}{conditions['temperature_c']:.0f} degrees C"]
    facts += [f"threads {settings['threads']}", f"seed {settings['seed']}"]
    facts += [f"commit {machine['commit'] or 'unknown'}", machine["date"]]
    return " · ".join(str(fact) for fact in facts if fact)


def _accuracy(figures: dict[str, Any] | None) -> str:
    return HOW_TO if figures is None else f"{100 * figures['value']:.2f} %"


def _latency(figures: dict[str, Any] | None) -> list[str]:
    if figures is None:
        return ["-"] * 5
    times = [f"{figures[key]:.3f}" for key in ("p50_ms", "p90_ms", "p99_ms", "mean_ms")]
    return [*times, "-" if figures["speedup"] is None else _times(figures["speedup"])]


def _times(ratio: float) -> str:
    """A ratio to about three figures: more of them no timing bears."""
    return f"{ratio:.{2 if ratio < 10 else 1 if ratio < 100 else 0}f}"


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
    lines += _scoring(result["rows"])
    if settings["only"] in (None, "latency"):
        lines.append(
            "p50, p90, p99, mean: one call with one crop, from bytes to probabilities; "
            f"{settings['timed_on']}, {_calls(result['rows'])} in {settings['rounds']} rounds "
            f"over all rows in turn, after {settings['warmup_calls']} calls of warm-up."
        )
        few = [row for row in result["rows"] if row["latency"] and row["latency"]["count"] < ENOUGH_CALLS]
        if few:
            named = ", ".join(f"{row['name']} ({row['latency']['count']})" for row in few)
            lines.append(f"fewer than {ENOUGH_CALLS} calls, so that p99 rests on fewer than ten: {named}.")
        if result["reference"]:
            lines.append(f"times faster: p50 of {result['reference']}, in the same rounds, over the row's.")
    if result["frames"]:
        reader = result["frames"]["reader"]
        lines.append(
            f"frames: `read` of a rendered page by {reader['model']} on {reader['backend']}, threads "
            f"{reader['threads']}, in rounds with R; R: {result['frames']['reference']['what']}."
        )
    if result.get("conditions_read"):
        lines.append(
            f"rendered pages: {result['conditions_read']['pages']} of each condition of train.scenes; "
            "exact: every sure digit right; CER: wrong, missed and false over true digits; "
            "false reads: pages without a digit in which one was read."
        )
    if result["overhead"]:
        lines.append(
            "engine: its own call with input made ready before; by hand: from bytes, written out in numpy; "
            "ours: the same through this library; over: ours less that, in quiet rounds, with 99 % interval "
            "and share; empty: ours with a model that does next to nothing."
        )
    lines += _peers(result.get("peers"))
    if result["baseline"]:
        weighed = [row["footprint"]["repeats"] for row in result["rows"] if row["footprint"]]
        could = sum(row["status"] == "ok" and row["backend"] != "keras call" for row in result["rows"])
        lines.append(
            "load: import, open and first answer in a fresh process; "
            "peak: the most memory it had resident; above bare: without the "
            f"{result['baseline']['peak_mb']} MB of Python with numpy; "
            f"{_processes(weighed)}, {len(weighed)} of {could} rows."
        )
    if result.get("engines"):
        hertz = result["engines"][0]["loop_hz"]
        lines.append(
            "on disk: files of the engine's package and of what it alone needs (in brackets: with numpy and "
            f"OpenCV); CPU at {hertz} Hz: of one core, one digit {hertz} times a second in a fresh process."
        )
    return [f"- {line}" for line in lines]


def _processes(weighed: list[int]) -> str:
    """How many fresh processes stand behind a row's figure."""
    most = max(weighed, default=0)
    if weighed.count(most) == len(weighed):
        return f"median of {most}"
    return f"median of {most} in {weighed.count(most)} rows, of one process in the others"


def _calls(rows: list[dict[str, Any]]) -> str:
    """How many calls a row got."""
    counts = [row["latency"]["count"] for row in rows if row["latency"] and row["format"] != "keras"]
    return f"{min(counts)} to {max(counts)} calls a row" if counts else "no calls"


def _scoring(rows: list[dict[str, Any]]) -> list[str]:
    """What the columns beside accuracy are of."""
    lines = []
    for row in rows:
        if row.get("agreement"):
            lines.append(
                "as Keras: how often the likeliest class is that of the model in Keras, "
                f"on {row['agreement']['count']} of these pictures."
            )
            break
    first = next((row["corruptions"] for row in rows if row.get("corruptions")), None)
    if first:
        lines.append(
            f"corrupted: mean of {len(first['by'])} corruptions after MNIST-C, {first['count']} of these "
            'pictures each, their ground taken away and their ink normalized as on a page; an answer "none" '
            "counts as wrong. Written anew, so not to be compared with figures of others."
        )
    own = next((row["own"] for row in rows if row.get("own")), None)
    return lines + ([f"own: {own['set']}."] if own else [])


def _peers(peers: dict[str, Any] | None) -> list[str]:
    if not peers:
        return []
    lines = [f"{each['name']}: {each['how']}." for each in peers["programs"]]
    if peers["cases"]:
        lines.append("times ours: p50 over that of edge-digits, PNG file to digits, in the same rounds.")
    return lines + [f"not compared: {each}." for each in peers["missing"]]
