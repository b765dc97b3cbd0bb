"""The pages and what they ask for, over HTTP."""

from __future__ import annotations

import io
import itertools
import json
import re
import socket
import struct
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from demo_fakes import FakeReader, ScriptedSource, demo_threads, eventually, picture_of

pytest.importorskip("fastapi")

from demo_server import served
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from camera_demo.errors import ViewError
from camera_demo.pipeline import Pipeline
from camera_demo.snapshot import State
from camera_demo.views.browser import upload
from camera_demo.views.browser.access import is_loopback
from camera_demo.views.browser.api import Services
from camera_demo.views.browser.app import create_app
from camera_demo.views.browser.server import BrowserView, bind

STATIC = Path(create_app.__code__.co_filename).parent / "static"


def png(number: int = 7) -> bytes:
    return cv2.imencode(".png", picture_of(number))[1].tobytes()


@pytest.fixture
def pipeline():
    source = ScriptedSource(itertools.cycle([3]), rate=100)
    with Pipeline(source, FakeReader()) as running:
        assert eventually(lambda: running.feed.latest.reading)
        yield running


def client_of(pipeline, token=None, host="127.0.0.1"):
    return TestClient(
        create_app(Services(pipeline), token=token), base_url=f"http://{host}:8000", follow_redirects=False
    )


@pytest.fixture
def waiting_pipeline():
    return Pipeline(ScriptedSource(itertools.cycle([3]), rate=100), FakeReader())


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


# Streams


def message_of(data: bytes) -> tuple[dict, bytes]:
    (length,) = struct.unpack(">I", data[:4])
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def test_the_page_gets_the_newest_frame_each_time_it_asks(waiting_pipeline):
    source = ScriptedSource((21 * (n % 10) for n in range(400)), rate=200)
    pipeline = Pipeline(source, FakeReader())
    with served(pipeline) as view, connect(f"ws://127.0.0.1:{view.port}/frames") as line:
        sequences = []
        for _ in range(5):
            line.send("next")
            news, jpeg = message_of(line.recv(timeout=10))
            sequences.append(news["sequence"])
            if news["reading"]:
                grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)[0, 0]
                assert round(int(grey) / 21) == int(news["reading"]["text"]), "they belong together"
                assert news["reading"]["lines"][0][0]["crop"]
        # Nothing comes that was not asked for.
        with pytest.raises(TimeoutError):
            line.recv(timeout=0.2)
        assert eventually(lambda: pipeline.feed.latest.sequence > sequences[-1] + 20)
        line.send("next")
        late, _ = message_of(line.recv(timeout=10))
        assert late["sequence"] > sequences[-1] + 15, "a viewer that paused sees the present"
    assert sequences == sorted(set(sequences))


def test_the_history_is_sent_once_and_again_when_it_grew():
    source = ScriptedSource([1, 2], live=False)
    pipeline = Pipeline(source, FakeReader())
    with served(pipeline) as view, connect(f"ws://127.0.0.1:{view.port}/frames") as line:
        assert eventually(lambda: pipeline.feed.latest.state is State.ENDED)
        line.send("next")
        news, _ = message_of(line.recv(timeout=10))
        assert [entry["text"] for entry in news["history"]] == ["2", "1"]
        pipeline.feed.publish(pipeline.feed.latest)
        line.send("next")
        again, _ = message_of(line.recv(timeout=10))
        assert "history" not in again


