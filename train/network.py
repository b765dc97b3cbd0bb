"""The networks, and the recipe each is trained by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_digits.artifact import NOT_A_DIGIT

if TYPE_CHECKING:
    import keras

DIGITS: Final = tuple("0123456789")


def digit_outputs(labels: Sequence[str]) -> list[int]:
    """Say which outputs stand for a digit, of labels among which may be "none", "-" or "10"."""
    return [i for i, label in enumerate(labels) if label in DIGITS]


@dataclass(frozen=True)
class Schedule:
    """A learning rate that climbs, then falls to 0 along a cosine (Loshchilov and Hutter, 2017)."""

    muon: bool = False
    """Whether the kernels of convolutions take Muon's steps (`train.muon`); all else takes AdamW's."""
    peak: float = 4e-3
    """Highest learning rate."""
    warm_up: float = 0.06
    """Share of all steps over which it climbs."""
    weight_decay: float = 0.02
    """By how much a step of learning rate 1 would shrink the weights."""
    smoothing: float = 0.05
    """Share of a label's certainty that is spread over the others."""


_MUON: Final = Schedule(muon=True, peak=8e-3, weight_decay=0.1)


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
    schedule: Schedule | None = None
    """In place of `optimizer`: a learning rate with a course of its own."""
    own: bool = False
    """A user's own network; see `train.own`."""
    lessons: bool = False
    """Learn from varied digits, rendered pages and junk besides MNIST; the last label is then "none"."""
    teachers: int = 0
    """Of how many larger networks the opinion counts besides the labels (`train.teach`)."""
    softness: float = 2.0
    """By what the larger networks' logits are divided, so that their second thoughts are heard."""
    emphasis: float = 1.0
    """How much a written digit, of MNIST or a user's own, counts beside what is rendered or no digit."""
    turned_away: float = 0.003
    """Largest share of held-out digits that mode "balanced" may turn away or leave unsure."""


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


def build_edge(outputs: int) -> keras.Model:
    """Build the default network: plain convolutions, three of them residual, 36,603 parameters.

    Args:
        outputs: Number of classes.

    Returns:
        The untrained model, (n, 28, 28, 1) float32 in 0..1 -> (n, outputs) float32.
    """
    return _residual("edge", outputs, ((16, 5, 2), (32, 3, 2)), residual=(1, 1), last=32)


def build_teacher(outputs: int) -> keras.Model:
    """Build the same kind of network, twice as wide, to teach the smaller ones: 107,307 parameters.

    Args:
        outputs: Number of classes.

    Returns:
        The untrained model, (n, 28, 28, 1) float32 in 0..1 -> (n, outputs) float32.
    """
    return _residual("teacher", outputs, ((32, 5, 2), (32, 3, 1), (64, 3, 2)), residual=(0, 0, 2))


def build_nano(outputs: int) -> keras.Model:
    """Build the smallest network: about half of `build_edge`'s width, and two convolutions less.

    Args:
        outputs: Number of classes.

    Returns:
        The untrained model, (n, 28, 28, 1) float32 in 0..1 -> (n, outputs) float32.
    """
    return _residual("nano", outputs, ((12, 5, 2), (16, 3, 2)), residual=(0, 2))


def _residual(
    name: str,
    outputs: int,
    stem: Sequence[tuple[int, int, int]],
    *,
    residual: Sequence[int],
    last: int = 0,
) -> keras.Model:
    """Build 28x28 -> 14x14 -> 7x7, perhaps -> 4x4, and one weight a place to end with.

    Args:
        name: The model's name.
        outputs: Number of classes.
        stem: The convolutions that lead to 7x7, as (width, size, stride).
        residual: How many residual convolutions follow each of them.
        last: Width at 4x4, where one more of these follows; 0 for a network that ends at 7x7.
    """
    import keras
    from keras import layers

    def convolve(x: keras.KerasTensor, width: int, size: int, stride: int = 1) -> keras.KerasTensor:
        x = layers.Conv2D(width, size, strides=stride, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    def add(x: keras.KerasTensor) -> keras.KerasTensor:
        return layers.ReLU()(layers.Add()([x, convolve(x, x.shape[-1], 3)]))

    image = keras.Input((28, 28, 1))
    x = image
    stages = [*zip(stem, residual, strict=True), *([((last, 3, 2), 1)] if last else [])]
    for (width, size, stride), times in stages:
        x = layers.ReLU()(convolve(x, width, size, stride))
        for _ in range(times):
            x = add(x)
    # As large as the picture and without padding, it is a mean that learnt where to look.
    x = layers.BatchNormalization()(layers.DepthwiseConv2D(x.shape[1], use_bias=False)(x))
    x = layers.Flatten()(layers.ReLU()(x))
    return keras.Model(image, layers.Dense(outputs, activation="softmax", name="answer")(x), name=name)


RECIPES: Final = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="classic",
            summary="The original network: two convolutions and three dense layers, trained on plain MNIST.",
            build=build_classic,
        ),
        Recipe(
            name="edge",
            summary="The network for reading pages: small, trained on varied digits, and able to say that "
            "something is not a digit.",
            build=build_edge,
            labels=(*DIGITS, NOT_A_DIGIT),
            epochs=64,
            batch_size=128,
            schedule=replace(_MUON, weight_decay=0.05),
            lessons=True,
            teachers=2,
            softness=3.0,
            emphasis=2.0,
        ),
        Recipe(
            name="nano",
            summary="The same, narrower and with two convolutions less, for the smallest devices.",
            build=build_nano,
            labels=(*DIGITS, NOT_A_DIGIT),
            epochs=64,
            batch_size=128,
            schedule=_MUON,
            lessons=True,
            teachers=2,
            turned_away=0.005,
        ),
    )
}
"""The models that `python -m train` can make."""

TEACHER: Final = Recipe(
    name="teacher",
    summary="Twice as wide as edge; it teaches the others and is not shipped.",
    build=build_teacher,
    labels=(*DIGITS, NOT_A_DIGIT),
    epochs=32,
    batch_size=128,
    schedule=replace(_MUON, weight_decay=0.05, smoothing=0.0),
    lessons=True,
)
"""What the teachers are."""

OURS: Final = (*RECIPES, TEACHER.name)
"""Names that a network of a user's own cannot have."""


def taken_name(path: Path) -> str | None:
    """Return the name of ours that a file has, in letters of any size; None if it has another."""
    # On some disks Edge and edge are one folder.
    return path.stem.lower() if path.stem.lower() in OURS else None
