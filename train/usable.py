"""What a network of a user's own has to be, so that it can be converted and read with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import ModelError

if TYPE_CHECKING:
    import keras

_SLACK: Final = 0.001


def mend_loading(reason: str) -> str:
    """Say what mends a file that Keras does not load for this reason."""
    if "Lambda" in reason:
        return "Put a layer of Keras in place of Lambda, such as Rescaling: no converter knows your function."
    return "Name a .keras file that model.save() wrote."


def demand_no_loop(model: keras.Model, path: Path) -> None:
    """Refuse recurrent layers: TensorFlow's int8 converter does not refuse a loop, it kills the process.

    Raises:
        ModelError: There is one.
    """
    import keras

    layers = list(model.layers)
    while layers:
        layer = layers.pop()
        layers += getattr(layer, "layers", [])
        if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
            raise ModelError(
                f"{path} has a recurrent layer, {layer.name}, which cannot be converted safely",
                "Wanted is a network without loops: convolutions, pooling, dense layers and the like.",
            )


def demand_probabilities(answers: NDArray[np.floating]) -> None:
    """Refuse answers, (n, classes), that are not probabilities.

    Raises:
        ModelError: They are negative, do not add up to 1, or are not finite.
    """
    if not np.isfinite(answers).all() or answers.min() < 0 or abs(answers.sum(axis=1) - 1).max() > _SLACK:
        raise ModelError(
            "The model's outputs are not probabilities that add up to 1",
            "Let its last layer have activation='softmax'.",
        )


def demand_usable(model: keras.Model, path: Path) -> None:
    """Refuse before it is trained what would be refused when it is converted.

    Raises:
        ModelError: It has a recurrent layer, or answers with something else than probabilities.
    """
    demand_no_loop(model, path)
    pictures = np.random.default_rng(0).random((8, 28, 28, 1), dtype=np.float32)
    demand_probabilities(np.asarray(model(pictures, training=False)))
