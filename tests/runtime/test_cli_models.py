"""`edge-digits models` lists the files, with their figures and what really runs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import toy_models as toys

from edge_digits.cli import main
from edge_digits.registry import artifacts, default_model

Capture = pytest.CaptureFixture[str]


def test_every_shipped_file_runs_somewhere(capsys: Capture) -> None:
    assert main(["models", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["default"] == default_model() == "edge"
    assert [entry["file"] for entry in told["artifacts"]] == [
        artifact.path.relative_to(told["directory"]).as_posix() for artifact in artifacts()
    ]
    for entry in told["artifacts"]:
        own = "tflite" if entry["format"] == "tflite" else "onnxruntime"
        if own in entry["backends"]:
            assert "version" in entry["backends"][own], entry


def test_the_table_has_a_row_a_file_with_the_manifest_s_figures(capsys: Capture) -> None:
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = artifacts()
    assert lines[0].split() == ["file", "format", "precision", "kB", "accuracy", "agreement", "runs", "on"]
    for line, artifact in zip(lines[1:], listed, strict=False):
        assert artifact.path.name in line
        assert f"{artifact.facts['bytes'] / 1000:.1f}" in line
        assert f"{100 * artifact.facts['accuracy']:.2f} %" in line
        assert "opencv" in line or artifact.format == "tflite" or artifact.precision != "float32"


def test_a_damaged_file_is_marked_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
    toys.models_folder(tmp_path, {"toy-float32.onnx": b"one", "toy-int8.onnx": b"two"})
    (tmp_path / "toy" / "toy-int8.onnx").write_bytes(b"2")
    assert main(["models"]) == 1
    captured = capsys.readouterr()
    sound, damaged = captured.out.splitlines()[1:3]
    assert "(nothing installed)" in sound
    assert "(damaged)" in damaged
    assert "toy-int8.onnx is not the one its manifest describes" in captured.err


def test_what_is_not_installed_is_not_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
    toys.models_folder(tmp_path, {"toy-float32.tflite": b"one"})
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    main(["models", "--json"])
    assert set(json.loads(capsys.readouterr().out)["artifacts"][0]["backends"]) <= {"tflite", "opencv"}


def test_without_a_manifest_the_way_to_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
    assert main(["models"]) == 1
    assert "python -m convert" in capsys.readouterr().err
