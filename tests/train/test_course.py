"""What one command trains, and by what its checkpoints are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from train import course, teach
from train.course import Material, data_of, teachers, trainings
from train.mnist import Mnist, Split
from train.network import RECIPES, TEACHER


def material() -> Material:
    none = np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8)
    split = Split(*none, *none)
    return Material(Mnist(*none, *none, "m"), split, split, None, "with own", "without")


def test_teachers_are_known_by_what_they_learn_which_is_nothing_of_a_users_own(tmp_path: Path) -> None:
    known, recipe = material(), RECIPES["edge"]
    own = trainings(recipe, known, [4, 5], epochs=3, folder=tmp_path, resume=True)
    assert [data_of(each, known) for each in (*teachers(recipe, known), *own)] == [
        "without", "without", "with own", "with own",
    ]  # fmt: skip
    assert [each.checkpoint for each in own] == [tmp_path / "seed-4.npz", tmp_path / "seed-5.npz"]
    assert own[0].teachers == tuple(each.checkpoint for each in teachers(recipe, known))
    assert [each.cached for each in (*teachers(recipe, known), *own)] == [True, True, False, False]


def test_teachers_that_would_come_out_differently_have_another_name_in_the_cache(monkeypatch) -> None:
    """Else they would be used as they are, or refused whatever the user does."""

    def names() -> tuple[str, ...]:
        return tuple(each.checkpoint.name for each in teachers(RECIPES["edge"], material()))

    seen = [names()]
    for change in ({"epochs": 50}, {"batch_size": 64}, {"schedule": replace(TEACHER.schedule, peak=1e-3)}):
        monkeypatch.setattr(course, "TEACHER", replace(TEACHER, **change))
        seen.append(names())
    monkeypatch.setattr(course, "TEACHER", replace(TEACHER, summary="the same in other words"))
    assert names() == seen[0]
    monkeypatch.setattr(teach, "VERSION", teach.VERSION + 1)
    seen.append(names())
    assert len({name for pair in seen for name in pair}) == 10


def test_teachers_that_are_ready_are_not_trained(tmp_path: Path) -> None:
    files = tmp_path / "teacher-0.npz", tmp_path / "teacher-1.npz"
    known = replace(material(), teachers=files)
    assert teachers(RECIPES["edge"], known) == []
    [training] = trainings(RECIPES["edge"], known, [0], epochs=3, folder=tmp_path, resume=False)
    assert training.teachers == files
