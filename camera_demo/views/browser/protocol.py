"""HTTP connections that cannot be held open for nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 10.0
"""A connection that brings no whole request for this long, up to twice this long, is closed."""


class PromptProtocol(H11Protocol):
    """Uvicorn's own protocol, with an end to its patience.

    Uvicorn waits for ever for the end of a request's headers; a few hundred
    connections that never send it would keep everybody else out. This variant
    reads headers with h11, which takes 64 KiB of them and no more.
    """

    _check: asyncio.TimerHandle | None = None
    _seen: Any = REQUEST_SECONDS  # no request compares equal to it

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop: somebody is there."""
        super().connection_made(transport)
        self._check = self.loop.call_later(REQUEST_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop: they have gone."""
        if self._check is not None:
            self._check.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        if self.transport.get_protocol() is not self:
            return  # a web socket now, which has its own pings
        answered = self.cycle is None or self.cycle.response_complete
        if answered and self._seen is self.cycle:
            self.transport.close()
            return
        self._seen = self.cycle if answered else REQUEST_SECONDS
        self._check = self.loop.call_later(REQUEST_SECONDS, self._look)
