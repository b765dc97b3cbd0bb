"""Digits that were missed: what a point or a box on the picture cuts out."""

from __future__ import annotations

import base64
import itertools

import cv2
import numpy as np
import pytest
from demo_fakes import FakeReader, ScriptedSource

pytest.importorskip("fastapi")

from fastapi.testclient import TestClient

from camera_demo.corrections import Corrections
from camera_demo.cutout import cut_out
from camera_demo.pipeline import Pipeline
from camera_demo.views.browser.api import Services
from camera_demo.views.browser.app import create_app
from edge_digits import Box, DigitReader
from edge_digits.errors import ImageError


def page() -> np.ndarray:
    """A 7 on the left, a 5 whose bar does not touch it on the right."""
    image = np.full((240, 400, 3), 235, np.uint8)
    cv2.polylines(image, [np.array([(60, 60), (120, 58), (85, 160)])], False, (50, 40, 40), 8, cv2.LINE_AA)
    cv2.ellipse(image, (270, 130), (28, 34), 0, -110, 120, (50, 40, 40), 8, cv2.LINE_AA)
    cv2.line(image, (258, 96), (262, 62), (50, 40, 40), 8, cv2.LINE_AA)
    cv2.line(image, (280, 60), (318, 58), (50, 40, 40), 8, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("enlarged", [0.5, 1, 4])
def test_a_point_on_a_stroke_cuts_out_what_the_reader_would_have_seen(enlarged):
    image = cv2.resize(page(), None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_AREA)
    seven = DigitReader().read(image).digits[0]
    found = cut_out(image, Box(round(90 * enlarged), round(58 * enlarged), 0, 0))
    assert np.array_equal(found.crop, seven.crop)
    assert np.allclose(found.box, seven.box, atol=2)


def test_the_middle_of_a_zero_means_the_zero_and_the_middle_of_a_sheet_nothing():
    image = np.full((480, 640, 3), 60, np.uint8)
    cv2.rectangle(image, (120, 80), (540, 420), (235, 235, 235), cv2.FILLED)
    cv2.ellipse(image, (220, 200), (30, 45), 0, 0, 360, (50, 40, 40), 8, cv2.LINE_AA)
    assert cut_out(image, Box(220, 200, 0, 0)).box.height < 110
    with pytest.raises(ImageError, match="No ink"):
        cut_out(image, Box(400, 270, 0, 0))


def test_grain_and_what_fills_a_corner_of_the_picture_are_not_meant_by_a_point():
    image = page()
    cv2.ellipse(image, (190, 200), (3, 2), 0, 0, 360, (50, 40, 40), cv2.FILLED, cv2.LINE_AA)
    cv2.fillConvexPoly(
        image, np.array([(0, 150), (30, 170), (40, 239), (0, 239)]), (90, 120, 170), cv2.LINE_AA
    )
    for place in (Box(190, 200, 0, 0), Box(38, 210, 0, 0)):
        with pytest.raises(ImageError, match="No ink"):
            cut_out(image, place)
    assert cut_out(image, Box(90, 58, 0, 0)).box.height > 90


def test_a_box_joins_strokes_that_belong_together():
    bar = cut_out(page(), Box(310, 59, 0, 0))
    whole = cut_out(page(), Box(225, 40, 110, 140))
    assert bar.box.height < 30
    assert whole.box.height > 100 and whole.box.width > 60
    assert whole.crop.shape == (28, 28)
    assert not np.array_equal(whole.crop, cut_out(page(), Box(40, 40, 100, 140)).crop)


def test_ink_too_faint_for_the_reader_is_taken_from_a_box_around_it():
    image = np.full((240, 400, 3), 200, np.uint8)
    grain = np.random.default_rng(3).normal(0, 9, image.shape[:2])
    cv2.line(image, (200, 60), (200, 170), (184, 184, 184), 9)
    image = np.clip(image + grain[..., None], 0, 255).astype(np.uint8)
    assert DigitReader().read(image).digits == ()
    crop = cut_out(image, Box(160, 50, 80, 130)).crop
    rows, columns = np.nonzero(crop > 128)
    assert 2 <= np.median(np.abs(columns - 14)) + 2 <= 6, "most of it is the stroke in the middle"
    assert rows.max() - rows.min() >= 17


def test_chalk_is_cut_out_as_white_ink_too():
    found = cut_out(255 - page(), Box(40, 40, 100, 140))
    assert found.crop.max() == 255
    assert found.crop[0].max() == 0


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        (Box(20, 220, 0, 0), "No ink"),
        (Box(10, 190, 30, 30), "No ink"),
        (Box(400, 10, 0, 0), "outside"),
        (Box(-1, 10, 5, 5), "outside"),
        (Box(10, 10, 3, 50), "less than 4"),
        (Box(10, 10, 30, -2), "less than 4"),
    ],
)
def test_a_place_without_ink_is_named(place, problem):
    with pytest.raises(ImageError, match=problem):
        cut_out(page(), place)


