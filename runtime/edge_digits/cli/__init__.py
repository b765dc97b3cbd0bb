"""The command edge-digits: reads pictures, lists models, examines the installation."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence

from edge_digits import __version__
from edge_digits.cli.terminal import complain, standard_streams
from edge_digits.errors import EdgeDigitsError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


@standard_streams()
def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        argv: The words after the command's name; None for the process's own.

    Returns:
        Exit code: 0 all went well, 1 something failed, 2 wrong usage, 130 interrupted.
    """
    try:
        return _run(argv)
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return 1
    except EdgeDigitsError as error:
        complain(error.problem, error.remedy)
        return 1


def _run(argv: Sequence[str] | None) -> int:
    try:
        parser = _parser()
    except ImportError as error:
        complain(
            f"OpenCV or numpy cannot be loaded: {error}",
            "pip install --force-reinstall opencv-python-headless numpy",
        )
        return 1
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    if arguments.command is None:
        parser.print_help()
        return 2
    logging.basicConfig(level=logging.DEBUG if arguments.verbose else logging.WARNING, format="%(message)s")
    return int(arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    # Imported here so that an OpenCV that does not load ends in a message.
    from edge_digits.cli import doctor, models, read  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        prog="edge-digits",
        description="Read handwritten digits on small computers.",
        epilog="Exit codes: 0 all went well, 1 something failed, 2 wrong usage, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"edge-digits {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "-v", "--verbose", action="store_true", help="show the log of the library and its engines"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for module in (read, models, doctor):
        module.add_parser(commands, common)
    return parser
