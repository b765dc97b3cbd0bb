"""Learn on several machines at once: each takes its share of every batch, and all take the same step.

Method: synchronous data parallelism, the gradients summed over the workers (Goyal et al., "Accurate,
Large Minibatch SGD", 2017), by TensorFlow's MultiWorkerMirroredStrategy and its standard TF_CONFIG.
The batch stays as large as the recipe says, so the network learns as it does on one machine.
Keras 3's own `fit` does not take part in this strategy; so the step is written out here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import EdgeDigitsError

if TYPE_CHECKING:
    import keras

_EXAMPLE: Final = (
    'Wanted on each machine, with its own index: TF_CONFIG=\'{"cluster": {"worker": ["first:12345", '
    '"second:12345"]}, "task": {"type": "worker", "index": 0}}\''
)


class WorkersError(EdgeDigitsError):
    """The workers cannot work together."""


class Team:
    """This process as one of several workers."""

    def __init__(self, size: int, rank: int) -> None:
        """Find the others and wait for them.

        Args:
            size: How many workers there are.
            rank: This one's place among them; 0 is the chief, which alone writes.
        """
        import tensorflow as tf

        self.size, self.rank = size, rank
        self._strategy = tf.distribute.MultiWorkerMirroredStrategy()
        self._model: Any = None
        self._step: Any = None
        self._mean: Any = None

    @property
    def chief(self) -> bool:
        """Whether this worker writes the checkpoint and the model."""
        return self.rank == 0

    def scope(self) -> AbstractContextManager[Any]:
        """Return the context in which network and optimizer must be made."""
        return self._strategy.scope()  # type: ignore[no-any-return]

    def demand_agreement(self, epoch: int) -> None:
        """Refuse to go on when the workers have different numbers of epochs behind them.

        Raises:
            WorkersError: They have.
        """
        mean, square = self._means([np.float32(epoch), np.float32(epoch**2)])
        if abs(float(square) - float(mean) ** 2) > 0.01:
            raise WorkersError(
                f"The workers stand at different epochs; this one at {epoch}",
                "Give all of them the same --out on a shared disk, copy the chief's checkpoint folder to the "
                "others, or leave --resume away on all of them.",
            )

    def epoch(
        self,
        model: keras.Model,
        lesson: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
        batch_size: int,
        on_step: Callable[[], object],
    ) -> dict[str, float]:
        """Go once over the pictures, together with the others.

        Args:
            model: Made and compiled inside `scope`.
            lesson: Pictures of the whole epoch, the same for all workers, shape (n, 28, 28, 1); what is to be
                answered, shape (n, classes); how much each counts, shape (n,).
            batch_size: Of all workers together.
            on_step: Called after each step.

        Returns:
            Mean "loss" and "accuracy" over the epoch.

        Raises:
            WorkersError: Another worker stopped.
        """
        import tensorflow as tf

        if self._model is not model:
            self._model, self._step = model, tf.function(self._together(model))
        images, targets, weights = lesson
        size = min(batch_size, len(images))
        # Every step has a full batch, or a worker might go without pictures: the first ones come again.
        order = np.resize(np.arange(len(images)), -(-len(images) // size) * size).reshape(-1, size)
        sums = np.zeros(2)
        for numbers in order:
            mine = numbers[self.rank :: self.size]
            with _lost_worker():
                batch = (tf.constant(array[mine]) for array in (images, targets, weights))
                taken = self._step(*batch, float(size))
            sums += [float(value) for value in taken]
            on_step()
        self._share_statistics(model)
        return dict(zip(("loss", "accuracy"), (sums / len(order)).tolist(), strict=True))

    def _together(self, model: keras.Model) -> Callable[..., Any]:
        """Return one step: this worker's share of the loss, everybody's gradients."""
        import keras
        import tensorflow as tf

        def alone(images: Any, targets: Any, weights: Any, size: Any) -> Any:
            with tf.GradientTape() as tape:
                answers = model(images, training=True)
                losses = keras.losses.categorical_crossentropy(targets, answers)
                loss = tf.reduce_sum(weights * losses) / size
            gradients = tape.gradient(loss, model.trainable_variables)
            # The optimizer sums the gradients over the workers.
            model.optimizer.apply(gradients, model.trainable_variables)
            hits = tf.cast(tf.argmax(answers, 1) == tf.argmax(targets, 1), tf.float32)
            context = tf.distribute.get_replica_context()
            return context.all_reduce(tf.distribute.ReduceOp.SUM, [loss, tf.reduce_sum(hits) / size])

        return lambda *batch: self._strategy.run(alone, args=batch)

    def _share_statistics(self, model: keras.Model) -> None:
        """Give all workers the mean of what each saw of the batches' mean and variance."""
        seen = [v for v in model.non_trainable_variables if np.dtype(v.dtype).kind == "f"]
        means = self._means([np.array(v) for v in seen]) if seen else []
        for variable, value in zip(seen, means, strict=True):
            variable.assign(np.array(value))

    def _means(self, values: list[Any]) -> list[Any]:
        """Return the mean of each value over the workers."""
        import tensorflow as tf

        def alone(*mine: Any) -> Any:
            context = tf.distribute.get_replica_context()
            # Copied, so that they lie on the replica's device: what lies on none cannot be reduced.
            return context.all_reduce(tf.distribute.ReduceOp.MEAN, [tf.identity(value) for value in mine])

        if self._mean is None:
            self._mean = tf.function(lambda *mine: self._strategy.run(alone, args=mine))
        with _lost_worker():
            return list(self._mean(*(tf.convert_to_tensor(value) for value in values)))


@contextmanager
def _lost_worker() -> Iterator[None]:
    """Turn TensorFlow's complaint about a worker that is gone into an error that says what to do."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.OpError as error:
        raise WorkersError(
            f"The work broke off, most likely since another worker stopped: {str(error).splitlines()[0]}",
            "Start all workers again with --resume.",
        ) from error


def gather_team() -> Team | None:
    """Join the workers that TF_CONFIG names; None where it names no others.

    TensorFlow must be started and not have computed anything yet.

    Raises:
        WorkersError: TF_CONFIG is not what TensorFlow wants, or the others cannot be reached.
    """
    place = place_among_workers(os.environ.get("TF_CONFIG", ""))
    if place is None:
        return None
    import tensorflow as tf

    try:
        return Team(*place)
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        raise WorkersError(
            f"The other workers cannot be reached: {str(error).splitlines()[0]}",
            "Start all of them within a few minutes, and see that their ports are open.",
        ) from error


def place_among_workers(config: str) -> tuple[int, int] | None:
    """Read from TF_CONFIG's text how many workers there are and which one this is, 0 for the chief.

    Raises:
        WorkersError: It is not understood.
    """
    if not config.strip():
        return None
    try:
        whole = json.loads(config)
        cluster, task = whole.get("cluster", {}), whole.get("task", {})
        if not cluster:
            return None
        strangers = sorted(set(cluster) - {"chief", "worker"})
        members = [
            (kind, index) for kind in ("chief", "worker") for index in range(len(cluster.get(kind, [])))
        ]
        rank = members.index((task["type"], int(task["index"])))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorkersError(f"TF_CONFIG is not understood: {error}", _EXAMPLE) from error
    if strangers:
        raise WorkersError(
            f"TF_CONFIG names {', '.join(strangers)}, and all work is done by workers", _EXAMPLE
        )
    return (len(members), rank) if len(members) > 1 else None
