"""Long runs of the demo: memory over many frames, load from many clients, and the cost of idling.

    python tests/camera_demo/soak.py memory --frames 10000
    python tests/camera_demo/soak.py load --seconds 60
    python tests/camera_demo/soak.py idle --seconds 30

The test suite runs the same functions for a short time.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import psutil
from numpy.typing import NDArray
from visitors import Visits, visit

if __package__ in (None, "") and __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from camera_demo.corrections import Corrections
from camera_demo.engine import Engine
from camera_demo.pipeline import Pipeline, Reads
from camera_demo.sources.base import Frame, Source
from camera_demo.sources.clip import SAMPLE_CLIP
from camera_demo.views.browser.server import BrowserView


class RepeatingSource(Source):
    """The same pictures again and again, at a camera's pace or as fast as they are read.

    Args:
        images: BGR pictures.
        rate: Frames a second; 0 for as fast as they are read.
        count: How many frames before the end.
    """

    def __init__(self, images: list[NDArray[np.uint8]], *, rate: float, count: int | None = None) -> None:
        super().__init__()
        self.name = "repeating source"
        self.live = rate > 0
        self._images = itertools.cycle(images)
        self._rate = rate
        self._left = itertools.count() if count is None else iter(range(count))
        self._due = 0.0

    def open(self) -> None:
        self._due = time.monotonic()

    def read(self) -> Frame | None:
        if next(self._left, None) is None:
            return None
        if self._rate:
            self._due += 1 / self._rate
            if not self._pause(self._due - time.monotonic()):
                return None
        # A copy, as a camera's driver hands out a new array for every frame.
        return Frame(next(self._images).copy())

    def close(self) -> None:
        pass


def run_frames(
    reader: Reads, images: list[NDArray[np.uint8]], frames: int, first: int
) -> tuple[float, float]:
    """Reads frames one after the other.

    Returns:
        This process's memory in MiB after the first and after all of them.
    """
    process = psutil.Process()
    memory = []
    pipeline = Pipeline(RepeatingSource(images, rate=0, count=frames), reader)
    with pipeline.feed.subscribe(every=True) as subscription, pipeline:
        for snapshot in subscription.follow(threading.Event()):
            if snapshot.speed.count in (first, frames):
                memory.append(process.memory_info().rss / 2**20)
    return memory[0], memory[-1]


@dataclass
class Load(Visits):
    """What visitors saw, and how the reader fared meanwhile."""

    seconds: float = 0.0
    reading_rate: float = 0.0
    """Frames read a second meanwhile."""
    alone_rate: float = 0.0
    """Frames read a second while nobody visited, in turn with the visits."""
    cpu: float = 0.0
    """CPU time of reader and server over wall time meanwhile, 1 for one core."""
    alone_cpu: float = 0.0
    """The same while nobody visited."""


def run_load(
    reader: Reads,
    frames: list[NDArray[np.uint8]],
    picture: bytes,
    folder: Path,
    *,
    seconds: float,
    rate: float,
    viewers: int = 8,
    clients: int = 20,
    every: float = 1.0,
    rounds: int = 1,
) -> Load:
    """Serves viewers, who take frames as fast as they come, and clients, who send pictures.

    Before each round of visits the reader works alone for as long, so that whatever else the
    computer does meanwhile slows both alike.

    Args:
        reader: What reads frames and pictures.
        frames: What the camera shows, BGR.
        picture: What clients send.
        folder: For corrections.
        seconds: How long the visits last, all rounds together.
        rate: The camera's frames a second.
        viewers: How many watch at a time.
        clients: How many send pictures at a time.
        every: Seconds between one client's pictures.
        rounds: Into how many visits the time is divided.
    """
    view = BrowserView(
        lambda _: None,
        host="127.0.0.1",
        port=0,
        port_fixed=False,
        open_page=False,
        corrections=Corrections(folder),
    )
    stop = threading.Event()
    pipeline = Pipeline(RepeatingSource(frames, rate=rate), reader)
    server = threading.Thread(target=view.run, args=(pipeline, stop))
    server.start()
    while not pipeline.feed.latest.reading:
        time.sleep(0.05)
    load, alone, visited = Load(), _Spell(), _Spell()
    # In a process of their own: otherwise server and visitors would share one interpreter.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
        elsewhere.submit(os.getpid).result()
        for _ in range(rounds):
            with alone.of(pipeline):
                time.sleep(seconds / rounds)
            with visited.of(pipeline):
                job = elsewhere.submit(visit, view.port, picture, seconds / rounds, viewers, clients, every)
                load.add(job.result())
    load.seconds, load.reading_rate, load.cpu = visited.seconds, visited.rate, visited.share
    load.alone_rate, load.alone_cpu = alone.rate, alone.share
    stop.set()
    server.join()
    return load


class _Spell:
    """Counts frames and this process's CPU time over one or more stretches of time."""

    def __init__(self) -> None:
        self.frames = 0
        self.seconds = 0.0
        self.cpu = 0.0

    @property
    def rate(self) -> float:
        return self.frames / self.seconds if self.seconds else 0.0

    @property
    def share(self) -> float:
        return self.cpu / self.seconds if self.seconds else 0.0

    @contextmanager
    def of(self, pipeline: Pipeline) -> Iterator[None]:
        count, begun, used = pipeline.feed.latest.speed.count, time.monotonic(), _cpu()
        yield
        self.cpu += _cpu() - used
        self.frames += pipeline.feed.latest.speed.count - count
        self.seconds += time.monotonic() - begun


