"""Frames and readings as they come: a socket for the page, events and MJPEG for programs."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, WebSocket
from fastapi.responses import Response, StreamingResponse
from starlette.websockets import WebSocketDisconnect, WebSocketState

from camera_demo.pipeline import Pipeline
from camera_demo.views.browser.api import Services
from camera_demo.views.browser.encode import JpegCache, MessageCache, frame_message
from camera_demo.views.browser.refusal import RefusalError
from camera_demo.views.browser.viewer import Viewer

MOST_VIEWERS = 64
"""Streams served at a time; each costs memory and a share of the network."""

_HEARTBEAT = 5.0
_BOUNDARY = "frame"


def add_streams(app: FastAPI, services: Services) -> None:
    """Adds /frames, /stream.mjpg, /api/stream and its older name /api/events.

    Args:
        app: The application.
        services: What to serve.
    """
    pipeline = services.pipeline
    messages = MessageCache()
    jpegs = {drawn: JpegCache(annotated=drawn) for drawn in (True, False)}

    @app.get("/api/events", include_in_schema=False)
    @app.get(
        "/api/stream",
        tags=["reading"],
        summary="Changes of the reading as server-sent events",
        response_class=StreamingResponse,
    )
    async def events() -> Response:
        _check_room(pipeline)
        return StreamingResponse(
            _events(pipeline), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    @app.get(
        "/stream.mjpg",
        tags=["reading"],
        summary="The picture as Motion JPEG",
        description="With boxes=0 it is as the camera gave it, without boxes and digits.",
        response_class=StreamingResponse,
    )
    async def motion_jpeg(boxes: bool = True) -> Response:
        _check_room(pipeline)
        return StreamingResponse(
            _motion_jpeg(pipeline, jpegs[boxes]),
            media_type=f"multipart/x-mixed-replace; boundary={_BOUNDARY}",
            headers={"Cache-Control": "no-store"},
        )

    @app.websocket("/frames")
    async def frames(socket: WebSocket) -> None:
        if pipeline.feed.viewers >= MOST_VIEWERS:
            await socket.close(1013, "too many viewers")
            return
        await socket.accept()
        asked = asyncio.Semaphore(0)
        sender = asyncio.create_task(_send_frames(socket, services, messages, asked))
        try:
            while True:
                await socket.receive_text()
                asked.release()
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass  # the page was closed, or it is no page and sent bytes
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)


def _check_room(pipeline: Pipeline) -> None:
    if pipeline.feed.viewers >= MOST_VIEWERS:
        raise RefusalError(
            503, f"{MOST_VIEWERS} streams are open already", "Close one and try again", retry_after=5
        )


class _Extras:
    """What a page is told once, and again when it changed.

    Args:
        services: Whose history, settings and corrections are told.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: dict[str, int] = {}

    async def news(self) -> dict[str, Any]:
        """All that changed since the last call."""
        services, told = self._services, dict[str, Any]()
        history = services.pipeline.history
        if self._is_new("history", history.version):
            told["history"] = [
                {"time": e.moment, "text": e.text, "picture": e.picture} for e in history.entries()
            ]
        if services.engine is not None and self._is_new("settings", services.engine.version):
            told["settings"] = await asyncio.to_thread(services.engine.describe)
        corrections = services.corrections
        if corrections is not None and self._is_new("collected", corrections.version):
            counts = await asyncio.to_thread(corrections.counts)
            told["collected"] = {"total": sum(counts.values()), "folder": str(corrections.folder)}
        return told

    def _is_new(self, name: str, version: int) -> bool:
        known = self._seen.get(name)
        self._seen[name] = version
        return known != version


async def _send_frames(
    socket: WebSocket, services: Services, messages: MessageCache, asked: asyncio.Semaphore
) -> None:
    """Sends one frame for each time the page asks, always the newest one."""
    extras = _Extras(services)
    async with Viewer(services.pipeline.feed) as viewer:
        while not viewer.closed:
            await asked.acquire()
            snapshot = None
            while snapshot is None and not viewer.closed:
                snapshot = await viewer.next(_HEARTBEAT)
            if snapshot is None:
                break
            news = await extras.news()
            if messages.ready(snapshot):
                header, jpeg = messages.get(snapshot)
            else:
                header, jpeg = await asyncio.to_thread(messages.get, snapshot)
            await socket.send_bytes(frame_message(header, jpeg, news))
    if socket.application_state is WebSocketState.CONNECTED:
        await socket.close(1001, "the server stops")


async def _events(pipeline: Pipeline) -> AsyncIterator[str]:
    """Readings as server-sent events, one whenever the text or the state changes; comments between them."""
    told: tuple[str, str | None] | None = None
    due = time.monotonic() + _HEARTBEAT
    async with Viewer(pipeline.feed) as viewer:
        while not viewer.closed:
            snapshot = await viewer.next(max(0.0, due - time.monotonic()))
            news = told
            if snapshot is not None:
                news = (snapshot.state.value, snapshot.reading.text if snapshot.reading else None)
            if snapshot is not None and news != told:
                told = news
                yield f"event: reading\ndata: {json.dumps(snapshot.to_dict())}\n\n"
            elif time.monotonic() >= due:
                yield ": still here\n\n"
            else:
                continue
            due = time.monotonic() + _HEARTBEAT


async def _motion_jpeg(pipeline: Pipeline, jpegs: JpegCache) -> AsyncIterator[bytes]:
    """Frames for programs that show MJPEG; a still one is repeated now and then."""
    snapshot = None
    async with Viewer(pipeline.feed) as viewer:
        while not viewer.closed:
            snapshot = await viewer.next(_HEARTBEAT) or snapshot
            jpeg = await asyncio.to_thread(jpegs.get, snapshot) if snapshot else b""
            if jpeg:
                head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                yield head.encode() + jpeg + b"\r\n"
