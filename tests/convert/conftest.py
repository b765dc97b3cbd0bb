"""The toy network, trained, and what the command makes of it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.convert.toys import Converted, Toy, pictures, tiny_network, write_idx

ROOT = Path(__file__).resolve().parents[2]
_NEEDED = ("tensorflow", "tf2onnx", "onnx", "onnxruntime", "ai_edge_litert")
collect_ignore_glob = ["test_*.py"] if any(importlib.util.find_spec(name) is None for name in _NEEDED) else []


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    import keras

    folder = tmp_path_factory.mktemp("toy")
    images, labels = pictures(3600, seed=0)
    test_images, test_labels = pictures(200, seed=1)
    write_idx(folder, "train", images, labels)
    write_idx(folder, "t10k", test_images, test_labels)
    keras.utils.set_random_seed(3)
    network = tiny_network()
    network.compile("adam", "sparse_categorical_crossentropy")
    network.fit((images / np.float32(255))[..., None], labels, epochs=4, batch_size=32, verbose=0)
    network.save(folder / "toy.keras")
    answers = network.predict((test_images / np.float32(255))[..., None], verbose=0)
    assert (answers.argmax(axis=1) == test_labels).mean() > 0.97, "the toy task is meant to be learnt"
    return Toy(folder, folder / "toy.keras", test_images, answers)


@pytest.fixture(scope="session")
def converted(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> Converted:
    """The toy network converted by the command itself."""
    models = tmp_path_factory.mktemp("models")
    run = subprocess.run(
        [sys.executable, "-m", "convert", toy.keras, "--data", toy.data, "--own-data", "--models", models],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "runtime")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return Converted(models, models / "toy", run.stdout, run.stderr)
