"""Wrong digits that a person puts right: the folder they go to, and the way there."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from demo_fakes import FakeReader, ScriptedSource

pytest.importorskip("fastapi")

from fastapi.testclient import TestClient

from camera_demo import corrections as module
from camera_demo.corrections import LABELS, Corrections, default_folder
from camera_demo.pipeline import Pipeline
from camera_demo.views.browser.api import Services
from camera_demo.views.browser.app import create_app
from edge_digits.errors import ImageError, OutputError


def crop_of(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)


@pytest.fixture
def corrections(tmp_path):
    return Corrections(tmp_path / "kept")


def files_in(corrections: Corrections) -> list[Path]:
    return sorted(path for path in corrections.folder.rglob("*") if path.is_file())


def test_a_correction_is_a_png_below_its_label_that_holds_the_crop_exactly(corrections):
    path = corrections.save(crop_of(), "7")
    assert files_in(corrections) == [path]
    assert path.parent == corrections.folder / "7"
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{12}\.png", path.name)
    assert np.array_equal(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), crop_of())


def test_all_digits_and_not_a_digit_have_their_folders(corrections):
    for seed, label in enumerate(LABELS):
        corrections.save(crop_of(seed), label)
    assert corrections.counts() == dict.fromkeys(LABELS, 1)
    assert {path.name for path in corrections.folder.iterdir()} == {*"0123456789", "none"}


def test_nothing_is_made_before_the_first_correction(corrections):
    assert sum(corrections.counts().values()) == 0
    assert not corrections.folder.exists()


def test_changing_ones_mind_moves_the_crop(corrections):
    corrections.save(crop_of(), "1")
    corrections.save(crop_of(), "7")
    corrections.save(crop_of(), "7")
    assert [path.parent.name for path in files_in(corrections)] == ["7"]


def test_what_an_earlier_run_kept_is_counted(corrections):
    corrections.save(crop_of(1), "3")
    (corrections.folder / "3" / "notes.txt").write_text("mine")
    (corrections.folder / "other").mkdir()
    again = Corrections(corrections.folder)
    assert again.counts()["3"] == 1
    assert sum(again.counts().values()) == 1


@pytest.mark.parametrize("label", ["10", "", "x", "../0", "none/..", "NONE", "٣"])
def test_a_label_that_is_none_is_refused_and_leaves_nothing(corrections, label):
    with pytest.raises(ImageError, match="not a label"):
        corrections.save(crop_of(), label)
    assert not corrections.folder.exists()


@pytest.mark.parametrize(
    "crop",
    [np.zeros((28, 28), np.uint8), np.ones((27, 28), np.uint8), np.ones((28, 28), np.float32)],
)
def test_what_is_no_crop_is_refused(corrections, crop):
    with pytest.raises(ImageError):
        corrections.save(crop, "1")
    assert not corrections.folder.exists()


def test_a_folder_that_cannot_be_written_is_named_with_a_remedy(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match="taken") as caught:
        Corrections(tmp_path / "taken").save(crop_of(), "1")
    assert "--collect" in caught.value.remedy


def test_a_folder_that_was_asked_for_is_tried_at_the_start(corrections, tmp_path):
    corrections.prepare()
    assert corrections.folder.is_dir()
    assert files_in(corrections) == []
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match="taken"):
        Corrections(tmp_path / "taken" / "below").prepare()


def test_a_full_folder_takes_no_more_but_still_changes_its_mind(corrections, monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    corrections.save(crop_of(1), "1")
    with pytest.raises(OutputError, match="holds 1 corrections"):
        corrections.save(crop_of(2), "1")
    corrections.save(crop_of(1), "2")
    assert [path.parent.name for path in files_in(corrections)] == ["2"]


def test_a_write_that_breaks_off_leaves_nothing_half_written(corrections, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left") as caught:
        corrections.save(crop_of(), "1")
    assert "Free some space" in caught.value.remedy
    assert files_in(corrections) == []


@pytest.mark.parametrize(
    ("platform", "environ", "ending"),
    [
        ("linux", {}, ".local/share/edge-digits/corrections"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/edge-digits/corrections"),
        ("linux", {"XDG_DATA_HOME": "~nobody-of-this-name/data"}, ".local/share/edge-digits/corrections"),
        ("linux", {"XDG_DATA_HOME": "relative"}, ".local/share/edge-digits/corrections"),
        ("darwin", {}, "Library/Application Support/edge-digits/corrections"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/edge-digits/corrections"),
    ],
)
def test_each_system_keeps_them_where_it_keeps_data(platform, environ, ending):
    assert default_folder(environ, platform).as_posix().endswith(ending)


# Over HTTP


@pytest.fixture
def client(corrections):
    services = Services(Pipeline(ScriptedSource([]), FakeReader()), corrections=corrections)
    return TestClient(create_app(services), base_url="http://127.0.0.1:8000")


def body_of(crop: np.ndarray, label: object = "7") -> dict:
    return {"crop": base64.b64encode(crop.tobytes()).decode(), "label": label}


def test_a_page_sends_crop_and_label_and_learns_how_many_there_are(client, corrections):
    told = client.post("/api/corrections", json=body_of(crop_of(), "7"))
    assert told.status_code == 201
    kept = corrections.folder / told.json()["file"]
    assert np.array_equal(cv2.imread(str(kept), cv2.IMREAD_UNCHANGED), crop_of())
    client.post("/api/corrections", json=body_of(crop_of(1), "none"))
    counted = client.get("/api/corrections").json()
    assert counted["total"] == 2
    assert (counted["counts"]["7"], counted["counts"]["none"]) == (1, 1)
    assert counted["folder"] == str(corrections.folder)


def test_the_crop_that_a_reading_brings_can_be_sent_back_as_it_came(client, corrections):
    png = cv2.imencode(".png", np.full((40, 40, 3), 7, np.uint8))[1].tobytes()
    digit = client.post("/api/read?crops=1", content=png).json()["lines"][0][0]
    answer = client.post("/api/corrections", json={"crop": digit["crop"], "label": "3"})
    kept = cv2.imread(str(corrections.folder / answer.json()["file"]), cv2.IMREAD_UNCHANGED)
    assert base64.b64encode(kept.tobytes()).decode() == digit["crop"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"json": {}}, 422),
        ({"json": []}, 422),
        ({"json": {**body_of(crop_of()), "label": "../../etc"}}, 422),
        ({"json": {**body_of(crop_of()), "label": 7}}, 422),
        ({"json": {**body_of(crop_of()), "label": ["7"]}}, 422),
        ({"json": {**body_of(crop_of()), "label": None}}, 422),
        ({"json": {"crop": "no base64!", "label": "7"}}, 422),
        ({"json": {"crop": "AAAA", "label": "7"}}, 422),
        ({"json": {"crop": 784, "label": "7"}}, 422),
        ({"json": body_of(np.zeros((28, 28), np.uint8))}, 422),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ({"content": b"[" * 9000, "headers": {"content-type": "application/json"}}, 400),
        ({"content": b"\xff\xfe\xfa", "headers": {"content-type": "application/json"}}, 400),
        ({"content": b"x" * 20_000, "headers": {"content-type": "application/json"}}, 413),
        ({"data": {"label": "7"}}, 415),
        ({"content": b"{}", "headers": {"content-type": "text/plain"}}, 415),
    ],
)
def test_what_is_no_correction_is_refused_and_leaves_nothing(client, corrections, request_, status):
    answer = client.post("/api/corrections", **request_)
    assert answer.status_code == status
    assert answer.json()["error"]["problem"] and answer.json()["error"]["remedy"]
    assert not corrections.folder.exists()


def test_a_folder_that_cannot_be_written_is_told_to_the_page(client, corrections):
    corrections.folder.write_text("a file")
    answer = client.post("/api/corrections", json=body_of(crop_of()))
    assert answer.status_code == 507
    assert "--collect" in answer.json()["error"]["remedy"]


def test_training_takes_the_folder_as_it_is(corrections):
    from edge_digits import DigitReader
    from train.extra import load_extra

    page = np.full((160, 300, 3), 240, np.uint8)
    cv2.polylines(page, [np.array([(40, 40), (95, 38), (65, 130)])], False, (40, 30, 30), 8, cv2.LINE_AA)
    cv2.line(page, (200, 35), (196, 130), (40, 30, 30), 8, cv2.LINE_AA)
    reading = DigitReader().read(page)
    crops = {label: digit.crop for label, digit in zip("42", reading.digits, strict=True)}
    for label, crop in crops.items():
        corrections.save(crop, label)
    corrections.save(reading.digits[0].crop[::-1].copy(), "none")
    lessons = load_extra(corrections.folder)
    assert [int(label) for label in lessons.labels] == [2, 4, 10]
    assert np.array_equal(lessons.images[1].reshape(28, 28), crops["4"])
