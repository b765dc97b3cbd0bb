"""Crops of a data set, shown as pictures of one digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.labels import load_labels
from edge_digits import DigitReader
from edge_digits.errors import EdgeDigitsError
from edge_digits.normalize import normalize
from train.scenes import draw_digit
from train.scenes.__main__ import main
from train.scenes.pictures import write_singles
from train.scenes.singles import WAYS, singles


@pytest.fixture(scope="module")
def crops() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    labels = np.array([2, 7, 8], np.uint8)
    drawn = [normalize(draw_digit(str(label), rng, height=60, thickness=8)) for label in labels]
    return np.stack(drawn), labels


def test_every_crop_is_shown_in_every_way_and_both_colours(crops: tuple[np.ndarray, np.ndarray]) -> None:
    shown = list(singles(*crops, seed=1))
    assert len(shown) == len({single.name for single in shown}) == 2 * len(WAYS) * 3
    by_way = {single.way: single.image for single in shown[: 2 * len(WAYS)]}
    for way in WAYS:
        bright, dark = by_way[f"{way}, white on black"], by_way[f"{way}, black on white"]
        assert np.median(bright) < np.median(dark)
        assert (bright + dark == 255).all()
    assert max(by_way["16 pixels, white on black"].shape) == 16
    edge = by_way["at an edge, white on black"]
    assert sum(bool((side > 128).any()) for side in (edge[0], edge[-1], edge[:, 0], edge[:, -1])) == 1


def test_the_same_seed_shows_the_same(crops: tuple[np.ndarray, np.ndarray]) -> None:
    once, again, other = (list(singles(*crops, seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(once, again, strict=True))
    assert any(
        a.image.shape != b.image.shape or (a.image != b.image).any() for a, b in zip(once, other, strict=True)
    )


def test_they_are_read_back_by_their_labels(crops: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    labels = write_singles(tmp_path, singles(*crops, seed=3))
    reader = DigitReader()
    pictures = load_labels(labels)
    assert {picture.category for picture in pictures} == {
        f"{way}, {colours}" for way in WAYS for colours in ("black on white", "white on black")
    }
    assert {p.path.name: reader.read(p.path).text for p in pictures} == {
        p.path.name: p.text for p in pictures
    }


def test_the_command_shows_the_first_test_digits(
    mnist_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["singles", "--data", str(mnist_dir), "--count", "2", "--out", str(tmp_path)]) == 0
    assert "20 pictures" in capsys.readouterr().out
    assert len(list(tmp_path.glob("*.png"))) == 20


def test_a_folder_without_mnist_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["singles", "--data", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_a_missing_folder_is_told(crops: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    with pytest.raises(EdgeDigitsError, match="missing"):
        write_singles(tmp_path / "missing", singles(*crops, seed=0))
