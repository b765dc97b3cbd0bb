"""Other ways to read a picture file, timed in turns with ours on two rendered pages."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2

from benchmarks.errors import DataError
from benchmarks.frames import Frame, render_frames
from benchmarks.ocr import OCR_NAMES, Peer, find_ocr
from benchmarks.original import OriginalWay
from benchmarks.progress import watcher
from benchmarks.rounds import Contestant, Plan, measure
from benchmarks.scoring import errors_of, sure_digits
from benchmarks.side_by_side import OURS
from benchmarks.stats import summarize
from edge_digits import DigitReader

PLAN = Plan(rounds=6, seconds=0.6, warmup=1, settle=1, calls=200, least=0.2)
"""RapidOCR takes half a second a call, so that it has few."""
SIZES = ((640, 480),)
COUNTS = (1, 10)


def measure_peers(reader: DigitReader, seed: int, *, keras: bool, plan: Plan = PLAN) -> dict[str, Any] | None:
    """Reads two pages, as PNG files, with every program that is installed.

    Args:
        reader: Ours; the others get as many threads.
        seed: Chooses the pages.
        keras: Whether TensorFlow may be used, for the original project's way.
        plan: How long.

    Returns:
        programs (name, how), missing (a sentence for each that is not installed) and cases: page,
        reader, truth, text, errors, its timings, and times, its p50 over ours; no cases where no
        other program is installed.
    """
    peers, missing = find_ocr(OCR_NAMES, reader.threads)
    with ExitStack() as stack:
        for peer in peers:
            stack.callback(peer.close)
        if keras:
            try:
                peers.append(OriginalWay(reader.threads))
            except DataError as error:
                missing.append(f"{error.problem}: {error.remedy}")
        cases = []
        if peers:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for frame in render_frames(seed, sizes=SIZES, counts=COUNTS):
                path = folder / f"{frame.digits}.png"
                cv2.imwrite(str(path), frame.image)
                cases += _page(frame, path, reader, peers, plan)
    return {
        "programs": [{"name": peer.name, "how": peer.how} for peer in peers],
        "missing": missing,
        "cases": cases,
    }


def _page(
    frame: Frame, path: Path, reader: DigitReader, peers: list[Peer], plan: Plan
) -> list[dict[str, Any]]:
    said: dict[str, str] = {}

    def ours(_crop: object) -> None:
        said[OURS] = sure_digits(reader.read(path))

    def other(peer: Peer) -> Callable[[object], None]:
        def call(_crop: object) -> None:
            said[peer.name], _ = peer.read(path)

        return call

    contestants = [Contestant(OURS, ours, prepare=lambda: cv2.setNumThreads(reader.threads))]
    # The original way reads one digit a picture: there is nothing to ask it about a page of ten.
    asked = [peer for peer in peers if frame.digits == 1 or not isinstance(peer, OriginalWay)]
    contestants += [Contestant(peer.name, other(peer)) for peer in asked]
    timings = measure(contestants, [], plan, watch=watcher(f"peers, {frame.name}"))
    figures = {name: summarize(rounds) for name, rounds in timings.items()}
    truth = frame.text.replace("\n", "/")
    return [
        {
            "page": frame.name,
            "reader": name,
            "truth": truth,
            "text": said[name],
            "errors": errors_of(truth, said[name], ordered=True).distance,
            "times": round(each["p50_ms"] / figures[OURS]["p50_ms"], 3),
            **each,
        }
        for name, each in figures.items()
    ]
