"""What other programs ask for: settings, metrics, streams, the description of it all, and its limits."""

from __future__ import annotations

import asyncio
import json
import re
import socket

import httpx
import numpy as np
import pytest
from demo_fakes import FakeReader, ScriptedSource, png
from waiting import eventually

pytest.importorskip("fastapi")

from demo_server import served
from fastapi.testclient import TestClient

from camera_demo.corrections import Corrections
from camera_demo.engine import Engine
from camera_demo.errors import ViewError
from camera_demo.pipeline import Pipeline
from camera_demo.views.browser import streams, upload
from camera_demo.views.browser.access import token_from
from camera_demo.views.browser.api import Services
from camera_demo.views.browser.app import create_app
from camera_demo.views.browser.limits import Desk, RateLimit
from camera_demo.views.browser.refusal import RefusalError


@pytest.fixture(scope="module")
def engine():
    return Engine()


@pytest.fixture
def client(pipeline, engine, tmp_path):
    services = Services(pipeline, engine, Corrections(tmp_path / "kept"), rate=0)
    return TestClient(create_app(services), base_url="http://127.0.0.1:8000")


# Settings


def test_a_visitor_changes_the_mode_and_all_are_told(client):
    for mode in ("strict", "balanced"):
        assert client.put("/api/settings", json={"mode": mode}).json()["mode"] == mode
        assert client.get("/api/settings").json()["mode"] == mode


@pytest.mark.parametrize(
    ("request_", "status", "named"),
    [
        ({"json": {"mode": "careless"}}, 422, "careless"),
        ({"json": {"model": "../../etc/passwd"}}, 422, "passwd"),
        ({"json": {"backend": "abacus"}}, 422, "abacus"),
        ({"json": {"threads": "9"}}, 422, "threads"),
        ({"json": {"mode": 3}}, 422, "not by a text"),
        ({"json": {}}, 422, "Nothing"),
        ({"json": ["mode"]}, 422, "object"),
        ({"content": b"mode=strict"}, 415, "content type"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "no JSON"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_nothing_changes(client, request_, status, named):
    before = client.get("/api/settings").json()
    answer = client.put("/api/settings", **request_)
    assert answer.status_code == status
    assert named in answer.json()["error"]["problem"]
    assert answer.json()["error"]["remedy"]
    assert client.get("/api/settings").json() == before


def test_a_program_that_offers_no_choice_has_no_such_path(pipeline):
    client = TestClient(create_app(Services(pipeline)), base_url="http://127.0.0.1:8000")
    assert client.get("/api/settings").status_code == 404
    assert client.get("/api/corrections").status_code == 404


# Metrics

LINE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+)\})? (\S+)')


def parse_metrics(text: str) -> dict[str, dict[str, float]]:
    """Prometheus' text format, strictly: HELP, TYPE, then samples of that family only."""
    families: dict[str, dict[str, float]] = {}
    name = kind = ""
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split(" ", 3)[2]
            assert name not in families
            families[name] = {}
        elif line.startswith("# TYPE "):
            _, _, typed, kind = line.split(" ")
            assert typed == name and kind in ("gauge", "counter", "summary")
        else:
            found, labels, value = LINE.fullmatch(line).groups()
            suffixes = ("", "_sum", "_count") if kind == "summary" else ("",)
            assert found in [name + suffix for suffix in suffixes], line
            assert kind != "counter" or found.endswith("_total")
            key = found.removeprefix(name) + (labels or "")
            assert key not in families[name]
            families[name][key] = float(value)
    return families


