"""The trained model that is part of the project, and what is said of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

from train.__main__ import main
from train.report import card, read_record

CLASSIC = Path(__file__).resolve().parents[2] / "models" / "classic"


def test_the_card_is_the_one_the_record_makes():
    assert (CLASSIC / "README.md").read_text(encoding="utf-8") == card(read_record(CLASSIC))


def test_the_shipped_seed_is_the_first_one_named_and_not_the_best_on_the_test_pictures():
    record = read_record(CLASSIC)
    assert record["seed"] == record["runs"][0]["seed"] == 0
    assert [run["seed"] for run in record["runs"]] == [0, 1, 2]
    assert len(record["history"]["loss"]) == 10


def test_the_model_scores_what_its_card_says(mnist_dir, tmp_path, capsys):
    record = read_record(CLASSIC)
    assert record["test_accuracy"] >= 0.991
    shutil.copytree(CLASSIC, tmp_path / "classic")
    assert main(["classic", "--data", str(mnist_dir), "--out", str(tmp_path), "--evaluate"]) == 0
    printed = capsys.readouterr().out
    assert f"test accuracy          {100 * record['test_accuracy']:.2f} %" in printed
    assert f"{record['test']['errors']} of 10000" in printed
    again = read_record(tmp_path / "classic")
    # The corruptions were once mended after the record was made: another processor shifts a few pictures,
    # a figure that nobody renewed shifts two points.
    for name, error in record["test"]["corrupted"].items():
        assert again["test"]["corrupted"][name] == pytest.approx(error, abs=0.003), name
