"""Viewers and clients who come to the demo's server all at the same time, and what they saw."""

from __future__ import annotations

import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import httpx
import numpy as np
from websockets.sync.client import connect


@dataclass
class Visits:
    """What many viewers and clients at a time saw."""

    frames: list[int] = field(default_factory=list)
    """Frames that each viewer got."""
    milliseconds: list[float] = field(default_factory=list)
    """What each answer to a picture took."""
    errors: list[str] = field(default_factory=list)

    @property
    def p90(self) -> float:
        """Nine of ten answers took no longer, in milliseconds."""
        return float(np.percentile(self.milliseconds, 90)) if self.milliseconds else 0.0

    def add(self, other: Visits) -> None:
        """Joins what another round saw."""
        self.frames += other.frames
        self.milliseconds += other.milliseconds
        self.errors += other.errors


def visit(  # noqa: PLR0917  (a call that goes to another process)
    port: int, picture: bytes, seconds: float, viewers: int, clients: int, every: float
) -> Visits:
    """Looks and asks for a while, all at the same time."""
    seen, begun = Visits(), time.monotonic()
    end = begun + seconds
    jobs: list[Callable[[], None]] = [partial(_view, port, end, seen)] * viewers
    for number in range(clients):
        moments = _moments(begun + every * number / clients, every, end)
        jobs.append(partial(_ask, f"http://127.0.0.1:{port}/api/read", picture, moments, seen))
    threads = [threading.Thread(target=_noting, args=(job, seen.errors)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(max(0.0, end - time.monotonic()))
    return seen


def _noting(job: Callable[[], None], errors: list[str]) -> None:
    try:
        job()
    except Exception as error:
        errors.append(f"{type(error).__name__}: {error}")


def _view(port: int, end: float, seen: Visits) -> None:
    frames = 0
    with connect(f"ws://127.0.0.1:{port}/frames", max_size=None) as line:
        while time.monotonic() < end:
            line.send("next")
            message = line.recv(timeout=20)
            (length,) = struct.unpack(">I", message[:4])
            assert json.loads(message[4 : 4 + length])["state"] == "running"
            assert message[4 + length : 6 + length] == b"\xff\xd8"
            frames += 1
    seen.frames.append(frames)


def _ask(url: str, picture: bytes, moments: Iterator[float], seen: Visits) -> None:
    with httpx.Client(timeout=20, verify=False) as client:
        for due in moments:
            time.sleep(max(0.0, due - time.monotonic()))
            begun = time.perf_counter()
            client.post(url, content=picture).raise_for_status()
            seen.milliseconds.append(1000 * (time.perf_counter() - begun))


def _moments(first: float, every: float, end: float) -> Iterator[float]:
    """When to send; what is late is not made up for."""
    due = first
    while due < end:
        yield due
        due = max(due + every, time.monotonic())