def test_metrics_are_what_prometheus_reads(client, pipeline):
    client.post("/api/read", content=png())
    client.post("/api/read", content=b"no picture")
    client.get("/no/such/path")
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    told = parse_metrics(answer.text)
    assert told["edge_digits_source_state"]['state="running"'] == 1
    assert sum(told["edge_digits_source_state"].values()) == 1
    assert told["edge_digits_digits"] == {'sure="true"': 1, 'sure="false"': 0}
    requests = told["edge_digits_http_requests_total"]
    assert requests['path="/api/read",method="POST",status="200"'] == 1
    assert requests['path="/api/read",method="POST",status="422"'] == 1
    assert requests['path="other",method="GET",status="404"'] == 1
    assert told["edge_digits_corrections"]['label="none"'] == 0
    assert told["process_cpu_seconds_total"][""] > 0


def test_counters_count_up_with_the_frames(client, pipeline):
    first = parse_metrics(client.get("/metrics").text)
    before = first["edge_digits_readings_total"][""]
    assert first["edge_digits_reading_seconds"]["_count"] == before > 0
    assert eventually(lambda: pipeline.feed.latest.speed.count > before + 10)
    second = parse_metrics(client.get("/metrics").text)
    assert second["edge_digits_readings_total"][""] > before + 10
    assert second["edge_digits_reading_seconds"]["_sum"] >= first["edge_digits_reading_seconds"]["_sum"]


def test_metrics_need_the_token_where_pages_do(pipeline):
    client = TestClient(create_app(Services(pipeline), token="a-secret"), base_url="http://192.168.1.2:8000")
    assert client.get("/metrics").status_code == 401
    allowed = client.get("/metrics", headers={"Authorization": "Bearer a-secret"})
    assert allowed.status_code == 200


# The description


