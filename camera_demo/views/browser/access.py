"""Who may see the camera: this computer, or whoever has the token."""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from camera_demo.errors import ViewError

_VARIABLE = "EDGE_DIGITS_TOKEN"
_OPEN_PATHS = frozenset({"/healthz"})

_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach a server bound to this host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def new_token() -> str:
    """A secret nobody guesses, fit for an address."""
    return secrets.token_urlsafe(16)


def token_from(environ: Mapping[str, str]) -> str | None:
    """The token that the user set in EDGE_DIGITS_TOKEN, so that it survives a restart; None without.

    Raises:
        ViewError: It is so short, or so odd, that it is no secret or fits no address.
    """
    token = environ.get(_VARIABLE)
    if not token:
        return None
    if not re.fullmatch(r"[A-Za-z0-9_.~-]{16,200}", token):
        raise ViewError(
            f"The token in {_VARIABLE} is not 16 to 200 letters, figures and . _ ~ -",
            'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(16))"',
        )
    return token


def error_body(problem: str, remedy: str) -> dict[str, dict[str, str]]:
    """The JSON of every refusal."""
    return {"error": {"problem": problem, "remedy": remedy}}


class Gate:
    """Lets requests through to the app, or refuses them.

    On loopback no token is needed, but a foreign page open in the same browser
    must not look through the camera: requests under another host name or from
    another site are refused. Elsewhere the token is needed, once in the
    address and from then on in a cookie.

    Args:
        app: What is behind the gate.
        token: The secret, or None on loopback.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        answer = self._refusal(scope) if scope["path"] not in _OPEN_PATHS else None
        if answer is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "not allowed"})
        else:
            await answer(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = _host_of(headers.get("host", ""))
        if self._token is None and not is_loopback(host):
            return JSONResponse(
                error_body(
                    f"This server is not known as {host or 'nothing'}", "Open http://127.0.0.1 with its port"
                ),
                421,
            )
        if _comes_from_elsewhere(headers):
            return JSONResponse(
                error_body("The request comes from another site", "Open the page itself"), 403
            )
        return None if self._token is None else self._check_token(scope, headers)

    def _check_token(self, scope: Scope, headers: Headers) -> Response | None:
        assert self._token is not None
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        given = query.pop("token", [""])[0]
        name = _cookie_name(scope)
        if _same(given, self._token):
            if scope["type"] == "websocket" or scope["method"] != "GET":
                return None
            # The address without the token can be shared and stays in no history.
            rest = urlencode(query, doseq=True)
            answer = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(name, self._token, httponly=True, samesite="lax", path="/")
            return answer
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        if _same(_cookies(headers).get(name, ""), self._token) or _same(bearer, self._token):
            return None
        return JSONResponse(
            error_body(
                "This address needs a token",
                "Open the whole address that the program printed, with ?token=… at its end",
            ),
            401,
        )


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


def _cookie_name(scope: Scope) -> str:
    # Cookies do not know ports; two servers on one host must not overwrite each other's.
    port = (scope.get("server") or ("", 0))[1]
    return f"edge_digits_{port}"


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _host_of(value: str) -> str:
    try:
        return urlsplit(f"//{value}").hostname or ""
    except ValueError:
        return ""


def _comes_from_elsewhere(headers: Headers) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        try:
            return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
        except ValueError:
            return True
    return headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: dict) -> None:  # type: ignore[type-arg]
        if message["type"] == "http.response.start":
            extra = [(name.lower().encode(), value.encode()) for name, value in _SECURITY_HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await send(message)

    return send_with_headers  # type: ignore[return-value]
