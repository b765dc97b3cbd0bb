"""The tables below the main one: threads and batches, frames, and the price of the library."""

from __future__ import annotations

from typing import Any

from benchmarks.change import ENOUGH_ROUNDS
from benchmarks.markdown import table


def sweep_table(result: dict[str, Any]) -> str:
    """p50 with other numbers of threads and crops; empty where none were tried."""
    rows = [row for row in result["rows"] if row["latency"] and row["sweep"]]
    if not rows:
        return ""
    manners = sorted({_manner(each) for row in rows for each in (row["latency"], *row["sweep"])})
    header = ["p50 ms of one call", "backend"]
    header += [f"{crops} crop{'s' if crops > 1 else ''}, {threads} thr." for crops, threads in manners]
    lines = []
    for row in rows:
        times = {_manner(each): f"{each['p50_ms']:.3f}" for each in (row["latency"], *row["sweep"])}
        lines.append([row["file"], row["backend"], *(times.get(manner, "-") for manner in manners)])
    return table(header, lines, left=2)


def frames_table(result: dict[str, Any]) -> str:
    """From frame to Reading, in milliseconds, as a ratio to R, and by stage."""
    frames = result["frames"]
    if not frames:
        return ""
    stages = [
        name for name in frames["cases"][0]["stages"] if any(c["stages"][name] for c in frames["cases"])
    ]
    lines = [
        [
            case["name"],
            f"{case['found']}",
            *(f"{case[key]:.2f}" for key in ("p50_ms", "p90_ms")),
            f"{case['ratio']:.2f} R",
            *(f"{case['stages'][stage]:.2f}" for stage in stages),
        ]
        for case in frames["cases"]
    ]
    return table(["frame to reading", "read", "p50 ms", "p90 ms", "ratio", *stages], lines)


def conditions_table(result: dict[str, Any]) -> str:
    """How well pages are read by condition; empty where not measured."""
    lines = [
        [
            case["name"],
            f"{case['exact']}/{case['pages']}" if case["pages"] else "-",
            "-" if case["cer"] is None else f"{100 * case['cer']:.1f} %",
            *(str(case[key]) for key in ("digits", "wrong", "missed", "false")),
            f"{case['false_pages']}/{case['empty']}" if case["empty"] else "-",
        ]
        for case in (result.get("conditions_read") or {"cases": []})["cases"]
    ]
    header = ["rendered pages", "exact", "CER", "digits", "wrong", "missed", "false", "false reads"]
    return table(header, lines) if lines else ""


def overhead_table(result: dict[str, Any]) -> str:
    """What the library adds to each engine, in microseconds a call."""
    if not result["overhead"]:
        return ""
    lines = [
        [
            f"{each['file']} on {each['engine']}",
            *(f"{each[key]:.1f}" for key in ("ready_us", "hand_us", "ours_us")),
            *_price(each, "price"),
            *(_price(each, "over_hand") if "over_hand_us" in each else ["-", "-"]),
            f"{each['empty_us']:.1f}",
        ]
        for each in result["overhead"]
    ]
    header = ["us a call", "engine", "by hand", "ours", "over engine", "share", "over by hand", "share"]
    return table([*header, "empty"], lines)


def engines_table(result: dict[str, Any]) -> str:
    """Room on the disk, and CPU in a steady loop; empty where not measured."""
    lines = [
        [
            each["package"] or each["backend"],
            "-"
            if each["installed_mb"] is None
            else f"{each['installed_mb']:.0f} ({each['together_mb']:.0f})",
            each["file"] or "-",
            "-" if each["loop_cpu"] is None else f"{100 * each['loop_cpu']:.1f} %",
        ]
        for each in result.get("engines") or ()
    ]
    header = ["engine", "MB on disk", "file", f"CPU at {result['engines'][0]['loop_hz']} Hz"] if lines else []
    return table(header, lines) if lines else ""


def corruptions_table(result: dict[str, Any]) -> str:
    """Accuracy by corruption, of float32 and int8 of every model on the first backend that ran it."""
    columns: dict[str, dict[str, Any]] = {}
    for row in result["rows"]:
        if row.get("corruptions") and row["precision"] in ("float32", "int8") and row["format"] != "keras":
            columns.setdefault(f"{row['model']}-{row['precision']}", row)
    if not columns:
        return ""
    names = next(iter(columns.values()))["corruptions"]["by"]
    lines = [
        [name, *(f"{100 * row['corruptions']['by'][name]:.1f} %" for row in columns.values())]
        for name in names
    ]
    lines.append(["mean", *(f"{100 * row['corruptions']['mean']:.1f} %" for row in columns.values())])
    header = [f"{label} on {row['backend']}" for label, row in columns.items()]
    return table(["accuracy, corrupted by", *header], lines)


def peers_table(result: dict[str, Any]) -> str:
    """Who reads what in a picture file, and how long that takes; empty where nobody else is installed."""
    cases = (result.get("peers") or {"cases": []})["cases"]
    lines = [
        [
            case["page"],
            case["reader"],
            case["text"] or "(nothing)",
            str(case["errors"]),
            *(f"{case[key]:.2f}" for key in ("p50_ms", "p90_ms")),
            str(case["count"]),
            f"{case['times']:.1f}",
        ]
        for case in cases
    ]
    header = ["file to digits", "reader", "read", "errors", "p50 ms", "p90 ms", "calls", "times ours"]
    return table(header, lines, left=3) if lines else ""


def _price(figures: dict[str, Any], key: str) -> list[str]:
    low, high = figures[f"{key}_low_us"], figures[f"{key}_high_us"]
    sure = f"{low:+.1f} .. {high:+.1f}" if figures.get("rounds", ENOUGH_ROUNDS) >= ENOUGH_ROUNDS else "unsure"
    return [
        f"{figures[f'{key}_us']:+.1f} ({sure})",
        f"{100 * figures[f'{key}_share']:+.1f} %",
    ]


def _manner(figures: dict[str, Any]) -> tuple[int, int]:
    return figures["crops"], figures["threads"]
