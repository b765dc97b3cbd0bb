"""Grey levels as a model's input values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from edge_digits.artifact import InputSpec

PixelWriter = Callable[[NDArray[np.uint8], NDArray[Any]], object]
"""Takes crops, uint8 of any shape, and an array of that shape and of the input's dtype, which it fills."""


def pixel_writer(spec: InputSpec, dtype: DTypeLike, scale: float = 0.0, zero_point: int = 0) -> PixelWriter:
    """What turns crops into a model's input, in a buffer that is there already.

    A float input gets level / divisor. An integer one gets that divided by scale, rounded half away
    from zero (as TFLite's QUANTIZE does), shifted by zero_point and clipped to the type.

    Args:
        spec: The model's convention; only its divisor matters here.
        dtype: Of the input tensor.
        scale: The tensor's quantization step; for integer types above 0.
        zero_point: The integer that stands for 0.

    Raises:
        ValueError: The input is neither a float nor an integer with a scale.
    """
    kind = np.dtype(dtype)
    if kind.kind == "f":
        divisor = np.asarray(spec.divisor, kind)

        def divide(crops: NDArray[np.uint8], out: NDArray[Any]) -> None:
            # Two passes over a crop take three quarters of the time of looking up its pixels one by one.
            np.copyto(out, crops)
            np.divide(out, divisor, out)

        return divide
    if kind.kind not in "iu" or not scale > 0:
        raise ValueError(
            f"its input is {kind} with quantization scale {scale}, which no crop can be turned into"
        )
    levels = np.arange(256, dtype=np.float32) / np.float32(spec.divisor)
    limits = np.iinfo(kind)
    steps = np.floor(levels.astype(np.float64) / scale + 0.5) + zero_point
    table: NDArray[Any] = np.clip(steps, limits.min, limits.max).astype(kind)
    shift = np.array(zero_point & 0xFF, np.uint8)
    if kind.itemsize == 1 and np.array_equal(table.view(np.uint8), np.arange(256, dtype=np.uint8) + shift):
        # The usual quantization, a step a grey level: an addition takes half the time of looking up.
        return lambda crops, out: np.add(crops, shift, out.view(np.uint8))
    return lambda crops, out: table.take(crops, out=out, mode="clip")
