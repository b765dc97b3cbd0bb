"""A process that the system ends, for want of memory as a rule, is no traceback, whatever it was doing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_digits.errors import EdgeDigitsError
from train import abreast
from train.course import Sources
from train.network import RECIPES
from train.pages import Crops, cut_pages
from train.side_by_side import _processes

ROOT = Path(__file__).parents[2]


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


_COMMAND = """
import time
from train.processes import processes

def work():
    print("at work", flush=True)
    time.sleep(100)

if __name__ == "__main__":
    with processes(1, int, (), remedy="") as pool:
        pool.submit(work).result()
"""


def test_when_the_command_is_killed_they_end_too(tmp_path: Path) -> None:
    """Else they would go on for hours, and write over what a new command has begun."""
    script = tmp_path / "command.py"
    script.write_text(_COMMAND)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "runtime")])}
    command = subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE)
    assert command.stdout is not None
    assert command.stdout.readline().strip() == b"at work"
    command.kill()
    # The pipe has an end once nobody is left who could write to it.
    assert command.communicate(timeout=50) == (b"", None)


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
