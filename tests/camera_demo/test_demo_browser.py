"""The pages and what they ask for, over HTTP."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import cv2
import numpy as np
import pytest
from demo_fakes import picture_of, png

pytest.importorskip("fastapi")

from demo_server import client_of, served

from camera_demo.views.browser import upload
from camera_demo.views.browser.app import create_app

STATIC = Path(create_app.__code__.co_filename).parent / "static"


# Pages


@pytest.mark.parametrize(
    "path", ["/", "/canvas", "/static/style.css", "/static/camera.js", "/static/canvas.js"]
)
def test_the_pages_are_there_and_ask_nobody_else(pipeline, path):
    answer = client_of(pipeline).get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    foreign = re.findall(r"(?:src|href)=\"(?!/|#)[^\"]*|@import|https?://[^\s\"'`]+", answer.text)
    assert foreign == []


def test_all_that_the_pages_name_is_there(pipeline):
    client = client_of(pipeline)
    for page in ("index.html", "canvas.html"):
        html = (STATIC / page).read_text()
        for path in re.findall(r"(?:src|href)=\"(/static/[^\"]+)", html):
            assert client.get(path).status_code == 200, path
        script = (STATIC / re.search(r"/static/(\w+\.js)", html)[1]).read_text()
        wanted = set(re.findall(r"find\(\"([\w-]+)\"\)", script))
        assert wanted <= set(re.findall(r"id=\"([\w-]+)\"", html)), page


def test_nothing_in_the_pages_mirrors_the_picture():
    for path in STATIC.iterdir():
        text = path.read_text()
        assert not re.search(r"scale(X)?\(\s*-1|rotateY|flip", text), path.name


def test_an_unknown_path_is_refused_in_json(pipeline):
    answer = client_of(pipeline).get("/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"]["remedy"]


# Readings


def test_the_latest_reading_is_told_with_speed_and_state(pipeline):
    told = client_of(pipeline).get("/api/reading").json()
    assert told["reading"]["text"] == "3"
    assert told["state"] == "running"
    assert {"fps", "latency", "age", "dropped", "source"} <= set(told)


def test_a_picture_in_the_body_is_read(pipeline):
    answer = client_of(pipeline).post("/api/read", content=png(7))
    assert answer.status_code == 200
    assert answer.json()["text"] == "7"
    assert "crop" not in answer.json()["lines"][0][0]


def test_the_crops_come_when_asked_for(pipeline):
    digit = client_of(pipeline).post("/api/read?crops=1", content=png(7)).json()["lines"][0][0]
    assert len(digit["crop"]) == 1048  # 784 bytes in base64


CURL = {"content-type": "application/x-www-form-urlencoded"}


def test_a_picture_that_curl_sends_as_a_body_is_read_though_it_calls_it_a_form(pipeline):
    answer = client_of(pipeline).post("/api/read", content=png(4), headers=CURL)
    assert (answer.status_code, answer.json().get("text")) == (200, "4")


def test_a_picture_that_curl_damaged_is_refused_with_the_way_to_send_it_whole(pipeline):
    answer = client_of(pipeline).post("/api/read", content=png(4).replace(b"\n", b""), headers=CURL)
    assert answer.status_code == 415
    assert "--data-binary" in answer.json()["error"]["remedy"]


def test_a_picture_in_a_form_is_read(pipeline):
    files = {"anything": ("note.png", png(4), "image/png")}
    assert client_of(pipeline).post("/api/read", files=files).json()["text"] == "4"


def test_uploads_are_read_as_they_are_and_not_mirrored(pipeline):
    image = picture_of(9)
    image[:, 32:] = 200
    data = cv2.imencode(".png", image)[1].tobytes()
    client_of(pipeline).post("/api/read", content=data)
    assert any(np.array_equal(seen, image) for seen in pipeline.reader.images)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"content": b""}, 400),
        ({"content": b"no picture at all"}, 422),
        ({"content": png()[:40]}, 422),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}}, 400),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400),
        ({"files": {"note": ("a.png", b"")}}, 400),
        ({"data": {"note": "text"}}, 415),
        ({"data": {"note": "text"}, "files": {"x": (None, b"text")}}, 400),
        ({"content": b"x" * 3000}, 413),
        ({"content": (b"x" * 500 for _ in range(6))}, 413),  # of unannounced length
    ],
)
def test_bad_uploads_are_refused_with_problem_and_remedy(pipeline, monkeypatch, request_, status):
    monkeypatch.setattr(upload, "MAX_BYTES", 2000)
    answer = client_of(pipeline).post("/api/read", **request_)
    assert answer.status_code == status
    assert answer.json()["error"]["problem"]
    assert answer.json()["error"]["remedy"]


def test_an_upload_announced_as_too_large_is_refused_before_it_is_sent(waiting_pipeline):
    with served(waiting_pipeline) as view, socket.create_connection(("127.0.0.1", view.port)) as line:
        head = f"POST /api/read HTTP/1.1\r\nHost: 127.0.0.1:{view.port}\r\nContent-Length: {2**40}\r\n\r\n"
        line.sendall(head.encode())
        assert b" 413 " in line.recv(200)
