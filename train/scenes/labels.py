"""The file labels.csv that says what stands in each picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from train.scenes.output import finished_file

COLUMNS: Final = ("file", "kind", "reading_order_text", "category", "layout")
"""Of labels.csv. kind is single, multi or none; lines of the text are parted by "/"; a scattered layout has
no reading order, its digits are to be compared as a bag."""

Label = tuple[str, str, str, str, str]
"""One row of it."""


def label(name: str, text: str, category: str, layout: str = "lines") -> Label:
    """Says what stands in a picture.

    Args:
        name: Its file.
        text: Its digits, lines parted by newlines or by "/"; empty where there is none.
        category: What sort of picture it is.
        layout: lines or scatter.

    Returns:
        Its row.
    """
    digits = text.replace("\n", "/")
    kind = {0: "none", 1: "single"}.get(len(digits), "multi")
    return name, kind, digits, category, layout


def write_labels(folder: Path, rows: Sequence[Label]) -> Path:
    """Writes labels.csv.

    Args:
        folder: Where to write; must exist.
        rows: From `label`.

    Returns:
        The file.

    Raises:
        OutputError: Nothing can be written there.
    """
    path = folder / "labels.csv"
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    with finished_file(path) as file:
        file.write(table.getvalue().encode())
    return path
