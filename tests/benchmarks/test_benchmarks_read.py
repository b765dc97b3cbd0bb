"""`python -m benchmarks read` on pages of our own."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from benchmarks import read_command
from benchmarks.cli import main
from benchmarks.labels import load_labels
from benchmarks.scoring import sure_digits
from train.scenes import draw_digit

HEADER = "file,kind,reading_order_text,core_text,category,layout"


def page(path: Path, text: str) -> None:
    """Writes digits in a row, dark on white; no digit for an empty text."""
    rng = np.random.default_rng(len(text))
    sheet = np.full((160, 90 * max(3, len(text)) + 40), 235, np.uint8)
    for place, label in enumerate(text):
        ink = draw_digit(label, rng, height=70)
        height, width = ink.shape
        part = sheet[45 : 45 + height, 40 + 90 * place : 40 + 90 * place + width]
        part[:] = np.minimum(part, 235 - (ink * 0.8).astype(np.uint8))
    cv2.imwrite(str(path), sheet)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other programs that happen to be installed are not asked here."""
    monkeypatch.setattr(read_command, "find_ocr", lambda names, threads: ([], []))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Four pages: right, wrongly labelled, in no order, and empty."""
    for name, text in [("right", "123"), ("wrong", "47"), ("loose", "508"), ("empty", "")]:
        page(tmp_path / f"{name}.png", text)
    rows = [
        "right.png,multi,123,123,photo,lines",
        "wrong.png,multi,4777,4777,photo,lines",
        "loose.png,multi,8/0/5,8/0/5,scan,scatter",
        "empty.png,none,,,photo,lines",
    ]
    path = tmp_path / "labels.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def test_pages_are_read_scored_and_misread_ones_drawn(labels, tmp_path, capsys):
    out = tmp_path / "out"
    code = main(["read", str(labels), "--json", str(out / "r.json"), "--failures", str(out / "failures")])
    assert code == 0
    result = json.loads((out / "r.json").read_text())
    assert result["schema"] == 1
    figures = result["groups"]["all"]
    assert (figures["pictures"], figures["exact"], figures["digits"]) == (3, 2, 10)
    assert (figures["wrong"], figures["missed"], figures["false"]) == (0, 2, 0)
    assert figures["cer"] == pytest.approx(0.2)
    assert (figures["empty_pictures"], figures["false_pictures"], figures["unreadable"]) == (1, 0, 0)
    assert figures["p50_ms"] > 0
    assert result["groups"]["category scan"]["exact_rate"] == 1.0
    assert result["groups"]["kind none"]["cer"] is None
    assert [each["exact"] for each in result["pictures"]] == [True, False, True, True]
    assert [path.name for path in (out / "failures").iterdir()] == ["wrong.jpg"]
    drawn = cv2.imread(str(out / "failures" / "wrong.jpg"))
    assert drawn.shape[0] > 160 and drawn.shape[1] >= 480
    printed = capsys.readouterr().out
    assert "wrong.png\n  truth   4777\n  reading 47\n" in printed
    assert "right.png" not in printed


def test_misread_pictures_of_one_name_are_all_drawn(tmp_path, capsys):
    """Of two folders, two formats, and letters of another size, which some disks take for the same."""
    names = ["a/1.png", "b/1.png", "a/1.bmp", "a/x.png", "b/X.png"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        page(tmp_path / name, "47")
    rows = [f"{name},multi,4777" for name in names]
    (tmp_path / "labels.csv").write_text("\n".join(["file,kind,reading_order_text", *rows]) + "\n")
    out = tmp_path / "out"
    assert main(["read", str(tmp_path / "labels.csv"), "--failures", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["1-2.jpg", "1-3.jpg", "1.jpg", "X-2.jpg", "x.jpg"]
    assert "5 misread pictures" in capsys.readouterr().out


def test_lines_without_a_sure_digit_leave_no_gap():
    def line(*digits: tuple[str, bool]) -> list[SimpleNamespace]:
        return [SimpleNamespace(label=label, sure=sure) for label, sure in digits]

    lines = [line(("1", True), ("7", False)), line(("4", False)), line(("2", True), ("3", True))]
    assert sure_digits(SimpleNamespace(lines=lines)) == "1/23"


def test_a_digit_where_there_is_none_is_a_false_read(tmp_path, capsys):
    page(tmp_path / "a.png", "6")
    (tmp_path / "labels.csv").write_text("file,kind,reading_order_text\na.png,none,\n")
    out = tmp_path / "r.json"
    assert main(["read", str(tmp_path / "labels.csv"), "--json", str(out)]) == 0
    figures = json.loads(out.read_text())["groups"]["all"]
    assert (figures["empty_pictures"], figures["false_pictures"], figures["pictures"]) == (1, 1, 0)
    assert "1/1" in capsys.readouterr().out


def test_a_missing_picture_is_told_and_the_others_are_read(tmp_path, capsys):
    page(tmp_path / "a.png", "3")
    (tmp_path / "labels.csv").write_text("file,kind,reading_order_text\ngone.png,single,3\na.png,single,3\n")
    assert main(["read", str(tmp_path / "labels.csv")]) == 1
    printed = capsys.readouterr().out
    assert "1/2" in printed and "gone.png" in printed


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("name,text\na.png,3\n", "has no column file, kind, reading_order_text"),
        ("file,kind,reading_order_text\n", "names no picture"),
        ("file,kind,reading_order_text\na.png,double,3\n", "line 2: kind is 'double'"),
        ("file,kind,reading_order_text\na.png,single,\n", "kind is 'single', but reading_order_text is ''"),
        ("file,kind,reading_order_text\na.png,none,3\n", "kind is 'none', but reading_order_text is '3'"),
        ("file,kind,reading_order_text,layout\na.png,single,3,heap\n", "layout is 'heap'"),
        ("file,kind,reading_order_text\n,single,3\n", "names no file"),
    ],
)
def test_labels_that_make_no_sense_are_named(tmp_path, capsys, content, complaint):
    path = tmp_path / "labels.csv"
    path.write_text(content)
    assert main(["read", str(path)]) == 1
    error = capsys.readouterr().err
    assert complaint in error and "Traceback" not in error


def test_labels_that_are_not_there_are_named(tmp_path, capsys):
    assert main(["read", str(tmp_path / "none.csv")]) == 1
    assert "there is no file" in capsys.readouterr().err
    assert main(["read", str(tmp_path)]) == 1
    assert "is a folder" in capsys.readouterr().err
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe\x00")
    assert main(["read", str(tmp_path / "picture.csv")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_absent_columns_have_plain_meanings(tmp_path):
    (tmp_path / "labels.csv").write_text("file,kind,reading_order_text\na.png,single,3\n")
    [picture] = load_labels(tmp_path / "labels.csv")
    assert (picture.core, picture.ordered, picture.category) == ("3", True, "uncategorized")
    assert picture.path == tmp_path / "a.png"


def test_results_go_nowhere_where_they_cannot(labels, capsys):
    assert main(["read", str(labels), "--json", str(labels / "r.json")]) == 1
    assert "cannot write" in capsys.readouterr().err
