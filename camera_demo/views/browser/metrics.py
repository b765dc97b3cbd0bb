"""What Prometheus is told, in its text format 0.0.4."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from camera_demo.corrections import Corrections
from camera_demo.pipeline import Pipeline
from camera_demo.snapshot import State
from edge_digits import __version__

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


class RequestCounter:
    """Counts answered requests by route, method and status; wraps an application.

    Args:
        app: The application.
        counts: Counted up, by (path of the route, method, status).
    """

    def __init__(self, app: ASGIApp, counts: RequestCounts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The route and not the path: what strangers ask for must not fill the memory.
                path = getattr(scope.get("route"), "path", "") or "other"
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._counts.add(path, method, message["status"])
            await send(message)

        await self._app(scope, receive, send_and_count)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


class RequestCounts:
    """How many requests were answered; safe to share between threads."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._lock = threading.Lock()

    def add(self, path: str, method: str, status: int) -> None:
        """Counts one."""
        with self._lock:
            self._counts[path, method, status] += 1

    def samples(self) -> list[Sample]:
        """One sample for each combination that occurred."""
        with self._lock:
            counts = sorted(self._counts.items())
        return [({"path": p, "method": m, "status": str(s)}, n) for (p, m, s), n in counts]


def render(pipeline: Pipeline, requests: RequestCounts, corrections: Corrections | None) -> str:
    """All metrics of this moment.

    Args:
        pipeline: Whose newest snapshot is told.
        requests: What was asked over HTTP.
        corrections: Where corrected crops are kept, if they are.

    Returns:
        Lines in Prometheus' text format.
    """
    latest = pipeline.feed.latest
    speed, reading = latest.speed, latest.reading
    times = os.times()
    families = [
        _family("info", "gauge", "The program's version.", [({"version": __version__}, 1)]),
        _family(
            "source_state",
            "gauge",
            "1 for the state the source is in.",
            [({"state": state.value}, float(state is latest.state)) for state in State],
        ),
        _family("readings_total", "counter", "Frames read.", [({}, speed.count)]),
        _family(
            "frames_dropped_total", "counter", "Frames passed over for newer ones.", [({}, latest.dropped)]
        ),
        _family("rate_hertz", "gauge", "Readings a second, over two seconds.", [({}, speed.fps)]),
        _summary(speed.p50, speed.p90, speed.seconds, speed.count),
        _family("frame_age_seconds", "gauge", "From capture to reading.", [({}, latest.age / 1000)]),
        _family(
            "digits",
            "gauge",
            "Digits in sight.",
            [
                ({"sure": "true"}, len(reading.digits) if reading else 0),
                ({"sure": "false"}, len(reading.unsure) if reading else 0),
            ],
        ),
        _family("viewers", "gauge", "Open streams of frames or readings.", [({}, pipeline.feed.viewers)]),
        _family("http_requests_total", "counter", "Requests answered.", requests.samples()),
    ]
    if corrections is not None:
        counts = corrections.counts().items()
        samples = [({"label": label}, float(count)) for label, count in counts]
        families.append(_family("corrections", "gauge", "Corrected crops kept.", samples))
    cpu = f"{times.user + times.system:.2f}"
    families.append(
        "# HELP process_cpu_seconds_total CPU time of this process.\n"
        f"# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total {cpu}\n"
    )
    return "".join(families)


def _summary(p50: float, p90: float, seconds: float, count: int) -> str:
    name = "edge_digits_reading_seconds"
    return (
        f"# HELP {name} Time of one reading; quantiles over the last 120.\n# TYPE {name} summary\n"
        f'{name}{{quantile="0.5"}} {_number(p50 / 1000)}\n{name}{{quantile="0.9"}} {_number(p90 / 1000)}\n'
        f"{name}_sum {_number(seconds)}\n{name}_count {count}\n"
    )


def _family(name: str, kind: str, text: str, samples: Iterable[Sample]) -> str:
    name = f"edge_digits_{name}"
    lines = [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
    for labels, value in samples:
        marks = ",".join(f'{key}="{_escape(value)}"' for key, value in labels.items())
        lines.append(f"{name}{{{marks}}} {_number(value)}" if marks else f"{name} {_number(value)}")
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.6g}"
