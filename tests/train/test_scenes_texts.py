"""Numbers and words, written in typefaces that the user gives."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest

from benchmarks.labels import load_labels
from edge_digits.errors import EdgeDigitsError
from train.scenes.__main__ import main
from train.scenes.texts import SIGNS, Text, texts
from train.scenes.typefaces import find_typefaces

TYPEFACES = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
WITHOUT_DIGITS = "STIXNonUni.ttf"


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    folder = tmp_path / "fonts"
    folder.mkdir()
    for name in ("cmr10.ttf", "DejaVuSans.ttf"):
        shutil.copy(TYPEFACES / name, folder)
    return folder


def composed(fonts: Path, *, each: int = 2, seed: int = 0) -> list[Text]:
    return texts(find_typefaces(fonts, SIGNS)[0], each=each, seed=seed)


def test_the_same_seed_writes_the_same(fonts: Path) -> None:
    once, again, other = (composed(fonts, each=1, seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert all(np.array_equal(a.render(), b.render()) for a, b in zip(once, again, strict=True))
    assert [text.name for text in once] == [text.name for text in other]
    assert [text.text for text in once] != [text.text for text in other]


def test_another_typeface_beside_it_changes_no_picture(fonts: Path) -> None:
    both = composed(fonts)
    (fonts / "DejaVuSans.ttf").unlink()
    assert [text for text in both if text.typeface.name == "cmr10.ttf"] == composed(fonts)


def test_pictures_say_what_is_written_in_them(fonts: Path) -> None:
    every = composed(fonts, each=40)
    by_category = {
        category: [text for text in every if text.category == category]
        for category in ("numbers", "words", "mixed", "one digit", "sums")
    }
    assert [len(listed) for listed in by_category.values()] == [80, 80, 80, 20, 80]
    for text in by_category["numbers"]:
        assert text.digits == text.text.replace("\n", "/")
        assert all(2 <= len(line) <= 8 for line in text.digits.split("/"))
    for text in by_category["words"]:
        assert text.digits == ""
        assert not any(sign.isdigit() for sign in text.text)
    for text in by_category["mixed"]:
        assert set(text.digits) <= set("0123456789/")
        assert text.digits.replace("/", "") == "".join(sign for sign in text.text if sign.isdigit())
        assert "" not in text.digits.split("/")
    for text in by_category["sums"]:
        assert text.digits.replace("/", "") == "".join(sign for sign in text.text if sign.isdigit())
        assert any(sign in "+-x*:()<>.,$/=" for sign in text.text)
    assert len({text.text for text in by_category["sums"]}) > 60
    assert sorted(text.digits for text in by_category["one digit"]) == sorted(2 * "0123456789")


def test_what_is_written_stands_whole_in_the_picture(fonts: Path) -> None:
    for text in composed(fonts, each=6):
        picture = text.render()
        assert picture.dtype == np.uint8
        # The edges are bare paper: lit unevenly, ruled and grainy, but far from the ink.
        edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        assert np.ptp(cv2.blur(picture, (2, 2))) > 50
        assert np.ptp(edges) < 0.7 * np.ptp(picture)


def test_the_command_writes_every_picture_with_its_label(
    fonts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert main(["texts", "--fonts", str(fonts), "--out", str(out), "--each", "1", "--seed", "3"]) == 0
    assert capsys.readouterr().out == f"{out / 'labels.csv'}: 28 pictures\n"
    pictures = load_labels(out / "labels.csv")
    assert [picture.path.name for picture in pictures] == [text.name for text in composed(fonts, each=1)]
    assert sorted(out.glob("*.png")) == sorted(picture.path for picture in pictures)
    assert all(cv2.imread(str(picture.path), cv2.IMREAD_GRAYSCALE) is not None for picture in pictures)
    for picture in pictures:
        assert set(picture.text) <= set("0123456789/")
        assert picture.kind == {0: "none", 1: "single"}.get(len(picture.text), "multi")
        assert picture.ordered
    kinds = {
        category: {p.kind for p in pictures if p.category == category} for category in ("words", "one digit")
    }
    assert kinds == {"words": {"none"}, "one digit": {"single"}}


def test_what_cannot_be_written_with_is_left_out_with_a_word(
    fonts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(TYPEFACES / WITHOUT_DIGITS, fonts)
    shutil.copy(fonts / "cmr10.ttf", fonts / "DejaVuSans.OTF")
    # A file of this name may be among the system's typefaces: that one is not meant.
    (fonts / "DejaVuSerif.ttf").write_bytes(b"no typeface")
    (fonts / "folder.ttf").mkdir()
    (fonts / "licence.txt").touch()
    assert main(["texts", "--fonts", str(fonts), "--out", str(tmp_path), "--each", "1"]) == 0
    told = capsys.readouterr()
    assert "28 pictures" in told.out
    assert told.err.splitlines() == [
        "left out: DejaVuSans.ttf, as DejaVuSans.OTF is there",
        "left out: DejaVuSerif.ttf, which cannot be opened as a typeface",
        f"left out: {WITHOUT_DIGITS}, which lacks 0123456789abcde and others",
    ]


@pytest.mark.parametrize("files", [[], [WITHOUT_DIGITS]])
def test_a_folder_without_typefaces_is_refused(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in files:
        shutil.copy(TYPEFACES / name, tmp_path)
    assert main(["texts", "--fonts", str(tmp_path), "--out", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert f"error: {tmp_path} holds no typeface (.ttf, .otf, .woff)" in told
    assert "npm pack --silent @fontsource/caveat" in told
    assert all(name in told for name in files)


def test_a_missing_folder_is_told(fonts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "missing")
    assert main(["texts", "--fonts", missing, "--out", str(tmp_path)]) == 1
    assert f"{missing} is no folder" in capsys.readouterr().err
    assert main(["texts", "--fonts", str(fonts), "--out", missing]) == 1
    assert f"There is no folder {missing}" in capsys.readouterr().err


def test_without_pillow_the_command_that_installs_it_is_named(
    fonts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(EdgeDigitsError, match=r"(?s)PIL.*uv sync --extra train"):
        find_typefaces(fonts, SIGNS)
