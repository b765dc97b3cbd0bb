"""A steady reading over the frames of a camera."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import digit_labels
from edge_digits.association import associate
from edge_digits.image import ImageSource, check_array
from edge_digits.layout import reading_lines
from edge_digits.motion import View, follow, view_of
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
_SEARCH_EVERY = 30
"""A scene that does not change, or only trembles, is searched again after this many frames."""
_MOVING_EVERY = 10
"""A scene in which more has changed than its digits' movement explains, after this many."""
_IDLE_EVERY = 3
"""A scene that changes and shows no digit, after this many."""
_SEARCHES = 8.0
"""So many searches in a row are made of a scene that is settled but for a part of it."""
_REGAINED = 0.1
"""Searches regained with every frame: what keeps flickering costs no more than this."""
_STILL = 1.5
"""Pixels by which digits must have moved for a change of the scene to be a movement."""
_OPEN = 0.3
"""Share of the shown digits that may be lost or new in a settled scene."""
_SHAKEN = 0.3
"""Share of the picture that changes from one frame to the next where a sheet comes or goes."""
_RESTLESS = 4
"""So many frames after that a picture may still be blurred; a camera may repeat some."""
_SWIFT = 0.25
"""Heights that a digit moves from one frame to the next where the sheet is on its way..."""
_HAND = 0.04
"""...and share of the picture's longer side that counts for the height of smaller ones: hands tremble."""
_CALM = 2
"""A digit that comes is shown once it has rested for this many frames."""
_LONG = 16
"""One that never rests is shown once it was seen in this many."""
_WAIT = 2
"""So many frames it waits for others that came with it and are not as far."""
_BAR = "1"
"""What motion leaves of any digit: the strokes along its way."""
_SEVERAL = 4
"""Fewer digits than this tell nothing of a blur, nor of where a shaken picture has moved."""
_MOSTLY = 0.65
"""Share of bars from which it is one."""


@dataclass
class _Track:
    number: int
    box: Box
    latest: Digit
    evidence: NDArray[np.float64]
    outputs: Sequence[int]
    """Which of the model's outputs stand for something written."""
    certainty: float
    hits: int = 1
    misses: int = 0
    offset: tuple[float, float] = (0.0, 0.0)
    """Movement in pixels since the box was last found by a search."""
    stood: Box | None = None
    """Where it was in the frame before."""
    calm: int = 0
    """In how many searches in a row it had hardly moved."""
    waited: int = 0
    """For how many frames it has waited for others that come with it."""
    told: bool = False
    """Whether it is shown."""

    @property
    def step(self) -> tuple[float, float]:
        """By how many pixels it has moved since the frame before."""
        (x, y), (left, top) = self.box.center, (self.stood or self.box).center
        return x - left, y - top

    def swift(self, height: float) -> bool:
        """Whether it has moved since the frame before, by its own height or a greater one."""
        return self.stood is None or math.hypot(*self.step) > _SWIFT * max(self.box.height, height)

    @property
    def settled(self) -> bool:
        """Whether further searches of the same scene would tell nothing new."""
        agreed = self.likeliest(self.evidence) == self.likeliest(self.latest.probabilities)
        certain = (self.certainty >= 0.5) == self.latest.sure
        return (self.told or self.ready) and self.misses == 0 and agreed and certain

    @property
    def ready(self) -> bool:
        """Whether it was seen often enough to be shown; what does not rest, more often."""
        return self.hits >= (_CONFIRM if self.calm >= _CALM else _LONG)

    def likeliest(self, probabilities: NDArray[np.floating]) -> int:
        """Which character it is: that it is one has been decided."""
        return max(self.outputs, key=lambda output: float(probabilities[output]))

    def move(self, by: NDArray[np.float64]) -> None:
        """Moves the box, fractions of a pixel adding up."""
        self.offset = (self.offset[0] + float(by[0]), self.offset[1] + float(by[1]))
        found = self.latest.box
        self.box = found._replace(x=round(found.x + self.offset[0]), y=round(found.y + self.offset[1]))


