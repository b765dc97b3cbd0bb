"""Connections that bring nothing: they are closed, and keep nobody else out."""

from __future__ import annotations

import itertools
import socket
import time

import httpx
import pytest
from demo_fakes import FakeReader, ScriptedSource
from waiting import eventually

pytest.importorskip("fastapi")

from demo_server import served
from websockets.sync.client import connect

from camera_demo.pipeline import Pipeline
from camera_demo.views.browser import protocol, server

HELLO = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def port(monkeypatch):
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.4)
    with served(Pipeline(ScriptedSource(itertools.cycle([3]), rate=50), FakeReader())) as view:
        yield view.port


def is_closed(line: socket.socket) -> bool:
    line.settimeout(0.05)
    try:
        return line.recv(4096) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("begun", [b"", HELLO, HELLO + b"X-Long: " + b"a" * 1000])
def test_a_request_that_is_never_finished_is_given_up(port, begun):
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(begun)
        assert eventually(lambda: is_closed(line))


def test_a_second_request_that_is_never_finished_is_given_up_too(port):
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(HELLO + b"\r\n")
        line.settimeout(10)
        assert b"200 OK" in line.recv(4096)
        line.sendall(HELLO)
        assert eventually(lambda: is_closed(line))


def test_as_many_idle_connections_as_there_is_room_for_keep_nobody_out_for_long(port, monkeypatch):
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(server._CONNECTIONS)]
    try:
        for line in lines:
            line.sendall(HELLO)
        with httpx.Client(verify=False) as client:

            def answers() -> bool:
                return client.get(f"http://127.0.0.1:{port}/healthz").status_code == 200

            assert eventually(answers, seconds=30)
    finally:
        for line in lines:
            line.close()


def test_those_who_watch_or_wait_for_an_answer_are_left_alone(port):
    with (
        connect(f"ws://127.0.0.1:{port}/frames", max_size=None) as watching,
        httpx.stream("GET", f"http://127.0.0.1:{port}/stream.mjpg", timeout=10) as stream,
    ):
        pieces, begun = stream.iter_bytes(), time.monotonic()
        while time.monotonic() - begun < 4 * protocol.REQUEST_SECONDS:
            assert next(pieces)
            watching.send("next")
            assert watching.recv(timeout=10)
