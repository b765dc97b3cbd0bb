"""The pictures of a model card, legible in grey."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edge_digits.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_INK = "#1f2933"
_QUIET = "#7b8794"
_FIT = "#9aa5b1"
_HELD_OUT = "#0b5394"


def write_curves(record: dict[str, Any], path: Path) -> None:
    """Draw loss and accuracy over the epochs and mark the epoch whose weights are kept.

    Args:
        record: What `train.report.record` returns.
        path: PNG file to write.

    Raises:
        OSError: The file cannot be written.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    history, kept = record["history"], record["best_epoch"]
    epochs = np.arange(1, len(history["loss"]) + 1)
    figure = Figure(figsize=(9, 3.6), dpi=150, layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, title, fitted, held_out in (
        (left, "Cross-entropy", np.array(history["loss"]), np.array(history["val_loss"])),
        (right, "Misread, %", _misread(history["accuracy"]), _misread(history["val_accuracy"])),
    ):
        axes.plot(epochs, fitted, "o--", color=_FIT, markersize=4, label="learnt from, while learning")
        axes.plot(epochs, held_out, "s-", color=_HELD_OUT, markersize=4, label="held out, after each epoch")
        axes.plot(
            kept,
            held_out[kept - 1],
            "o",
            markersize=13,
            markerfacecolor="none",
            color=_INK,
            label="kept epoch",
        )
        axes.set_title(title, loc="left", color=_INK, fontsize=11)
        axes.set_xlabel("epoch", color=_INK)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.margins(x=0.05)
        axes.grid(axis="y", color="#e4e7eb")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=_QUIET, labelcolor=_INK)
    left.legend(frameon=False, fontsize=9)
    figure.suptitle(f"{record['model']}, seed {record['seed']}", x=0.01, ha="left", color=_INK, fontsize=12)
    _write(figure, path)


def write_confusion(record: dict[str, Any], path: Path) -> None:
    """Draw which class was read as which; only mistakes are shaded, so that a few stand out.

    What the test pictures show makes the rows, these and whatever one was taken for the columns: a label
    of a user's own, or "none", of which no picture was shown has no row of noughts.

    Args:
        record: What `train.report.record` returns.
        path: PNG file to write.

    Raises:
        OSError: The file cannot be written.
    """
    from matplotlib.figure import Figure

    labels, whole = record["labels"], np.array(record["test"]["confusion"])
    shown = np.flatnonzero(whole.any(axis=1))
    named = np.flatnonzero(whole.any(axis=1) | whole.any(axis=0))
    counts, right = whole[np.ix_(shown, named)], shown[:, None] == named
    mistakes = np.where(right, 0, counts)
    top = max(int(mistakes.max()), 1)
    figure = Figure(figsize=(max(6.4, 0.9 + 0.5 * len(named)), 6.2), dpi=150, layout="constrained")
    axes = figure.subplots()
    axes.imshow(mistakes, cmap="Blues", vmin=0, vmax=top * 1.25)
    for i, row in enumerate(counts):
        for j, times in enumerate(row):
            if right[i, j]:
                axes.text(j, i, times, ha="center", va="center", color=_INK, weight="bold", fontsize=9)
            elif times:
                colour = "white" if times > 0.7 * top else _INK
                axes.text(j, i, times, ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(named)), [labels[i] for i in named])
    axes.set_yticks(range(len(shown)), [labels[i] for i in shown])
    axes.set_xticks(np.arange(len(named) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(shown) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="#e4e7eb")
    axes.tick_params(which="both", length=0, labelcolor=_INK)
    axes.spines[:].set_color("#cbd2d9")
    axes.set_xlabel("read as", color=_INK)
    axes.set_ylabel("written", color=_INK)
    test = record["test"]
    axes.set_title(
        f"{record['model']}: {test['errors']} of {test['pictures']:,} test pictures misread",
        loc="left",
        color=_INK,
        fontsize=11,
    )
    _write(figure, path)


def write_reliability(record: dict[str, Any], path: Path) -> None:
    """Draw how often the model is right when it is so sure, and how often it is that sure.

    Intervals with few pictures are drawn with the standard error of their accuracy.

    Args:
        record: What `train.report.record` returns.
        path: PNG file to write.

    Raises:
        OSError: The file cannot be written.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    bins = record["test"]["reliability"]
    confidence, right, pictures = (
        np.array([each[key] for each in bins], float) for key in ("confidence", "accuracy", "pictures")
    )
    # An interval without a single mistake is not certain either: Laplace's rule keeps its error above 0.
    guess = (right * pictures + 1) / (pictures + 2)
    error = np.sqrt(guess * (1 - guess) / pictures)
    figure = Figure(figsize=(6.4, 6.2), dpi=150, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.plot([0, 100], [0, 100], "--", color=_QUIET, linewidth=1, label="as sure as right")
    above.errorbar(
        100 * confidence,
        100 * right,
        100 * error,
        fmt="s-",
        color=_HELD_OUT,
        markersize=5,
        elinewidth=1,
        capsize=3,
        label="measured, with standard error",
    )
    above.set_ylabel("right, %", color=_INK)
    above.set_ylim(0, 105)
    above.legend(frameon=False, fontsize=9, loc="upper left")
    below.bar(100 * confidence, pictures, width=4, color=_FIT, edgecolor=_INK, linewidth=0.6)
    below.set_yscale("log")
    below.set_ylim(0.5, 3 * pictures.max())
    below.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    below.set_ylabel("pictures", color=_INK)
    below.set_xlabel("confidence, %", color=_INK)
    below.set_xlim(0, 103)
    for axes in (above, below):
        axes.grid(axis="y", color="#e4e7eb")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(which="both", colors=_QUIET, labelcolor=_INK)
    above.set_title(
        f"{record['model']}: calibration error {100 * record['test']['calibration_error']:.2f} %, "
        f"{record['test']['pictures']:,} test pictures",
        loc="left",
        color=_INK,
        fontsize=11,
    )
    _write(figure, path)


def _misread(accuracy: list[float]) -> NDArray[np.float64]:
    """Turn accuracy into per cent misread; none at all is drawn as 0.01, since a log scale has no 0."""
    return np.asarray(np.maximum(100 * (1 - np.array(accuracy)), 0.01))


def _write(figure: Figure, path: Path) -> None:
    # Drawn in memory first: a disk that fills up must fail in our own write, not inside a drawing library.
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    write_whole(path, buffer.getvalue())
