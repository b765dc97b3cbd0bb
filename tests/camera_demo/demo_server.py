"""A real server on loopback, for tests of what goes over the network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from demo_fakes import eventually

from camera_demo.pipeline import Pipeline
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
