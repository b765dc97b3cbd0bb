"""What other programs ask for: readings, settings, corrections and metrics."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from numpy.typing import NDArray

from camera_demo.corrections import LABELS, Corrections
from camera_demo.cutout import NoInkError, cut_out
from camera_demo.engine import Engine
from camera_demo.pipeline import Pipeline
from camera_demo.views.browser.encode import crop_text, reading_with_crops
from camera_demo.views.browser.limits import READS_PER_SECOND, Desk, RateLimit
from camera_demo.views.browser.metrics import CONTENT_TYPE, RequestCounts, render
from camera_demo.views.browser.refusal import RefusalError
from camera_demo.views.browser.upload import body_of, check_form, picture_of
from edge_digits.errors import EdgeDigitsError, ImageError
from edge_digits.reading import Box

T = TypeVar("T")

_PATIENCE = 0.25
"""Seconds that a visitor's picture waits, at most, for the camera's frame."""
_SMALL = 16 * 1024
_SETTING = 'Send {"mode": "strict"}, or model or backend likewise'
_CORRECTION = 'Send {"crop": "<784 grey bytes in base64>", "label": "7"}, label one of ' + ", ".join(LABELS)
_PICTURE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "application/octet-stream")
        },
    }
}
_CORRECTION_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["crop", "label"],
                    "properties": {
                        "crop": {"type": "string", "description": "28x28 grey bytes, white on black, base64"},
                        "label": {"type": "string", "enum": list(LABELS)},
                    },
                }
            }
        },
    }
}
_SETTINGS_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {key: {"type": "string"} for key in ("mode", "model", "backend")},
                }
            }
        },
    }
}


@dataclass(frozen=True)
class Services:
    """What the application serves."""

    pipeline: Pipeline
    engine: Engine | None = None
    """The pipeline's reader where visitors may change it."""
    corrections: Corrections | None = None
    """Where corrected crops are kept."""
    rate: float = READS_PER_SECOND
    """Requests with a body that one address may send a second; 0 for no limit."""
    requests: RequestCounts = field(default_factory=RequestCounts)


def add_api(app: FastAPI, services: Services) -> None:
    """Adds the paths below /api, /metrics and /healthz.

    Args:
        app: The application.
        services: What to serve.
    """
    limit = RateLimit(services.rate)
    workbench = _Workbench(services.pipeline, limit)
    _add_readings(app, services.pipeline, workbench)
    if services.engine is not None:
        _add_settings(app, services.engine, limit)
    if services.corrections is not None:
        _add_corrections(app, services.corrections, limit)
        _add_cutouts(app, workbench)

    @app.get("/healthz", tags=["service"], summary="Whether the program runs; needs no token")
    async def healthy() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics", tags=["service"], summary="Figures for Prometheus", response_class=Response)
    async def metrics() -> Response:
        text = await asyncio.to_thread(render, services.pipeline, services.requests, services.corrections)
        return Response(text, media_type=CONTENT_TYPE)


class _Workbench:
    """Where pictures that visitors send are worked on; the camera goes first.

    Args:
        pipeline: Whose frames go first.
        limit: How often an address may send a picture.
    """

    def __init__(self, pipeline: Pipeline, limit: RateLimit) -> None:
        self._pipeline = pipeline
        self._limit = limit
        self._desk = Desk(serving=16)  # uploads that are held in memory at a time
        # A crowd of canvases must not starve the camera: one core is left to it.
        self._busy = asyncio.Semaphore(min(2, max(1, (os.cpu_count() or 1) - 1)))

    async def work(self, request: Request, job: Callable[[bytes], T]) -> T:
        """Does something with the picture that a request carries.

        Raises:
            RefusalError: Too many pictures, or none in the request.
            ImageError: What the request carries is not one, or the job refuses it.
        """
        self._limit.take(_address(request))
        async with self._desk.turn():
            picture = await picture_of(request)
            async with self._busy:
                try:
                    return await asyncio.to_thread(self._after_frame, job, picture)
                except ImageError:
                    await asyncio.to_thread(check_form, request, picture)
                    raise

    def _after_frame(self, job: Callable[[bytes], T], picture: bytes) -> T:
        self._pipeline.give_way(_PATIENCE)
        return job(picture)


