"""Readings as lines of text or JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime

from camera_demo.pipeline import Pipeline
from camera_demo.snapshot import Snapshot
from camera_demo.watch import Watch


class TerminalView:
    """One line whenever what is read changes; for pictures one line each.

    Args:
        say: Told each reading.
        note: Told of problems.
        as_json: Whether a line is a JSON object instead of text.
    """

    def __init__(
        self, say: Callable[[str], None], note: Callable[[str], None], *, as_json: bool = False
    ) -> None:
        self._say = say
        self._note = note
        self._watch = Watch(note)
        self._as_json = as_json
        self._text: str | None = None

    def run(self, pipeline: Pipeline, stop: threading.Event) -> int:
        """Runs a pipeline until it ends or stop is set.

        Returns:
            0, or 1 where a picture could not be read.
        """
        skipped = 0
        still = not pipeline.source.live
        with pipeline.feed.subscribe(every=still) as subscription, pipeline:
            for snapshot in subscription.follow(stop):
                if snapshot.error is not None:
                    skipped += 1
                    self._note(snapshot.notice)
                elif still:
                    if snapshot.reading is not None and not snapshot.state.final:
                        self._write(snapshot)
                else:
                    self._show_live(snapshot)
        return 1 if skipped else 0

    def _show_live(self, snapshot: Snapshot) -> None:
        self._watch.see(snapshot)
        text = snapshot.reading.text if snapshot.reading else None
        if text is not None and text != self._text and (text or self._text):
            self._write(snapshot)
        self._text = self._text if text is None else text

    def _write(self, snapshot: Snapshot) -> None:
        assert snapshot.reading is not None
        moment = datetime.fromtimestamp(snapshot.moment).astimezone()
        if self._as_json:
            line = json.dumps({**snapshot.to_dict(), "time": moment.isoformat(timespec="milliseconds")})
        else:
            text = snapshot.reading.text.replace("\n", " / ") or "-"
            name = snapshot.frame.name if snapshot.frame else ""
            speed = f"{snapshot.speed.fps:.1f} fps  {snapshot.speed.p50:.1f} ms"
            line = f"{name}  {text}" if name else f"{moment:%H:%M:%S}  {text}  {speed}"
        self._say(line)