def test_server_sent_events_tell_each_change_of_the_text():
    tell = threading.Event()
    source = ScriptedSource([3, tell.is_set, 8, 3600.0])
    pipeline = Pipeline(source, FakeReader())
    with (
        served(pipeline) as view,
        httpx.stream("GET", f"http://127.0.0.1:{view.port}/api/events", timeout=10) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        texts = []
        for line in answer.iter_lines():
            if line.startswith("data: "):
                told = json.loads(line[6:])
                texts.append(told["reading"]["text"] if told["reading"] else None)
            if texts and texts[-1] == "3":
                tell.set()
            if texts and texts[-1] == "8":
                break
    assert [text for text in texts if text] == ["3", "8"]


def first_jpeg(address: str, query: str = "") -> np.ndarray:
    with httpx.stream("GET", f"{address}{query}") as answer:
        data = b""
        for chunk in answer.iter_bytes():
            data += chunk
            if data.count(b"--frame") > 2:
                break
    jpeg = data.split(b"\r\n\r\n", 1)[1].split(b"\r\n--frame")[0]
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


def test_motion_jpeg_shows_frames_to_other_programs_with_boxes_or_without(waiting_pipeline):
    with served(waiting_pipeline) as view:
        drawn = first_jpeg(view.address("/stream.mjpg"))
        plain = first_jpeg(view.address("/stream.mjpg"), "?boxes=0")
    assert drawn.shape == plain.shape == (48, 64, 3)
    assert plain.std() < 1 < drawn.std(), "the fake camera's frames are of one grey"


@contextmanager
def open_page(view):
    """A socket, an MJPEG stream and an event stream, each of which has begun."""
    with ExitStack() as held:
        line = held.enter_context(connect(f"ws://127.0.0.1:{view.port}/frames"))
        line.send("next")
        line.recv(timeout=10)
        streams = []
        for path in ("/stream.mjpg", "/api/events"):
            answer = held.enter_context(httpx.stream("GET", view.address(path)))
            streams.append(answer.iter_bytes())  # one that is let go closes its connection
            next(streams[-1])
        yield


def test_a_closed_page_leaves_nothing_running(waiting_pipeline):
    with served(waiting_pipeline) as view:
        with open_page(view):
            assert waiting_pipeline.feed.viewers == 3
        assert eventually(lambda: waiting_pipeline.feed.viewers == 0)


def test_a_viewer_that_does_not_read_delays_no_other(waiting_pipeline):
    big = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)

    class Big(ScriptedSource):
        def read(self):
            frame = super().read()
            return frame and type(frame)(big)

    pipeline = Pipeline(Big(itertools.cycle([3]), rate=100), FakeReader())
    with served(pipeline) as view, socket.create_connection(("127.0.0.1", view.port)) as lazy:
        lazy.sendall(f"GET /stream.mjpg HTTP/1.1\r\nHost: 127.0.0.1:{view.port}\r\n\r\n".encode())
        assert eventually(lambda: pipeline.feed.viewers == 1)
        before = pipeline.feed.latest.sequence
        assert eventually(lambda: pipeline.feed.latest.sequence > before + 50)
        with connect(f"ws://127.0.0.1:{view.port}/frames", max_size=None) as line:
            for _ in range(5):
                line.send("next")
                assert line.recv(timeout=10)


def test_open_streams_end_by_themselves_when_the_server_stops(waiting_pipeline, capfd):
    with ExitStack() as page, served(waiting_pipeline) as view:
        page.enter_context(open_page(view))
        # The server stops first; the page stays open meanwhile.
    assert demo_threads() == []
    assert capfd.readouterr().err == "", "the server had to cancel streams"


def test_after_its_end_a_clip_stays_to_be_seen():
    pipeline = Pipeline(ScriptedSource([5]), FakeReader())
    with served(pipeline) as view:
        assert eventually(lambda: pipeline.feed.latest.state is State.ENDED)
        told = httpx.get(f"http://127.0.0.1:{view.port}/api/reading").json()
        assert (told["state"], told["reading"]["text"]) == ("ended", "5")
        assert httpx.post(f"http://127.0.0.1:{view.port}/api/read", content=png(6)).json()["text"] == "6"


# Access


@pytest.mark.parametrize(
    ("host", "own"),
    [
        *((host, True) for host in ("127.0.0.1", "localhost", "::1", "[::1]", "127.9.9.9")),
        *((host, False) for host in ("0.0.0.0", "", "192.168.1.2", "raspberrypi.local")),
    ],
)
def test_which_hosts_only_this_computer_reaches(host, own):
    assert is_loopback(host) is own


TOKEN = "a-secret"


@pytest.mark.parametrize(
    "path", ["/", "/canvas", "/api/reading", "/api/events", "/stream.mjpg", "/static/camera.js"]
)
def test_beyond_loopback_nothing_is_shown_without_the_token(pipeline, path):
    client = client_of(pipeline, TOKEN, "192.168.1.2")
    for query in ("", "?token=", "?token=wrong", "?token=a-secretx"):
        answer = client.get(path + query)
        assert answer.status_code == 401
        assert "token" in answer.json()["error"]["remedy"]


