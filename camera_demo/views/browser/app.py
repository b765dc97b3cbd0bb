"""The pages and what they ask for, as a FastAPI application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from camera_demo.views.browser.access import Gate, error_body
from camera_demo.views.browser.api import Services, add_api
from camera_demo.views.browser.metrics import RequestCounter
from camera_demo.views.browser.streams import add_streams
from edge_digits import __version__
from edge_digits.errors import EdgeDigitsError, ImageError, OutputError

_PAGES = Path(__file__).resolve().parent / "static"
# After an upgrade no old script may meet a new page.
_FRESH = {"Cache-Control": "no-cache"}


def create_app(services: Services, *, token: str | None = None) -> FastAPI:
    """Builds the application; the caller starts and stops the pipeline.

    Args:
        services: Whose frames are shown, whose reader reads drawings, and
            what visitors may change.
        token: The secret that requests must show; None where the server is on loopback.

    Returns:
        The application.
    """
    # The generated API pages load scripts from elsewhere; /docs is our own and needs no network.
    app = FastAPI(
        title="edge-digits",
        version=__version__,
        summary="Reads handwritten digits from a camera and from pictures that are sent.",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Gate, token=token)
    app.add_middleware(RequestCounter, counts=services.requests)
    _add_errors(app)
    _add_pages(app)
    add_api(app, services)
    add_streams(app, services)
    return app


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        remedy = getattr(error, "remedy", "GET /docs lists what there is to ask for")
        return JSONResponse(error_body(str(error.detail), remedy), error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    async def mistaken(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = " ".join(str(part) for part in first["loc"])
        return JSONResponse(error_body(f"{where}: {first['msg']}", "GET /docs lists what is wanted"), 422)

    @app.exception_handler(EdgeDigitsError)
    async def failed(_: Request, error: EdgeDigitsError) -> Response:
        status = 422 if isinstance(error, ImageError) else 507 if isinstance(error, OutputError) else 500
        return JSONResponse(error_body(error.problem, error.remedy), status)


class _FreshFiles(StaticFiles):
    """Static files that browsers ask about each time."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(_FRESH)
        return response


def _add_pages(app: FastAPI) -> None:
    for path, page in (("/", "index.html"), ("/canvas", "canvas.html"), ("/docs", "docs.html")):
        app.add_api_route(path, _page(_PAGES / page), include_in_schema=False)
    app.mount("/static", _FreshFiles(directory=_PAGES), name="static")


def _page(file: Path) -> Any:
    async def page() -> Response:
        return FileResponse(file, headers=_FRESH)

    return page
