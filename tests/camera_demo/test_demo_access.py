"""Where the server listens, and who may look: this computer, those with the token, and no foreign page."""

from __future__ import annotations

import re

import httpx
import pytest
from demo_fakes import png

pytest.importorskip("fastapi")

from demo_server import client_of, message_of, served
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from camera_demo.errors import ViewError
from camera_demo.views.browser.access import is_loopback
from camera_demo.views.browser.server import BrowserView, bind

TOKEN = "a-secret"


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
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
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


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.7", "a..b", f"{'a' * 64}.local"])
def test_a_host_that_is_not_this_computer_is_refused(host):
    with pytest.raises(ViewError, match=re.escape(host)):
        bind(host, 0, fixed=False)
