"""A process that the system ends, for want of memory as a rule, is no traceback, whatever it was doing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_digits.errors import EdgeDigitsError
from train import abreast
from train.course import Sources, _processes
from train.network import RECIPES
from train.pages import Crops, cut_pages


class Deadly:
    """Ends the process to which it is handed over."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (9,)


def test_while_networks_are_trained_side_by_side(data: Path) -> None:
    sources = Sources(data=data, own_data=True)
    with (
        pytest.raises(EdgeDigitsError, match="One of 1 processes ended") as refused,
        _processes(sources, RECIPES["classic"], 1) as pool,
    ):
        pool.submit(os._exit, 9).result()
    assert "--resume and fewer --jobs" in refused.value.remedy


def test_while_pages_are_cut() -> None:
    with pytest.raises(EdgeDigitsError, match="One of 2 processes ended") as refused:
        cut_pages(Deadly(), np.zeros(0, np.uint8), pages=2, seed=0, workers=2)  # type: ignore[arg-type]
    assert "the same command" in refused.value.remedy


def test_while_lessons_are_made_for_the_teachers() -> None:
    class Untaught:
        lessons = Deadly()

        def kept(self, number: int) -> bool:
            return False

        def keep(self, number: int, crops: Crops) -> None:
            raise AssertionError("no crops are ever made")

        opine = keep

    with pytest.raises(EdgeDigitsError, match="One of several processes ended") as refused:
        abreast._ask(Untaught(), 1)  # type: ignore[arg-type]
    assert "--resume" in refused.value.remedy
