"""A network and labels of your own: what is taught besides MNIST, and how.

The labels begin with 0 to 9, since MNIST shows these. "none", if it is wanted, is the eleventh: then
junk is taught as well. All others come after and are learnt from `--extra` alone.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.errors import ModelError
from train.augment import augment
from train.junk import is_bar
from train.lessons import Lessons, strength
from train.mnist import Split
from train.network import DIGITS, Recipe, Schedule
from train.pages import NONE, Crops
from train.usable import demand_usable, mend_loading

if TYPE_CHECKING:
    import keras

_EPOCHS: Final = 12
_MINUS: Final = ("-", "minus")
"""Labels of a lying bar, which a network with "none" would else be taught to turn away."""
_HELD_OUT: Final = 5
"""Every fifth picture of a label is held out for validation."""
_REPEATED: Final = 20
_SHARE: Final = 0.08
"""Most crops of one label in an epoch, for one MNIST picture; a digit has about 0.1."""


def own_recipe(path: Path, labels: tuple[str, ...]) -> Recipe:
    """Return the recipe for a Keras model of a user's own; learning starts from the weights it has.

    Args:
        path: The .keras file, (n, 28, 28, 1) float32 in 0..1 to probabilities.
        labels: What its outputs stand for; checked by `label_fault`.
    """
    return Recipe(
        name=path.stem,
        summary=f"A network of your own, from {path.name}.",
        build=partial(_build, path),
        labels=labels,
        epochs=_EPOCHS,
        batch_size=128,
        schedule=Schedule(peak=2e-3),
        own=True,
        lessons=NOT_A_DIGIT in labels,
    )


def recorded_labels(folder: Path) -> tuple[str, ...] | None:
    """Return the labels of the model that was trained into a folder, if one was."""
    try:
        record = json.loads((folder / "history.json").read_text(encoding="utf-8"))
        return tuple(str(label) for label in record["labels"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def label_fault(labels: tuple[str, ...]) -> str | None:
    """Say what is wrong with labels, in words; None if nothing is."""
    if labels[:10] != DIGITS:
        return "the first ten must be 0 1 2 3 4 5 6 7 8 9, as MNIST shows them"
    if len(set(labels)) < len(labels):
        return "a label is named twice"
    if NOT_A_DIGIT in labels[11:]:
        return f'"{NOT_A_DIGIT}" must be the eleventh'
    for label in labels:
        if not label.strip() or label in (".", "..") or set(label) & set("/\\\n\0"):
            return f"{label!r} cannot be a folder's name, as --extra needs it: use a word"
    return None


def demand_pictures(labels: tuple[str, ...], own: Crops | None) -> None:
    """Refuse to teach a label of which there is no picture.

    Raises:
        ModelError: A label that MNIST lacks has none, or less than two, in --extra.
    """
    seen = np.bincount(own.labels if own else np.zeros(0, np.uint8), minlength=len(labels))
    missing = [
        label for i, label in enumerate(labels) if i >= len(DIGITS) and label != NOT_A_DIGIT and seen[i] < 2
    ]
    if missing:
        folders = ", ".join(f"DIR/{label}/" for label in missing)
        raise ModelError(
            f"There is nothing to learn {', '.join(missing)} from",
            f"Put two or more pictures of each into {folders} and name DIR with --extra.",
        )


def hold_out(own: Crops) -> tuple[Crops, Crops]:
    """Divide a user's pictures: most to learn from, of each label about a fifth to check by.

    Args:
        own: The pictures.

    Returns:
        Both parts; a label of one picture is learnt only.
    """
    held = np.zeros(len(own.labels), bool)
    for label in np.unique(own.labels):
        places = np.flatnonzero(own.labels == label)
        if len(places) > 1:
            held[places[_HELD_OUT - 1 :: _HELD_OUT] if len(places) >= _HELD_OUT else places[-1:]] = True
    return Crops(own.images[~held], own.labels[~held]), Crops(own.images[held], own.labels[held])


def count_pictures(
    learnt: Crops | None, held_out: Crops | None, model: keras.Model, labels: tuple[str, ...]
) -> dict[str, Any]:
    """Say of a user's pictures how many were learnt, by label, and how many others are read rightly.

    Args:
        learnt: What was learnt; None if there are none.
        held_out: The others.
        model: The trained network.
        labels: Of its outputs.

    Returns:
        For the record: "own" by label and "own_held_out", those read rightly and all; or nothing.
    """
    if learnt is None or held_out is None:
        return {}
    from train.evaluate import accuracy

    counts = {label: int((learnt.labels == i).sum()) for i, label in enumerate(labels)}
    pictures = len(held_out.labels)
    right = round(pictures * accuracy(model, held_out.images, held_out.labels)) if pictures else 0
    return {
        "own": {label: count for label, count in counts.items() if count},
        "own_held_out": [right, pictures],
    }


class OwnLessons:
    """The epochs of a model with a user's own labels: `lessons(epoch)` is the same whenever asked."""

    def __init__(
        self,
        split: Split,
        own: Crops | None,
        lessons: Lessons | None,
        labels: tuple[str, ...],
        *,
        seed: int,
        epochs: int,
    ) -> None:
        """Prepare the lessons of one run.

        Args:
            split: MNIST's pictures; used where there are no `lessons`.
            own: The user's pictures to learn from.
            lessons: Those of a model with "none", which take in MNIST and junk; None without it.
            labels: Of the network's outputs.
            seed: Of the run.
            epochs: How many there will be.
        """
        self._split, self._own, self._lessons = split, own, lessons
        self._seed, self._epochs = seed, epochs
        self._minus = next((i for i, label in enumerate(labels) if label in _MINUS), None)
        self._chosen = _repeated(own.labels, len(split.fit_images)) if own else np.zeros(0, np.int64)

    def __len__(self) -> int:
        """Return how many crops an epoch has."""
        return len(self._chosen) + (len(self._lessons) if self._lessons else len(self._split.fit_images))

    def __call__(self, epoch: int) -> Crops:
        """Make the crops of an epoch, counted from 0, in the order in which they are to be learnt."""
        rng = np.random.Generator(np.random.PCG64([self._seed, epoch, 1]))
        if self._lessons:
            taught = self._lessons(epoch)
            parts = [_without_dashes(taught) if self._minus else taught]
        else:
            parts = [self._varied(self._split.fit_images, self._split.fit_labels, epoch, rng)]
        if self._own:
            chosen = self._chosen
            parts.append(self._varied(self._own.images[chosen], self._own.labels[chosen], epoch, rng))
        whole = Crops.joined(parts)
        order = rng.permutation(len(whole.images))
        return Crops(whole.images[order], whole.labels[order])

    def _varied(
        self, images: NDArray[np.uint8], labels: NDArray[np.uint8], epoch: int, rng: np.random.Generator
    ) -> Crops:
        return Crops(augment(images, rng, strength=strength(epoch, self._epochs)), labels)