class Tracker:
    """Follows digits over frames, so that a reading settles and does not flicker.

    Digits of consecutive frames are matched by place, size and, where the sheet
    has moved far, by what they are; what is matched adds its probabilities to
    the track's, older frames fading. A digit shows after three frames, once it
    rests and together with those that came with it, and goes six frames after
    it was last seen; of a number that leaves no part is shown. Not every frame
    is searched: where the scene does not change the last reading stands, and
    where it only moves the digits are moved with it. While a sheet comes in,
    frames that hold 1s and hardly anything else are taken for motion blur. Not
    safe to share between threads: one tracker follows one camera.

    Args:
        reader: What reads the single frames.
    """

    def __init__(self, reader: DigitReader) -> None:
        self._reader = reader
        self._outputs = digit_labels(reader.labels)
        self._numbers = 0
        self.reset()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._reader!r})"

    def reset(self) -> None:
        """Forgets everything, as after a change of camera; numbers of tracks are not used again."""
        self._tracks: list[_Track] = []
        self._size: tuple[int, int] | None = None
        self._latest: Reading | None = None
        self._searched: View | None = None
        self._before: View | None = None
        self._unsearched = 0
        self._searches = _SEARCHES
        self._restless = 0
        self._blurred = False
        self._pace = (0.0, 0.0)

    def update(self, frame: ImageSource) -> Reading:
        """Reads the next frame.

        Args:
            frame: Anything `DigitReader.read` takes, usually a BGR array.

        Returns:
            The steady reading; each digit's `track` stays the same over frames.

        Raises:
            ImageError: The frame is unreadable or of a wrong shape.
        """
        reading, fresh = self._look(frame)
        if reading.size != self._size:
            self._tracks = []
            self._size = reading.size
        if fresh:
            self._follow(self._believable([d for line in reading.lines for d in line]))
        told = self._told(reading.size, fresh)
        shown = [self._fused(t, box) for t in told if (box := _inside(t.box, reading.size))]
        lines = tuple(tuple(shown[i] for i in line) for line in reading_lines([d.box for d in shown]))
        return replace(reading, lines=lines)

    def _told(self, size: tuple[int, int], fresh: bool) -> list[_Track]:
        """The digits to show: those that came together at once, and none of a number that leaves.

        Args:
            size: Width and height of the frame.
            fresh: Whether it was searched.
        """
        told = [t for t in self._tracks if t.told]
        # Small digits beside larger ones, and in a hand that trembles, are no faster for being small.
        height = max(_HAND * max(size), float(np.median([t.box.height for t in self._tracks] or [0])))
        found = [t.swift(height) for t in told if t.misses == 0]
        if 2 * sum(found) > len(found) and any(t.misses > 0 or not _holds(size, t.box) for t in told):
            for track in told:
                track.told, track.hits = False, 0
        self._tracks = [t for t in self._tracks if _holds(size, t.box)]
        x, y = np.median([t.step for t in self._tracks if t.misses == 0] or [(0, 0)], axis=0).tolist()
        self._pace = (x, y)
        for track in self._tracks:
            track.calm = 0 if track.swift(height) else track.calm + fresh
            track.stood = track.box
        coming = [t for t in self._tracks if not t.told]
        awaited = any(t.misses == 0 and not t.ready for t in coming)
        for track in (t for t in coming if t.ready):
            track.waited += 1
            track.told = not awaited or track.waited > _WAIT
        return [t for t in self._tracks if t.told]

    def _look(self, frame: ImageSource) -> tuple[Reading, bool]:
        """Reads the frame, or tells the last reading again, and whether it is a new one."""
        if not isinstance(frame, np.ndarray) or frame.ndim not in (2, 3) or frame.dtype != np.uint8:
            return self._reader.read(frame), True
        started = time.perf_counter()
        check_array(frame)
        view = view_of(frame)
        self._searches = min(_SEARCHES, self._searches + _REGAINED)
        shaken = self._before is not None and self._before.changed(view) > _SHAKEN
        self._restless = _RESTLESS if shaken else max(0, self._restless - 1)
        sharp_again = self._blurred and self._restless == 0
        # Few digits say too little about a picture that changes so much.
        lost = shaken and self._tracks != [] and sum(t.settled for t in self._tracks) < _SEVERAL
        wanted = self._latest is None or sharp_again or lost or self._wants_search(view)
        self._before = view
        if self._latest is not None and not wanted:
            self._unsearched += 1
            return replace(
                self._latest, timing=Timing(segmentation=1e3 * (time.perf_counter() - started))
            ), False
        self._latest = self._reader.read(frame)
        self._searched = view
        self._unsearched = 0
        return self._latest, True

    def _wants_search(self, view: View) -> bool:
        """Whether to search this frame; where not, the digits are moved to their places in it."""
        shown = [t for t in self._tracks if t.settled]
        unsettled = len(self._tracks) - len(shown)
        if self._searched is not None and self._searched.shows(view):
            return self._spends() if unsettled and self._searches >= 1 else self._unsearched >= _SEARCH_EVERY
        if not self._tracks:
            return self._unsearched + 1 >= _IDLE_EVERY
        if self._before is None or unsettled > _OPEN * len(shown):
            return True
        shifts, lost = follow(self._before, view, [t.box for t in shown])
        if lost.sum() + unsettled > _OPEN * len(shown):
            return True
        for track, shift, gone in zip(shown, shifts, lost, strict=True):
            track.move(np.median(shifts[~lost], axis=0) if gone else shift)
        x, y = np.median([t.offset for t in shown], axis=0).tolist()
        explained = self._searched is not None and self._searched.shows(view, (x, y))
        # Where digits have hardly moved, what has changed may be new, unless this explains it.
        settled = unsettled == 0 and not lost.any() and (explained or math.hypot(x, y) > _STILL)
        if settled or self._searches < 1:
            return self._unsearched >= (_SEARCH_EVERY if settled and explained else _MOVING_EVERY)
        return self._spends()

    def _spends(self) -> bool:
        """Makes one of the searches that are left."""
        self._searches -= 1
        return True

    def _believable(self, seen: list[Digit]) -> list[Digit]:
        """What was seen; of a sheet that comes in motion blur leaves bars and hardly anything else."""
        others = [digit for digit in seen if digit.label != _BAR]
        bars = len(seen) - len(others)
        self._blurred = self._restless > 0 and len(seen) >= _SEVERAL and bars > _MOSTLY * len(seen)
        return others if self._blurred else seen

    def _follow(self, seen: Sequence[Digit]) -> None:
        labels = [self._reader.labels[t.likeliest(t.evidence)] for t in self._tracks]
        same = np.array([[label == d.label for d in seen] for label in labels], bool)
        matched, shifts = associate([t.box for t in self._tracks], [d.box for d in seen], same, self._pace)
        for i, track in enumerate(self._tracks):
            if i not in matched:
                track.move(shifts[i])
                continue
            digit = seen[matched[i]]
            track.box, track.latest, track.offset = digit.box, digit, (0.0, 0.0)
            track.evidence = _MEMORY * track.evidence + digit.probabilities
            track.certainty = _MEMORY * track.certainty + (1 - _MEMORY) * float(digit.sure)
            track.hits += 1
            track.misses = 0
        # Where motion blur had left a stroke of a digit, the digit itself stands now.
        self._tracks, gone = [], self._tracks
        pairs, matched = matched, {}
        for i, track in enumerate(gone):
            if i in pairs:
                matched[len(self._tracks)] = pairs[i]
            elif any(_covers(digit.box, track.box) for digit in seen):
                continue
            self._tracks.append(track)
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
        return _Track(self._numbers, digit.box, digit, evidence, self._outputs, float(digit.sure))

    def _fused(self, track: _Track, box: Box) -> Digit:
        probabilities = (track.evidence / track.evidence.sum()).astype(np.float32)
        label = track.likeliest(probabilities)
        return replace(
            track.latest,
            label=self._reader.labels[label],
            confidence=float(probabilities[label]),
            probabilities=probabilities,
            box=box,
            sure=track.certainty >= 0.5,
            track=track.number,
        )


def _inside(box: Box, size: tuple[int, int]) -> Box | None:
    """What of a box lies in a picture of this width and height; None where it has left it."""
    left, top = max(box.x, 0), max(box.y, 0)
    right, bottom = min(box.x + box.width, size[0]), min(box.y + box.height, size[1])
    return Box(left, top, right - left, bottom - top) if left < right and top < bottom else None


def _holds(size: tuple[int, int], box: Box) -> bool:
    """Whether the middle of a box lies in a picture of this width and height."""
    x, y = box.center
    return 0 <= x < size[0] and 0 <= y < size[1]


def _covers(box: Box, other: Box) -> bool:
    """Whether a box takes up most of the middle and height of another."""
    x, y = other.center
    margin = 0.2 * box.width
    inside = -margin <= x - box.x <= box.width + margin and box.y <= y <= box.y + box.height
    return inside and box.shared_height(other) > 0.6 * other.height
