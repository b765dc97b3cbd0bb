"""Frames and texts as they come: the page's socket, server-sent events, Motion JPEG, and how they end."""

from __future__ import annotations

import io
import itertools
import json
import socket
import threading
import time
from contextlib import ExitStack, contextmanager

import cv2
import httpx
import numpy as np
import pytest
from demo_fakes import FakeReader, ScriptedSource, demo_threads, png
from waiting import eventually

pytest.importorskip("fastapi")

from demo_server import message_of, served
from websockets.sync.client import connect

from camera_demo.pipeline import Pipeline
from camera_demo.snapshot import State
from camera_demo.views.browser import streams


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


@pytest.mark.parametrize("script", [itertools.repeat(3), [3, 3600.0]], ids=["frames come", "no frame comes"])
def test_where_the_reading_does_not_change_a_comment_comes_now_and_then(monkeypatch, script):
    monkeypatch.setattr(streams, "_HEARTBEAT", 0.5)
    pipeline = Pipeline(ScriptedSource(script, rate=50), FakeReader(), stall_seconds=3600)
    lines = []
    with served(pipeline) as view:
        assert eventually(lambda: pipeline.feed.latest.reading)
        with httpx.stream("GET", view.address("/api/stream"), timeout=10) as answer:
            begun = time.monotonic()
            for line in filter(None, answer.iter_lines()):
                lines.append(line)
                if lines.count(": still here") == 3:
                    break
            passed = time.monotonic() - begun
    assert [line.split(":")[0] for line in lines] == ["event", "data", "", "", ""]
    assert passed >= 1.4, "none comes at once"


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


def test_pictures_wider_than_the_page_are_sent_smaller():
    from camera_demo.views.browser.encode import MAX_WIDTH, encode_jpeg

    data = encode_jpeg(np.zeros((900, 3 * MAX_WIDTH, 3), np.uint8))
    assert cv2.imdecode(np.frombuffer(data, np.uint8), 1).shape == (300, MAX_WIDTH, 3)
    assert io.BytesIO(data).read(2) == b"\xff\xd8"