def test_the_description_names_every_path_of_the_api(client):
    api = client.get("/openapi.json").json()
    assert set(api["paths"]) == {
        "/api/read",
        "/api/reading",
        "/api/stream",
        "/api/settings",
        "/api/corrections",
        "/api/crop",
        "/stream.mjpg",
        "/healthz",
        "/metrics",
    }
    for path, methods in api["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["tags"], path
    labels = api["paths"]["/api/corrections"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert labels["properties"]["label"]["enum"] == [*"0123456789", "none"]


def test_the_page_about_the_api_needs_nobody_else(client):
    page = client.get("/docs")
    assert page.status_code == 200
    assert re.findall(r"(?:src|href)=\"(?!/)[^\"]*", page.text) == []
    assert client.get("/static/docs.js").status_code == 200


# Streams


@pytest.mark.parametrize("path", ["/api/stream", "/api/events"])
def test_changes_are_told_under_both_names(path):
    pipeline = Pipeline(ScriptedSource([3, 3600.0]), FakeReader())
    with served(pipeline) as view, httpx.stream("GET", view.address(path), timeout=10) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: ") and json.loads(line[6:])["reading"]:
                assert json.loads(line[6:])["reading"]["text"] == "3"
                break


@pytest.mark.parametrize("path", ["/api/stream", "/stream.mjpg"])
def test_more_streams_than_can_be_served_are_refused(client, pipeline, monkeypatch, path):
    monkeypatch.setattr(streams, "MOST_VIEWERS", 1)
    with pipeline.feed.subscribe():
        answer = client.get(path)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


# Limits


def test_an_address_may_send_a_burst_and_then_at_its_rate():
    now = [0.0]
    limit = RateLimit(2, burst=3, clock=lambda: now[0])
    for _ in range(3):
        limit.take("a")
    with pytest.raises(RefusalError, match="2 requests a second") as caught:
        limit.take("a")
    assert caught.value.status_code == 429
    assert caught.value.headers == {"Retry-After": "1"}
    limit.take("b")
    now[0] += 0.5
    limit.take("a")
    with pytest.raises(RefusalError):
        limit.take("a")


def test_addresses_that_come_once_do_not_fill_the_memory():
    limit = RateLimit(2)
    for number in range(5000):
        limit.take(str(number))
    assert len(limit._buckets) <= 1024


def test_without_a_rate_there_is_no_limit():
    limit = RateLimit(0)
    for _ in range(1000):
        limit.take("a")


def test_a_client_that_asks_too_fast_is_told_when_to_come_back(pipeline):
    client = TestClient(create_app(Services(pipeline, rate=2)), base_url="http://127.0.0.1:8000")
    answers = [client.post("/api/read", content=png()) for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 200
    assert refused and int(refused[0].headers["retry-after"]) >= 1
    assert "/api/stream" in refused[0].json()["error"]["remedy"]
    assert client.get("/api/reading").status_code == 200, "asking without a picture costs nothing"


def test_a_full_waiting_room_turns_away_and_empties_again():
    async def story():
        desk = Desk(serving=1, waiting=1)
        leave = asyncio.Event()

        async def visit():
            async with desk.turn():
                await leave.wait()

        visitors = [asyncio.create_task(visit()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(RefusalError) as caught:
            async with desk.turn():
                pass
        assert caught.value.status_code == 503
        leave.set()
        await asyncio.gather(*visitors)
        async with desk.turn():
            return True

    assert asyncio.run(story())


def test_an_upload_that_trickles_is_refused(monkeypatch):
    monkeypatch.setattr(upload, "MAX_SECONDS", 0.2)

    def trickle():
        yield png()[:10]
        eventually(lambda: False, seconds=0.6)
        yield png()[10:]

    with served(Pipeline(ScriptedSource([3, 3600.0]), FakeReader())) as view:
        answer = httpx.post(view.address("/api/read"), content=trickle(), timeout=10)
    assert answer.status_code == 408


def test_a_bad_query_is_refused_in_the_same_form(client):
    answer = client.post("/api/read?crops=maybe", content=png())
    assert answer.status_code == 422
    assert "crops" in answer.json()["error"]["problem"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
        "/static/..\\app.py",
        "/api/corrections/../../etc/passwd",
        "/%00",
    ],
)
def test_no_path_leads_out_of_the_pages(path):
    with served(Pipeline(ScriptedSource([3, 3600.0]), FakeReader())) as view:
        # Sent as it is; a client library would tidy it up.
        reply = raw_request(view.port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{view.port}\r\n")
        assert re.match(rb"HTTP/1.1 4\d\d ", reply), reply
        assert b"create_app" not in reply and b"root:" not in reply
        assert httpx.get(view.address("/healthz")).status_code == 200


def raw_request(port: int, head: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"{head}Connection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: line.recv(65536), b""))


def test_pictures_made_to_do_harm_are_refused_and_the_service_lives(client):
    rng = np.random.default_rng(0)
    whole = png()
    for _ in range(60):
        damaged = bytearray(whole)
        for place in rng.integers(8, len(whole), 6):
            damaged[place] = rng.integers(256)
        assert client.post("/api/read", content=bytes(damaged)).status_code in (200, 422)
    assert client.get("/healthz").json() == {"status": "ok"}


# The user's own token


def test_the_token_of_the_environment_is_used_on_loopback_too_and_not_printed():
    said: list[str] = []
    pipeline = Pipeline(ScriptedSource([3, 3600.0]), FakeReader())
    with served(pipeline, said=said, token="0123456789abcdef") as view:
        base = f"http://127.0.0.1:{view.port}/api/reading"
        assert httpx.get(base).status_code == 401
        assert httpx.get(base, headers={"Authorization": "Bearer 0123456789abcdef"}).status_code == 200
    assert not any("0123456789abcdef" in line for line in said)
    assert any("EDGE_DIGITS_TOKEN" in line for line in said)


def test_a_token_that_is_no_secret_is_refused():
    assert token_from({}) is None
    assert token_from({"EDGE_DIGITS_TOKEN": "0123456789abcdef"}) == "0123456789abcdef"
    for bad in ("short", "0123456789 abcdef", "0123456789abcdef&x"):
        with pytest.raises(ViewError) as caught:
            token_from({"EDGE_DIGITS_TOKEN": bad})
        assert bad not in str(caught.value)
