"""The charts of the HTML report, as SVG; told apart by marks and hatching, so that they read in grey."""

from __future__ import annotations

import io
from typing import Any

from benchmarks.errors import DataError
from benchmarks.stats import SPREAD

MARKS = {"tflite": "o", "onnxruntime": "s", "opencv": "^", "keras": "D", "keras call": "d"}
SHADES = {"float32": "#ffffff", "float16": "#cfcfcf", "dynamic": "#8c8c8c", "int8": "#222222"}
GREYS = ("#f4f4f4", "#d2d2d2", "#b0b0b0", "#8c8c8c", "#555555", "#111111")
HATCHES = ("", "//", "..", "xx", "--", "")
"""One of each for every stage of a frame, from light to dark, so that no two stages look alike."""


def drawn_by_accuracy(result: dict[str, Any]) -> bool:
    """Whether every row that is drawn has an accuracy; else `pareto` draws the files' size."""
    return all(row["accuracy"] for row in _drawable(result)[0])


def pareto(result: dict[str, Any]) -> str:
    """Latency against accuracy, the size of a mark being the file's; the best are joined and named.

    The mark's shape is the backend, its shade the precision; each model is named beside its slowest
    mark. Accuracy is this run's; without test pictures the file's size takes its place on the axis.
    Keras is thousands of times slower and would push the others together: it is left out and said.
    """
    rows, left_out = _drawable(result)
    scored = drawn_by_accuracy(result)
    figure, axes = _figure(4.8)

    def place(row: dict[str, Any]) -> tuple[float, float]:
        height = 100 * row["accuracy"]["value"] if scored else row["bytes"] / 1000
        return row["latency"]["p50_ms"], height

    for row in rows:
        size = 30 + 18 * (row["bytes"] / 1000) ** 0.5
        shade = SHADES.get(row["precision"], SHADES["float32"])
        axes.scatter(
            *place(row), s=size, marker=MARKS[row["backend"]], facecolor=shade, edgecolor="#111111", alpha=0.9
        )
    best = _front([place(row) for row in rows], larger_is_better=scored)
    axes.plot(*zip(*best, strict=True), color="#111111", linewidth=1, linestyle="--", zorder=0)
    for turn, point in enumerate(best):
        name = next(row["file"] for row in rows if place(row) == point)
        # Away from the line that joins the best: it rises with accuracy and falls with size.
        offset = (10 if turn else -2, 18 if (turn % 2 == 1) == scored else -28)
        line = {"arrowstyle": "-", "color": "#777777", "linewidth": 0.7}
        axes.annotate(
            name,
            point,
            offset,
            textcoords="offset points",
            fontsize=8,
            ha="left" if turn else "right",
            arrowprops=line,
        )
    for model in dict.fromkeys(row["model"] for row in rows):
        slowest = max(place(row) for row in rows if row["model"] == model)
        axes.annotate(
            model, slowest, (11, 0), textcoords="offset points", fontsize=10, weight="bold", va="center"
        )
    for backend in dict.fromkeys(row["backend"] for row in rows):
        axes.scatter([], [], marker=MARKS[backend], facecolor="#c8c8c8", edgecolor="#111111", label=backend)
    for precision in [each for each in SHADES if any(row["precision"] == each for row in rows)]:
        axes.scatter([], [], marker="o", facecolor=SHADES[precision], edgecolor="#111111", label=precision)
    _logarithmic(axes)
    axes.margins(0.26, 0.22)
    axes.set_xlabel(f"p50 of one call, ms (logarithmic){left_out}")
    axes.set_ylabel("accuracy, %" if scored else "size, kB")
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return _svg(figure)


def distributions(result: dict[str, Any]) -> str:
    """One line a row: from the 5th to the 95th percentile, quarter to quarter thick, a bar at the median."""
    rows, left_out = _drawable(result)
    rows.sort(key=lambda row: -row["latency"]["p50_ms"])
    figure, axes = _figure(1.2 + 0.28 * len(rows))
    for place, row in enumerate(rows):
        at = dict(zip(SPREAD, row["latency"]["spread_ms"], strict=True))
        axes.plot([at[5], at[95]], [place, place], color="#777777", linewidth=1.5)
        axes.plot([at[25], at[75]], [place, place], color="#111111", linewidth=7, solid_capstyle="butt")
        axes.plot(at[50], place, marker="|", color="#111111", markersize=12, markeredgewidth=2)
        axes.plot(at[99], place, marker="x", color="#111111", markersize=5)
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows], fontsize=8)
    _logarithmic(axes)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(
        f"ms a call (logarithmic): line 5th to 95th percentile, thick the quarters,\nbar p50, x p99{left_out}"
    )
    return _svg(figure)


def _drawable(result: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Rows that were timed, without Keras, and what to say of those left out."""
    timed = [row for row in result["rows"] if row["latency"]]
    rows = [row for row in timed if row["format"] != "keras"] or timed
    gone = [f"{row['name']} {row['latency']['p50_ms']:.3g} ms" for row in timed if row not in rows]
    return rows, f"\nnot drawn: {', '.join(gone)}" if gone else ""


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
            color=GREYS[turn % len(GREYS)],
            hatch=HATCHES[turn % len(HATCHES)],
            edgecolor="#111111",
            linewidth=0.6,
        )
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set_yticks(range(len(cases)), [case["name"] for case in cases], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("ms from frame to reading, median of each stage")
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
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


def _logarithmic(axes: Any) -> None:
    """A logarithmic axis of milliseconds with figures within a power of ten, as most rows lie in one."""
    from matplotlib.ticker import LogLocator, NullLocator

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")


def _svg(figure: Any) -> str:
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    return text[text.index("<svg") :]
