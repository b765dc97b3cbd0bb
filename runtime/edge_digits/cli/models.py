"""edge-digits models: the model files that are here and what runs them."""

from __future__ import annotations

import argparse
import os
from typing import Any

from edge_digits.artifact import Artifact
from edge_digits.backends import BACKENDS, available_backends, open_backend
from edge_digits.cli.terminal import complain, say, say_json, table
from edge_digits.errors import BackendError, ModelError
from edge_digits.registry import artifacts, default_model, models_dir

_HEAD = ("file", "format", "precision", "kB", "accuracy", "agreement", "runs on")
_RIGHT = (3, 4, 5)


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the subcommand to an argparse subparsers object."""
    parser = commands.add_parser(
        "models",
        parents=[common],
        help="list the model files and what runs them",
        description="List the model files, with the figures measured at conversion. Each is opened and run "
        "once in each installed backend that takes its format.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the list; 1 if a file is missing or damaged."""
    directory, default, files = models_dir(), default_model(), artifacts()
    entries = [_entry(artifact, os.path.relpath(artifact.path, directory)) for artifact in files]
    if arguments.json:
        say_json({"directory": str(directory), "default": default, "artifacts": entries})
    else:
        for line in table(_HEAD, [_row(entry) for entry in entries], _RIGHT):
            say(line)
        say()
        say(f"folder: {directory}; default model: {default}")
        for text in dict.fromkeys(str(entry["checked_on"]) for entry in entries if entry.get("checked_on")):
            say(f"accuracy and agreement with the Keras model: {text}")
    damaged = [entry for entry in entries if entry["problem"]]
    for entry in damaged:
        complain(str(entry["problem"]), str(entry["remedy"]))
    return int(bool(damaged))


def _entry(artifact: Artifact, file: str) -> dict[str, Any]:
    """One file as a JSON-ready dictionary."""
    kept = ("bytes", "accuracy", "agreement", "max_probability_difference", "checked_on", "sha256")
    entry: dict[str, Any] = {
        "file": file,
        "model": artifact.model,
        "format": artifact.format,
        "precision": artifact.precision,
        **{key: artifact.facts.get(key) for key in kept},
        "backends": {},
        "problem": None,
        "remedy": None,
    }
    try:
        artifact.read_bytes()
    except ModelError as error:
        return {**entry, "problem": error.problem, "remedy": error.remedy}
    installed = available_backends()
    for name in BACKENDS:
        if installed[name] is not None:
            try:
                entry["backends"][name] = {"version": open_backend(artifact, backend=name).version}
            except BackendError as error:
                entry["backends"][name] = {"problem": error.problem, "remedy": error.remedy}
    return entry


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    runs_on = [name for name, result in entry["backends"].items() if "version" in result]
    return (
        entry["file"],
        entry["format"],
        entry["precision"],
        "?" if entry["bytes"] is None else f"{entry['bytes'] / 1000:.1f}",
        _percent(entry["accuracy"]),
        _percent(entry["agreement"]),
        "(damaged)" if entry["problem"] else ", ".join(runs_on) or "(nothing installed)",
    )


def _percent(fraction: float | None) -> str:
    return "?" if fraction is None else f"{100 * fraction:.2f} %"
