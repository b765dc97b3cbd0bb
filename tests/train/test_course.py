"""Trainings side by side, each in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge_digits.errors import EdgeDigitsError
from train.course import Sources, _processes
from train.network import RECIPES


def test_a_process_that_the_system_stops_is_named_with_the_way_on(data: Path) -> None:
    sources = Sources(data=data, own_data=True)
    with (
        pytest.raises(EdgeDigitsError, match="One of 1 processes ended") as refused,
        _processes(sources, RECIPES["classic"], 1) as pool,
    ):
        pool.submit(os._exit, 9).result()
    assert "--resume" in refused.value.remedy
