"""The charts of the HTML report, as SVG; told apart by marks and hatching, so that they read in grey."""

from __future__ import annotations

import io
from typing import Any

from benchmarks.errors import DataError
from benchmarks.stats import SPREAD

MARKS = {"tflite": "o", "onnxruntime": "s", "opencv": "^", "keras": "D", "keras call": "d"}
GREYS = ("#111111", "#555555", "#8c8c8c", "#bdbdbd", "#e2e2e2")
HATCHES = ("", "//", "..", "xx", "--")


def pareto(result: dict[str, Any]) -> str:
    """Latency against accuracy, the size of a mark being the file's; the best are joined by a line.

    Accuracy is this run's; without test pictures the file's size takes its place on the axis.
    """
    rows = [row for row in result["rows"] if row["latency"]]
    scored = all(row["accuracy"] for row in rows)
    figure, axes = _figure(4.8)
    points = []
    for row in rows:
        x = row["latency"]["p50_ms"]
        y = 100 * row["accuracy"]["value"] if scored else row["bytes"] / 1000
        points.append((x, y, row))
        size = 30 + 3 * (row["bytes"] / 1000) ** 0.5 * 6
        axes.scatter(x, y, s=size, marker=MARKS[row["backend"]], facecolor="#c8c8c8", edgecolor="#111111")
    best = _front([(x, y) for x, y, _ in points], larger_is_better=scored)
    axes.plot(*zip(*best, strict=True), color="#111111", linewidth=1, linestyle="--", zorder=0)
    # Labels of neighbours go up and down in turn, so that they do not lie on each other.
    for turn, (x, y, row) in enumerate(sorted(points, key=lambda point: point[:2])):
        name = row["file"].removesuffix(".tflite").removesuffix(".onnx")
        offset = (0, 11 + 9 * (turn % 3)) if turn % 2 else (0, -16 - 9 * (turn % 3))
        axes.annotate(name, (x, y), offset, textcoords="offset points", fontsize=7, ha="center")
    for backend in sorted({row["backend"] for row in rows}):
        axes.scatter([], [], marker=MARKS[backend], facecolor="#c8c8c8", edgecolor="#111111", label=backend)
    axes.set_xscale("log")
    axes.margins(0.15, 0.3)
    axes.set_xlabel("p50 of one call, ms (logarithmic)")
    axes.set_ylabel("accuracy, %" if scored else "size, kB")
    axes.legend(frameon=False, fontsize=8, loc="best")
    return _svg(figure)


def distributions(result: dict[str, Any]) -> str:
    """One line a row: from the 5th to the 95th percentile, quarter to quarter thick, a bar at the median."""
    rows = [row for row in result["rows"] if row["latency"]]
    rows.sort(key=lambda row: -row["latency"]["p50_ms"])
    figure, axes = _figure(1.2 + 0.32 * len(rows))
    for place, row in enumerate(rows):
        at = dict(zip(SPREAD, row["latency"]["spread_ms"], strict=True))
        axes.plot([at[5], at[95]], [place, place], color="#777777", linewidth=1.5)
        axes.plot([at[25], at[75]], [place, place], color="#111111", linewidth=7, solid_capstyle="butt")
        axes.plot(at[50], place, marker="|", color="white", markersize=9, markeredgewidth=2)
        axes.plot(at[99], place, marker="x", color="#111111", markersize=5)
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows], fontsize=8)
    axes.set_xscale("log")
    axes.set_xlabel("ms a call (logarithmic): line 5th to 95th percentile, bar quarters, x 99th")
    return _svg(figure)


def stages(result: dict[str, Any]) -> str:
    """One bar a frame, divided by stage."""
    cases = result["frames"]["cases"]
    names = [name for name in cases[0]["stages"] if any(case["stages"][name] for case in cases)]
    figure, axes = _figure(1.4 + 0.32 * len(cases))
    left = [0.0] * len(cases)
    for turn, name in enumerate(names):
        widths = [case["stages"][name] for case in cases]
        axes.barh(
            range(len(cases)),
            widths,
            left=left,
            label=name,
            color=GREYS[::-1][turn % len(GREYS)],
            hatch=HATCHES[turn % len(HATCHES)],
            edgecolor="#111111",
            linewidth=0.6,
        )
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set_yticks(range(len(cases)), [case["name"] for case in cases], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("ms from frame to reading, median of each stage")
    axes.legend(frameon=False, fontsize=8, loc="best")
    return _svg(figure)


def _front(points: list[tuple[float, float]], *, larger_is_better: bool) -> list[tuple[float, float]]:
    """The points that no other beats in both, from fast to slow."""
    front: list[tuple[float, float]] = []
    for x, y in sorted(points, key=lambda point: (point[0], -point[1] if larger_is_better else point[1])):
        if not front or (y > front[-1][1] if larger_is_better else y < front[-1][1]):
            front.append((x, y))
    return front


def _figure(height: float) -> tuple[Any, Any]:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DataError("the HTML report needs matplotlib", 'pip install "edge-digits[bench]"') from error
    figure = Figure(figsize=(8.5, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: Any) -> str:
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    return text[text.index("<svg") :]
