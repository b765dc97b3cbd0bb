"""`python -m benchmarks robustness --before FOLDER`: pictures as prints before photos of anything."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from test_benchmarks_robustness import page

from benchmarks.cli import main
from benchmarks.errors import UsageError
from benchmarks.held_up import before_photos

LAWN = (40, 120, 60)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """One photo, of a lawn, and a file that is none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    cv2.imwrite(str(folder / "lawn.png"), np.full((300, 400, 3), LAWN, np.uint8))
    (folder / "notes.txt").write_text("a lawn")
    return folder


def test_the_whole_print_lies_on_the_photo_with_a_shadow(photos):
    picture = np.full((600, 900, 3), 230, np.uint8)
    shown = before_photos(photos)(picture, "white.png", 0)
    assert shown.shape[1] / shown.shape[0] == pytest.approx(4 / 3, abs=0.01)
    white = (shown > 220).all(axis=2)
    # Moved corners take some of it, and it takes up 0.55 to 0.95 of the width.
    assert 0.8 < white.sum() / (600 * 900) < 1.1
    assert not white[[0, -1]].all()
    lawn = (shown == LAWN).all(axis=2)
    shaded = (shown < np.array(LAWN) - 10).all(axis=2)
    assert lawn.any() and shaded.any() and shaded.sum() < lawn.sum()


def test_the_same_seed_holds_it_up_alike_and_another_one_differently(photos):
    held = before_photos(photos)
    first, again, other = (held(page("352"), "a.png", seed) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_a_small_picture_is_enlarged_as_somebody_would_print_it(photos):
    shown = before_photos(photos)(np.full((28, 28, 3), 230, np.uint8), "tiny.png", 0)
    assert min(shown.shape[:2]) >= 480


def test_held_up_is_one_more_row_of_the_table(photos, tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "row.png"), page("3528"))
    (tmp_path / "labels.csv").write_text("file,kind,reading_order_text\nrow.png,multi,3528\n")
    out = tmp_path / "r.json"
    command = ["robustness", str(tmp_path / "labels.csv"), "--before", str(photos), "--json", str(out)]
    assert main([*command, "--draws", "2", "--ways", "dark"]) == 0
    assert "before one of 1 photos" in capsys.readouterr().out
    rows = json.loads(out.read_text())["ways"]
    assert list(rows) == ["as it is", "dark", "held up"]
    assert rows["held up"]["multi"]["exact"] == rows["held up"]["multi"]["pictures"] == 2
    # Without any of the others.
    assert main([*command, "--failures", str(tmp_path / "wrong"), "--ways"]) == 0
    assert list(json.loads(out.read_text())["ways"]) == ["as it is", "held up"]


def test_a_folder_without_photos_and_a_photo_that_is_none_are_named(photos, tmp_path):
    with pytest.raises(UsageError, match="no pictures"):
        before_photos(tmp_path / "photos" / "none")
    (photos / "lawn.png").write_bytes(b"no picture")
    with pytest.raises(UsageError, match=r"lawn\.png cannot be read"):
        before_photos(photos)(page("1"), "a.png", 0)
