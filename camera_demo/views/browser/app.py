"""The pages and what they ask for, as a FastAPI application."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocketDisconnect, WebSocketState

from camera_demo.pipeline import Pipeline
from camera_demo.views.browser.access import Gate, error_body
from camera_demo.views.browser.encode import JpegCache, frame_message, reading_with_crops
from camera_demo.views.browser.upload import picture_of
from camera_demo.views.browser.viewer import Viewer
from edge_digits.errors import EdgeDigitsError, ImageError

logger = logging.getLogger(__name__)

_PAGES = Path(__file__).resolve().parent / "static"
_HEARTBEAT = 5.0
_BOUNDARY = "frame"
# After an upgrade no old script may meet a new page.
_FRESH = {"Cache-Control": "no-cache"}


def create_app(pipeline: Pipeline, *, token: str | None = None) -> FastAPI:
    """Builds the application around a pipeline; the caller starts and stops that.

    Args:
        pipeline: Whose frames are shown and whose reader reads drawings.
        token: The secret that requests must show; None where the server is on loopback.

    Returns:
        The application.
    """
    # The generated API pages load scripts from elsewhere; these pages work without a network.
    app = FastAPI(title="edge-digits", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Gate, token=token)
    _add_errors(app)
    _add_pages(app)
    _add_readings(app, pipeline)
    _add_streams(app, pipeline)
    return app


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        remedy = getattr(error, "remedy", "GET / shows the camera page, GET /canvas the drawing canvas")
        return JSONResponse(error_body(str(error.detail), remedy), error.status_code, error.headers)

    @app.exception_handler(EdgeDigitsError)
    async def failed(_: Request, error: EdgeDigitsError) -> Response:
        status = 422 if isinstance(error, ImageError) else 500
        return JSONResponse(error_body(error.problem, error.remedy), status)


class _FreshFiles(StaticFiles):
    """Static files that browsers ask about each time."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(_FRESH)
        return response


def _add_pages(app: FastAPI) -> None:
    @app.get("/")
    async def camera_page() -> Response:
        return FileResponse(_PAGES / "index.html", headers=_FRESH)

    @app.get("/canvas")
    async def canvas_page() -> Response:
        return FileResponse(_PAGES / "canvas.html", headers=_FRESH)

    @app.get("/healthz")
    async def healthy() -> dict[str, str]:
        return {"status": "ok"}

    app.mount("/static", _FreshFiles(directory=_PAGES), name="static")


def _add_readings(app: FastAPI, pipeline: Pipeline) -> None:
    busy = asyncio.Semaphore(2)

    @app.get("/api/reading")
    async def latest_reading() -> dict[str, Any]:
        return pipeline.feed.latest.to_dict()

    @app.post("/api/read")
    async def read_upload(request: Request, crops: bool = False) -> dict[str, Any]:
        picture = await picture_of(request)
        async with busy:  # a crowd of canvases must not starve the camera
            reading = await asyncio.to_thread(pipeline.reader.read, picture)
        return reading_with_crops(reading) if crops else reading.to_dict()


def _add_streams(app: FastAPI, pipeline: Pipeline) -> None:
    plain = JpegCache(annotated=False)
    drawn = JpegCache(annotated=True)

    @app.get("/api/events")
    async def events() -> Response:
        return StreamingResponse(
            _events(pipeline), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    @app.get("/stream.mjpg")
    async def motion_jpeg() -> Response:
        return StreamingResponse(
            _motion_jpeg(pipeline, drawn),
            media_type=f"multipart/x-mixed-replace; boundary={_BOUNDARY}",
            headers={"Cache-Control": "no-store"},
        )

    @app.websocket("/frames")
    async def frames(socket: WebSocket) -> None:
        await socket.accept()
        asked = asyncio.Semaphore(0)
        sender = asyncio.create_task(_send_frames(socket, pipeline, plain, asked))
        try:
            while True:
                await socket.receive_text()
                asked.release()
        except (WebSocketDisconnect, RuntimeError):
            pass  # the page was closed
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)


async def _send_frames(
    socket: WebSocket, pipeline: Pipeline, jpegs: JpegCache, asked: asyncio.Semaphore
) -> None:
    """Sends one frame for each time the page asks, always the newest one."""
    seen = -1
    async with Viewer(pipeline.feed) as viewer:
        while not viewer.closed:
            await asked.acquire()
            snapshot = None
            while snapshot is None and not viewer.closed:
                snapshot = await viewer.next(_HEARTBEAT)
            if snapshot is None:
                break
            version = pipeline.history.version
            history = pipeline.history.entries() if version != seen else None
            seen = version
            jpeg = await asyncio.to_thread(jpegs.get, snapshot)
            await socket.send_bytes(frame_message(snapshot, jpeg, history))
    if socket.application_state is WebSocketState.CONNECTED:
        await socket.close(1001, "the server stops")


async def _events(pipeline: Pipeline) -> AsyncIterator[str]:
    """Readings as server-sent events, one whenever the text or the state changes."""
    told: tuple[str, str | None] | None = None
    async with Viewer(pipeline.feed) as viewer:
        while not viewer.closed:
            snapshot = await viewer.next(_HEARTBEAT)
            if snapshot is None:
                yield ": still here\n\n"
                continue
            news = (snapshot.state.value, snapshot.reading.text if snapshot.reading else None)
            if news != told:
                told = news
                yield f"event: reading\ndata: {json.dumps(snapshot.to_dict())}\n\n"


async def _motion_jpeg(pipeline: Pipeline, jpegs: JpegCache) -> AsyncIterator[bytes]:
    """Frames with boxes drawn in, for programs that show MJPEG; a still one is repeated now and then."""
    snapshot = None
    async with Viewer(pipeline.feed) as viewer:
        while not viewer.closed:
            snapshot = await viewer.next(_HEARTBEAT) or snapshot
            jpeg = await asyncio.to_thread(jpegs.get, snapshot) if snapshot else b""
            if jpeg:
                head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                yield head.encode() + jpeg + b"\r\n"
