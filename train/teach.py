"""Let larger networks teach: their opinion of each crop, kept beside it.

A small network learns more from what a larger one answers than from labels alone: that this 7 is
nearly a 1, that this scrawl is nothing (Hinton, Vinyals and Dean, "Distilling the knowledge in a neural
network", 2015). The larger ones are asked about the very crops that the small one sees (Beyer et al.,
"Knowledge distillation: a good teacher is patient and consistent", 2022). Asking is slow, so a fixed
round of lessons is made once, kept in the user's cache and learnt again and again in new orders, by
all seeds and by every model.

Of what the teachers are in doubt they see more views, slanted and turned a little, and say the mean, as the
reader does. Which digit a scrawl may be is theirs to say; that it is one, the label knows better. And some
of the crops are spoilt after the teachers have seen them clean, so that the small one learns to answer as if
they still were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.files import written_whole
from edge_digits.paths import is_file
from edge_digits.second_look import look_again
from train.cache import kept_arrays
from train.calibrate import logits_of, none_offset, softmax
from train.checkpoint import CheckpointError
from train.files import CACHE, writing
from train.lessons import Lessons, strength
from train.mnist import cache_dir
from train.network import TEACHER
from train.pages import NONE, Crops
from train.ready import learnt
from train.spoil import spoil

if TYPE_CHECKING:
    import keras

_ROUND: Final = 12
"""Lessons at full strength."""
_FADING: Final = 6
"""Strengths below it; each has two lessons."""
_TURNED_AWAY: Final = 0.002
"""Largest share of held-out digits that the teachers may turn away."""
SPOILT: Final = 0.15
"""Share of the crops that are spoilt (`train.spoil`)."""
_CERTAIN: Final = 0.99
"""Below this confidence the teachers look again."""
VERSION: Final = 8
"""Raised when the teachers or the lessons in the cache would come out differently."""


class Taught:
    """The lessons of one run, with the teachers' opinion: `taught(epoch)` is the same whenever asked."""

    def __init__(
        self,
        lessons: Lessons,
        teachers: Sequence[Path],
        digits: Crops,
        *,
        name: str,
        seed: int,
        epochs: int,
        softness: float,
    ) -> None:
        """Prepare the lessons of one run.

        Args:
            lessons: What there is to learn; its seed, not the run's, decides what the crops are.
            teachers: Files of the larger networks, their training finished.
            digits: Held-out digits, by which the teachers' readiness to say "none" is set.
            name: Names lessons and teachers, for the cache.
            seed: Of the run: it decides the order.
            epochs: How many there will be.
            softness: By what the teachers' logits are divided.
        """
        self.lessons = lessons
        """What there is to learn."""
        self._paths, self._digits = tuple(teachers), digits
        self._name, self._seed, self._epochs, self._softness = name, seed, epochs, softness
        self._teachers: Teachers | None = None

    def __len__(self) -> int:
        """Return how many crops an epoch has."""
        return len(self.lessons)

    def __call__(self, epoch: int) -> Crops:
        """Return the crops of an epoch, counted from 0, in this run's order."""
        crops = self.lesson(*which(epoch, self._epochs))
        order = np.random.RandomState([self._seed, epoch]).permutation(len(crops.images))
        return crops.taken(order)

    def lesson(self, number: int, strength: float) -> Crops:
        """Find a lesson in the cache, or make it and ask the teachers; their opinion is softened.

        Raises:
            OutputError: The cache cannot be written.
        """
        found = kept_arrays(self._place(number), "images", "labels", "opinions", "written")
        if found is None:
            crops = self.keep(number, self.opine(number, self.lessons.make(number, strength)))
        else:
            crops = Crops(**found)
        assert crops.opinions is not None
        return replace(crops, opinions=softened(crops.opinions, self._softness))

    def opine(self, number: int, crops: Crops) -> Crops:
        """Add the teachers' opinion, not softened, to a lesson's crops, and spoil some of them."""
        if self._teachers is None:
            self._teachers = Teachers([load_teacher(path) for path in self._paths], self._digits)
        opinions = certain_of_digits(self._teachers.ask(crops.images), crops.labels)
        if self.lessons.own:
            # What a user corrects is what the teachers do not know yet.
            wrong = opinions.argmax(axis=1) != crops.labels
            opinions[wrong] = np.eye(opinions.shape[1], dtype=np.float32)[crops.labels[wrong]]
        return replace(crops, images=_some_spoilt(crops.images, number), opinions=opinions)

    def keep(self, number: int, crops: Crops) -> Crops:
        """Write a lesson to the cache, and return it.

        Raises:
            OutputError: The cache cannot be written.
        """
        place = self._place(number)
        with writing(place.parent, CACHE):
            place.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(place) as file:
                np.savez_compressed(file, **vars(crops))
        return crops

    def kept(self, number: int) -> bool:
        """Whether a lesson lies in the cache; whether it is whole is seen when it is learnt from."""
        return is_file(self._place(number))

    def _place(self, number: int) -> Path:
        return cache_dir().parent / "lessons" / f"{self._name[:16]}-{number}.npz"


