"""What the plots beside a model card show."""

from __future__ import annotations

import numpy as np
import pytest

from train import plots

pytest.importorskip("matplotlib")


def drawn(monkeypatch, tmp_path, labels, confusion):
    """The axes of a confusion matrix."""
    figures = []
    monkeypatch.setattr(plots, "_write", lambda figure, path: figures.append(figure))
    test = {"confusion": confusion, "errors": 1, "pictures": int(np.sum(confusion))}
    plots.write_confusion({"model": "m", "labels": labels, "test": test}, tmp_path / "x.png")
    return figures[0].axes[0]


def words(ticks):
    return [tick.get_text() for tick in ticks]


def test_the_confusion_matrix_has_rows_for_what_was_shown_and_columns_for_what_was_read(
    monkeypatch, tmp_path
):
    """No test picture shows "none" or a label of one's own: a row of its own would say 0 of 0."""
    confusion = np.diag([9, 8, 0, 0])
    confusion[1, 3] = 1
    axes = drawn(monkeypatch, tmp_path, ["0", "1", "none", "A"], confusion.tolist())
    assert words(axes.get_yticklabels()) == ["0", "1"]
    assert words(axes.get_xticklabels()) == ["0", "1", "A"]
    assert sorted(words(axes.texts)) == ["1", "8", "9"]


def test_with_many_labels_the_figures_of_a_confusion_matrix_keep_apart(monkeypatch, tmp_path):
    labels = [*"0123456789", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    confusion = np.zeros((36, 36), int)
    confusion[:10] = 1000
    axes = drawn(monkeypatch, tmp_path, labels, confusion.tolist())
    figure = axes.figure
    figure.draw_without_rendering()
    first, second = (text.get_window_extent() for text in axes.texts[:2])
    assert first.x1 < second.x0
