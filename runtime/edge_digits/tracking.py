"""A steady reading over the frames of a camera."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import digit_labels
from edge_digits.association import associate
from edge_digits.boxes import beside, covers, holds, inside
from edge_digits.image import ImageSource, check_array
from edge_digits.layout import reading_lines
from edge_digits.motion import Followed, View, follow_on, movement, view_of
from edge_digits.percentile import median
from edge_digits.reading import Box, Digit, Reading, Timing
from edge_digits.track import Track

if TYPE_CHECKING:
    from edge_digits.reader import DigitReader

_Wanted = Literal["nothing", "confirmation", "search"]

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
_CONFIRMATIONS = 3
"""So many times in a row only what lies around its digits is searched, if that says the same..."""
_MOST = 0.5
"""...and if it is so large a share of the frame at most."""
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
_HAND = 0.04
"""Share of the picture's longer side that counts for the height of smaller digits: hands tremble."""
_WAIT = 2
"""So many frames it waits for others that came with it and are not as far."""
_BAR = "1"
"""What motion leaves of any digit: the strokes along its way."""
_SEVERAL = 4
"""Fewer digits than this tell nothing of a blur, nor of where a shaken picture has moved."""
_MOSTLY = 0.65
"""Share of bars from which it is one."""


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
        self._tracks: list[Track] = []
        self._numbers_shown: list[int | None] = []
        self._order: Sequence[Sequence[int]] = []
        self._size: tuple[int, int] | None = None
        self._latest: Reading | None = None
        self._searched: View | None = None
        self._before: View | None = None
        self._unsearched = 0
        self._confirmations = 0
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
        shown = [self._fused(t, box) for t in told if (box := inside(t.box, reading.size))]
        numbers = [digit.track for digit in shown]
        if fresh or numbers != self._numbers_shown:
            # Digits that move together keep their order.
            self._numbers_shown, self._order = numbers, reading_lines([digit.box for digit in shown])
        return replace(reading, lines=tuple(tuple(shown[i] for i in line) for line in self._order))

    def _told(self, size: tuple[int, int], fresh: bool) -> list[Track]:
        """The digits to show: those that came together at once, and none of a number that leaves.

        Args:
            size: Width and height of the frame.
            fresh: Whether it was searched.
        """
        told = [t for t in self._tracks if t.told]
        # Small digits beside larger ones, and in a hand that trembles, are no faster for being small.
        height = max(_HAND * max(size), median([t.box.height for t in self._tracks] or [0]))
        swift = {t.number: t.swift(height) for t in self._tracks}
        found = [swift[t.number] for t in told if t.misses == 0]
        if 2 * sum(found) > len(found) and any(t.misses > 0 or not holds(size, t.box) for t in told):
            for track in told:
                track.told, track.hits = False, 0
        self._tracks = [t for t in self._tracks if holds(size, t.box)]
        x, y = np.median([t.step for t in self._tracks if t.misses == 0] or [(0, 0)], axis=0).tolist()
        self._pace = (x, y)
        for track in self._tracks:
            track.calm = 0 if swift[track.number] else track.calm + fresh
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
            # Nothing of it is known that a later frame could be compared with.
            self._searched = self._before = None
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
        anyway = self._latest is None or sharp_again or lost
        wanted = "search" if anyway else self._wanted(view)
        self._before = view
        if self._latest is not None and wanted == "nothing":
            self._unsearched += 1
            return replace(
                self._latest, timing=Timing(segmentation=1e3 * (time.perf_counter() - started))
            ), False
        confirmed = self._confirmed(frame) if wanted == "confirmation" else None
        self._confirmations = 0 if confirmed is None else self._confirmations + 1
        self._latest = self._reader.read(frame) if confirmed is None else confirmed
        self._searched = view
        self._unsearched = 0
        return self._latest, True

    def _wanted(self, view: View) -> _Wanted:
        """What this frame needs; where it is not searched, the digits are moved to their places in it."""
        shown = [t for t in self._tracks if t.settled]
        unsettled = len(self._tracks) - len(shown)
        if self._searched is not None and self._searched.shows(view):
            if unsettled and self._searches >= 1:
                return self._one_more()
            # Where there is no digit, nothing is to be confirmed.
            times = 1 if self._tracks else 1 + _CONFIRMATIONS
            return self._in_turn(times * _SEARCH_EVERY, settled=unsettled == 0)
        if not self._tracks:
            return "search" if self._unsearched + 1 >= _IDLE_EVERY else "nothing"
        if self._searched is None or self._before is None or unsettled > _OPEN * len(shown):
            return "search"
        offsets = np.array([t.offset for t in shown])
        found = [t.latest.box for t in shown], [t.box for t in shown]
        went = follow_on((self._searched, self._before, view), *found, offsets)
        if went.lost.sum() + unsettled > _OPEN * len(shown):
            return "search"
        for track, shift in zip(shown, went.offsets - offsets, strict=True):
            track.move(shift)
        return self._wanted_of_moved(self._searched, view, shown, went, settled=unsettled == 0)

    def _wanted_of_moved(
        self, searched: View, view: View, shown: Sequence[Track], went: Followed, *, settled: bool
    ) -> _Wanted:
        """The same where digits have moved, all of them shown before if `settled`."""
        settled &= not went.lost.any()
        far = float(np.hypot(*np.median(went.offsets, axis=0))) > _STILL
        if settled and far and self._unsearched < _MOVING_EVERY:
            return "nothing"
        boxes, told = [t.latest.box for t in shown], ~went.unseen
        if settled and told.any():
            places = np.array([box.center for box in boxes])
            moved = movement(places[told], went.offsets[told])
            # What they are written on has moved with them, and nothing else.
            if searched.shows_moved(view, moved, beside(boxes)):
                return self._in_turn(_SEARCH_EVERY, settled=True)
        # Where digits have hardly moved, what has changed may be new.
        if (settled and far) or self._searches < 1:
            return self._in_turn(_MOVING_EVERY, settled=False)
        return self._one_more()

    def _in_turn(self, every: int, *, settled: bool) -> _Wanted:
        """What is due once so many frames were not searched."""
        if self._unsearched < every:
            return "nothing"
        confirms = settled and self._tracks and self._confirmations < _CONFIRMATIONS
        return "confirmation" if confirms else "search"

    def _one_more(self) -> _Wanted:
        """One of the searches that are left."""
        self._searches -= 1
        return "search"

    def _confirmed(self, frame: NDArray[np.uint8]) -> Reading | None:
        """The reading of what lies around the digits, None where it is not what was read before."""
        size = frame.shape[1], frame.shape[0]
        region = inside(beside([t.box for t in self._tracks]), size)
        if region is None or region.width * region.height > _MOST * size[0] * size[1]:
            return None
        seen = self._reader.read(
            frame[region.y : region.y + region.height, region.x : region.x + region.width]
        )
        lines = tuple(
            tuple(replace(d, box=d.box._replace(x=d.box.x + region.x, y=d.box.y + region.y)) for d in line)
            for line in seen.lines
        )
        found = [digit for line in lines for digit in line]
        same = len(found) == len(self._tracks) and all(
            any(self._is_same(track, digit) for digit in found) for track in self._tracks
        )
        return replace(seen, lines=lines, size=size) if same else None

    def _is_same(self, track: Track, digit: Digit) -> bool:
        label = self._reader.labels[track.label]
        return digit.label == label and digit.sure == track.sure and covers(digit.box, track.box)

    def _believable(self, seen: list[Digit]) -> list[Digit]:
        """What was seen; of a sheet that comes in motion blur leaves bars and hardly anything else."""
        others = [digit for digit in seen if digit.label != _BAR]
        bars = len(seen) - len(others)
        self._blurred = self._restless > 0 and len(seen) >= _SEVERAL and bars > _MOSTLY * len(seen)
        return others if self._blurred else seen

    def _follow(self, seen: Sequence[Digit]) -> None:
        labels = [self._reader.labels[t.label] for t in self._tracks]
        same = np.array([[label == d.label for d in seen] for label in labels], bool)
        matched, shifts = associate([t.box for t in self._tracks], [d.box for d in seen], same, self._pace)
        for i, track in enumerate(self._tracks):
            if i not in matched:
                track.move(shifts[i])
                continue
            track.see(seen[matched[i]])
        # Where motion blur had left a stroke of a digit, the digit itself stands now.
        self._tracks, gone = [], self._tracks
        pairs, matched = matched, {}
        for i, track in enumerate(gone):
            if i in pairs:
                matched[len(self._tracks)] = pairs[i]
            elif any(covers(digit.box, track.box) for digit in seen):
                continue
            self._tracks.append(track)
        missing = [t for i, t in enumerate(self._tracks) if i not in matched]
        shown = sum(t.established for t in self._tracks)
        cut = sum(t.established for t in missing) > 0.7 * shown
        for track in missing:
            track.misses += 1
        patience = _CUT_PATIENCE if cut else _PATIENCE
        # One seen only once or twice was a flicker: it goes at once.
        kept = [t for t in self._tracks if t.misses < (patience if t.established else 2)]
        taken = set(matched.values())
        self._tracks = kept + [self._start(d) for i, d in enumerate(seen) if i not in taken]

    def _start(self, digit: Digit) -> Track:
        self._numbers += 1
        evidence = digit.probabilities.astype(np.float64)
        return Track(self._numbers, digit.box, digit, evidence, self._outputs, float(digit.sure))

    def _fused(self, track: Track, box: Box) -> Digit:
        return replace(
            track.latest,
            label=self._reader.labels[track.label],
            confidence=float(track.probabilities[track.label]),
            probabilities=track.probabilities.copy(),
            box=box,
            sure=track.sure,
            track=track.number,
        )
