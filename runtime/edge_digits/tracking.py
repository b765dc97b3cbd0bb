"""A steady reading over the frames of a camera."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_digits.image import ImageSource
from edge_digits.layout import reading_lines
from edge_digits.motion import StillScene
from edge_digits.reading import Box, Digit, Reading, Timing

if TYPE_CHECKING:
    from edge_digits.reader import DigitReader

_MEMORY = 0.7
"""Share of a track's evidence that survives one more frame."""
_CONFIRM = 3
"""A digit is shown once it was seen in this many frames."""
_PATIENCE = 6
"""A digit is forgotten after it was missed in this many frames."""
_CUT_PATIENCE = 2
"""The same where most digits vanished at once: the sheet is gone."""
_SEARCH_EVERY = 10
"""A scene that does not change is searched again after this many frames."""


@dataclass
class _Track:
    number: int
    box: Box
    latest: Digit
    evidence: NDArray[np.float64]
    certainty: float
    hits: int = 1
    misses: int = 0


class Tracker:
    """Follows digits over frames, so that a reading settles and does not flicker.

    Digits of consecutive frames are matched by place and size; what is matched
    adds its probabilities to the track's, older frames fading. A digit shows
    after three frames and goes six frames after it was last seen. A scene that
    does not change is not searched in every frame. Not safe to
    share between threads: one tracker follows one camera.

    Args:
        reader: What reads the single frames.
    """

    def __init__(self, reader: DigitReader) -> None:
        self._reader = reader
        self._tracks: list[_Track] = []
        self._numbers = 0
        self._size: tuple[int, int] | None = None
        self._scene = StillScene()
        self._latest: Reading | None = None
        self._unsearched = 0

    def update(self, frame: ImageSource) -> Reading:
        """Reads the next frame.

        Args:
            frame: Anything `DigitReader.read` takes, usually a BGR array.

        Returns:
            The steady reading; each digit's `track` stays the same over frames.

        Raises:
            ImageError: The frame is unreadable or of a wrong shape.
        """
        reading = self._look(frame)
        if reading.size != self._size:
            self.reset()
            self._size = reading.size
        self._follow([d for line in reading.lines for d in line])
        shown = [self._fused(t) for t in self._tracks if t.hits >= _CONFIRM]
        lines = tuple(tuple(shown[i] for i in line) for line in reading_lines([d.box for d in shown]))
        return replace(reading, lines=lines)

    def reset(self) -> None:
        """Forgets everything, as after a change of camera."""
        self._tracks = []
        self._scene.forget()

    def _look(self, frame: ImageSource) -> Reading:
        """Reads the frame, or tells the last reading again where nothing changed and nothing is open."""
        if not isinstance(frame, np.ndarray):
            return self._reader.read(frame)
        started = time.perf_counter()
        settled = all(t.hits >= _CONFIRM and t.misses == 0 for t in self._tracks)
        if self._latest and settled and self._unsearched < _SEARCH_EVERY and self._scene.shows(frame):
            self._unsearched += 1
            return replace(self._latest, timing=Timing(segmentation=1e3 * (time.perf_counter() - started)))
        self._latest = self._reader.read(frame)
        self._scene.keep(frame)
        self._unsearched = 0
        return self._latest

    def _follow(self, seen: Sequence[Digit]) -> None:
        matched = _match([t.box for t in self._tracks], [d.box for d in seen])
        for t, d in matched.items():
            track, digit = self._tracks[t], seen[d]
            track.box, track.latest = digit.box, digit
            track.evidence = _MEMORY * track.evidence + digit.probabilities
            track.certainty = _MEMORY * track.certainty + (1 - _MEMORY) * float(digit.sure)
            track.hits += 1
            track.misses = 0
        missing = [t for i, t in enumerate(self._tracks) if i not in matched]
        shown = sum(t.hits >= _CONFIRM for t in self._tracks)
        cut = sum(t.hits >= _CONFIRM for t in missing) > 0.7 * shown
        for track in missing:
            track.misses += 1
        patience = _CUT_PATIENCE if cut else _PATIENCE
        # One seen only once or twice was a flicker: it goes at once.
        kept = [t for t in self._tracks if t.misses < (patience if t.hits >= _CONFIRM else 2)]
        taken = set(matched.values())
        self._tracks = kept + [self._start(d) for i, d in enumerate(seen) if i not in taken]

    def _start(self, digit: Digit) -> _Track:
        self._numbers += 1
        evidence = digit.probabilities.astype(np.float64)
        return _Track(self._numbers, digit.box, digit, evidence, float(digit.sure))

    def _fused(self, track: _Track) -> Digit:
        probabilities = (track.evidence / track.evidence.sum()).astype(np.float32)
        label = int(np.argmax(probabilities))
        return replace(
            track.latest,
            label=self._reader.labels[label],
            confidence=float(probabilities[label]),
            probabilities=probabilities,
            box=track.box,
            sure=track.certainty >= 0.5,
            track=track.number,
        )


def _match(old: Sequence[Box], new: Sequence[Box]) -> dict[int, int]:
    """Pairs boxes of two frames, nearest first, each at most once."""
    if not old or not new:
        return {}
    a, b = np.array(old, np.float64), np.array(new, np.float64)
    apart = (a[:, None, :2] + a[:, None, 2:] / 2) - (b[:, :2] + b[:, 2:] / 2)
    height = np.maximum(a[:, None, 3], b[:, 3])
    distance = np.hypot(apart[..., 0], apart[..., 1]) / height
    alike = np.minimum(a[:, None, 3], b[:, 3]) / height
    distance[(distance > 0.6) | (alike < 0.6)] = np.inf
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for flat in np.argsort(distance, axis=None):
        i, j = divmod(int(flat), len(new))
        if not np.isfinite(distance[i, j]):
            break
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs
