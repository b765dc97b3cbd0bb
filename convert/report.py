"""The table that conversion prints, and models/README.md, both from the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from convert.compare import COMMAND as COMPARE
from convert.compare import compare, compare_corrupted

_HEADINGS = (
    "file",
    "precision",
    "kB",
    "accuracy",
    "test",
    "agreement",
    "on junk",
    "largest difference",
    "verdict",
)
COMMAND = "python -m convert --list"


def table(manifest: Mapping[str, Any], model: str, refused: Mapping[str, str]) -> str:
    """Return one model's artifacts in columns.

    Args:
        manifest: The manifest.
        model: The model's name.
        refused: Why a file of this model was refused, by its file name.
    """
    rows = [_HEADINGS, *_rows(manifest["models"][model])]
    rows += [(name, "", "", "", "", "", "", "", f"refused: {reason}") for name, reason in refused.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS) - 1)]
    return "\n".join("  ".join(_aligned(row, widths)).rstrip() for row in rows)


def side_by_side(manifest: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the comparison of models as text for a terminal.

    Args:
        manifest: The manifest.
        records: What `convert.compare.read_records` returned.
    """
    tables = [table for table in (compare(manifest, records), compare_corrupted(records)) if table]
    lines = []
    for rows in tables:
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
            for row in rows
        ]
        lines.append("")
    return "\n".join(lines[:-1])


def readme(manifest: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> str:
    """Return models/README.md: the models side by side, and all artifacts of each.

    Args:
        manifest: The manifest.
        records: What `convert.compare.read_records` returned.
    """
    parts = ["# Models", *_compared(manifest, records)]
    parts += [
        "# Files",
        "Written by `python -m convert`; the figures stand in [manifest.json](manifest.json) and "
        f"`{COMMAND}` prints them. Each model's folder holds its model card.",
        "*accuracy*: share of the validation pictures read rightly, by which a file is accepted or refused. "
        "*test*: the same on the test pictures, for information. *agreement*: share of the validation "
        "pictures for which the likeliest label is the Keras model's; *on junk*: the same for what is no "
        "digit. *largest difference*: of one probability from Keras's.",
    ]
    for name, model in manifest["models"].items():
        default = " (the default)" if name == manifest["default"] else ""
        checked = sorted({each["checked_on"] for each in model["artifacts"]})
        parts += [
            f"## {name}{default}",
            f"Outputs: {', '.join(model['labels'])}. Checked on: {'; '.join(checked) or 'nothing accepted'}.",
            _markdown([_HEADINGS, *_rows(model)]),
            *_engines(model),
        ]
    return "\n\n".join(parts) + "\n"


def _compared(manifest: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    rows = compare(manifest, records)
    if not rows:
        return
    yield (
        f"Side by side, on MNIST's test pictures; `{COMPARE}` prints this and writes it anew. The figures "
        "are those of the shipped weights, measured by `python -m train MODEL --evaluate`; what each means "
        "stands in the model's card."
    )
    yield _columns(rows)
    corrupted = compare_corrupted(records)
    if corrupted:
        yield "Test pictures misread after each corruption:"
        yield _columns(corrupted)


def _columns(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---|" + "---:|" * (len(rows[0]) - 1), *lines[1:]])


def _rows(model: Mapping[str, Any]) -> list[tuple[str, ...]]:
    keras = model["keras"]
    rows: list[tuple[str, ...]] = [
        (
            keras["file"].split("/")[-1],
            "float32",
            "",
            f"{keras['accuracy']:.2%}",
            f"{keras['test_accuracy']:.2%}",
            "",
            "",
            "",
            "the original",
        )
    ]
    for each in model["artifacts"]:
        rows.append(
            (
                each["file"].split("/")[-1],
                each["precision"],
                f"{each['bytes'] / 1000:.0f}",
                f"{each['accuracy']:.2%}",
                f"{each['test_accuracy']:.2%}",
                f"{each['agreement']:.2%}",
                "" if each.get("junk_agreement") is None else f"{each['junk_agreement']:.2%}",
                f"{each['max_probability_difference']:.1g}",
                "accepted",
            )
        )
    return rows


def _engines(model: Mapping[str, Any]) -> Iterable[str]:
    ran: dict[str, list[str]] = {}
    for each in model["artifacts"]:
        ran.setdefault(", ".join(each["runs_on"]), []).append(f"{each['precision']}.{each['format']}")
    if ran:
        yield (
            "Ran on: " + "; ".join(f"{engines} ({', '.join(kinds)})" for engines, kinds in ran.items()) + "."
        )
    for each in model["artifacts"]:
        for engine, reason in each["refused_by"].items():
            yield f"{each['file'].split('/')[-1]} does not run on {engine}: {reason}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, precision, *numbers, verdict = row
    cells = [text.rjust(width) for text, width in zip(numbers, widths[2:], strict=True)]
    return [first.ljust(widths[0]), precision.ljust(widths[1]), *cells, verdict]


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---|---|" + "---:|" * (len(rows[0]) - 3) + "---|", *lines[1:]])
