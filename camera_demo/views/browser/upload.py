"""A picture out of a request's body."""

from __future__ import annotations

import asyncio

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from camera_demo.views.browser.refusal import RefusalError
from edge_digits.errors import ImageError
from edge_digits.image import load_image

MAX_BYTES = 16 * 1024 * 1024
"""Larger uploads are refused; a photo of 50 megapixels stays below."""
MAX_SECONDS = 30.0
"""Slower uploads are refused: each holds its memory as long as it lasts."""

_REMEDY = "Send the picture itself as the body (curl --data-binary @note.jpg) or a form with one file"


async def picture_of(request: Request) -> bytes:
    """The bytes of the picture that a request carries, plain or as a form's first file.

    Raises:
        RefusalError: Nothing in it, too large (413), or a broken form or one without a file.
    """
    body = await body_of(request, MAX_BYTES)
    if _kind_of(request) == "multipart/form-data":
        body = await _first_file(request, body)
    if not body:
        raise RefusalError(400, "The request holds no picture (0 bytes)", _REMEDY)
    return body


def check_form(request: Request, picture: bytes) -> None:
    """Refuses what came as a form without a file and is no picture.

    curl --data-binary gives a picture the type of such a form too, so only the bytes can tell.

    Args:
        request: The request.
        picture: Its body.

    Raises:
        RefusalError: It is such a form (415).
    """
    if _kind_of(request) != "application/x-www-form-urlencoded":
        return
    try:
        load_image(picture)
    except ImageError as error:
        problem = f"The body came as a form without a file, and is no picture: {error.problem}"
        raise RefusalError(415, problem, _REMEDY) from None


def _kind_of(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


async def body_of(request: Request, most: int) -> bytes:
    """The body of a request, refused as soon as it proves too large.

    Args:
        request: The request.
        most: The largest size taken, in bytes.

    Raises:
        RefusalError: It is larger (413), or takes too long to come (408).
    """
    size = f"{most // 2**20} MiB" if most >= 2**20 else f"{most} bytes"
    too_large = RefusalError(
        413, f"The upload is larger than {size}", "Send less; 2000 pixels wide is plenty"
    )
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(MAX_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise RefusalError(
            408, f"The upload took longer than {MAX_SECONDS:g} s", "Send a smaller picture"
        ) from None
    except ClientDisconnect:
        raise RefusalError(400, "The upload broke off", "Send it again") from None
    return bytes(body)


async def _first_file(request: Request, body: bytes) -> bytes:
    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        form = await Request(request.scope, replay).form(max_files=1, max_fields=10)
    except (HTTPException, MultiPartException) as error:
        raise RefusalError(
            400, f"The form cannot be parsed: {getattr(error, 'detail', error)}", _REMEDY
        ) from None
    try:
        for value in form.values():
            if isinstance(value, UploadFile):
                return await value.read()
    finally:
        await form.close()
    raise RefusalError(400, "The form holds no file", _REMEDY)
