"""Several networks of one recipe as one: each of them alone would leave a GPU idle.

Their variables are stacked and all take each step at once (Keras's stateless calls under JAX's vmap). What
they are and how they learn is said in `train.network` and `train.fit`, as for a network that learns alone;
only the order of sums differs, and the weights that a seed begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from train.fit import optimizer_of, targets_of, weights_of
from train.network import Recipe
from train.pages import Crops

if TYPE_CHECKING:
    import keras

_AT_ONCE: Final = 4000
"""Pictures that are judged at once."""


class Fleet:
    """Networks of one recipe whose variables are stacked, each along a new first axis."""

    def __init__(self, recipe: Recipe, seeds: Sequence[int], steps: int) -> None:
        """Build the networks and their optimizers.

        Args:
            recipe: What they are.
            seeds: One for each of them.
            steps: Of the whole run, for the course of the learning rate.
        """
        import jax
        import jax.numpy as jnp
        import keras

        self.recipe = recipe
        states = []
        for seed in seeds:
            keras.utils.set_random_seed(seed)
            self.model = _as_products(recipe.build(len(recipe.labels)))
            self.optimizer = optimizer_of(recipe, steps)
            self.optimizer.build(self.model.trainable_variables)
            self.model.compile(optimizer=self.optimizer)
            states.append([np.asarray(value) for value in self._variables()])
        self.states = [jnp.stack(values) for values in zip(*states, strict=True)]
        self._epoch = jax.jit(self._learn, donate_argnums=0)
        self._judge = jax.jit(jax.vmap(self._answer, in_axes=(0, None)))

    def _variables(self) -> list[Any]:
        return [
            *self.model.trainable_variables,
            *self.model.non_trainable_variables,
            *self.optimizer.variables,
        ]

    def _parts(self, state: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        learnt = len(self.model.trainable_variables)
        kept = learnt + len(self.model.non_trainable_variables)
        return state[:learnt], state[learnt:kept], state[kept:]

    def learn(self, crops: Crops, orders: NDArray[np.int32]) -> NDArray[np.float32]:
        """Go once over the crops.

        Args:
            crops: What is learnt.
            orders: For each network the crops' numbers in its order, shape (networks, steps, batch).

        Returns:
            Loss and accuracy of each network, shape (networks, 2).
        """
        import jax.numpy as jnp

        material = (crops.images, targets_of(crops, self.recipe), weights_of(crops, self.recipe))
        self.states, figures = self._epoch(
            self.states, [jnp.asarray(each) for each in material], jnp.asarray(orders.swapaxes(0, 1))
        )
        return np.asarray(figures)

    def _learn(self, states: list[Any], material: list[Any], orders: Any) -> tuple[list[Any], Any]:
        import jax

        def step(states: list[Any], numbers: Any) -> tuple[list[Any], Any]:
            return jax.vmap(self._step, in_axes=(0, 0, None))(states, numbers, material)

        states, figures = jax.lax.scan(step, states, orders)
        return states, figures.mean(axis=0)

    def _step(self, state: list[Any], numbers: Any, material: list[Any]) -> tuple[list[Any], Any]:
        import jax
        import jax.numpy as jnp
        import keras

        learnt, kept, course = self._parts(state)
        images, wanted, weights = (each[numbers] for each in material)
        pictures = images[..., None].astype(jnp.float32) / 255

        def loss_of(learnt: list[Any]) -> tuple[Any, Any]:
            answers, now = self.model.stateless_call(learnt, kept, pictures, training=True)
            loss = jnp.mean(weights * keras.losses.categorical_crossentropy(wanted, answers))
            return loss, (answers, now)

        (loss, (answers, kept)), gradients = jax.value_and_grad(loss_of, has_aux=True)(learnt)
        learnt, course = self.optimizer.stateless_apply(course, gradients, learnt)
        right = (answers.argmax(axis=1) == wanted.argmax(axis=1)).mean()
        return [*learnt, *kept, *course], jnp.stack([loss, right])

    def answers(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return each network's probabilities, shape (networks, n, classes), for crops (n, 28, 28)."""
        learnt, kept, _ = self._parts(self.states)
        parts = []
        for start in range(0, len(images), _AT_ONCE):
            part = images[start : start + _AT_ONCE]
            filled = np.zeros((_AT_ONCE, *images.shape[1:]), np.uint8)
            filled[: len(part)] = part
            parts.append(self._judge([*learnt, *kept], filled)[:, : len(part)])
        return np.concatenate([np.asarray(part) for part in parts], axis=1)

    def _answer(self, weights: list[Any], images: Any) -> Any:
        import jax.numpy as jnp

        learnt = len(self.model.trainable_variables)
        pictures = images[..., None].astype(jnp.float32) / 255
        return self.model.stateless_call(weights[:learnt], weights[learnt:], pictures, training=False)[0]

    def show(self, which: int) -> keras.Model:
        """Return `model`, with its optimizer, holding one network's values."""
        for variable, value in zip(self._variables(), self.states, strict=True):
            variable.assign(value[which])
        return self.model

    def take(self, which: int) -> None:
        """Give one network the values that `model` and its optimizer hold."""
        self.put(which, [variable.value for variable in self._variables()])

    def values(self, which: int) -> list[NDArray[Any]]:
        """Return a copy of one network's values and its optimizer's."""
        return [np.array(state[which]) for state in self.states]

    def put(self, which: int, values: Sequence[Any]) -> None:
        """Give one network values that `values` returned."""
        self.states = [state.at[which].set(value) for state, value in zip(self.states, values, strict=True)]


def _as_products(model: keras.Model) -> keras.Model:
    """Rebuild a model with convolutions that stack as products of matrices do: grouped ones are slow."""
    import keras
    from keras import layers, ops

    class Convolution(layers.Conv2D):
        def convolution_op(self, inputs: Any, kernel: Any) -> Any:
            if self.padding != "same":
                return super().convolution_op(inputs, kernel)
            (high, wide), (down, across) = self.kernel_size, self.strides
            _, height, width, _ = inputs.shape
            rows, columns = -(-height // down), -(-width // across)
            above = (rows - 1) * down + high - height
            beside = (columns - 1) * across + wide - width
            margins = ((0, 0), *((each // 2, each - each // 2) for each in (above, beside)), (0, 0))
            padded = ops.pad(inputs, margins)
            patches = [
                padded[:, y : y + rows * down : down, x : x + columns * across : across]
                for y in range(high)
                for x in range(wide)
            ]
            return ops.matmul(ops.concatenate(patches, axis=-1), ops.reshape(kernel, (-1, kernel.shape[-1])))

    class Depthwise(layers.DepthwiseConv2D):
        def call(self, inputs: Any) -> Any:
            if self.padding != "valid" or inputs.shape[1:3] != self.kernel_size:
                return super().call(inputs)
            return ops.sum(inputs * self.kernel[..., 0], axis=(1, 2), keepdims=True)

    kinds = {layers.Conv2D: Convolution, layers.DepthwiseConv2D: Depthwise}

    def clone(layer: keras.layers.Layer) -> keras.layers.Layer:
        kind = kinds.get(type(layer), type(layer))
        return kind.from_config(layer.get_config())

    return keras.models.clone_model(model, clone_function=clone)
