"""Trainings side by side, each in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from edge_digits.errors import EdgeDigitsError
from train.course import Material, Sources, _processes, data_of, teachers, trainings
from train.mnist import Mnist, Split
from train.network import RECIPES


def test_a_process_that_the_system_stops_is_named_with_the_way_on(data: Path) -> None:
    sources = Sources(data=data, own_data=True)
    with (
        pytest.raises(EdgeDigitsError, match="One of 1 processes ended") as refused,
        _processes(sources, RECIPES["classic"], 1) as pool,
    ):
        pool.submit(os._exit, 9).result()
    assert "--resume" in refused.value.remedy


def test_teachers_are_known_by_what_they_learn_which_is_nothing_of_a_users_own(tmp_path: Path) -> None:
    none = np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8)
    split = Split(*none, *none)
    known = Material(Mnist(*none, *none, "m"), split, split, None, "with own", "without")
    recipe = RECIPES["edge"]
    own = trainings(recipe, known, [4, 5], epochs=3, folder=tmp_path, resume=True)
    assert [data_of(each, known) for each in (*teachers(recipe, known), *own)] == [
        "without", "without", "with own", "with own",
    ]  # fmt: skip
    assert [each.checkpoint for each in own] == [tmp_path / "seed-4.npz", tmp_path / "seed-5.npz"]
    assert own[0].teachers == tuple(each.checkpoint for each in teachers(recipe, known))
