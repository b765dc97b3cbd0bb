"""Work that never changes, timed among the rows, so that runs of different days can be compared."""

from __future__ import annotations

import numpy as np

from benchmarks.rounds import Contestant, Crop

NAME = "yardstick"


def yardstick() -> Contestant:
    """A row that uses nothing of this project: it shows the pace of the machine and nothing else.

    Each call sorts 4,096 fixed numbers with numpy and adds up 1,000 in a Python loop, about as
    much work as one small network, on one thread.
    """
    numbers = np.random.default_rng(0).random(4096)

    def call(_crop: Crop) -> int:
        np.sort(numbers)
        total = 0
        for number in range(1000):
            total += number
        return total

    return Contestant(NAME, call)
