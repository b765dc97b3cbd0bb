"""What a camera's frame costs on average where a tracker follows it, beside R in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import DataError
from benchmarks.frames import REFERENCE_CASE, render_frames, threshold
from benchmarks.progress import progress
from camera_demo.sources.capture import grab_frame, open_capture
from camera_demo.sources.clip import SAMPLE_CLIP
from edge_digits import DigitReader
from edge_digits.image import ImageSource
from edge_digits.paths import is_file, is_folder
from edge_digits.reading import Reading
from edge_digits.tracking import Tracker

EVERY: Final = 5
"""R has its turn after so many frames."""
SETTLE: Final = 3
"""Untimed calls of R at the start of its turn, as in `rounds`."""
WARM_UP: Final = 10
"""So many frames are followed before, by a tracker that is thrown away."""

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """Frames to follow."""

    name: str
    """What the row is called."""
    frames: Callable[[], Iterable[Image]]
    """Gives all of them from the first on: (h, w, 3) BGR, of one size, at least one."""
    count: int | None = None
    """How many there are, where that is known before."""
    text: str | None = None
    """The digits that all frames show, without line breaks; "" for none, None where it is not known."""


@dataclass
class Followed:
    """What became of each frame of a case, and what R took meanwhile."""

    taken: list[int] = field(default_factory=list)
    """Nanoseconds of each update."""
    searched: list[bool] = field(default_factory=list)
    """Whether the reader was asked, or the digits followed without it."""
    readings: list[Reading] = field(default_factory=list)
    """What was shown."""
    reference: list[int] = field(default_factory=list)
    """Nanoseconds of R, each time."""


class CountedReader:
    """A reader that counts how often a tracker asks it.

    Args:
        reader: What reads.
    """

    def __init__(self, reader: DigitReader) -> None:
        self.reader, self.labels, self.asked = reader, reader.labels, 0

    def read(self, frame: ImageSource) -> Reading:
        """Reads one frame, see `DigitReader.read`."""
        self.asked += 1
        return self.reader.read(frame)


def rendered_cases(seed: int, count: int) -> list[Case]:
    """A sheet at rest, one in a hand, a desk without any, and the clip that comes with the demo.

    Args:
        seed: The same seed renders the same frames.
        count: Frames of each but the last.

    Returns:
        Cases whose frames are rendered when they are asked for, all before the first is given.
    """
    from train.scenes.held import KINDS

    return [_rendered(kind, seed, count) for kind in KINDS] + [clip_case(SAMPLE_CLIP, "sample clip")]


def _rendered(kind: str, seed: int, count: int) -> Case:
    from train.scenes.held import live_clip

    clip = live_clip(kind, seed, count)

    def frames() -> list[Image]:
        return list(progress(clip.frames, label=f"rendering, {kind}", total=count))

    return Case(kind, frames, count, clip.text.replace("\n", ""))


def clip_case(path: Path, name: str | None = None) -> Case:
    """A clip from its first frame to its last, decoded while it is followed.

    Args:
        path: A file that OpenCV opens.
        name: What the row is called; None for the file's name.

    Returns:
        The case.

    Raises:
        DataError: There is no such file, or no frame in it.
    """
    remedy = "give clips that OpenCV opens, such as .avi or .mp4"
    if is_folder(path):
        raise DataError(f"{path} is a folder", remedy)
    if not is_file(path):
        raise DataError(f"there is no file {path}", remedy)
    capture = open_capture(str(path))
    if capture is None:
        raise DataError(f"{path} is no clip", remedy)
    try:
        if grab_frame(capture) is None:
            raise DataError(f"{path} has no frames", remedy)
        count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    finally:
        capture.release()
    return Case(name or path.name, lambda: _frames_of(path), count if count > 0 else None)


def _frames_of(path: Path) -> Iterator[Image]:
    capture = open_capture(str(path))
    if capture is None:
        return
    try:
        while (frame := grab_frame(capture)) is not None:
            yield frame.image
    finally:
        capture.release()


def follow(reader: DigitReader, case: Case, grey: Image) -> Followed:
    """Gives all frames of a case to a new tracker, one after the other, in turns with R.

    Args:
        reader: What the tracker asks; OpenCV is given as many threads.
        case: The frames.
        grey: Shape (720, 1280), what R works on, with one thread of OpenCV's.

    Returns:
        What was measured, in the order of the frames.
    """
    frames = iter(case.frames())
    first = list(islice(frames, WARM_UP))
    cv2.setNumThreads(reader.threads)
    warm = reader.track()
    for frame in first:
        warm.update(frame)
    counted, followed = CountedReader(reader), Followed()
    tracker = Tracker(cast(DigitReader, counted))
    for number, frame in enumerate(progress(chain(first, frames), label=case.name, total=case.count)):
        if number % EVERY == 0:
            followed.reference.append(_reference(grey))
            cv2.setNumThreads(reader.threads)
        asked = counted.asked
        begin = time.perf_counter_ns()
        reading = tracker.update(frame)
        followed.taken.append(time.perf_counter_ns() - begin)
        followed.searched.append(counted.asked > asked)
        followed.readings.append(reading)
    return followed


def reference_grey(seed: int) -> Image:
    """The frame that R works on in every run: shape (720, 1280)."""
    size, digits = REFERENCE_CASE
    [page] = render_frames(seed, sizes=[size], counts=[digits])
    return np.asarray(cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY), np.uint8)


def _reference(grey: Image) -> int:
    cv2.setNumThreads(1)
    # What the frame before left in the caches and took of the memory is not R's.
    for _ in range(SETTLE):
        threshold(grey)
    begin = time.perf_counter_ns()
    threshold(grey)
    return time.perf_counter_ns() - begin


def figures(case: Case, followed: Followed) -> dict[str, Any]:
    """The figures of a case.

    Args:
        case: What was followed.
        followed: From `follow`.

    Returns:
        case, size, frames, searched (how many); mean_ms, p50_ms, p90_ms; reference_ms, the median of R;
        mean_r, searched_r and followed_r, mean times over R of all frames, of those searched and of the
        others, None where there are none; right_from, the number, from 1, of the first frame in which all
        digits and no others are shown, and right_share, of the frames from that one on those in which
        they are, None where that never is; false_frames, of a case without digits, in which any is
        shown; each: ms, searched and shown (lines parted by "/", "?" for each unsure digit).
    """
    taken, searched = np.array(followed.taken) / 1e6, np.array(followed.searched)
    pace = float(np.median(followed.reference)) / 1e6

    def over(some: NDArray[np.float64]) -> float | None:
        return round(float(some.mean()) / pace, 4) if some.size else None

    each = zip(taken, followed.searched, followed.readings, strict=True)
    return {
        "case": case.name,
        "size": list(followed.readings[0].size),
        "frames": int(taken.size),
        "searched": int(searched.sum()),
        "mean_ms": round(float(taken.mean()), 4),
        "p50_ms": round(float(np.median(taken)), 4),
        "p90_ms": round(float(np.percentile(taken, 90)), 4),
        "reference_ms": round(pace, 4),
        "mean_r": over(taken),
        "searched_r": over(taken[searched]),
        "followed_r": over(taken[~searched]),
        **_rightness(case.text, followed.readings),
        "each": [
            {"ms": round(float(ms), 4), "searched": asked, "shown": "/".join(reading.text.split("\n"))}
            for ms, asked, reading in each
        ],
    }


def _rightness(text: str | None, readings: Sequence[Reading]) -> dict[str, Any]:
    told = ["".join(digit.label for digit in reading.digits) for reading in readings]
    right = [each == text for each in told]
    first = right.index(True) if text and any(right) else None
    return {
        "right_from": None if first is None else first + 1,
        "right_share": None if first is None else round(float(np.mean(right[first:])), 4),
        "false_frames": sum(bool(each) for each in told) if text == "" else None,
    }
