"""The models side by side, from what was stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from convert.__main__ import main
from convert.compare import compare, compare_corrupted, read_records
from convert.report import readme


def _record(accuracies: list[float], error: float) -> dict[str, Any]:
    figures = {"test accuracy": accuracies[0], "error over 15 corruptions": error}
    return {
        "parameters": 28_315,
        "test_accuracy": accuracies[0],
        "test": {"corrupted": {"clean": 0.01, "fog": error}},
        "runs": [{"seed": i, "test_accuracy": a, "figures": figures} for i, a in enumerate(accuracies)],
    }


def _entry(name: str) -> dict[str, Any]:
    artifact = {
        "file": f"{name}/{name}-int8.tflite",
        "format": "tflite",
        "precision": "int8",
        "bytes": 39_800,
        "accuracy": 0.99,
        "test_accuracy": 0.9935,
        "agreement": 1.0,
        "max_probability_difference": 0.08,
        "runs_on": [],
        "refused_by": {},
        "checked_on": "some pictures",
    }
    keras = {"file": f"{name}/{name}.keras", "sha256": "", "accuracy": 0.99, "test_accuracy": 0.99}
    return {"labels": ["0"], "keras": keras, "artifacts": [artifact]}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Two models that were measured, one that was not, and one whose record is older."""
    names = ("classic", "edge", "mine", "old")
    manifest = {"schema": 1, "default": "edge", "models": {name: _entry(name) for name in names}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    old = {"parameters": 1, "test_accuracy": 0.9, "runs": [{"seed": 0, "test_accuracy": 0.9}]}
    records = {"classic": _record([0.99], 0.12), "edge": _record([0.997, 0.996, 0.998], 0.03), "old": old}
    for name, record in records.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "history.json").write_text(json.dumps(record))
    return tmp_path


def test_figures_stand_beside_each_other_and_errors_as_a_share_of_the_reference(models: Path) -> None:
    manifest = json.loads((models / "manifest.json").read_text())
    records = read_records(models, list(manifest["models"]))
    table = {row[0]: row[1:] for row in compare(manifest, records)}
    assert table[""] == ["classic", "edge"]
    assert table["mean over the seeds, with standard deviation"] == ["–", "99.70 % ± 0.10"]
    assert table["test accuracy, int8 TFLite"] == ["99.35 %", "99.35 %"]
    assert table["size, int8 ONNX"] == ["–", "–"]
    assert table["as a share of classic's"] == ["1.00", "0.25"]
    assert compare_corrupted(records)[-1] == ["fog", "12.00 %", "3.00 %"]
    text = readme(manifest, records)
    assert "| error over 15 corruptions | 12.00 % | 3.00 % |" in text
    assert "# Models\n\n# Files" in readme(manifest, {}), "nothing is compared where nothing was measured"


def test_the_command_prints_the_comparison_and_writes_the_readme(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--compare", "--models", str(models)]) == 0
    assert "error over 15 corruptions" in capsys.readouterr().out
    assert "python -m convert --compare" in (models / "README.md").read_text(encoding="utf-8")


def test_a_folder_without_figures_says_how_to_get_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--compare", "--models", str(tmp_path)]) == 1
    assert "python -m train classic --evaluate" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