def _add_readings(app: FastAPI, pipeline: Pipeline, workbench: _Workbench) -> None:
    @app.get("/api/reading", tags=["reading"], summary="What the camera reads now")
    async def latest_reading() -> dict[str, Any]:
        return pipeline.feed.latest.to_dict()

    @app.post(
        "/api/read",
        tags=["reading"],
        summary="Reads a picture",
        description="The picture is the body, or a form's first file. With crops=1 each digit "
        "comes with the 28x28 picture that the model saw, in base64.",
        openapi_extra=_PICTURE_BODY,
    )
    async def read_upload(request: Request, crops: bool = False) -> dict[str, Any]:
        reading = await workbench.work(request, pipeline.reader.read)
        return reading_with_crops(reading) if crops else reading.to_dict()


def _add_settings(app: FastAPI, engine: Engine, limit: RateLimit) -> None:
    @app.get("/api/settings", tags=["settings"], summary="Mode, model and backend, and what there is")
    async def settings() -> dict[str, Any]:
        return engine.describe()

    @app.put(
        "/api/settings",
        tags=["settings"],
        summary="Chooses mode, model or backend, for all viewers",
        openapi_extra=_SETTINGS_BODY,
    )
    async def choose(request: Request) -> dict[str, Any]:
        limit.take(_address(request))
        wanted = await _json_of(request, _SETTING)
        unknown = sorted(set(wanted) - {"mode", "model", "backend"})
        if unknown or not wanted or not all(isinstance(value, str) for value in wanted.values()):
            raise RefusalError(
                422,
                f"No such setting: {', '.join(unknown)}" if unknown else "Nothing is set, or not by a text",
                _SETTING,
            )
        try:
            await asyncio.to_thread(lambda: engine.choose(**wanted))
        except EdgeDigitsError as error:
            raise RefusalError(422, error.problem, error.remedy) from None
        return engine.describe()


def _add_corrections(app: FastAPI, corrections: Corrections, limit: RateLimit) -> None:
    def told() -> dict[str, Any]:
        counts = corrections.counts()
        return {"total": sum(counts.values()), "counts": counts, "folder": str(corrections.folder)}

    @app.get("/api/corrections", tags=["corrections"], summary="How many corrected crops are kept, and where")
    async def collected() -> dict[str, Any]:
        return await asyncio.to_thread(told)

    @app.post(
        "/api/corrections",
        tags=["corrections"],
        summary="Keeps a crop under its right label",
        status_code=201,
        openapi_extra=_CORRECTION_BODY,
    )
    async def correct(request: Request) -> Response:
        limit.take(_address(request))
        given = await _json_of(request, _CORRECTION)
        crop, label = _crop_of(given.get("crop")), given.get("label")
        if not isinstance(label, str) or label not in LABELS:
            raise RefusalError(422, f"{label!r} is not a label", _CORRECTION)
        path = await asyncio.to_thread(corrections.save, crop, label)
        news = {"label": label, "file": f"{label}/{path.name}", **await asyncio.to_thread(told)}
        return JSONResponse(news, 201)


def _add_cutouts(app: FastAPI, workbench: _Workbench) -> None:
    @app.post(
        "/api/crop",
        tags=["corrections"],
        summary="Cuts out a digit that was not read",
        description="The picture is the body. x and y are a point on the digit or, with width and height, "
        "the top left of a box around it, in pixels. The crop can be given its label at /api/corrections; "
        "it is null where nothing is written.",
        openapi_extra=_PICTURE_BODY,
    )
    async def cut(request: Request, x: int, y: int, width: int = 0, height: int = 0) -> dict[str, Any]:
        try:
            found = await workbench.work(request, lambda picture: cut_out(picture, Box(x, y, width, height)))
        except NoInkError as error:
            # An answer like any other: people point beside things.
            return {"crop": None, "box": None, "notice": f"{error.problem}. {error.remedy}."}
        return {"crop": crop_text(found.crop), "box": list(found.box), "notice": ""}


async def _json_of(request: Request, remedy: str) -> dict[str, Any]:
    """The JSON object in a small body; a form's content type is refused, as foreign pages may send it."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise RefusalError(415, "The content type is not application/json", remedy)
    try:
        given = json.loads(await body_of(request, _SMALL))
    except (ValueError, RecursionError):
        raise RefusalError(400, "The body is no JSON", remedy) from None
    if not isinstance(given, dict):
        raise RefusalError(422, "The body is no JSON object", remedy)
    return given


def _crop_of(text: Any) -> NDArray[np.uint8]:
    try:
        grey = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        grey = b""
    if len(grey) != 784:
        raise RefusalError(422, "The crop is not 784 bytes in base64", _CORRECTION)
    return np.frombuffer(grey, np.uint8).reshape(28, 28)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
