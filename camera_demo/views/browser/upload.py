"""A picture out of a request's body."""

from __future__ import annotations

import asyncio

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from camera_demo.views.browser.refusal import RefusalError

MAX_BYTES = 16 * 1024 * 1024
"""Larger uploads are refused; a photo of 50 megapixels stays below."""
MAX_SECONDS = 30.0
"""Slower uploads are refused: each holds its memory as long as it lasts."""

_REMEDY = "Send the picture itself as the body (curl --data-binary @note.jpg) or a form with one file"


async def picture_of(request: Request) -> bytes:
    """The bytes of the picture that a request carries, plain or as a form's first file.

    Raises:
        RefusalError: Nothing in it, too large (413), no file in the form, or a broken form.
    """
    body = await body_of(request, MAX_BYTES)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        body = await _first_file(request, body)
    elif kind == "application/x-www-form-urlencoded" and body:
        # curl -d sends this type; with it the bytes are text with its line ends removed.
        raise RefusalError(415, "The body is a form without a file", _REMEDY)
    if not body:
        raise RefusalError(400, "The request holds no picture (0 bytes)", _REMEDY)
    return body


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
