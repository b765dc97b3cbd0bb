"""Data of one's own in MNIST's format that is too small, or lacks digits, is refused before any work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from convert.data import load_pictures
from tests.train.conftest import draw, images_file, labels_file
from train.course import Sources, material
from train.junk import demand_digits
from train.mnist import DataError, load_mnist, split_validation
from train.network import RECIPES
from train.testbed import lay_out

# Raised within Keras 3.15 by each of its conversions to numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
NONE = (*"0123456789", "none")


def write(folder: Path, train: list[int], test: list[int]) -> Path:
    """Write drawn digits in MNIST's four files."""
    rng = np.random.default_rng(2)
    folder.mkdir(exist_ok=True)
    for part, labels in (("train", train), ("t10k", test)):
        images = np.stack([draw(label, rng) for label in labels])
        (folder / f"{part}-images-idx3-ubyte").write_bytes(images_file(images))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(labels_file(np.array(labels)))
    return folder


def test_too_few_pictures_to_hold_one_out_are_refused_with_how_many_are_wanted(tmp_path):
    folder = write(tmp_path / "few", [*range(10), 1], list(range(10)))
    for load in (
        lambda: material(Sources(folder, own_data=True), RECIPES["classic"]),
        lambda: load_pictures(folder, own_data=True),
    ):
        with pytest.raises(DataError, match="holds 11 pictures: none can be held out") as refused:
            load()
        assert "12 or more" in refused.value.remedy
    twelve = write(tmp_path / "twelve", [*range(10), 1, 2], list(range(10)))
    split = split_validation(load_mnist(twelve, digests=None))
    assert (len(split.fit_labels), len(split.validation_labels)) == (11, 1)


def test_so_few_pictures_end_in_no_traceback(tmp_path, capsys):
    pytest.importorskip("tensorflow")
    from train.__main__ import main

    given = ["--own-data", "--out", str(tmp_path / "models"), "--epochs", "1"]
    few = write(tmp_path / "few", [*range(10), 1], list(range(10)))
    assert main(["classic", "--data", str(few), *given]) == 1
    assert "none can be held out" in capsys.readouterr().err
    twelve = write(tmp_path / "twelve", [*range(10), 1, 2], list(range(10)))
    assert main(["classic", "--data", str(twelve), *given]) == 0


@pytest.mark.parametrize(
    ("train", "test", "which"),
    [
        ([1, 2, 8, 9] * 60, list(range(10)) * 6, "the pictures to learn from"),
        (list(range(10)) * 24, [1, 2, 8, 9] * 15, "the test pictures"),
        (list(range(10)) * 24, [0, 1, 2, 8] * 15, "the test pictures"),
    ],
)
def test_digits_of_which_no_junk_can_be_made_are_refused_before_pages_are_cut(
    tmp_path, monkeypatch, train, test, which
):
    monkeypatch.setattr("train.lessons.gather", None)
    folder = write(tmp_path / "data", train, test)
    with pytest.raises(DataError, match=f"None of {which} shows") as refused:
        material(Sources(folder, own_data=True), RECIPES["edge"])
    assert "all ten digits" in refused.value.remedy


def test_the_same_holds_where_a_model_is_tested_and_converted(tmp_path):
    folder = write(tmp_path / "data", [1, 2, 8, 9] * 60, [1, 2, 8, 9] * 15)
    with pytest.raises(DataError, match="None of the test pictures shows 0, 3, 5"):
        lay_out(load_mnist(folder, digests=None), knows_none=True)
    with pytest.raises(DataError, match="None of the pictures to learn from shows 0, 3, 5"):
        load_pictures(folder, own_data=True, labels=NONE)
    assert len(load_pictures(folder, own_data=True).validation) == 20, "a model without none needs no junk"
    demand_digits(np.array([3], np.uint8), "a single 3, of which all can be made")
