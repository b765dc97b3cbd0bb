"""What a view gets to show."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from camera_demo.meter import Speed
from camera_demo.sources.base import Frame
from edge_digits.errors import EdgeDigitsError
from edge_digits.reading import Reading


class State(StrEnum):
    """How the source is doing."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    """It stopped yielding frames; reading goes on when it comes back."""
    ENDED = "ended"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether nothing more will come."""
        return self in (State.ENDED, State.FAILED)


@dataclass(frozen=True)
class Snapshot:
    """The state of affairs after one frame, or after the source changed its state."""

    sequence: int
    """Counts up with each snapshot."""
    source: str
    """The source's name."""
    state: State
    frame: Frame | None = None
    """The last frame that came."""
    reading: Reading | None = None
    """What it was read as; None where it is no longer true, as while waiting."""
    speed: Speed = field(default_factory=Speed)
    age: float = 0.0
    """From the capture of the frame to the end of its reading, in milliseconds."""
    dropped: int = 0
    """Frames passed over because a newer one had come."""
    notice: str = ""
    """What is wrong and what is awaited, for the user."""
    error: EdgeDigitsError | None = None
    """Why a picture was skipped, or why the source failed."""
    moment: float = field(default_factory=time.time)
    """When this was, in seconds of time.time()."""

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary, without the picture."""
        return {
            "sequence": self.sequence,
            "time": self.moment,
            "source": self.source,
            "picture": self.frame.name if self.frame else "",
            "state": self.state.value,
            "notice": self.notice,
            "fps": round(self.speed.fps, 1),
            "latency": {"p50": round(self.speed.p50, 2), "p90": round(self.speed.p90, 2)},
            "age": round(self.age, 1),
            "read": self.speed.count,
            "dropped": self.dropped,
            "reading": self.reading.to_dict() if self.reading else None,
        }
