"""What is recommended for a device, and whether the reader follows it."""

from __future__ import annotations

import copy
import json
import logging

import pytest

from benchmarks.cli import main
from benchmarks.recommend import preference_of, recommend
from edge_digits import DigitReader
from edge_digits.cli import main as edge_digits_command
from edge_digits.cli.checks import check_preference
from edge_digits.errors import ModelError
from edge_digits.preference import load_preference, preference_path

FLOAT, INT8 = "classic-float32.onnx", "classic-int8.onnx"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A preference file of this test's own, not there yet."""
    path = tmp_path / "config" / "preference.json"
    monkeypatch.setenv("EDGE_DIGITS_PREFERENCE", str(path))
    return path


@pytest.fixture
def saved(few_models, brief, place, monkeypatch, capsys):
    """A preference measured just now: the only file there, on OpenCV."""
    few_models(FLOAT)
    monkeypatch.setattr("benchmarks.recommend.TO_RANK", 1)
    words = ["--only", "latency", "--backends", "opencv", "--reference", "opencv", "--recommend"]
    assert main(words) == 0
    assert f"Best here: {FLOAT} on opencv, 1 thread(s)" in capsys.readouterr().out
    return place


def timed(row, p50, *, threads=1, crops=1):
    # Beside a neighbour everything takes longer, so quiet rounds decide.
    return {
        **row["latency"],
        "count": 5000,
        "round_p50_ms": [p50] * 5 + [9.0] * 3,
        "threads": threads,
        "crops": crops,
    }


def test_the_doctor_ends_by_naming_what_reads(saved, monkeypatch, capsys):
    assert edge_digits_command(["doctor"]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith(f"Reading works: as saved, by {FLOAT} on opencv, 1 thread(s)")
    monkeypatch.setenv("EDGE_DIGITS_PREFERENCE", "")
    assert edge_digits_command(["doctor"]) == 0
    assert "backend 'auto' takes " in capsys.readouterr().out.splitlines()[-1]


def test_the_fastest_that_loses_no_accuracy_is_taken(result, few_models):
    few_models(FLOAT, INT8)
    found = copy.deepcopy(result[0])
    rows = {row["file"]: row for row in found["rows"]}
    rows[FLOAT]["latency"], rows[INT8]["latency"] = timed(rows[FLOAT], 0.2), timed(rows[INT8], 0.1)
    assert recommend(found, "classic").row["file"] == INT8
    for row, value in ((rows[FLOAT], 0.992), (rows[INT8], 0.985)):
        row["accuracy"] = {"value": value, "correct": 0, "count": 1, "set": "made up"}
    assert recommend(found, "classic").row["file"] == FLOAT


def test_more_threads_must_be_worth_it(result, few_models):
    few_models(FLOAT, INT8)
    found = copy.deepcopy(result[0])
    found["rows"] = [{**found["rows"][0], "backend": "onnxruntime"}]
    row = found["rows"][0]
    row["latency"] = timed(row, 0.200)
    row["sweep"] = [
        timed(row, 0.196, threads=2),
        timed(row, 1.0, crops=10),
        timed(row, 0.98, threads=2, crops=10),
    ]
    assert recommend(found, "classic").threads == 1
    row["sweep"][2] = timed(row, 0.6, threads=2, crops=10)
    choice = recommend(found, "classic")
    assert choice.threads == 2 and choice.milliseconds == pytest.approx(0.06)
    assert preference_of(choice, found).threads == 2


def test_threads_of_opencv_alone_recommend_nothing_and_say_why(result, few_models):
    """They are the program's: a reader cannot promise them."""
    few_models(FLOAT, INT8)
    found = copy.deepcopy(result[0])
    for row in found["rows"]:
        row["latency"] = timed(row, 0.2, threads=2)
    with pytest.raises(ModelError, match="only opencv with several threads was timed") as refused:
        recommend(found, "classic")
    assert "--threads" in refused.value.remedy


def test_too_few_calls_recommend_nothing_but_the_figures_are_kept(
    few_models, brief, place, monkeypatch, capsys
):
    few_models(FLOAT)
    monkeypatch.setattr("benchmarks.recommend.TO_RANK", 10**6)
    words = ["--only", "latency", "--backends", "opencv", "--reference", "opencv", "--recommend"]
    kept = place.with_name("r.json")
    assert main([*words, "--json", str(kept)]) == 1
    assert "nothing is saved" in capsys.readouterr().err
    assert not place.exists() and kept.is_file()


def test_the_reader_follows_what_was_saved(saved):
    reader = DigitReader()
    assert (reader.artifact.path.name, reader.backend, reader.threads) == (FLOAT, "opencv", 1)
    text = saved.read_text()
    saved.write_text(text.replace('"threads": 1', '"threads": 2'))
    assert DigitReader().threads == 2 and DigitReader(threads=1).threads == 1
    [finding] = check_preference()
    assert finding.state == "ok" and finding.name == str(saved) and FLOAT in finding.detail


def test_what_the_caller_chooses_goes_before_what_was_saved(saved, monkeypatch):
    saved.write_text(saved.read_text().replace('"threads": 1', '"threads": 2'))
    assert DigitReader("classic").threads == 1
    assert DigitReader(backend="opencv").threads == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model": "older"}, "the default model is now classic"),
        ({"sha256": "0" * 64}, "no longer the file that was measured"),
        ({"file": "classic-int4.onnx"}, "no longer the file that was measured"),
        ({"engine": "opencv 3.0"}, "opencv 3.0 was measured"),
        ({"threads": 0}, "is not one of this version"),
        ({"schema": 99}, "is not one of this version"),
    ],
)
def test_what_no_longer_applies_is_ignored_and_logged(saved, caplog, change, reason):
    saved.write_text(json.dumps({**json.loads(saved.read_text()), **change}))
    with caplog.at_level(logging.WARNING):
        assert DigitReader().artifact.model == "classic"
    assert "saved preference ignored" in caplog.text and reason in caplog.text
    [finding] = check_preference()
    assert finding.state == "warning" and reason in finding.detail and "--recommend" in finding.remedy


def test_a_damaged_file_never_stops_a_reader(saved, caplog):
    saved.write_text("{")
    assert DigitReader().backend
    assert "cannot be read" in caplog.text


def test_its_place_is_the_configuration_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("EDGE_DIGITS_PREFERENCE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert preference_path() == tmp_path / "edge-digits" / "preference.json"
    assert load_preference() is None
    [finding] = check_preference()
    assert finding.state == "-" and finding.remedy == ""
    monkeypatch.setenv("EDGE_DIGITS_PREFERENCE", "")
    assert preference_path() is None and load_preference() is None


def test_without_latency_nothing_is_recommended(capsys):
    assert main(["--recommend", "--only", "footprint"]) == 2
    assert "--recommend needs latency" in capsys.readouterr().err
