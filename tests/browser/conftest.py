"""Both pages in a real browser, collected only where one is named.

    EDGE_DIGITS_CHROMIUM=/usr/bin/chromium pytest tests/browser

EDGE_DIGITS_SCREENSHOTS=folder keeps pictures of the pages.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# This file is loaded where no browser is named too, and playwright need not be installed there.
if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30_000  # milliseconds

collect_ignore_glob = [] if os.environ.get("EDGE_DIGITS_CHROMIUM") else ["test_*.py"]


@pytest.fixture(scope="module")
def corrections(tmp_path_factory) -> Path:
    """Where the program keeps corrections."""
    return tmp_path_factory.mktemp("corrections")


@pytest.fixture
def collected(corrections) -> Path:
    """The same folder without the crops of earlier tests: the clip comes round, and no crop is kept twice."""
    for crop in corrections.glob("*/*.png"):
        crop.unlink()
    return corrections


@pytest.fixture(scope="module")
def address(corrections) -> Iterator[str]:
    """The program as a user starts it, playing the sample clip."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "camera_demo", "--source", "sample", "--view", "browser"),
            *("--port", str(free_port()), "--no-open", "--collect", str(corrections), "--rate-limit", "0"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process.stdout.readline().split()[-1]
    process.terminate()
    _, notes = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in notes


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, closed after each module: playwright's event loop hinders tests that run one themselves."""
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        options = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        chromium = playwright.chromium.launch(
            executable_path=os.environ["EDGE_DIGITS_CHROMIUM"], args=options
        )
        yield chromium
        chromium.close()


@pytest.fixture
def size(request) -> str:
    """Which window; a desktop's where the test does not ask for each."""
    return getattr(request, "param", "desktop")


@pytest.fixture
def context(browser, size) -> Iterator[BrowserContext]:
    from opened_pages import SIZES

    width, height = SIZES[size]
    opened = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=size != "desktop", accept_downloads=True
    )
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context, address) -> Iterator[Page]:
    """A page whose console must stay clean, and which never asks another host for anything."""
    opened = context.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()
    opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: hosts.add(request.url.split("/")[2] if "//" in request.url else ""))
    yield opened
    opened.goto("about:blank")
    assert complaints == []
    assert hosts <= {address.split("/")[2], ""}
