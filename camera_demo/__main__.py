"""The command: python -m camera_demo, or camera-demo."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from camera_demo.errors import BrokerAddressError
from camera_demo.options import DEFAULT_PORT, parse
from edge_digits.cli.terminal import say, standard_streams, warn
from edge_digits.errors import EdgeDigitsError

if TYPE_CHECKING:
    import argparse

    from camera_demo.engine import Engine
    from camera_demo.mqtt import Publisher
    from camera_demo.pipeline import Pipeline

_PICTURE_SECONDS = 2.5


class View(Protocol):
    """What shows a pipeline."""

    def run(self, pipeline: Pipeline, stop: threading.Event) -> int:
        """Starts it, shows it until it ends or stop is set, and returns the exit code."""


@standard_streams()
def main(arguments: list[str] | None = None) -> int:
    """Runs the demo.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        0 when it ran, 1 when something failed, 2 for a mistake in the options.
    """
    try:
        options = parse(arguments)
        # OpenCV reads these once, when it is loaded, so nothing above may load it: how long
        # a silent camera may block a read, in seconds, how large a picture may be, in pixels, and
        # that FFmpeg keeps to itself what it thinks of each damaged frame.
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")
        os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(100_000_000))
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        return _list_cameras() if options.list else _run(options)
    except EdgeDigitsError as error:
        warn(str(error))
        return 2 if isinstance(error, BrokerAddressError) else 1
    except (BrokenPipeError, KeyboardInterrupt):
        return 0  # whoever read the lines, or sat before the screen, has seen enough


def _list_cameras() -> int:
    from camera_demo.sources.discover import describe_all  # noqa: PLC0415  (loads OpenCV)

    lines = describe_all()
    say("\n".join(lines) if lines else "No camera found. --source auto shows the sample clip.")
    return 0


def _run(options: argparse.Namespace) -> int:
    # Loaded here, so that --help and mistakes need neither OpenCV nor a model.
    import cv2  # noqa: PLC0415

    from camera_demo.engine import Engine  # noqa: PLC0415
    from camera_demo.pipeline import Pipeline  # noqa: PLC0415
    from camera_demo.sources import make_source  # noqa: PLC0415
    from camera_demo.views.choose import choose_view  # noqa: PLC0415

    view_name = choose_view(options.view, environ=os.environ, build=cv2.getBuildInformation())
    dwell = 0.0 if view_name == "terminal" else _PICTURE_SECONDS
    engine = Engine(options.model, backend=options.backend, threads=options.threads, mode=options.mode)
    publisher = _make_publisher(options.mqtt)
    with ExitStack() as held, _stop_on_signals() as stop:
        source, notes = make_source(options.source, loop=options.loop, dwell=dwell)
        pipeline = Pipeline(source, engine)
        held.callback(pipeline.stop)
        for note in notes:
            warn(note)
        view = _make_view(view_name, options, engine, held)
        warn(f"Source: {source.name}")
        if publisher is not None:
            publisher.start(pipeline)
            held.callback(publisher.close)
        code = view.run(pipeline, stop)
        if pipeline.error is not None:
            raise pipeline.error
        return code


def _make_view(name: str, options: argparse.Namespace, engine: Engine, held: ExitStack) -> View:
    from camera_demo.views.choose import has_display  # noqa: PLC0415

    if name == "terminal":
        from camera_demo.views.terminal import TerminalView  # noqa: PLC0415

        return TerminalView(say, warn, as_json=options.json)
    if name == "window":
        from camera_demo.views.window import WindowView  # noqa: PLC0415

        return WindowView(warn, engine.next_mode, Path.cwd())
    from camera_demo.corrections import Corrections, default_folder  # noqa: PLC0415
    from camera_demo.views.browser.access import token_from  # noqa: PLC0415
    from camera_demo.views.browser.server import BrowserView  # noqa: PLC0415

    corrections = Corrections(options.collect or default_folder())
    if options.collect:
        corrections.prepare()
    here = has_display(os.environ, sys.platform) and not os.environ.get("SSH_CONNECTION")
    view = BrowserView(
        _announce,
        host=options.host,
        port=DEFAULT_PORT if options.port is None else options.port,
        port_fixed=options.port is not None,
        open_page=here if options.open is None else options.open,
        token=token_from(os.environ),
        engine=engine,
        corrections=corrections,
        rate=options.rate_limit,
        note=warn,
    )
    held.callback(view.close)
    return view


def _make_publisher(url: str | None) -> Publisher | None:
    if url is None:
        return None
    from camera_demo.mqtt import Publisher, parse_broker  # noqa: PLC0415

    return Publisher(parse_broker(url, os.environ), warn)


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and a closed terminal set; a second Ctrl-C ends the process at once."""
    stop = threading.Event()

    def on_signal(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        numbers.append(signal.SIGHUP)  # nohup has it ignored, and then it is to go on
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _announce(text: str) -> None:
    # A server may well be started with its stdout closed.
    if sys.stdout is not None:
        say(text)


if __name__ == "__main__":
    sys.exit(main())
