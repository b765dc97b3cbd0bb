"""Muon: steps that turn all directions of a convolution's kernel alike."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class ConvolutionMuon(keras.optimizers.Muon):
    """Keras's Muon, also for the kernels of convolutions, which Keras itself leaves to AdamW.

    The momentum of a kernel, taken as a matrix of (height * width * inputs, outputs), is replaced by the
    nearest matrix whose singular values are all alike, so that rare directions are learnt as fast as
    common ones. Kernels of a single input or output channel and all other variables take AdamW's steps.

    Source: Keller Jordan, "Muon: an optimizer for hidden layers in neural networks", 2024; steps as long as
    AdamW's after Liu et al., "Muon is scalable for LLM training", 2025.
    """

    def _should_use_adamw(self, variable: Any) -> bool:
        return len(variable.shape) != 4 or 1 in variable.shape[2:]

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        ahead = ops.add(gradient, self.momentum * m) if self.nesterov else m
        matrix = ops.reshape(ahead, (-1, variable.shape[-1]))
        step = self.lr_adjust(lr * self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        self.assign_sub(variable, ops.reshape(step, variable.shape))