def _repeated(labels: NDArray[np.uint8], digits: int) -> NDArray[np.int64]:
    """Choose the pictures of one epoch: the fewer a label has, the oftener each comes."""
    chosen = [
        np.resize(places, min(_REPEATED * len(places), max(len(places), round(_SHARE * digits))))
        for label in np.unique(labels)
        for places in [np.flatnonzero(labels == label)]
    ]
    return np.concatenate(chosen)


def _without_dashes(crops: Crops) -> Crops:
    """Put others in place of what is taught as "none" and is a lying bar, a minus sign to the eye."""
    dash = (crops.labels == NONE) & is_bar(np.ascontiguousarray(crops.images.transpose(0, 2, 1)))
    others = np.flatnonzero(~dash)
    order = np.concatenate([others, others[: int(dash.sum())]])
    return Crops(crops.images[order], crops.labels[order])


def _build(path: Path, outputs: int) -> keras.Model:
    """Load the network; a new copy each time.

    Raises:
        ModelError: It is no Keras model, or does not fit.
    """
    import keras

    try:
        model = keras.saving.load_model(path, compile=False)
        shapes = (tuple(model.input_shape), tuple(model.output_shape))
    # Keras lets whatever its readers of zip, JSON and HDF5 raise come through.
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"{path} cannot be loaded by Keras: {reason}", mend_loading(reason)) from error
    if shapes != ((None, 28, 28, 1), (None, outputs)):
        raise ModelError(
            f"{path} turns {shapes[0]} into {shapes[1]}",
            f"Wanted is (None, 28, 28, 1) into (None, {outputs}), one for each label: --labels names them.",
        )
    demand_usable(model, path)
    return model
