"""The command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Literal

from edge_digits import __version__
from edge_digits.paths import expanded

DEFAULT_PORT = 8000
VIEWS = ("auto", "browser", "window", "terminal")
BACKENDS = ("auto", "tflite", "onnxruntime", "opencv")
MODES: tuple[Literal["eager", "balanced", "strict"], ...] = ("eager", "balanced", "strict")

_EPILOG = """\
examples:
  camera-demo
  camera-demo --source 0 --view terminal
  camera-demo --source 'notes/*.jpg' --json
  camera-demo --host 0.0.0.0

EDGE_DIGITS_TOKEN sets the token that visitors need, instead of a new one
at each start."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line; on a mistake prints what is wanted and exits with 2.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        The options.
    """
    parser = argparse.ArgumentParser(
        prog="camera-demo",
        description="Read handwritten digits from a camera, a clip or pictures,\n"
        "or draw them in the browser.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
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
    reading.add_argument(
        "--backend", choices=BACKENDS, default="auto", help="what runs the model (default: %(default)s)"
    )
    reading.add_argument(
        "--threads", type=_threads, help="threads of the backend (default: as saved, else 1)"
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
    browser.add_argument(
        "--collect",
        type=_folder,
        metavar="DIR",
        help="where digits that you correct on the pages are kept, for python -m train ... --extra DIR "
        "(default: edge-digits/corrections below your data folder, such as ~/.local/share)",
    )
    browser.add_argument(
        "--rate-limit",
        type=_rate,
        default=60.0,
        metavar="N",
        help="requests with a body that one address may send a second; 0 for no limit (default: 60)",
    )
    others = parser.add_argument_group("other programs")
    others.add_argument(
        "--mqtt",
        metavar="URL",
        help="publish changes of the reading: mqtt://[user@]host[:port][/prefix], mqtts:// for TLS; "
        "the password comes from EDGE_DIGITS_MQTT_PASSWORD",
    )
    options = parser.parse_args(arguments)
    if not options.source.strip():
        parser.error("--source is an empty text; leave it out for the first camera that works")
    if options.json:
        if options.view not in ("auto", "terminal"):
            parser.error(f"--json belongs to --view terminal, not to --view {options.view}")
        options.view = "terminal"
    return options


def _folder(text: str) -> Path:
    path = expanded(text)
    if text.startswith("~") and path.parts[:1] == Path(text).parts[:1]:
        raise argparse.ArgumentTypeError(
            f"there is no user {path.parts[0][1:]!r}; for a folder of that name write ./{text}"
        )
    return path


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; wanted is a number from 0 to 65535")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate; wanted is a number from 0 up")
    return rate


def _threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of threads; wanted is 1 to 64")
    return int(text)
