"""Serves the application until told to stop."""

from __future__ import annotations

import errno
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from typing import Any

import uvicorn

from camera_demo.corrections import Corrections
from camera_demo.engine import Engine
from camera_demo.errors import ViewError
from camera_demo.pipeline import Pipeline
from camera_demo.views.browser.access import is_loopback, new_token
from camera_demo.views.browser.api import Services
from camera_demo.views.browser.app import create_app
from camera_demo.views.browser.limits import READS_PER_SECOND
from camera_demo.views.browser.protocol import PromptProtocol
from camera_demo.watch import Watch

_PORTS_TRIED = 20
_GRACE_SECONDS = 1
_CONNECTIONS = 256
_SWITCH_SECONDS = 0.0005


class BrowserView:
    """A small web server with the camera page and the canvas.

    Args:
        say: Told the addresses.
        host: What to bind to. Anything but loopback asks visitors for a token.
        port: What to bind to; 0 for any free one.
        port_fixed: Whether to fail where the port is in use, instead of taking a later one.
        open_page: Whether to open the page in this computer's browser.
        token: A secret of the user's own choice, asked for on loopback too; None for
            a new one where one is needed.
        engine: The pipeline's reader where visitors may change it.
        corrections: Where corrected crops are kept.
        rate: Requests with a body that one address may send a second; 0 for no limit.
        note: Told when the source is lost and when it is back; None for `say`.

    Raises:
        ViewError: The host or port cannot be used.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        host: str,
        port: int,
        port_fixed: bool,
        open_page: bool,
        token: str | None = None,
        engine: Engine | None = None,
        corrections: Corrections | None = None,
        rate: float = READS_PER_SECOND,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self._say = say
        self._watch = Watch(note or say)
        self._host = host
        self._open_page = open_page
        self._own_token = token is not None
        self._token = token or (None if is_loopback(host) else new_token())
        self._offers: dict[str, Any] = {"engine": engine, "corrections": corrections, "rate": rate}
        self._socket = bind(host, port, fixed=port_fixed)
        self.port = int(self._socket.getsockname()[1])
        if port not in (0, self.port):
            say(f"Port {port} is in use; taking {self.port}")

    def address(self, path: str = "/") -> str:
        """What to open, with the token where one is needed."""
        query = f"?token={self._token}" if self._token else ""
        return f"http://{reachable_name(self._host)}:{self.port}{path}{query}"

    def close(self) -> None:
        """Gives the port back where run() is never called."""
        self._socket.close()

    def run(self, pipeline: Pipeline, stop: threading.Event) -> int:
        """Runs a pipeline and serves it until stop is set; after a clip's end it goes on serving.

        Returns:
            0, or 1 where the server failed.
        """
        config = uvicorn.Config(
            create_app(Services(pipeline, **self._offers), token=self._token),
            http=PromptProtocol,
            log_level="warning",
            use_colors=False,  # or it asks stdout, which may be closed
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_GRACE_SECONDS,
            ws_max_size=64 * 1024,
            limit_concurrency=_CONNECTIONS,
            server_header=False,
        )
        server = uvicorn.Server(config)
        # A reading is many short calls that give up the interpreter and need it back at once;
        # with Python's 5 ms it waits for the busy server each time.
        before = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        thread = threading.Thread(target=server.run, args=([self._socket],), name="server", daemon=True)
        with pipeline:
            thread.start()
            try:
                while not server.started and thread.is_alive():
                    time.sleep(0.02)
                if server.started:
                    self._announce()
                # A wait without a limit would keep Ctrl-C from coming through on Windows.
                while thread.is_alive() and pipeline.error is None and not stop.wait(0.5):
                    self._watch.see(pipeline.feed.latest)
                crashed = not thread.is_alive()
            finally:
                pipeline.feed.close()  # ends the open streams, which would hold the server up
                server.should_exit = True
                thread.join(_GRACE_SECONDS + 2)
                self._socket.close()
                sys.setswitchinterval(before)
        return 1 if crashed else 0

    def _announce(self) -> None:
        for name, path in (("Camera", "/"), ("Canvas", "/canvas"), ("API", "/docs")):
            # A token that the user set belongs in no journal.
            address = self.address(path).split("?")[0] if self._own_token else self.address(path)
            self._say(f"{name} page: {address}")
        if self._own_token:
            self._say("Add ?token= with the value of EDGE_DIGITS_TOKEN to the address, once per browser")
        self._say("Stop with Ctrl-C")
        if self._open_page:
            threading.Thread(
                target=webbrowser.open, args=(self.address(),), name="open-page", daemon=True
            ).start()


def bind(host: str, port: int, *, fixed: bool) -> socket.socket:
    """A listening socket.

    Args:
        host: A name or address of this computer; "" and "0.0.0.0" for all.
        port: The port wished for.
        fixed: Whether only that port will do.

    Returns:
        The socket, bound to that port or, unless fixed, to one of the next.

    Raises:
        ViewError: The host is not this computer, or the port is in use or reserved.
    """
    try:
        family = socket.getaddrinfo(host or "0.0.0.0", port, type=socket.SOCK_STREAM)[0][0]
    except socket.gaierror as error:
        raise _no_such_host(host, error.strerror or str(error)) from None
    except UnicodeError:
        raise _no_such_host(host, "between its dots are 1 to 63 letters") from None
    tried = [port] if fixed or port == 0 else range(port, min(port + _PORTS_TRIED, 65536))
    for number in tried:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise ViewError(
                    f"Cannot serve on {host} port {number}: {error.strerror}",
                    "Use --host 127.0.0.1 (or 0.0.0.0 for all) and a port from 1024 up",
                ) from None
            continue
        return listener
    raise ViewError(f"Port {port} is in use", "Choose another: --port 8080, or --port 0 for any free one")


def _no_such_host(host: str, reason: str) -> ViewError:
    return ViewError(f"No such host: {host} ({reason})", "Use 127.0.0.1, or 0.0.0.0 for all")


def reachable_name(host: str) -> str:
    """What to write into an address so that it leads to a server bound to host."""
    if host in ("", "0.0.0.0", "::"):
        return _own_address()
    return f"[{host}]" if ":" in host else host


def _own_address() -> str:
    """This computer's address in its network; a UDP socket learns it without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
