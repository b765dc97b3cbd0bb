"""`python -m train edge`, from its arguments to a model that knows what is not a digit."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("tensorflow")

from train import course, lessons, omniglot, ready, rejection
from train.__main__ import main
from train.card import card
from train.network import RECIPES, TEACHER
from train.report import read_record

# Raised within Keras 3.15 by each of its conversions to numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
LABELS = [*"0123456789", "none"]


@pytest.fixture
def letters(tmp_path, monkeypatch) -> Path:
    """An archive of made-up characters under the names of Omniglot's alphabets."""
    path = tmp_path / "letters.zip"
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as file:
        for alphabet in omniglot.LOOK_ALIKES:
            for character in range(11, 15):
                picture = np.full((105, 105), 255, np.uint8)
                cv2.polylines(picture, [rng.integers(10, 95, (6, 2)).astype(np.int32)], False, 0, 3)
                place = f"images_background_small1/{alphabet}/character{character}/0001_01.png"
                file.writestr(place, cv2.imencode(".png", picture)[1].tobytes())
    monkeypatch.setattr(omniglot, "DIGEST", omniglot.hashlib.sha256(path.read_bytes()).hexdigest())
    return path


@pytest.fixture
def command(data, letters, tmp_path, monkeypatch) -> list[str]:
    """Arguments of a training on little data; pages go to a cache of their own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(lessons, "_PAGES", 8)
    monkeypatch.setattr(lessons, "_HELD_PAGES", 8)
    monkeypatch.setattr(rejection, "_COUNT", 40)
    monkeypatch.setattr(course, "TEACHER", replace(TEACHER, epochs=1))
    return ["edge", "--data", str(data), "--own-data", "--omniglot", str(letters), "--out", str(tmp_path)]


def test_a_training_leaves_a_model_with_none_and_says_what_it_turns_away(command, tmp_path, capsys):
    assert main([*command, "--epochs", "2"]) == 0
    printed = capsys.readouterr().out
    assert 'test digits rejected or unsure in mode "balanced"' in printed
    record = read_record(tmp_path / "edge")
    assert record["labels"] == LABELS
    assert record["recipe"]["schedule"]["peak"] == 0.008
    assert set(record["test"]["turned_away"]) >= {"digits", "blank, noise and texture"}
    assert all(0 <= share <= 1 for share in record["test"]["turned_away"].values())
    assert sum(record["data"]["lessons"].values()) > 240
    text = (tmp_path / "edge" / "README.md").read_text(encoding="utf-8")
    assert text == card(record)
    assert "accepted: two or three digits in one crop" in text
    assert "Nothing is added" not in text

    import keras

    model = keras.saving.load_model(tmp_path / "edge" / "edge.keras", compile=False)
    assert model.output_shape == (None, 11)

    assert main([*command, "--evaluate"]) == 0
    again = capsys.readouterr().out
    assert f"test accuracy          {100 * record['test_accuracy']:.2f} %" in again


def test_a_run_that_goes_on_learns_what_it_would_have_learnt(command, tmp_path, capsys, monkeypatch):
    """The pages come from the cache, and the epoch that was missed is the one that is made up for."""
    assert main([*command, "--epochs", "3"]) == 0
    whole = json.loads((tmp_path / "edge" / "history.json").read_text())["history"]["loss"]

    def stop(progress, *_):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(course, "print_epoch", stop)
        assert main([*command, "--epochs", "3"]) == 130
    assert main([*command, "--epochs", "3", "--resume"]) == 0
    assert "epoch  2 of" not in capsys.readouterr().out.rsplit("seed 0", 1)[1]
    resumed = json.loads((tmp_path / "edge" / "history.json").read_text())["history"]["loss"]
    assert resumed == pytest.approx(whole, rel=1e-3)


def test_teachers_once_trained_teach_the_next_network_at_once(command, tmp_path, capsys, monkeypatch):
    """Which learns the same from them: an hour is saved."""

    def history() -> dict[str, list[float]]:
        return json.loads((tmp_path / "edge" / "history.json").read_text())["history"]

    assert main([*command, "--epochs", "1", "--teachers", "anew"]) == 0
    assert "teacher, seed 1" in capsys.readouterr().out
    first = history()
    assert read_record(tmp_path / "edge")["command"].endswith("edge --data DIR --own-data --epochs 1")

    monkeypatch.setattr(ready, "READY", tmp_path / "teachers")
    assert main([*command, "--epochs", "1", "--teachers", "ready"]) == 0
    assert "teacher, seed" not in capsys.readouterr().out
    assert history()["loss"] == pytest.approx(first["loss"], rel=1e-3)
    record = read_record(tmp_path / "edge")
    assert record["command"].endswith("--teachers ready")
    assert "they are those in `models/teachers`" in " ".join(card(record).split())


def test_a_damaged_teacher_is_named_before_any_lesson(command, tmp_path, capsys, monkeypatch):
    folder = tmp_path / "teachers"
    folder.mkdir()
    for seed in range(2):
        (folder / f"teacher-{seed}.npz").write_bytes(b"PK")
    monkeypatch.setattr(ready, "READY", folder)
    assert main([*command, "--epochs", "1", "--teachers", "ready"]) == 1
    told = capsys.readouterr().err
    assert f"{folder / 'teacher-0.npz'} is damaged" in told
    assert "--teachers anew" in told


def test_the_networks_are_as_small_as_they_should_be():
    import keras

    sizes = {}
    for name in ("edge", "nano"):
        keras.backend.clear_session()
        model = RECIPES[name].build(11)
        assert model.input_shape == (None, 28, 28, 1)
        assert model.output_shape == (None, 11)
        sizes[name] = model.count_params()
    assert sizes["edge"] < 37_000
    assert sizes["nano"] < 9_000
