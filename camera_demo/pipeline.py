"""Source, reader and feed at work: one thread captures, one reads."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType
from typing import Any, Protocol, Self

from camera_demo.errors import FrameSkippedError, SourceLostError
from camera_demo.feed import Feed
from camera_demo.history import History
from camera_demo.meter import Meter, Speed
from camera_demo.slot import Slot
from camera_demo.snapshot import Snapshot, State
from camera_demo.sources.base import Frame, Source
from edge_digits.errors import EdgeDigitsError, SourceError
from edge_digits.reading import Reading

logger = logging.getLogger(__name__)

_JOIN_SECONDS = 3.0


class Reads(Protocol):
    """The part of edge_digits.DigitReader that is used here."""

    def read(self, image: Any) -> Reading:
        """Reads one picture."""

    def track(self) -> Any:
        """Something with update(frame) -> Reading and reset()."""


class Pipeline:
    """Keeps reading a source until it ends or stop() is called; also a context manager.

    Of a live source only the newest frame is read, so that a slow reader lags
    by one frame and never by a queue. Of pictures each one is read.

    Args:
        source: Where frames come from; opened by start() and closed by stop().
        reader: What reads them.
        retry_seconds: How long to wait before a lost source is opened again.
        stall_seconds: After how long without a frame a live source counts as waiting.
    """

    def __init__(
        self, source: Source, reader: Reads, *, retry_seconds: float = 1.0, stall_seconds: float = 2.0
    ) -> None:
        self.source = source
        self.history = History(hold=0.8 if source.live else 0.0)
        self.feed = Feed(Snapshot(0, source.name, State.STARTING))
        self.error: Exception | None = None
        self._reader = reader
        self._retry_seconds = retry_seconds
        self._stall_seconds = stall_seconds
        self._slot: Slot[Frame | FrameSkippedError] = Slot(newest_only=source.live)
        self._meter = Meter()
        self._speed = Speed()
        self._stopping = threading.Event()
        self._state = State.STARTING
        self._notice = ""
        self._skipped = ""
        self._lock = threading.Lock()
        self._renew_tracker = threading.Event()
        self._between_frames = threading.Event()
        self._between_frames.set()
        self._threads = [
            threading.Thread(target=self._capture, name="capture", daemon=True),
            threading.Thread(target=self._read, name="read", daemon=True),
        ]

    @property
    def reader(self) -> Reads:
        """What reads the frames."""
        return self._reader

    def give_way(self, seconds: float) -> None:
        """Waits until no frame is being read, so that other work of this process takes no time from it.

        Args:
            seconds: Wait no longer: a reader that is always busy must not stop all else.
        """
        self._between_frames.wait(seconds)

    def start(self) -> None:
        """Opens the source and begins.

        Raises:
            SourceError: The source does not open.
        """
        if not self.source.is_open:
            self.source.open()
        self.feed.publish(Snapshot(1, self.source.name, State.STARTING))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends both threads, closes the source and the feed; harmless when repeated.

        A driver that hangs cannot be interrupted: its thread is left behind
        after a few seconds, and ends with the process.
        """
        self._stopping.set()
        self.source.interrupt()
        self._slot.close(discard=True)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(_JOIN_SECONDS)
            if thread.is_alive():
                logger.warning("%s does not answer; left behind", self.source.name)
        if self._threads[0].ident is None:
            self.source.close()
        self.feed.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _capture(self) -> None:
        try:
            while not self._stopping.is_set():
                item: Frame | FrameSkippedError | None
                try:
                    item = self.source.read()
                except FrameSkippedError as skipped:
                    item = skipped  # goes the same way as frames, to be told in its place
                except SourceLostError as lost:
                    if not self._recover(lost):
                        break
                    continue
                if item is None:
                    break
                self._note_arrival()
                if not self._slot.put(item):
                    break
        except Exception as error:
            self._fail(error)
        finally:
            # This thread alone uses the source, so a driver is never closed while it is being read.
            self.source.close()
            self._slot.close()

    def _recover(self, lost: SourceLostError) -> bool:
        """Waits for a lost source to come back; False when told to stop meanwhile."""
        self._enter(State.WAITING, f"{lost.problem}. {lost.remedy}")
        self.source.close()
        while not self._stopping.wait(self._retry_seconds):
            try:
                self.source.open()
            except SourceError as error:
                logger.debug("still waiting: %s", error.problem)
            else:
                self._renew_tracker.set()
                return True
        return False

    def _read(self) -> None:
        try:
            tracker = self._reader.track() if self.source.live else None
            while not self._slot.closed:
                item = self._slot.take(timeout=self._stall_seconds)
                if self._renew_tracker.is_set():
                    self._renew_tracker.clear()
                    tracker = self._reader.track() if self.source.live else None
                if item is None:
                    self._note_stall()
                elif isinstance(item, FrameSkippedError):
                    self._skip(None, f"{item.problem}. {item.remedy}", item)
                else:
                    self._read_frame(item, tracker)
            if self.error is None and not self._stopping.is_set():
                self._enter(State.ENDED, f"{self.source.name} has ended{self._skipped}")
        except Exception as error:
            self._fail(error)

    def _read_frame(self, frame: Frame, tracker: Any) -> None:
        begun = time.perf_counter()
        self._between_frames.clear()
        try:
            reading = self._reader.read(frame.image) if tracker is None else tracker.update(frame.image)
        except EdgeDigitsError as error:
            if tracker is not None:
                raise
            self._skip(frame, f"{frame.name}: {error.problem}. {error.remedy}", error)
            return
        finally:
            self._between_frames.set()
        self._speed = self._meter.add((time.perf_counter() - begun) * 1000)
        self.history.see(reading.text, frame.name)
        self._publish(frame, reading)

    def _skip(self, frame: Frame | None, notice: str, error: EdgeDigitsError) -> None:
        # The end, which follows the last picture at once, is all that a late viewer sees.
        self._skipped = f"; not read: {notice}"
        self._publish(frame, None, notice=notice, error=error)

    def _note_arrival(self) -> None:
        with self._lock:
            if self._state is not State.FAILED:
                self._state, self._notice = State.RUNNING, ""

    def _note_stall(self) -> None:
        if self.source.live and self._state is State.RUNNING and not self._slot.closed:
            self._enter(State.WAITING, f"No frame from {self.source.name} for {self._stall_seconds:.0f} s")

    def _enter(self, state: State, notice: str) -> None:
        with self._lock:
            self._state, self._notice = state, notice
        latest = self.feed.latest
        self._publish(latest.frame, latest.reading)

    def _fail(self, error: Exception) -> None:
        self.error = error
        known = error if isinstance(error, EdgeDigitsError) else None
        with self._lock:
            self._state, self._notice = State.FAILED, str(error)
        self._publish(None, None, error=known)
        self._stopping.set()
        self.source.interrupt()
        self._slot.close(discard=True)

    def _publish(
        self,
        frame: Frame | None,
        reading: Reading | None,
        *,
        notice: str | None = None,
        error: EdgeDigitsError | None = None,
    ) -> None:
        with self._lock:
            if self._state is State.WAITING:
                reading = None  # what was read is no longer what is there
            self.feed.publish(
                Snapshot(
                    sequence=self.feed.latest.sequence + 1,
                    source=self.source.name,
                    state=self._state,
                    frame=frame,
                    reading=reading,
                    speed=self._speed,
                    age=(time.monotonic() - frame.captured) * 1000 if frame and reading else 0.0,
                    dropped=self._slot.dropped,
                    notice=self._notice if notice is None else notice,
                    error=error,
                )
            )
