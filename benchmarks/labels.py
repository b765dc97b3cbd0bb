"""The CSV that says what stands in each picture."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import DataError
from benchmarks.scoring import only_digits
from edge_digits.paths import is_folder

REQUIRED = ("file", "kind", "reading_order_text")
KINDS = ("single", "multi", "none")
LAYOUTS = ("lines", "scatter")


@dataclass(frozen=True)
class LabelledPicture:
    """A picture and the truth about it."""

    path: Path
    """The file."""
    kind: str
    """single, multi, or none for a picture without any digit."""
    text: str
    """All digits in reading order, lines joined by "/"."""
    core: str
    """The digits that matter; the same as `text` where the CSV names none."""
    category: str
    """What sort of picture: photo, webcam, canvas, scan, ..."""
    layout: str
    """lines, or scatter where the digits have no reading order."""

    @property
    def ordered(self) -> bool:
        """Whether the order of the digits counts."""
        return self.layout != "scatter"


def load_labels(path: Path) -> list[LabelledPicture]:
    """Reads and checks a CSV of labels.

    Columns `file` (relative to the CSV), `kind` and `reading_order_text` must
    be there; `core_text`, `category` and `layout` may; others are ignored.

    Args:
        path: The CSV, UTF-8, with a header line.

    Returns:
        One entry a line, in the order of the file.

    Raises:
        DataError: The file or a column is missing, or a line makes no sense.
    """
    remedy = f"give a CSV with the columns {', '.join(REQUIRED)}"
    if is_folder(path):
        raise DataError(f"{path} is a folder", remedy)
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"{path} has no column {', '.join(missing)}", remedy)
            pictures = [_picture(row, path, reader.line_num) for row in reader]
    except FileNotFoundError:
        raise DataError(f"there is no file {path}", remedy) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read: {error}", remedy) from error
    if not pictures:
        raise DataError(f"{path} names no picture", remedy)
    return pictures


def _picture(row: dict[str, str | None], path: Path, line: int) -> LabelledPicture:
    def value(name: str) -> str:
        return (row.get(name) or "").strip()

    kind, text, layout = value("kind"), value("reading_order_text"), value("layout") or "lines"
    place = f"{path}, line {line}"
    if not value("file"):
        raise DataError(f"{place} names no file", "fill the column file")
    if kind not in KINDS:
        raise DataError(f"{place}: kind is {kind!r}", f"write one of {', '.join(KINDS)}")
    if layout not in LAYOUTS:
        raise DataError(f"{place}: layout is {layout!r}", f"write one of {', '.join(LAYOUTS)}")
    if (kind == "none") != (only_digits(text) == ""):
        raise DataError(
            f"{place}: kind is {kind!r}, but reading_order_text is {text!r}",
            "write the digits, or kind none for a picture without any",
        )
    return LabelledPicture(
        path=path.parent / value("file"),
        kind=kind,
        text=text,
        core=value("core_text") or text,
        category=value("category") or "uncategorized",
        layout=layout,
    )
