"""Teachers that come with the project: kept small, and known by what they have learnt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from train.checkpoint import CheckpointError
from train.ready import READY, digest, keep_teachers, learnt, ready_teachers


@pytest.fixture
def checkpoints(tmp_path: Path) -> list[Path]:
    """What two trainings left, with all that they alone needed."""
    paths = [tmp_path / "a.npz", tmp_path / "b.npz"]
    for seed, path in enumerate(paths):
        rng = np.random.default_rng(seed)
        best = {f"best_{i}": rng.normal(size=(2, i + 1)).astype(np.float32) for i in range(12)}
        state = {f"state_{i}": rng.normal(size=(50, 50)) for i in range(12)}
        np.savez(path, progress="{}", **best, **state)
    return paths


def test_they_are_kept_in_order_without_what_only_training_needs(checkpoints, tmp_path):
    kept = keep_teachers(checkpoints, tmp_path / "teachers")
    assert [path.name for path in kept] == ["teacher-0.npz", "teacher-1.npz"]
    for before, after in zip(checkpoints, kept, strict=True):
        assert after.stat().st_size < before.stat().st_size / 10
        wanted, found = learnt(before), learnt(after)
        assert len(wanted) == len(found) == 12
        assert all(np.array_equal(*pair) for pair in zip(wanted, found, strict=True))


def test_they_are_known_by_what_they_have_learnt_wherever_it_lies(checkpoints, tmp_path):
    kept = keep_teachers(checkpoints, tmp_path / "teachers")
    assert digest(kept) == digest(checkpoints)
    assert len({digest(each) for each in (kept, kept[:1], kept[::-1])}) == 3


def test_one_that_is_missing_leaves_none(checkpoints, tmp_path):
    folder = tmp_path / "teachers"
    assert ready_teachers(2, folder) == ()
    kept = keep_teachers(checkpoints, folder)
    assert ready_teachers(2, folder) == kept
    assert ready_teachers(1, folder) == kept[:1]
    assert ready_teachers(3, folder) == ()


@pytest.mark.parametrize("length", [0, 100, -1])
def test_one_that_is_cut_short_is_an_error_that_says_what_mends_it(checkpoints, length):
    content = checkpoints[0].read_bytes()
    checkpoints[0].write_bytes(content[:length])
    with pytest.raises(CheckpointError, match="is damaged") as refused:
        digest(checkpoints)
    assert "--teachers anew" in refused.value.remedy


def test_those_that_come_with_the_project_are_whole_and_of_the_network_that_is_built():
    pytest.importorskip("tensorflow")
    from train.network import RECIPES
    from train.teach import load_teacher

    taught = [recipe for recipe in RECIPES.values() if recipe.teachers]
    paths = ready_teachers(max(recipe.teachers for recipe in taught))
    assert [path.parent for path in paths] == [READY, READY]
    assert len({digest([path]) for path in paths}) == 2
    for path in paths:
        assert load_teacher(path).output_shape == (None, 11)
