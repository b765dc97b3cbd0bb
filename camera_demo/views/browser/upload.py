"""A picture out of a request's body."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

MAX_BYTES = 16 * 1024 * 1024
"""Larger uploads are refused; a photo of 50 megapixels stays below."""

_REMEDY = "Send the picture itself as the body (curl --data-binary @note.jpg) or a form with one file"


class UploadError(HTTPException):
    """A request that holds no picture.

    Args:
        status: The HTTP status, 4xx.
        problem: What is wrong with it.
        remedy: What is wanted.
    """

    def __init__(self, status: int, problem: str, remedy: str = _REMEDY) -> None:
        super().__init__(status, problem)
        self.remedy = remedy


async def picture_of(request: Request) -> bytes:
    """The bytes of the picture that a request carries, plain or as a form's first file.

    Raises:
        UploadError: Nothing in it, too large (413), no file in the form, or a broken form.
    """
    body = await _read_limited(request)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        body = await _first_file(request, body)
    elif kind == "application/x-www-form-urlencoded" and body:
        # curl -d sends this type; with it the bytes are text with its line ends removed.
        raise UploadError(415, "The body is a form without a file")
    if not body:
        raise UploadError(400, "The request holds no picture (0 bytes)")
    return body


async def _read_limited(request: Request) -> bytes:
    too_large = UploadError(
        413,
        f"The upload is larger than {MAX_BYTES // 2**20} MiB",
        "Send a smaller picture; 2000 pixels wide is plenty",
    )
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > MAX_BYTES:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise too_large
    return bytes(body)


async def _first_file(request: Request, body: bytes) -> bytes:
    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        form = await Request(request.scope, replay).form(max_files=1, max_fields=10)
    except (HTTPException, MultiPartException) as error:
        raise UploadError(400, f"The form cannot be parsed: {getattr(error, 'detail', error)}") from None
    try:
        for value in form.values():
            if isinstance(value, UploadFile):
                return await value.read()
    finally:
        await form.close()
    raise UploadError(400, "The form holds no file")
