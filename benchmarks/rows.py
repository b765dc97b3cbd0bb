"""The rows of the table: artifacts on backends, and the one all are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.reference import keras_file, open_keras
from benchmarks.suite import Entry, open_all, reference_artifact
from edge_digits.artifact import Artifact
from edge_digits.errors import ModelError
from edge_digits.registry import artifacts

PARTS = ("accuracy", "latency", "footprint")
"""What is measured of each row."""
WHOLE_PARTS = ("frames", "conditions", "overhead", "peers")
"""What is measured of the machine as a whole."""
REFERENCES = ("auto", "keras", "opencv")
"""What rows can be compared with; auto is keras where TensorFlow is installed, else opencv."""


@dataclass
class Row:
    """A row while it is being filled."""

    name: str
    """Such as "classic-int8.tflite on tflite"; no two rows share one."""
    about: dict[str, Any]
    """What it is: file, backend, status."""
    labels: tuple[str, ...]
    """What each output stands for."""
    probe: list[str]
    """Words for benchmarks.probe; none where a fresh process would tell nothing new."""
    predict: Callable[[NDArray[np.uint8]], NDArray[np.float32]] | None
    """Crops (n, 28, 28) uint8 to probabilities; None where the backend refuses the file."""
    artifact: Artifact | None = None
    """What runs; None for Keras."""
    figures: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(PARTS))
    """What was measured, None for what was not."""
    sweep: list[dict[str, Any]] = field(default_factory=list)
    """Latency with other numbers of threads and crops."""

    @property
    def is_keras(self) -> bool:
        """Whether Keras itself answers."""
        return bool(self.about["format"] == "keras")

    def to_dict(self) -> dict[str, Any]:
        """As in the result file."""
        return {"name": self.name, **self.about, **self.figures, "sweep": self.sweep}


def build_rows(
    chosen: Sequence[Artifact], backends: Sequence[str], *, threads: int, reference: str
) -> tuple[list[Row], Row | None]:
    """Opens everything that is to be measured.

    Args:
        chosen: The artifacts.
        backends: Names of installed backends.
        threads: For one inference.
        reference: One of REFERENCES.

    Returns:
        All rows, and the one among them that the others are compared with,
        which is added where it was not chosen; None where there is none.

    Raises:
        EdgeDigitsError: A file is not as it should be, or the reference asked
            for is not there.
    """
    # Keras first: TensorFlow takes its number of threads only before it works.
    keras = [] if reference == "opencv" else _keras_rows(threads)
    if not keras and reference == "keras":
        raise ModelError(
            "there is no Keras model to compare with: TensorFlow or the .keras file is missing",
            "uv sync --extra train, then python -m train classic; or measure with --reference opencv",
        )
    rows = [_row(entry, threads) for entry in open_all(chosen, backends, threads=threads)]
    if keras:
        return [*rows, *keras], keras[0]
    artifact = reference_artifact()
    if artifact is None:
        return rows, None
    [entry] = open_all([artifact], ["opencv"], threads=threads)
    added = _row(entry, threads)
    if added.predict is None:
        return rows, None
    known = next((row for row in rows if row.name == added.name), None)
    return (rows, known) if known else ([*rows, added], added)


def _row(entry: Entry, threads: int) -> Row:
    artifact, backend = entry.artifact, entry.backend
    about = {
        "model": artifact.model,
        "precision": artifact.precision,
        "format": artifact.format,
        "file": artifact.path.name,
        "bytes": artifact.path.stat().st_size,
        "sha256": artifact.sha256,
        "backend": entry.backend_name,
        "engine": None if backend is None else backend.version,
        "status": "refused" if backend is None else "ok",
        "reason": entry.reason or None,
    }
    words = ["backend", artifact.name, artifact.format, entry.backend_name, str(threads)]
    predict = None if backend is None else backend.predict
    return Row(entry.name, about, artifact.labels, words, predict, artifact)


def _keras_rows(threads: int) -> list[Row]:
    """`model.predict`, and `model(x)`; none where there is no Keras."""
    path = keras_file()
    if path is None:
        return []
    labels = next((each.labels for each in artifacts() if each.model == path.stem), ())
    about = {
        "model": path.stem,
        "precision": "float32",
        "format": "keras",
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": None,
        "backend": "keras",
        "engine": f"tensorflow {version('tensorflow')}",
        "status": "ok",
        "reason": None,
    }
    words = ["keras", str(path.resolve()), str(threads)]
    keras = open_keras(path, threads=threads)
    return [
        Row(f"{path.name} in model.predict", about, labels, words, keras.predict),
        # The same process and memory as the row above: there is nothing to weigh.
        Row(f"{path.name} in model(x)", {**about, "backend": "keras call"}, labels, [], keras.call),
    ]
