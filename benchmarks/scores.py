"""How right the rows are: on test pictures, on the same gone bad, beside Keras, on a user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import TestSet, answers, corrupted, score
from benchmarks.progress import watcher
from benchmarks.reference import model_file, open_keras
from benchmarks.rows import Row

KERAS_BATCH = 500
"""Keras takes some 40 ms a call; its answers do not depend on the batch beyond rounding."""
CORRUPTED_EACH = 500
"""Pictures of each corruption; four times as many in a full run."""


@dataclass(frozen=True)
class Sets:
    """What rows are scored on; None for what there is not."""

    test: TestSet | None
    """MNIST's test pictures."""
    own: TestSet | None
    """The user's."""
    corrupted: Sequence[TestSet] = ()
    """The first, gone bad."""


def prepare_sets(test: TestSet | None, own: TestSet | None, *, quick: bool, full: bool, seed: int) -> Sets:
    """Corrupts test pictures, unless in a hurry."""
    if test is None or quick:
        return Sets(test, own)
    step = max(1, len(test.labels) // (CORRUPTED_EACH * (4 if full else 1)))
    return Sets(test, own, corrupted(test, step=step, seed=seed))


def affordable(test: TestSet, live: Sequence[Row], seconds: float) -> TestSet:
    """As many of the pictures as all rows classify in a time, by what was measured of their calls.

    Args:
        test: All pictures.
        live: Rows with or without latency.
        seconds: For all rows together.

    Returns:
        The set, or each n-th of it: no fewer than 100 pictures.
    """
    timed = [row.figures["latency"]["p50_ms"] for row in live if row.figures["latency"] and not row.is_keras]
    step = min(-(-sum(timed) * len(test.labels) // (1000 * seconds)), len(test.labels) // 100)
    return test if step <= 1 else test.every(int(step), test.name.partition(",")[0])


def score_rows(live: Sequence[Row], sets: Sets, *, threads: int) -> None:
    """Fills in accuracy, corruptions, agreement and own of every row that can answer.

    agreement is how often a row's likeliest class is that of its model in Keras, on the test
    pictures; None where Keras is no row of this run or the model has no .keras file.

    Args:
        live: The rows.
        sets: What to score on.
        threads: Of Keras.
    """
    told: dict[str, NDArray[np.intp]] = {}
    for row in live:
        if sets.test is not None:
            told[row.name] = _asked(row, sets.test, f"accuracy, {row.name}")
            row.figures["accuracy"] = score(told[row.name], row.labels, sets.test)
        if sets.own is not None:
            row.figures["own"] = score(_asked(row, sets.own, f"own, {row.name}"), row.labels, sets.own)
        if sets.corrupted:
            row.figures["corruptions"] = _corruptions(row, sets.corrupted)
    if sets.test is not None and any(row.is_keras for row in live):
        _agreement(live, told, sets.test, threads)


def _asked(row: Row, test: TestSet, label: str) -> NDArray[np.intp]:
    assert row.predict is not None
    batch = KERAS_BATCH if row.is_keras else 1
    return answers(row.predict, test.images, batch=batch, watch=watcher(label))


def _corruptions(row: Row, sets: Sequence[TestSet]) -> dict[str, Any]:
    by = {}
    for each in watcher(f"corruptions, {row.name}")(sets):
        assert row.predict is not None
        batch = KERAS_BATCH if row.is_keras else 1
        by[each.name] = score(answers(row.predict, each.images, batch=batch), row.labels, each)["value"]
    return {"mean": round(sum(by.values()) / len(by), 6), "count": len(sets[0].labels), "by": by}


def _agreement(live: Sequence[Row], told: dict[str, NDArray[np.intp]], test: TestSet, threads: int) -> None:
    for model in dict.fromkeys(str(row.about["model"]) for row in live):
        path = model_file(model)
        if path is None:
            continue
        keras = answers(open_keras(path, threads=threads).predict, test.images, batch=KERAS_BATCH)
        for row in live:
            if row.about["model"] == model and not row.is_keras:
                same = int(np.count_nonzero(told[row.name] == keras))
                row.figures["agreement"] = {
                    "value": round(same / len(keras), 6),
                    "same": same,
                    "count": len(keras),
                }