def run_idle(
    reader: Reads, image: NDArray[np.uint8], seconds: float, rate: float = 30.0
) -> tuple[float, float]:
    """Looks at a still scene at a camera's pace, with a camera's noise.

    Returns:
        CPU time over wall time, 1 for one core, and frames read a second.
    """
    rng = np.random.default_rng(0)
    noisy = [np.clip(image + rng.normal(0, 1.5, image.shape), 0, 255).astype(np.uint8) for _ in range(8)]
    with Pipeline(RepeatingSource(noisy, rate=rate), reader) as pipeline:
        while pipeline.feed.latest.speed.count < rate:  # warmed up
            time.sleep(0.05)
        before, begun, used = pipeline.feed.latest.speed.count, time.monotonic(), _cpu()
        time.sleep(seconds)
        wall = time.monotonic() - begun
        return (_cpu() - used) / wall, (pipeline.feed.latest.speed.count - before) / wall


def _cpu() -> float:
    times = os.times()
    return times.user + times.system


def sample_frames() -> Iterator[NDArray[np.uint8]]:
    """The frames of the clip that comes with the demo."""
    capture = cv2.VideoCapture(str(SAMPLE_CLIP))
    while True:
        got, image = capture.read()
        if not got:
            return
        yield np.asarray(image, np.uint8)


def main() -> int:
    """Runs what is asked for and prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("memory", "load", "idle"))
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=15.0, help="load: the camera's frames a second")
    parser.add_argument("--every", type=float, default=1.0, help="load: seconds between a client's pictures")
    parser.add_argument("--rounds", type=int, default=6, help="load: how often it starts and stops")
    options = parser.parse_args()
    images = list(sample_frames())
    told, failed = {"memory": _memory, "load": _load, "idle": _idle}[options.what](images, options)
    print(told)  # noqa: T201
    return int(failed)


def _memory(images: list[NDArray[np.uint8]], options: argparse.Namespace) -> tuple[str, bool]:
    first, last = run_frames(Engine(), images, options.frames, 500)
    return f"after 500 frames {first:.1f} MiB, after {options.frames} {last:.1f} MiB", last > first + 8


def _idle(images: list[NDArray[np.uint8]], options: argparse.Namespace) -> tuple[str, bool]:
    lines = []
    for name, image in (("empty desk", images[0]), ("eight digits", images[70])):
        share, rate = run_idle(Engine(), image, options.seconds)
        lines.append(f"{name}: {100 * share:.0f} % of one core at {rate:.1f} frames a second")
    return "\n".join(lines), False


def _load(images: list[NDArray[np.uint8]], options: argparse.Namespace) -> tuple[str, bool]:
    picture = (SAMPLE_CLIP.parent / "pictures" / "single-seven.jpg").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        load = run_load(
            Engine(),
            images,
            picture,
            Path(folder),
            seconds=options.seconds,
            rate=options.rate,
            every=options.every,
            rounds=options.rounds,
        )
    lines = [
        f"{load.seconds:.0f} s in {options.rounds} rounds, {len(load.errors)} errors",
        f"reader: {load.reading_rate:.2f} of {options.rate:g} frames a second, "
        f"{load.alone_rate:.2f} alone between the rounds: {100 * load.reading_rate / load.alone_rate:.1f} %",
        f"reader and server: {100 * load.cpu:.0f} % of one core, {100 * load.alone_cpu:.0f} % alone",
        f"8 viewers: {min(load.frames, default=0)} to {max(load.frames, default=0)} frames each, a round",
        f"20 clients: {len(load.milliseconds)} pictures read, p90 {load.p90:.0f} ms",
        *load.errors[:5],
    ]
    return "\n".join(lines), bool(load.errors)


if __name__ == "__main__":
    sys.exit(main())
