"""Labelled pictures of whatever origin, pictures gone bad, and agreement with Keras."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import scores
from benchmarks.accuracy import TestSet as Pictures
from benchmarks.accuracy import answers, corrupted, score
from benchmarks.cli import main
from benchmarks.errors import DataError
from benchmarks.own_pictures import load_pictures
from benchmarks.report_tables import corruptions_table
from benchmarks.rows import Row
from train.corruptions import NAMES
from train.scenes import draw_digit

CLASSES = (*"0123456789", "none")


def first_pixel(crops):
    """A "model" that answers with the first pixel."""
    return np.eye(11, dtype=np.float32)[crops[:, 0, 0]]


def pictures(*labels: int) -> Pictures:
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0] = labels
    return Pictures(images, np.array(labels, np.uint8), f"MNIST test, {len(labels)} pictures")


def row(name: str, predict, *, model: str = "classic", format_: str = "onnx", p50=None) -> Row:
    about = {"model": model, "format": format_, "backend": "opencv"}
    made = Row(name, about, CLASSES, [], predict)
    made.figures["latency"] = None if p50 is None else {"p50_ms": p50}
    return made


def draw(path: Path, label: str, *, side: int = 120) -> None:
    ink = draw_digit(label, np.random.default_rng(int(label)), height=side // 2)
    sheet = np.full((side, side), 230, np.uint8)
    part = sheet[side // 4 : side // 4 + ink.shape[0], side // 4 : side // 4 + ink.shape[1]]
    part[:] = np.minimum(part, 230 - (ink * 0.8).astype(np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet)


def test_answers_are_asked_in_batches_and_scored_by_name():
    test = Pictures(pictures(3, 1, 10).images, np.array(["3", "7", "none"]), "made up")
    for batch in (1, 2, 5):
        given = answers(first_pixel, test.images, batch=batch)
        assert given.tolist() == [3, 1, 10]
    assert score(given, CLASSES, test) == {
        "value": pytest.approx(2 / 3, abs=1e-6),
        "correct": 2,
        "count": 3,
        "set": "made up",
    }


def test_pictures_go_bad_in_fifteen_ways_and_the_same_ways_again():
    test = Pictures(
        np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8), np.arange(6), "MNIST test"
    )
    sets, again = corrupted(test, step=2, seed=4), corrupted(test, step=2, seed=4)
    assert [each.name for each in sets] == list(NAMES) and len(sets) == 15
    assert all(each.labels.tolist() == [0, 2, 4] for each in sets)
    assert all(np.array_equal(a.images, b.images) for a, b in zip(sets, again, strict=True))
    assert not any(np.array_equal(each.images, test.images[::2]) for each in sets)


def test_rows_are_scored_on_every_corruption_and_the_mean_is_theirs():
    sets = [Pictures(pictures(1, 2).images, np.array([1, 2]), "fog")]
    sets += [Pictures(pictures(1, 2).images, np.array([1, 3]), "shear")]
    one = row("a", first_pixel)
    scores.score_rows([one], scores.Sets(None, None, sets), threads=1)
    assert one.figures["corruptions"] == {"mean": 0.75, "count": 2, "by": {"fog": 1.0, "shear": 0.5}}
    shown = {**one.to_dict(), "precision": "float32"}
    table = corruptions_table({"rows": [shown]})
    assert "classic-float32 on opencv" in table and "50.0 %" in table and "75.0 %" in table
    assert corruptions_table({"rows": [{**shown, "corruptions": None}]}) == ""


def test_agreement_is_with_the_same_model_in_keras(monkeypatch):
    class Keras:
        def predict(self, crops):
            assert len(crops) > 1
            return np.eye(11, dtype=np.float32)[np.minimum(crops[:, 0, 0], 2)]

    monkeypatch.setattr(scores, "model_file", lambda name: Path(name) if name == "classic" else None)
    monkeypatch.setattr(scores, "open_keras", lambda path, threads: Keras())
    rows = [
        row("ours", first_pixel),
        row("other", first_pixel, model="nano"),
        row("keras", first_pixel, format_="keras"),
    ]
    scores.score_rows(rows, scores.Sets(pictures(0, 1, 2, 3), None), threads=1)
    assert rows[0].figures["agreement"] == {"value": 0.75, "same": 3, "count": 4}
    assert "agreement" not in rows[1].figures and "agreement" not in rows[2].figures
    scores.score_rows(without := [row("ours", first_pixel)], scores.Sets(pictures(0, 1), None), threads=1)
    assert "agreement" not in without[0].figures


def test_a_quick_run_scores_as_many_pictures_as_it_can_afford():
    test = pictures(*[0] * 1000)
    slow, quick = row("slow", first_pixel, p50=30.0), row("quick", first_pixel, p50=0.1)
    assert scores.affordable(test, [quick], 15.0) is test
    fewer = scores.affordable(test, [slow, quick], 15.0)
    assert len(fewer.labels) == 334 and fewer.name == "MNIST test, 334 pictures"
    assert len(scores.affordable(test, [row("x", first_pixel, p50=1e4)], 15.0).labels) == 100
    assert scores.affordable(test, [row("untimed", first_pixel)], 15.0) is test


def test_own_pictures_come_from_folders_or_from_a_csv(tmp_path):
    for label in "37":
        draw(tmp_path / "set" / label / "a.png", label)
    cv2.imwrite(str(tmp_path / "set" / "7" / "crop.png"), np.zeros((28, 28), np.uint8))
    (tmp_path / "set" / "none").mkdir()
    (tmp_path / "set" / "7" / "notes.txt").write_text("not a picture")
    found = load_pictures(tmp_path / "set")
    assert found.labels.tolist() == ["3", "7", "7"] and found.images.shape == (3, 28, 28)
    assert found.name == "set, 3 pictures"
    assert found.images[0].max() > 128 and found.images[2].max() == 0
    table = tmp_path / "mine.csv"
    table.write_text("path,label\nset/7/a.png,7\nset/3/a.png,none\n")
    listed = load_pictures(table)
    assert listed.labels.tolist() == ["7", "none"]
    assert np.array_equal(listed.images, found.images[[1, 0]])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "there is no file or folder"),
        ("file,label\na.png,1\n", "has no columns path and label"),
        ("path,label\na.png,x\n", "line 2: label is 'x'"),
        ("path,label\n", "names no picture"),
        ("path,label\ngone.png,1\n", "gone.png"),
    ],
)
def test_own_pictures_that_make_no_sense_are_named(tmp_path, content, complaint):
    place = tmp_path / "mine.csv"
    if content is not None:
        place.write_text(content)
    with pytest.raises(DataError, match=complaint):
        load_pictures(place)


def test_a_folder_that_is_no_label_is_named(tmp_path):
    (tmp_path / "zero").mkdir()
    with pytest.raises(DataError, match="holds zero, which is no label"):
        load_pictures(tmp_path)


def test_own_pictures_are_a_column_of_the_table(few_models, brief, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    few_models("classic-float32.onnx")
    draw(tmp_path / "mine" / "3" / "a.png", "3")
    words = ["--only", "accuracy", "--backends", "opencv", "--reference", "opencv"]
    assert main([*words, "--pictures", str(tmp_path / "mine")]) == 0
    printed = capsys.readouterr().out
    assert "own: mine, 1 pictures." in printed and "100.00 %" in printed
