"""Muon's steps for convolutions."""

from __future__ import annotations

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from train.muon import ConvolutionMuon  # noqa: E402


def stepped(optimizer, start: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    variable = keras.Variable(start)
    optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    return np.asarray(variable)


def spread(matrix: np.ndarray) -> float:
    strengths = np.linalg.svd(matrix, compute_uv=False)
    return float(strengths[0] / strengths[-1])


def test_a_step_takes_all_directions_of_a_kernel_alike_however_unlike_the_gradients_are():
    rng = np.random.default_rng(0)
    gradient = rng.normal(size=(3, 3, 8, 16)).astype(np.float32) * np.linspace(0.1, 3, 16, dtype=np.float32)
    step = stepped(ConvolutionMuon(0.01), np.zeros_like(gradient), gradient)
    assert spread(gradient.reshape(72, 16)) > 20
    assert spread(step.reshape(72, 16)) < 2
    assert float((step * gradient).sum()) < 0, "downhill"


@pytest.mark.parametrize("shape", [(16,), (32, 11), (7, 7, 16, 1), (5, 5, 1, 16)])
def test_all_but_kernels_of_several_channels_take_the_steps_of_adamw(shape):
    rng = np.random.default_rng(0)
    start, gradient = rng.normal(size=(2, *shape)).astype(np.float32)
    ours = stepped(ConvolutionMuon(0.01, weight_decay=0.5, adam_weight_decay=0.1), start, gradient)
    theirs = stepped(keras.optimizers.AdamW(0.01, weight_decay=0.1), start, gradient)
    assert np.allclose(ours, theirs, atol=1e-5)