def test_what_is_no_picture_is_refused():
    with pytest.raises(ImageError):
        cut_out(b"no picture", Box(1, 1, 0, 0))


# Over HTTP


@pytest.fixture
def client(tmp_path):
    services = Services(Pipeline(ScriptedSource([]), FakeReader()), corrections=Corrections(tmp_path), rate=0)
    return TestClient(create_app(services), base_url="http://127.0.0.1:8000")


def test_a_missed_digit_is_cut_out_and_kept_under_its_label(client, tmp_path):
    png = cv2.imencode(".png", page())[1].tobytes()
    place = {"x": 40, "y": 40, "width": 100, "height": 140}
    told = client.post("/api/crop", params=place, content=png).json()
    assert 55 < told["box"][0] < 65
    client.post("/api/corrections", json={"crop": told["crop"], "label": "7"})
    (kept,) = (tmp_path / "7").glob("*.png")
    assert base64.b64encode(cv2.imread(str(kept), cv2.IMREAD_UNCHANGED).tobytes()).decode() == told["crop"]


def test_curl_may_call_the_picture_a_form(client):
    content = cv2.imencode(".png", page())[1].tobytes()
    form = {"content-type": "application/x-www-form-urlencoded"}
    place = {"x": 40, "y": 40, "width": 100, "height": 140}
    assert client.post("/api/crop", params=place, content=content, headers=form).json()["crop"]
    assert client.post("/api/crop?x=10&y=230", content=content, headers=form).status_code == 200
    assert client.post("/api/crop?x=9999&y=1", content=content, headers=form).status_code == 422
    assert client.post("/api/crop", params=place, content=b"a=b", headers=form).status_code == 415


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("", "page", 422),
        ("?x=a&y=1", "page", 422),
        ("?x=99999999999999999999&y=1", "page", 422),
        ("?x=1&y=1&width=-5&height=9", "page", 422),
        ("?x=1&y=1", b"", 400),
        ("?x=1&y=1", b"no picture", 422),
    ],
)
def test_what_cannot_be_cut_out_is_refused(client, query, body, status):
    content = cv2.imencode(".png", page())[1].tobytes() if body == "page" else body
    answer = client.post(f"/api/crop{query}", content=content)
    assert answer.status_code == status
    assert answer.json()["error"]["problem"] and answer.json()["error"]["remedy"]


def test_pointing_beside_everything_is_no_mistake_but_yields_nothing(client):
    content = cv2.imencode(".png", page())[1].tobytes()
    told = client.post("/api/crop?x=10&y=230", content=content)
    assert (told.status_code, told.json()["crop"]) == (200, None)
    assert "Draw a box" in told.json()["notice"]


def test_any_box_at_all_yields_a_crop_or_a_reason():
    image = page()
    for x, y, side in itertools.product(range(0, 400, 57), range(0, 240, 59), (4, 40, 700)):
        try:
            assert cut_out(image, Box(x, y, side, side)).crop.any()
        except ImageError as error:
            assert error.remedy
