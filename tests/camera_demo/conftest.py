"""A pipeline with a camera and a reader that do as they are told; and which tests are collected where.

Tests that need a program from outside Python are collected only where it is named.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_command import draw
from demo_fakes import FakeReader, ScriptedSource
from waiting import eventually

from camera_demo.pipeline import Pipeline

# EDGE_DIGITS_MOSQUITTO=/usr/sbin/mosquitto (apt-get install mosquitto)
collect_ignore = [] if os.environ.get("EDGE_DIGITS_MOSQUITTO") else ["test_demo_mosquitto.py"]


@pytest.fixture
def waiting_pipeline() -> Pipeline:
    """A camera that sees a 3, for a server that starts it."""
    return Pipeline(ScriptedSource(itertools.cycle([3]), rate=100), FakeReader())


@pytest.fixture
def pipeline(waiting_pipeline: Pipeline) -> Iterator[Pipeline]:
    """The same, started and with a first reading."""
    with waiting_pipeline as running:
        assert eventually(lambda: running.feed.latest.reading)
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures of digits: a1.png, a2.png and a10.png."""
    for name, text in [("a2.png", "73"), ("a10.png", "4"), ("a1.png", "347")]:
        draw(tmp_path / name, text)
    return tmp_path
