"""The command `python -m convert`: one Keras model in, checked TFLite and ONNX files out."""

from __future__ import annotations

import argparse
import importlib.util
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edge_digits.cli import INTERRUPTED
from edge_digits.cli.terminal import say, standard_streams, warn
from edge_digits.errors import BackendError, EdgeDigitsError, ModelError

MODELS_DIR = Path(__file__).resolve().parent.parent / "models"
_NEEDED = ("tensorflow", "tf2onnx", "onnx", "onnxruntime", "ai_edge_litert", "tqdm")


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    from convert.kinds import CHOICES

    command = argparse.ArgumentParser(
        prog="python -m convert",
        description="Convert (export) a Keras model to TFLite and ONNX at several precisions, check each "
        "file against Keras on held-out pictures, and list what is good enough in manifest.json.",
        epilog="Exit code: 0 all accepted, 1 something refused or failed, 2 wrong usage, 130 interrupted.",
    )
    command.add_argument(
        "model", nargs="?", default="classic", help="a model's name, or a .keras file (default: classic)"
    )
    command.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with MNIST's files (default: downloaded)"
    )
    command.add_argument(
        "--own-data", action="store_true", help="--data holds pictures of your own in MNIST's format"
    )
    command.add_argument(
        "--models", type=Path, default=MODELS_DIR, metavar="DIR", help="folder of models and manifest.json"
    )
    command.add_argument(
        "--labels",
        nargs="+",
        metavar="LABEL",
        help="what each output stands for, in order, such as 0 1 2 3 4 5 6 7 8 9 - "
        "(default: those it was trained with, or 0 to 9, none)",
    )
    command.add_argument(
        "--only", nargs="+", choices=CHOICES, metavar="KIND", help="only these: " + ", ".join(CHOICES)
    )
    command.add_argument(
        "--default", action="store_true", help="make this the model that readers take by default"
    )
    command.add_argument(
        "--list", action="store_true", help="print the figures of what is already converted, and stop"
    )
    command.add_argument(
        "--compare",
        action="store_true",
        help="print the models side by side, write README.md in their folder anew, and stop",
    )
    command.add_argument("-v", "--verbose", action="store_true", help="let the converters speak")
    return command


@standard_streams()
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    command = parser()
    options = command.parse_args(arguments)
    if options.own_data and options.data is None:
        command.error("--own-data needs --data DIR")
    # TensorFlow reads both when it is imported; no conversion needs a GPU, and looking for one is loud.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.WARNING, format="%(message)s")
    try:
        if options.compare:
            return _compare(options.models)
        return _list(options.models) if options.list else _convert(options)
    except EdgeDigitsError as error:
        warn(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        warn("interrupted; nothing was written")
        return INTERRUPTED
    except BrokenPipeError:
        return 1


def _list(models_dir: Path) -> int:
    from convert.manifest import read_manifest
    from convert.report import table

    manifest = read_manifest(models_dir)
    if not manifest["models"]:
        raise ModelError(f"{models_dir} lists no model", "Convert one: python -m convert classic")
    say("\n\n".join(f"{name}\n{table(manifest, name, {})}" for name in manifest["models"]))
    return 0


def _compare(models_dir: Path) -> int:
    from convert.compare import read_records
    from convert.manifest import read_manifest
    from convert.publish import publish_readme
    from convert.report import side_by_side

    manifest = read_manifest(models_dir)
    records = read_records(models_dir, list(manifest["models"]))
    if not records:
        raise ModelError(
            f"No model listed in {models_dir} has figures to compare",
            "Measure one that is converted: python -m train classic --evaluate",
        )
    say(side_by_side(manifest, records))
    say(f"wrote {publish_readme(manifest, models_dir)}")
    return 0


def _convert(options: argparse.Namespace) -> int:
    _demand_packages()
    from convert.data import load_pictures
    from convert.interrupts import remembered_interrupts
    from convert.kinds import select
    from convert.make import make_all
    from convert.manifest import demand_same_source, read_manifest
    from convert.publish import publish
    from convert.report import table
    from convert.source import load_source

    kinds = select(options.only or ())
    manifest = read_manifest(options.models)
    source = load_source(options.model, options.models, options.labels)
    demand_same_source(manifest, source, kinds)
    pictures = load_pictures(options.data, own_data=options.own_data, labels=source.labels)
    with remembered_interrupts() as interrupted:
        made = make_all(source, kinds, pictures, interrupted=interrupted)
    manifest = publish(made, source, manifest, options.models, default=options.default)
    say(table(manifest, source.name, made.refused))
    if made.refused:
        names = ", ".join(made.refused)
        warn(f"error: refused, not written and not listed: {names}")
    return 1 if made.refused else 0


def _demand_packages() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise BackendError(
            f"Conversion needs {', '.join(missing)}, which this Python does not have",
            "pip install 'edge-digits[train]'",
        )


if __name__ == "__main__":
    sys.exit(main())
