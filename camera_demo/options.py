"""The command line."""

from __future__ import annotations

import argparse
from typing import Literal

DEFAULT_PORT = 8000
VIEWS = ("auto", "browser", "window", "terminal")
MODES: tuple[Literal["eager", "balanced", "strict"], ...] = ("eager", "balanced", "strict")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line; on a mistake prints what is wanted and exits with 2.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        The options.
    """
    parser = argparse.ArgumentParser(
        prog="camera-demo",
        description="Read handwritten digits from a camera, a clip or pictures, or draw them in the browser.",
        epilog="Examples:  camera-demo   camera-demo --source 0 --view terminal   "
        "camera-demo --source 'notes/*.jpg' --view terminal --json   camera-demo --host 0.0.0.0",
    )
    parser.add_argument(
        "--source",
        default="auto",
        help="auto (first camera that works, else the sample clip), N, /dev/videoN, picamera, sample, "
        "a clip, a picture, a folder, a quoted pattern, or an http/rtsp address (default: %(default)s)",
    )
    parser.add_argument(
        "--view", choices=VIEWS, default="auto", help="auto: a window if one can be opened, else the browser"
    )
    parser.add_argument("--loop", action="store_true", help="begin clips and pictures again after their end")
    parser.add_argument("--json", action="store_true", help="terminal view: one JSON object a line")
    parser.add_argument("--list", action="store_true", help="list the cameras, trying each, and exit")
    reading = parser.add_argument_group("reading")
    reading.add_argument("--model", help="classic, classic-int8, ... or a path (default: the bundled model)")
    reading.add_argument("--backend", default="auto", help="auto, tflite, onnxruntime or opencv")
    reading.add_argument(
        "--threads", type=_threads, default=1, help="threads of the backend (default: %(default)s)"
    )
    reading.add_argument("--mode", choices=MODES, default="balanced", help="how sure a digit must be")
    browser = parser.add_argument_group("browser view")
    browser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to serve on; beyond this computer (0.0.0.0) visitors need a token",
    )
    browser.add_argument(
        "--port", type=_port, help=f"port to serve on (default: {DEFAULT_PORT} or the next free one)"
    )
    browser.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        help="open the page here (default: where there is a display)",
    )
    options = parser.parse_args(arguments)
    if options.json:
        if options.view not in ("auto", "terminal"):
            parser.error(f"--json belongs to --view terminal, not to --view {options.view}")
        options.view = "terminal"
    return options


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; wanted is a number from 0 to 65535")
    return int(text)


def _threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of threads; wanted is 1 to 64")
    return int(text)
