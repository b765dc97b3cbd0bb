"""What the documents tell a reader to type does what they say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from edge_digits import DigitReader

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "docs/raspberry-pi.md", "docs/camera-demo.md")


def pictures_to_read() -> list[str]:
    """Pictures of this repository that a command in a document reads."""
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS)
    return sorted(set(re.findall(r"edge[-_]digits read (\S+/\S+\.jpg)", text)))


def test_the_documents_name_a_picture_to_begin_with() -> None:
    assert pictures_to_read()


@pytest.mark.parametrize("picture", pictures_to_read())
def test_a_picture_that_a_document_has_read_shows_digits(picture: str, reader: DigitReader) -> None:
    # An annotated picture, its digits in boxes with labels on top, once stood there and read as nothing.
    assert reader.read(ROOT / picture).text


def test_an_unpacked_source_distribution_can_run_the_makefile() -> None:
    # `make demo` and `make test` install from uv.lock, which was once left out of the archive.
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    left_out = settings["tool"]["hatch"]["build"]["targets"]["sdist"]["exclude"]
    assert "--locked" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not {"/uv.lock", "/Makefile", "/pyproject.toml"} & set(left_out)
