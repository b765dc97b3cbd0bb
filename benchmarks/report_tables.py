"""The tables below the main one: threads and batches, frames, and the price of the library."""

from __future__ import annotations

from typing import Any

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


def overhead_table(result: dict[str, Any]) -> str:
    """What the library adds to each engine, in microseconds a call."""
    if not result["overhead"]:
        return ""
    lines = [
        [
            f"{each['file']} on {each['engine']}",
            *(f"{each[key]:.1f}" for key in ("ready_us", "hand_us", "ours_us")),
            f"{each['price_us']:+.1f} ({each['price_low_us']:+.1f} .. {each['price_high_us']:+.1f})",
            f"{100 * each['price_share']:+.1f} %",
            f"{each['empty_us']:.1f}",
        ]
        for each in result["overhead"]
    ]
    return table(["us a call", "engine", "by hand", "ours", "price", "of engine", "empty"], lines)


def _manner(figures: dict[str, Any]) -> tuple[int, int]:
    return figures["crops"], figures["threads"]
