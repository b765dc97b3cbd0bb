"""The command line: which measurement, and what becomes of errors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks import (
    compare_command,
    instructions_command,
    live_command,
    read_command,
    robustness_command,
    run_command,
)
from benchmarks.errors import UsageError
from edge_digits.cli import INTERRUPTED
from edge_digits.cli.terminal import standard_streams, warn
from edge_digits.errors import EdgeDigitsError

COMMANDS = {
    "read": read_command,
    "robustness": robustness_command,
    "live": live_command,
    "compare": compare_command,
    "instructions": instructions_command,
}
"""Commands with a name; without one the artifacts are measured."""


@standard_streams()
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one benchmark command.

    Args:
        arguments: The words after `python -m benchmarks`; None takes the
            process's own.

    Returns:
        0 where all was measured, 1 where something failed or became worse, 2
        for a command line that makes no sense, 130 after Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words and words[0] in COMMANDS else ""
    module = COMMANDS.get(name, run_command)
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks {name}".strip(),
        description=(module.__doc__ or "").partition(": ")[2],
        epilog=""
        if name
        else "Other commands: " + ", ".join(f"python -m benchmarks {each} --help" for each in COMMANDS),
    )
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(words[bool(name) :])))
    except UsageError as error:
        return _complain(error, 2)
    except EdgeDigitsError as error:
        return _complain(error, 1)
    except KeyboardInterrupt:
        warn("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return 1


def _complain(error: EdgeDigitsError, code: int) -> int:
    warn(f"error: {error}")
    return code
