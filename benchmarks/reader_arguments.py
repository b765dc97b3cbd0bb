"""What commands that read labelled pictures have in common: the labels and who reads."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_reader_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares labels, model, backend and mode."""
    parser.add_argument("labels", type=Path, help="CSV with file, kind, reading_order_text, ...")
    parser.add_argument("--model", help="model, artifact or file to read with (default: the bundled one)")
    parser.add_argument("--backend", default="auto", help="auto, tflite, onnxruntime or opencv")
    parser.add_argument("--mode", default="balanced", choices=("eager", "balanced", "strict"))
