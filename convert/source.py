"""The Keras model that is to be converted: found, loaded, and looked at before anything is made."""

from __future__ import annotations

import glob
import hashlib
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convert.quiet import quiet
from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.errors import ModelError
from edge_digits.paths import files_matching, is_file
from train.network import taken_name
from train.usable import demand_no_loop

DIGITS = tuple("0123456789")
_INPUT_SHAPE = (None, 28, 28, 1)


@dataclass(frozen=True)
class Source:
    """A loaded Keras model and what its outputs stand for."""

    name: str
    """The model's name, such as "classic"; artifacts are named after it."""
    path: Path
    """The .keras file."""
    sha256: str
    """Of the .keras file's contents."""
    labels: tuple[str, ...]
    """What each output stands for, in order."""
    model: Any
    """The keras.Model: (n, 28, 28, 1) float32 in 0..1 to (n, len(labels)) probabilities."""


def load_source(model: str, models_dir: Path, labels: Sequence[str] | None = None) -> Source:
    """Load a model by its name or its file.

    Args:
        model: A name, for `<models_dir>/<name>/<name>.keras`, or the path of a .keras file.
        models_dir: The folder of models.
        labels: What each output stands for; None means what the record of its training beside it says,
            and without one 0 to 9, and "none" for an eleventh.

    Returns:
        The model, loaded for inference only.

    Raises:
        ModelError: No such file, a damaged one, a wrong input or output shape, or
            labels that do not fit.
    """
    path = _locate(model, models_dir)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", path.stem):
        raise ModelError(
            f"{path.name} gives no usable model name",
            "Name the file with letters, digits, '.', '_' and '-' only, for instance my-model.keras.",
        )
    keras_model = _load(path)
    outputs = _outputs(keras_model, path)
    demand_no_loop(keras_model, path)
    return Source(
        name=path.stem,
        path=path,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        labels=_labels(labels or _recorded(path, outputs), outputs),
        model=keras_model,
    )


def _locate(model: str, models_dir: Path) -> Path:
    if model.endswith(".keras"):
        path = Path(model)
        if not is_file(path):
            raise ModelError(f"There is no file {path}", "Name a model, or the path of a .keras file.")
        if taken_name(path) and path.resolve().parent != (models_dir / path.stem).resolve():
            raise ModelError(
                f"{path} is called {taken_name(path)} as ours is, whose files would be overwritten",
                "Rename the file, for instance to my-network.keras.",
            )
        return path
    path = models_dir / model / f"{model}.keras"
    if not is_file(path):
        there = files_matching(f"{glob.escape(str(models_dir))}/*/*.keras")
        known = ", ".join(Path(found).stem for found in there) or "none"
        raise ModelError(
            f"There is no model {model!r}: {path} is missing (models there: {known})",
            "Train it first (python -m train --help), or name a .keras file of your own.",
        )
    return path


def _load(path: Path) -> Any:
    mend = "Copy the whole file again, or train the model again (python -m train --help)."
    try:
        whole = zipfile.is_zipfile(path)
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror or error}", "Check its permissions."
        ) from error
    if not whole:
        raise ModelError(f"{path} is not a whole .keras file ({path.stat().st_size} bytes)", mend)
    with quiet():
        import keras

        try:
            return keras.saving.load_model(path, compile=False)
        except Exception as error:
            # Keras raises whatever its zip, JSON and HDF5 readers and the layers themselves raise.
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError(f"Keras cannot load {path}: {reason}", mend) from error


def _outputs(model: Any, path: Path) -> int:
    """Return the number of outputs of a model of the right shape."""
    given, made = model.input_shape, model.output_shape
    if given != _INPUT_SHAPE:
        raise ModelError(
            f"{path} takes input of shape {given}",
            f"Wanted is {_INPUT_SHAPE}: grey pictures of 28x28, float32 in 0..1, white ink on black.",
        )
    if not isinstance(made, tuple) or len(made) != 2 or made[0] is not None or not made[1]:
        raise ModelError(f"{path} gives output of shape {made}", "Wanted is (None, classes): one softmax.")
    return int(made[1])


def _recorded(path: Path, outputs: int) -> list[str] | None:
    """Return the labels with which `python -m train` trained a model, if it did and they fit."""
    try:
        labels = json.loads(path.with_name("history.json").read_text(encoding="utf-8"))["labels"]
        return [str(label) for label in labels] if len(labels) == outputs else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _labels(labels: Sequence[str] | None, outputs: int) -> tuple[str, ...]:
    if labels is None:
        known = {10: DIGITS, 11: (*DIGITS, NOT_A_DIGIT)}
        if outputs not in known:
            raise ModelError(
                f"The model has {outputs} outputs and nothing says what they stand for",
                "Name them in order: --labels 0 1 2 3 4 5 6 7 8 9 ...",
            )
        return known[outputs]
    if len(labels) != outputs:
        raise ModelError(
            f"--labels names {len(labels)} outputs of {outputs}", "Name each output once, in order."
        )
    if len(set(labels)) != len(labels) or not set(DIGITS) <= set(labels):
        raise ModelError(
            f"--labels {' '.join(labels)} does not name each digit once",
            "The ten digits 0 to 9 are wanted, each once, and any others besides.",
        )
    if any("\n" in label or not label.strip() for label in labels):
        raise ModelError("--labels holds an empty label or one of two lines", "Name each output by one word.")
    return tuple(labels)
