"""The demo's server, real on loopback or only called, for tests of what goes over the network."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.testclient import TestClient
from waiting import eventually

from camera_demo.pipeline import Pipeline
from camera_demo.views.browser.api import Services
from camera_demo.views.browser.app import create_app
from camera_demo.views.browser.server import BrowserView


@contextmanager
def served(pipeline: Pipeline, said: list[str] | None = None, **options: Any) -> Iterator[BrowserView]:
    """Serves a pipeline, yields the view, and stops it at the end."""
    said = [] if said is None else said
    settings = {"host": "127.0.0.1", "port": 0, "port_fixed": False, "open_page": False, **options}
    view = BrowserView(said.append, **settings)
    stop = threading.Event()
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(view.run(pipeline, stop)))
    thread.start()
    assert eventually(lambda: any("Ctrl-C" in line for line in said))
    try:
        yield view
    finally:
        stop.set()
        thread.join(10)
        assert codes == [0]


def client_of(pipeline: Pipeline, token: str | None = None, host: str = "127.0.0.1") -> TestClient:
    """Calls what the server would, as one who reached it under this host's name."""
    return TestClient(
        create_app(Services(pipeline), token=token), base_url=f"http://{host}:8000", follow_redirects=False
    )


def message_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The news and the JPEG that a message to the camera's page holds."""
    (length,) = struct.unpack(">I", data[:4])
    return json.loads(data[4 : 4 + length]), data[4 + length :]
