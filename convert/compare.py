"""The models side by side, from what their trainings, conversions and evaluations left behind."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

COMMAND: Final = "python -m convert --compare"
REFERENCE: Final = "classic"
"""The model by whose errors the others' are measured."""
_SHARES: Final = ("error over 15 corruptions", "the same, the likeliest of the ten digits taken")
"""Figures that are also stated as a share of the reference's."""
_NONE: Final = "–"


def read_records(models_dir: Path, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the models' records, history.json; a model that has none of ours is left out.

    Args:
        models_dir: The folder of models.
        names: Their names.
    """
    records = {}
    for name in names:
        try:
            record = json.loads((models_dir / name / "history.json").read_text(encoding="utf-8"))
            records[name] = dict(record) if record["runs"][0]["figures"] and record["parameters"] else {}
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            # A converted model need not be trained here, and older records hold fewer figures.
            continue
    return {name: record for name, record in records.items() if record}


def compare(manifest: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return a table: a heading, then a row for each figure, a column for each model.

    Args:
        manifest: What `convert.manifest.read_manifest` returned.
        records: What `read_records` returned.

    Returns:
        Cells as text; none at all where no model has a record.
    """
    if not records:
        return []
    rows = [["", *records]]
    rows.append(["parameters", *(f"{record['parameters']:,}" for record in records.values())])
    rows.append(["test accuracy, Keras float32", *_test_accuracies(records)])
    if any(len(record["runs"]) > 1 for record in records.values()):
        rows.append(["mean over the seeds, with standard deviation", *map(_spread, records.values())])
    for kind, what in (("tflite", "TFLite"), ("onnx", "ONNX")):
        found = [_artifact(manifest, name, kind) for name in records]
        rows.append(
            [
                f"test accuracy, int8 {what}",
                *(_percent(each["test_accuracy"] if each else None) for each in found),
            ]
        )
        sizes = [f"{each['bytes'] / 1000:.1f} kB" if each else _NONE for each in found]
        rows.append([f"size, int8 {what}", *sizes])
    figures = {name: record["runs"][0]["figures"] for name, record in records.items()}
    named = list(dict.fromkeys(what for each in figures.values() for what in each))
    for what in named:
        if what == "test accuracy":
            continue
        own = [each.get(what) for each in figures.values()]
        rows.append([what, *map(_percent, own)])
        reference = figures.get(REFERENCE, {}).get(what)
        if what in _SHARES and reference:
            cells = [_NONE if share is None else f"{share / reference:.2f}" for share in own]
            rows.append([f"as a share of {REFERENCE}'s", *cells])
    return rows


def compare_corrupted(records: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return a table of the test pictures misread after each corruption, a column for each model.

    Args:
        records: What `read_records` returned.

    Returns:
        Cells as text; none at all where nothing was measured.
    """
    errors = {name: record["test"].get("corrupted", {}) for name, record in records.items()}
    kinds = list(dict.fromkeys(kind for each in errors.values() for kind in each))
    rows = [[kind, *(_percent(each.get(kind)) for each in errors.values())] for kind in kinds]
    return [["", *records], *rows] if rows else []


def _test_accuracies(records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [_percent(record["test_accuracy"]) for record in records.values()]


def _spread(record: Mapping[str, Any]) -> str:
    accuracies = [100 * run["test_accuracy"] for run in record["runs"]]
    if len(accuracies) < 2:
        return _NONE
    return f"{statistics.mean(accuracies):.2f} % ± {statistics.stdev(accuracies):.2f}"


def _artifact(manifest: Mapping[str, Any], model: str, kind: str) -> Mapping[str, Any] | None:
    artifacts = manifest["models"].get(model, {}).get("artifacts", [])
    return next((each for each in artifacts if (each["format"], each["precision"]) == (kind, "int8")), None)


def _percent(share: float | None) -> str:
    return _NONE if share is None else f"{100 * share:.2f} %"
