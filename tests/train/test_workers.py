"""Several processes learning one network together, and what TF_CONFIG may say."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from edge_digits.errors import EdgeDigitsError
from train.workers import place_among_workers

ROOT = Path(__file__).resolve().parents[2]


def config(kind: str, index: int, **cluster: list[str]) -> str:
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", None),
        ("{}", None),
        (config("worker", 0, worker=["a:1"]), None),
        (config("worker", 1, worker=["a:1", "b:1"]), (2, 1)),
        (config("chief", 0, chief=["a:1"], worker=["b:1", "c:1"]), (3, 0)),
        (config("worker", 0, chief=["a:1"], worker=["b:1", "c:1"]), (3, 1)),
    ],
)
def test_the_chief_is_the_one_named_or_the_first_worker(text, place):
    assert place_among_workers(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        config("worker", 2, worker=["a:1", "b:1"]),
        config("ps", 0, worker=["a:1", "b:1"]),
        config("worker", 0, worker=["a:1", "b:1"], ps=["c:1"]),
        json.dumps({"cluster": {"worker": ["a:1", "b:1"]}}),
    ],
)
def test_what_is_not_understood_is_said_with_an_example(text):
    with pytest.raises(EdgeDigitsError, match="TF_CONFIG") as caught:
        place_among_workers(text)
    assert '"task": {"type": "worker"' in caught.value.remedy


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def start(data: Path, out: Path, *, tf_config: str = "") -> subprocess.Popen[str]:
    arguments = ["classic", "--data", str(data), "--own-data", "--out", str(out), "--epochs", "25"]
    return subprocess.Popen(
        [sys.executable, "-m", "train", *arguments, "--threads", "1"],
        cwd=ROOT,
        env={**os.environ, "TF_CONFIG": tf_config, "CUDA_VISIBLE_DEVICES": "-1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_workers_make_the_model_that_one_makes_and_only_the_chief_writes(data, tmp_path):
    pytest.importorskip("tensorflow")
    cluster = [f"localhost:{port}" for port in free_ports(2)]
    outs = [tmp_path / name for name in ("chief", "other", "alone")]
    processes = [
        *(start(data, outs[i], tf_config=config("worker", i, worker=cluster)) for i in range(2)),
        start(data, outs[2]),
    ]
    try:
        said = [process.communicate(timeout=240) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert "worker 0 of 2" in said[0][0]
    assert "the chief tests and writes the model" in said[1][0]
    assert not outs[1].exists()
    together, alone = (
        json.loads((out / "classic" / "history.json").read_text()) for out in (outs[0], outs[2])
    )
    assert len(together["history"]["loss"]) == len(alone["history"]["loss"]) == 25
    # The last batch of an epoch is filled up for workers, and dropout falls elsewhere: close, not equal.
    assert together["history"]["loss"][0] == pytest.approx(alone["history"]["loss"][0], rel=0.05)
    assert together["history"]["loss"][-1] < 0.9 * together["history"]["loss"][0]
    assert min(together["test_accuracy"], alone["test_accuracy"]) > 0.9
    assert together["test_accuracy"] == pytest.approx(alone["test_accuracy"], abs=0.1)
