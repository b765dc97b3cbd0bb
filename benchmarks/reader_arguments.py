"""What commands that read pictures have in common: who reads, and what of."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_digits import DigitReader


def add_labels_argument(parser: argparse.ArgumentParser) -> None:
    """Declares the labelled pictures."""
    parser.add_argument("labels", type=Path, help="CSV with file, kind, reading_order_text, ...")


def add_reader_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares model, backend and mode."""
    parser.add_argument("--model", help="model, artifact or file to read with (default: the bundled one)")
    parser.add_argument("--backend", default="auto", help="auto, tflite, onnxruntime or opencv")
    parser.add_argument("--mode", default="balanced", choices=("eager", "balanced", "strict"))


def reader_record(reader: DigitReader) -> dict[str, Any]:
    """What results say of the reader: model, backend, mode, threads."""
    return {
        "model": reader.artifact.name,
        "backend": reader.backend,
        "mode": reader.mode,
        "threads": reader.threads,
    }


def reader_sentence(record: dict[str, Any]) -> str:
    """The same in words."""
    return f"{record['model']} on {record['backend']}, mode {record['mode']}, threads {record['threads']}"
