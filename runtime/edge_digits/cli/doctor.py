"""edge-digits doctor: what works on this machine, and what mends the rest."""

from __future__ import annotations

import argparse
from typing import Any

from edge_digits import __version__
from edge_digits.cli.checks import (
    FAULT,
    OK,
    Finding,
    check_backends,
    check_cameras,
    check_display,
    check_models,
    check_packages,
    check_preference,
    machine,
)
from edge_digits.cli.terminal import say, say_json


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the subcommand to an argparse subparsers object."""
    parser = commands.add_parser(
        "doctor",
        parents=[common],
        help="examine the installation and name what mends it",
        description="Examine packages, model files, backends, cameras and display. Exit code 1 if reading "
        "is impossible.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the findings; 1 if no backend can read."""
    examinations = (
        check_packages,
        check_models,
        check_backends,
        check_preference,
        check_cameras,
        check_display,
    )
    if not arguments.json:
        say(f"edge-digits {__version__}, {machine()}")
    findings: list[Finding] = []
    for examine in examinations:
        part = examine()
        findings += part
        if not arguments.json:
            _show(part, {f.remedy for f in findings[: -len(part)]})
    readers = [f.name for f in findings if f.topic == "backends" and f.state == OK]
    if arguments.json:
        say_json(
            {
                "version": __version__,
                "machine": machine(),
                "reading": bool(readers),
                "findings": [finding.to_dict() for finding in findings],
            }
        )
    else:
        say()
        say(_summary(readers, findings))
    return 0 if readers else 1


def _show(findings: list[Finding], told: set[str]) -> None:
    """Prints one topic, each remedy only where it comes up first."""
    say()
    say(findings[0].topic)
    for finding in findings:
        say(f"  {finding.state:8}{finding.name:25} {finding.detail}".rstrip())
        if finding.remedy and finding.remedy not in told:
            say(f"{'':10}mend it: {finding.remedy}")
            told.add(finding.remedy)


def _summary(readers: list[str], findings: list[Finding]) -> str:
    faults = len({finding.remedy for finding in findings if finding.state == FAULT})
    rest = f"; {faults} fault{'s' if faults > 1 else ''} to mend, see above" if faults else ""
    if not readers:
        return f"Reading is impossible: no backend runs the default model{rest}"
    saved = next((f.detail for f in findings if f.topic == "preference" and f.state == OK), None)
    if saved is not None:
        return f"Reading works: as saved, by {saved.partition(', measured')[0]}{rest}"
    return f"Reading works: backend 'auto' takes {readers[0]}{rest}"
