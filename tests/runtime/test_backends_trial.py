"""A model file that crashes OpenCV is refused, and the process lives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import toy_models as toys
from command_process import start

from edge_digits.backends import open_backend, trial
from edge_digits.errors import BackendError, ModelError
from edge_digits.registry import models_dir


@pytest.fixture
def crashing(tmp_path: Path) -> Path:
    """A copy of a shipped file, outside its manifest, with one bit of a tensor's name turned over."""
    whole = (models_dir() / "edge" / "edge-int8.onnx").read_bytes()
    path = tmp_path / "copy.onnx"
    path.write_bytes(whole.replace(b"add_3_scale", b"a\xe4d_3_scale", 1))
    return path


def test_a_damaged_copy_ends_in_a_message_and_not_inside_opencv(crashing: Path, note: Path) -> None:
    process = start("read", "--model", str(crashing), "--backend", "opencv", str(note))
    out, err = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert str(crashing) in err
    assert "Traceback" not in err


def test_where_opencv_is_the_only_engine_a_damaged_copy_is_refused_too(
    crashing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        trial, "_PROGRAM", trial._PROGRAM.replace("    net = ", "    import os; os.abort()\n    net = ")
    )
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="is damaged") as caught:
        open_backend(crashing)
    assert "Copy the file anew" in caught.value.remedy


def test_a_sound_file_is_tried_and_runs(tmp_path: Path) -> None:
    toys.need("opencv")
    path = tmp_path / "lone.onnx"
    path.write_bytes(toys.onnx_bytes())
    crops = toys.crops(3)
    np.testing.assert_allclose(
        open_backend(path, backend="opencv").predict(crops), toys.expected(crops), atol=1e-5
    )


def test_files_of_a_manifest_are_opened_without_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "run", refuse)
    assert open_backend(backend="opencv").name == "opencv"


def test_a_file_that_never_ends_opencv_s_work_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_SECONDS", 3)
    monkeypatch.setattr(
        trial, "_PROGRAM", trial._PROGRAM.replace("    net = ", "    while True: pass\n    net = ")
    )
    assert not trial.survives(b"", (1, 28, 28), 1)


@pytest.mark.parametrize("python", ["", "/no/such/python", sys.executable])
def test_where_no_python_can_be_started_that_is_said(python: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", python)
    monkeypatch.setattr(trial, "_PROGRAM", "raise SystemExit(1)")
    with pytest.raises(BackendError, match="starts none") as caught:
        trial.survives(b"", (1, 28, 28), 1)
    assert "edge-digits[onnx]" in caught.value.remedy
