"""Pages in the hand of a typeface: digits as it has them, by the scene's pen, each a little otherwise."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest

from train.ink_box import cut_to_ink
from train.scenes.__main__ import main
from train.scenes.options import PRESETS
from train.scenes.pictures import in_typefaces
from train.scenes.typed_hand import HEIGHT, typeface_source
from train.scenes.typefaces import open_typeface

TYPEFACES = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
ROMAN, SANS = TYPEFACES / "cmr10.ttf", TYPEFACES / "DejaVuSans.ttf"


def written(label: str, *, path: Path = SANS, hand: int = 0, seed: int = 0, pen: float = 6) -> np.ndarray:
    return typeface_source(open_typeface(path, HEIGHT), hand)(label, np.random.default_rng(seed), 60, pen)


@pytest.mark.parametrize("label", "0123456789")
def test_a_digit_is_as_high_as_asked_for_and_fills_its_box(label: str) -> None:
    ink = written(label)
    assert ink.dtype == np.uint8
    assert abs(len(cut_to_ink(ink, above=127)) - 60) <= 1
    # Above and below it may be a row that the ink covers in part.
    assert abs(len(ink) - 60) <= 2
    assert all(edge.max() > 15 for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def test_the_same_seeds_write_the_same_and_others_do_not() -> None:
    assert np.array_equal(written("5"), written("5"))
    for other in (written("5", seed=1), written("5", hand=1), written("5", path=ROMAN)):
        assert other.shape != written("5").shape or not np.array_equal(other, written("5"))


def test_the_pen_decides_how_wide_strokes_are() -> None:
    widths = []
    for pen in (4, 7, 10):
        bar = (written("1", pen=pen) > 127).sum(axis=1)
        widths.append(float(np.median(bar)))
    assert np.allclose(widths, (4, 7, 10), atol=1.5)


def test_thin_strokes_are_not_gone_however_fine_the_pen() -> None:
    ink = written("0", path=ROMAN, pen=1)
    assert cv2.connectedComponents((ink > 60).astype(np.uint8))[0] - 1 == 1


def test_a_test_set_has_every_condition_with_digits_and_names_the_typefaces() -> None:
    samples = in_typefaces(2, 3, [ROMAN, SANS])
    assert {sample.preset for sample in samples} == {name for name in PRESETS if PRESETS[name].digits[1]}
    assert len({sample.name for sample in samples}) == len(samples)
    stems = [sample.name.rsplit(".", 1)[0].rsplit("-", 1)[1] for sample in samples]
    assert set(stems) == {"cmr10", "DejaVuSans"}
    assert [sample.name for sample in in_typefaces(2, 3, [ROMAN, SANS])] == [each.name for each in samples]


def test_the_command_writes_pages_with_their_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fonts, out = tmp_path / "fonts", tmp_path / "typed"
    fonts.mkdir()
    out.mkdir()
    shutil.copy(SANS, fonts)
    assert main(["pictures", "--fonts", str(fonts), "--out", str(out), "--seed", "2"]) == 0
    assert "labels.csv" in capsys.readouterr().out
    with (out / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {path.name for path in out.iterdir()} - {"labels.csv"}
    assert all(row["reading_order_text"] and "DejaVuSans" in row["file"] for row in rows)


def test_a_typeface_without_digits_is_left_out_and_a_folder_of_such_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(TYPEFACES / "STIXNonUni.ttf", tmp_path)
    assert main(["pictures", "--fonts", str(tmp_path), "--out", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "STIXNonUni.ttf" in told
    assert "npm pack" in told
