"""The networks, and the recipe each is trained by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import keras

DIGITS: Final = tuple("0123456789")


@dataclass(frozen=True)
class Recipe:
    """Everything that makes one model, apart from the data and the seed."""

    name: str
    """The model's name, which is also its folder's under models/."""
    summary: str
    """One sentence for the help and the head of the model card."""
    build: Callable[[int], keras.Model]
    """Makes the untrained network with so many outputs: (n, 28, 28, 1) float32 in 0..1 in, softmax out."""
    labels: tuple[str, ...] = DIGITS
    """What each output stands for, in order."""
    epochs: int = 10
    """Passes over the training pictures."""
    batch_size: int = 200
    """Pictures a step."""
    optimizer: str = "adam"
    """Keras's name of the optimizer, with its default settings."""
    loss: str = "categorical_crossentropy"
    """Keras's name of the loss."""


def build_classic(outputs: int) -> keras.Model:
    """Build the original network: two convolutions, three dense layers, 59,933 parameters for ten outputs.

    Args:
        outputs: Number of classes.

    Returns:
        The untrained model, (n, 28, 28, 1) float32 in 0..1 -> (n, outputs) float32.
    """
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(30, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(15, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(50, activation="relu"),
            layers.Dense(outputs, activation="softmax"),
        ],
        name="classic",
    )


RECIPES: Final = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="classic",
            summary="The original network: two convolutions and three dense layers, trained on plain MNIST.",
            build=build_classic,
        ),
    )
}
"""The models that `python -m train` can make."""
