"""`python -m benchmarks` from end to end, quickly, on two files of the project."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks import run_command, session, suite
from benchmarks.accuracy import TestSet as Pictures
from benchmarks.accuracy import answers, score
from benchmarks.cli import main
from benchmarks.schema import load_schema, violations
from edge_digits.backends import open_backend
from edge_digits.errors import BackendError

FLOAT, INT8 = "classic-float32.onnx", "classic-int8.onnx"
MODELS = Path(__file__).resolve().parents[2] / "models"


def test_a_run_measures_every_row_and_matches_its_schema(result):
    found, page = result
    assert violations(found, load_schema()) == []
    rows = {row["name"]: row for row in found["rows"]}
    assert set(rows) == {f"{FLOAT} on opencv", f"{INT8} on opencv"}
    assert found["reference"] == f"{FLOAT} on opencv"
    row = rows[f"{FLOAT} on opencv"]
    assert row["status"] == "ok" and row["latency"]["speedup"] == 1.0
    assert row["latency"]["min_ms"] <= row["latency"]["p50_ms"] <= row["latency"]["p90_ms"]
    assert row["latency"]["p90_ms"] <= row["latency"]["p99_ms"]
    assert len(row["latency"]["round_p50_ms"]) == 3
    footprint = row["footprint"]
    parts = footprint["import_ms"] + footprint["open_ms"] + footprint["first_ms"]
    assert footprint["total_ms"] == pytest.approx(parts, abs=0.1)
    assert FLOAT in page and "as in the timing" not in page and "p50, p90, p99, mean" in page


def test_without_test_pictures_the_page_says_where_accuracy_would_come_from(result):
    found, page = result
    assert "pass --data" in page
    assert found["settings"]["scored_on"] is None
    assert all(row["accuracy"] is None for row in found["rows"])


def test_published_results_name_no_folder(result, tmp_path):
    found, page = result
    for folder in (Path.home(), tmp_path.parents[1], MODELS.parent):
        assert str(folder) + "/" not in json.dumps(found) + page


def test_the_schema_refuses_results_that_are_damaged(result):
    found, _ = result
    damages = [
        lambda r: r.pop("machine"),
        lambda r: r.update(schema=1),
        lambda r: r.update(extra=1),
        lambda r: r["rows"][0].update(bytes="many"),
        lambda r: r["rows"][0].update(status="maybe"),
        lambda r: r["rows"][0]["latency"].pop("p99_ms"),
        lambda r: r["rows"][0]["latency"].update(p50_ms=-1.0),
        lambda r: r["settings"].update(threads=True),
    ]
    for damage in damages:
        broken = copy.deepcopy(found)
        damage(broken)
        assert violations(broken, load_schema()), damage


def test_a_schema_with_unknown_words_is_not_passed_over():
    with pytest.raises(ValueError, match="pattern"):
        violations("a", {"pattern": "b"})


def test_accuracy_counts_what_is_right():
    # The "model" answers with the first pixel; class 10 is "none" and never right.
    classes = [*"0123456789", "none"]

    def predict(crops):
        return np.eye(11, dtype=np.float32)[crops[:, 0, 0]]

    images = np.zeros((6, 28, 28), np.uint8)
    images[:, 0, 0] = [3, 1, 4, 1, 5, 10]
    test = Pictures(images, np.array([3, 1, 4, 7, 5, 0], np.uint8), "made up")
    for batch in (1, 4):
        figures = score(answers(predict, images, batch=batch), classes, test)
        assert (figures["correct"], figures["count"], figures["set"]) == (4, 6, "made up")
        assert figures["value"] == pytest.approx(4 / 6, abs=1e-6)


def test_accuracy_on_mnist_is_that_of_the_manifest(few_models, brief, mnist_dir, tmp_path, capsys):
    few_models(FLOAT)
    out = tmp_path / "a.json"
    words = ["--quick", "--only", "accuracy", "--backends", "opencv", "--reference", "opencv"]
    assert main([*words, "--data", str(mnist_dir), "--json", str(out)]) == 0
    [row] = json.loads(out.read_text())["rows"]
    assert row["accuracy"]["count"] == 1000 and row["accuracy"]["value"] > 0.98
    assert row["latency"] is None and row["footprint"] is None
    printed = capsys.readouterr().out
    assert f"{100 * row['accuracy']['value']:.2f} %" in printed and "p50" not in printed


def test_a_file_that_a_backend_refuses_is_a_row_not_an_end(few_models, brief, tmp_path, monkeypatch, capsys):
    # Which files OpenCV takes changes from version to version, so one is refused here on purpose.
    folder = few_models(FLOAT, INT8)

    def choosy(artifact, *, backend, threads):
        if artifact.precision == "int8":
            raise BackendError(f"opencv cannot run {folder / 'classic' / INT8}: no such layer")
        return open_backend(artifact, backend=backend, threads=threads)

    monkeypatch.setattr(suite, "open_backend", choosy)
    out = tmp_path / "r.json"
    words = ["--quick", "--only", "latency", "--backends", "opencv", "--reference", "opencv"]
    assert main([*words, "--json", str(out)]) == 0
    rows = {row["file"]: row for row in json.loads(out.read_text())["rows"]}
    assert (rows[INT8]["status"], rows[INT8]["latency"]) == ("refused", None)
    assert rows[INT8]["reason"] == f"opencv cannot run {INT8}: no such layer"
    assert rows[FLOAT]["status"] == "ok"
    assert f"{INT8} on opencv is refused: opencv cannot run {INT8}" in capsys.readouterr().out


def test_a_run_in_which_everything_is_refused_fails(few_models, brief, monkeypatch, capsys):
    def refuse(artifact, **_):
        raise BackendError("cannot run it")

    few_models(INT8)
    monkeypatch.setattr(suite, "open_backend", refuse)
    assert main(["--only", "latency", "--backends", "opencv", "--reference", "opencv"]) == 1
    assert "is refused: cannot run it" in capsys.readouterr().out


def test_the_reference_is_measured_even_when_not_chosen(few_models, brief, tmp_path, capsys):
    few_models(FLOAT, INT8)
    out = tmp_path / "r.json"
    words = ["--quick", "--only", "latency", "--backends", "opencv", "--reference", "opencv"]
    assert main([*words, "--artifacts", "classic-int8", "--json", str(out)]) == 0
    found = json.loads(out.read_text())
    assert [row["file"] for row in found["rows"]] == [INT8, FLOAT]
    assert found["reference"] == f"{FLOAT} on opencv"


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["--artifacts", "classic-int7"], 2, "Did you mean classic-int8?"),
        (["--backends", "openvc"], 2, "Did you mean opencv?"),
        (["--data", "no/such/folder"], 1, "no such folder"),
        (["--reference", "keras", "--only", "latency"], 1, "there is no Keras model"),
        (["--backends", "tflite"], 2, "none of tflite runs"),
    ],
)
def test_what_cannot_be_measured_is_told_without_a_traceback(few_models, capsys, words, code, complaint):
    if words[-1] == "tflite" and find_spec("ai_edge_litert") is None:
        pytest.skip("no TFLite interpreter")
    few_models(FLOAT, INT8)
    words = [*words, *([] if "--reference" in words else ["--reference", "opencv"])]
    assert main(words) == code
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--threads", "0"], ["--only", "speed"], ["--seed", "x"], ["reed"]])
def test_a_command_line_that_makes_no_sense_is_usage(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_without_a_manifest_the_command_that_makes_one_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
    assert main(["--quick"]) == 1
    error = capsys.readouterr().err
    assert "manifest" in error and "python -m convert" in error


def test_a_whole_run_is_kept_and_a_narrowed_one_is_not(few_models, brief, tmp_path, monkeypatch, capsys):
    few_models(FLOAT)
    kept = tmp_path / "results"
    monkeypatch.setattr(run_command, "RESULTS", kept)
    assert main(["--only", "latency", "--reference", "opencv"]) == 0
    assert not kept.exists()
    assert main(["--reference", "opencv"]) == 0
    assert sorted(path.suffix for path in kept.iterdir()) == [".json", ".md"]


def test_timed_digits_are_drawn_the_same_for_the_same_seed():
    first, again, other = session.drawn_crops(0), session.drawn_crops(0), session.drawn_crops(1)
    assert all(crop.shape == (1, 28, 28) and crop.dtype == np.uint8 and crop.max() > 128 for crop in first)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs TensorFlow")
def test_keras_predict_is_the_reference_where_tensorflow_is(few_models, tmp_path):
    from benchmarks.footprint import CHECKOUT

    folder = few_models(FLOAT)
    (folder / "classic" / "classic.keras").write_bytes(
        (CHECKOUT / "models/classic/classic.keras").read_bytes()
    )
    out = tmp_path / "r.json"
    words = ["--quick", "--only", "latency", "--backends", "opencv", "--json", str(out)]
    # A process of its own: TensorFlow takes its number of threads once.
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text())
    assert found["reference"] == "classic.keras in model.predict"
    rows = {row["backend"]: row["latency"]["speedup"] for row in found["rows"]}
    assert rows["keras"] == 1.0 and rows["opencv"] > 1.0
