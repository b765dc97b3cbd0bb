"""A toy task that a tiny network learns in seconds, in MNIST's file format."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Toy:
    data: Path
    keras: Path
    images: NDArray[np.uint8]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True)
class Converted:
    models: Path
    folder: Path
    stdout: str
    stderr: str


def pictures(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Ten coarse patterns of 7x7 blocks, each picture with noise of its own."""
    patterns = np.random.RandomState(7).rand(10, 7, 7) > 0.5
    random = np.random.RandomState(seed)
    labels = random.randint(0, 10, count).astype(np.uint8)
    clean = patterns[labels].repeat(4, axis=1).repeat(4, axis=2) * 180.0
    return np.clip(clean + random.normal(0, 50, clean.shape), 0, 255).astype(np.uint8), labels


def write_idx(folder: Path, part: str, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
    header = struct.pack(">IIII", 2051, len(images), 28, 28)
    (folder / f"{part}-images-idx3-ubyte").write_bytes(header + images.tobytes())
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(
        struct.pack(">II", 2049, len(labels)) + labels.tobytes()
    )


def tiny_network(outputs: int = 10) -> Any:
    """Convolution, pooling, flattening and dense layers: what the shipped models are made of."""
    import keras

    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 5, strides=2, activation="relu", bias_initializer="random_normal"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dense(outputs, activation="softmax"),
        ]
    )
