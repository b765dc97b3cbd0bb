"""From frame to Reading: rendered pages in three sizes with 1, 10 and 50 digits, split by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.progress import watcher
from benchmarks.rounds import Contestant, Plan, measure
from benchmarks.stats import summarize
from edge_digits import DigitReader
from edge_digits.reading import Timing

SIZES = ((640, 480), (1280, 720), (1920, 1080))
COUNTS = (1, 10, 50)
REFERENCE_CASE = (SIZES[1], 10)
REFERENCE = "GaussianBlur 5x5 and adaptiveThreshold 51x51 on the grey 1280x720 frame, one thread"
STAGES = tuple(Timing.__dataclass_fields__)


@dataclass
class Frame:
    """One rendered page, and what reading it cost."""

    image: NDArray[np.uint8]
    """BGR, shape (h, w, 3)."""
    digits: int
    """How many stand on it."""
    text: str
    """All of them in reading order."""
    found: int = 0
    """How many sure digits were read."""
    stages: list[Timing] = field(default_factory=list)
    """Of every call, the untimed ones too."""

    @property
    def name(self) -> str:
        """Such as "1280x720, 10 digits"."""
        height, width = self.image.shape[:2]
        return f"{width}x{height}, {self.digits} digit{'s' if self.digits > 1 else ''}"


def render_frames(
    seed: int, *, sizes: Sequence[tuple[int, int]] | None = None, counts: Sequence[int] | None = None
) -> list[Frame]:
    """One page for each size and number of digits; the same seed renders the same pages.

    Args:
        seed: Of all chance in them.
        sizes: Width and height; None for SIZES.
        counts: Digits a page; None for COUNTS.
    """
    from train.scenes import SceneOptions, render_scene

    frames = []
    for width, height in sizes or SIZES:
        for count in counts or COUNTS:
            lines = {1: 1, 10: 2}.get(count, 6)
            options = SceneOptions(
                size=(width, height),
                digits=(count, count),
                lines=(lines, lines),
                digit_height=(0.07 * height, 0.12 * height),
            )
            scene = render_scene(np.random.default_rng((seed, width, count)), options)
            frames.append(Frame(scene.image, len(scene.digits), scene.text))
    return frames


def measure_frames(
    reader: DigitReader, seed: int, plan: Plan, counts: Sequence[int] | None = None
) -> dict[str, Any]:
    """Reads every page in turns with the reference.

    Args:
        reader: What reads; OpenCV is given as many threads.
        seed: Chooses the pages.
        plan: How long each page is read.
        counts: Digits a page, ten among them; None for COUNTS.

    Returns:
        reader (model, backend, threads), reference (what, and its latency),
        and cases: name, width, height, digits, found, latency, ratio to the
        reference (median over rounds) and stages (median milliseconds).
    """
    frames = render_frames(seed, counts=counts)
    cases = [(size, count) for size in SIZES for count in counts or COUNTS]
    grey = cv2.cvtColor(frames[cases.index(REFERENCE_CASE)].image, cv2.COLOR_BGR2GRAY)
    contestants = [Contestant("reference", lambda _: threshold(grey), prepare=lambda: cv2.setNumThreads(1))]
    contestants += [_contestant(reader, frame) for frame in frames]
    timings = measure(contestants, [np.zeros((1, 28, 28), np.uint8)], plan, watch=watcher("frames"))
    figures = {name: summarize(rounds) for name, rounds in timings.items()}
    slow = figures.pop("reference")
    return {
        "reader": {"model": reader.artifact.name, "backend": reader.backend, "threads": reader.threads},
        "reference": {"what": REFERENCE, **slow},
        "cases": [_case(frame, figures[frame.name], slow["round_p50_ms"]) for frame in frames],
    }


def threshold(grey: Any) -> Any:
    """The reference's work: what a classical reader would do to a frame before it looks for digits."""
    calm = cv2.GaussianBlur(grey, (5, 5), 0)
    return cv2.adaptiveThreshold(calm, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, 10)


def _contestant(reader: DigitReader, frame: Frame) -> Contestant:
    def call(_crop: object) -> None:
        reading = reader.read(frame.image)
        frame.stages.append(reading.timing)
        frame.found = len(reading.digits)

    return Contestant(frame.name, call, prepare=lambda: cv2.setNumThreads(reader.threads))


def _case(frame: Frame, figures: dict[str, Any], pace: list[float]) -> dict[str, Any]:
    ratios = np.array(figures["round_p50_ms"]) / np.array(pace)
    stages = {
        stage: round(float(np.median([getattr(timing, stage) for timing in frame.stages])), 4)
        for stage in STAGES
    }
    height, width = frame.image.shape[:2]
    return {
        "name": frame.name,
        "width": width,
        "height": height,
        "digits": frame.digits,
        "found": frame.found,
        **figures,
        "ratio": round(float(np.median(ratios)), 4),
        "stages": stages,
    }