def test_beyond_loopback_a_drawing_is_not_read_without_the_token(pipeline):
    client = client_of(pipeline, TOKEN, "192.168.1.2")
    assert client.post("/api/read", content=png()).status_code == 401
    allowed = client.post("/api/read", content=png(), headers={"Authorization": f"Bearer {TOKEN}"})
    assert allowed.json()["text"] == "7"


def test_beyond_loopback_the_socket_needs_the_token(waiting_pipeline):
    with served(waiting_pipeline, host="0.0.0.0") as view:
        token = view.address().split("token=")[1]
        base = f"127.0.0.1:{view.port}"
        with pytest.raises(InvalidStatus, match="403"):
            connect(f"ws://{base}/frames")
        with httpx.Client() as page:
            page.get(f"http://{base}/?token={token}")
            (cookie,) = page.cookies.jar
        with connect(
            f"ws://{base}/frames", additional_headers={"Cookie": f"{cookie.name}={cookie.value}"}
        ) as line:
            line.send("next")
            assert message_of(line.recv(timeout=10))[0]["source"] == "scripted source"


def test_the_token_in_the_address_becomes_a_cookie_and_leaves_the_address(pipeline):
    client = client_of(pipeline, TOKEN, "192.168.1.2")
    answer = client.get(f"/canvas?a=1&token={TOKEN}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/canvas?a=1"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert client.get("/canvas").status_code == 200


def test_a_monitor_may_ask_for_health_without_a_token(pipeline):
    assert client_of(pipeline, TOKEN, "192.168.1.2").get("/healthz").json() == {"status": "ok"}


def test_on_loopback_a_foreign_name_for_this_computer_is_refused(pipeline):
    """A page elsewhere could let its own name point to 127.0.0.1 and look through the camera."""
    assert client_of(pipeline, host="evil.example").get("/api/reading").status_code == 421


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}],
)
def test_a_foreign_page_gets_nothing(pipeline, headers):
    client = client_of(pipeline)
    assert client.get("/stream.mjpg", headers=headers).status_code == 403
    assert client.post("/api/read", content=png(), headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/frames", headers=headers):
        pass


def test_a_link_from_elsewhere_opens_the_page(pipeline):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client_of(pipeline).get("/", headers=headers).status_code == 200


def test_beyond_loopback_the_address_printed_carries_a_new_token():
    addresses = set()
    for _ in range(2):
        view = BrowserView(lambda _: None, host="0.0.0.0", port=0, port_fixed=False, open_page=False)
        addresses.add(re.fullmatch(r"http://[^/]+:\d+/\?token=([\w-]{20,})", view.address())[1])
        view.close()
    assert len(addresses) == 2


def test_on_loopback_the_address_carries_none():
    view = BrowserView(lambda _: None, host="127.0.0.1", port=0, port_fixed=False, open_page=False)
    assert view.address() == f"http://127.0.0.1:{view.port}/"
    view.close()


# Ports


def test_a_port_in_use_gives_way_to_the_next_and_it_is_said():
    said = []
    with bind("127.0.0.1", 0, fixed=False) as taken:
        port = taken.getsockname()[1]
        view = BrowserView(said.append, host="127.0.0.1", port=port, port_fixed=False, open_page=False)
        assert view.port != port
        assert str(port) in said[0] and str(view.port) in said[0]
        view.close()


def test_a_port_asked_for_by_number_is_that_port_or_an_error():
    with bind("127.0.0.1", 0, fixed=False) as taken:
        with pytest.raises(ViewError, match="in use") as caught:
            bind("127.0.0.1", taken.getsockname()[1], fixed=True)
        assert "--port" in caught.value.remedy


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.7"])
def test_a_host_that_is_not_this_computer_is_refused(host):
    with pytest.raises(ViewError, match=re.escape(host)):
        bind(host, 0, fixed=False)


def test_pictures_wider_than_the_page_are_sent_smaller():
    from camera_demo.views.browser.encode import MAX_WIDTH, encode_jpeg

    data = encode_jpeg(np.zeros((900, 3 * MAX_WIDTH, 3), np.uint8))
    assert cv2.imdecode(np.frombuffer(data, np.uint8), 1).shape == (300, MAX_WIDTH, 3)
    assert io.BytesIO(data).read(2) == b"\xff\xd8"