def certain_of_digits(opinions: NDArray[np.float32], labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Take back that digits may be "none", whatever digits they may be.

    Args:
        opinions: Probabilities, shape (n, classes), "none" last.
        labels: What the crops are, shape (n,).

    Returns:
        Probabilities of the same shape.
    """
    certain = opinions.copy()
    certain[labels != NONE, -1] = 0
    return np.asarray(certain / certain.sum(axis=1, keepdims=True), np.float32)


def softened(opinions: NDArray[np.float32], softness: float) -> NDArray[np.float32]:
    """Let second thoughts be heard.

    Args:
        opinions: Probabilities, shape (n, classes).
        softness: By what the logits behind them are divided.

    Returns:
        Probabilities of the same shape; 0 stays 0.
    """
    roots = opinions ** (1 / softness)
    return np.asarray(roots / roots.sum(axis=1, keepdims=True), np.float32)


def _some_spoilt(images: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
    rng = np.random.Generator(np.random.PCG64([number, 1 << 21]))
    chosen = rng.random(len(images)) < SPOILT
    mixed = images.copy()
    mixed[chosen] = spoil(images[chosen], rng)
    return mixed


def which(epoch: int, epochs: int) -> tuple[int, float]:
    """Say which lesson an epoch takes, as (number, strength), so that few of them serve all runs."""
    full = strength(epoch, epochs)
    if full == 1:
        return epoch % _ROUND, 1.0
    level = min(int(full * _FADING), _FADING - 1)
    return _ROUND + 2 * level + epoch % 2, (level + 0.5) / _FADING


def round_of(epochs: int) -> list[tuple[int, float]]:
    """List the lessons that a run of so many epochs needs, as (number, strength)."""
    return sorted({which(epoch, epochs) for epoch in range(epochs)})


def load_teacher(path: Path) -> keras.Model:
    """Build a teacher and give it the weights it has learnt.

    Args:
        path: What `train.ready.keep_teachers` wrote, or the checkpoint of a finished training.

    Raises:
        CheckpointError: It is damaged, or another network.
    """
    model = TEACHER.build(len(TEACHER.labels))
    weights = learnt(path)
    if [weight.shape for weight in weights] != [weight.shape for weight in model.get_weights()]:
        raise CheckpointError(
            f"The teacher {path} is another network", "Train the teachers first: add --teachers anew."
        )
    model.set_weights(weights)
    return model


class Teachers:
    """Larger networks with the same answers, who speak with one voice."""

    def __init__(self, models: Sequence[keras.Model], digits: Crops) -> None:
        """Take the networks and set how readily they say "none".

        They, too, turn away digits that are merely ill-written, and would teach that. As in the
        models that are shipped, their "none" is lowered until few of the digits are turned away.

        Args:
            models: The networks; "none" is their last answer.
            digits: Digits that they have not learnt from.
        """
        self._models = tuple(models)
        self.none_offset = none_offset(self._logits(digits.images), _TURNED_AWAY)
        """What is added to the logit of "none", 0 or less."""

    def ask(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return their opinion.

        Args:
            images: Shape (n, 28, 28).

        Returns:
            Probabilities, shape (n, classes): the softmax of their mean logits.
        """
        logits = self._logits(images)
        logits[:, -1] += self.none_offset
        return np.asarray(softmax(logits), np.float32)

    def _logits(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        logits = self._at_first_sight(images)
        doubtful = np.flatnonzero(softmax(logits).max(axis=1) < _CERTAIN)
        return look_again(images, logits, doubtful, self._at_first_sight)

    def _at_first_sight(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        return np.asarray(np.mean([logits_of(model, images) for model in self._models], axis=0))
