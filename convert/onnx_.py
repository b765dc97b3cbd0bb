"""Keras -> ONNX: float32, and static int8 that answers alike on x86 and ARM."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convert.onnx_erfc import spell_out_erfc
from convert.onnx_tidy import for_quantizing, set_batch, tidy

INPUT, OUTPUT = "image", "probabilities"
_OPSET = 13
_QUANTIZED = ["Conv", "Relu", "Add", "Mul", "MaxPool", "AveragePool", "Gemm", "MatMul", "Concat"]
"""Not Softmax: its answers, in steps of 1/256, would be too coarse to be probabilities."""


def to_onnx(model: Any, precision: str, calibration: NDArray[np.uint8]) -> bytes:
    """Convert a Keras model to ONNX, (n, 1, 28, 28) float32 in 0..1 to (n, classes).

    The graph holds plain operators only, so that OpenCV from 4.6 (Debian's) to 5.0 runs it
    as onnxruntime does. The batch size is free unless the model itself ties it to 1.

    Args:
        model: A keras.Model, (n, 28, 28, 1) float32 in 0..1 to (n, classes).
        precision: float32 or int8.
        calibration: The representative dataset, uint8 (n, 28, 28); used by int8 only.

    Returns:
        The file's contents. Equal models and pictures give equal bytes.
    """
    import onnx

    graph = _float32(model)
    if precision == "int8":
        graph = _int8(graph, calibration)
    onnx.checker.check_model(graph, full_check=True)
    return bytes(graph.SerializeToString(deterministic=True))


def _float32(model: Any) -> Any:
    import tensorflow as tf
    import tf2onnx

    # tf2onnx's from_keras fails on Keras 3; and only a fixed batch lets it fold Flatten's shape arithmetic.
    signature = [tf.TensorSpec((1, 28, 28, 1), tf.float32, name=INPUT)]
    traced = tf.function(lambda image: model(image, training=False), input_signature=signature)
    made, _ = tf2onnx.convert.from_function(
        traced, input_signature=signature, opset=_OPSET, inputs_as_nchw=[INPUT]
    )
    spell_out_erfc(made)
    single = tidy(made, inputs=INPUT, outputs=OUTPUT)
    several = set_batch(single, "n")
    return several if _answers_alike(single, several) else single


def _answers_alike(single: Any, several: Any) -> bool:
    """Tell whether three pictures at once get the answers that they get one at a time."""
    import onnxruntime

    pictures = np.random.default_rng(0).random((3, 1, 28, 28), dtype=np.float32)
    try:
        (together,) = onnxruntime.InferenceSession(
            several.SerializeToString(), providers=["CPUExecutionProvider"]
        ).run(None, {INPUT: pictures})
    except Exception:
        # onnxruntime's exception types have no public base class.
        return False
    session = onnxruntime.InferenceSession(single.SerializeToString(), providers=["CPUExecutionProvider"])
    apart = np.concatenate([session.run(None, {INPUT: picture[None]})[0] for picture in pictures])
    return together.shape == apart.shape and bool(np.allclose(together, apart, atol=1e-5))


def _int8(graph: Any, calibration: NDArray[np.uint8]) -> Any:
    """Quantize with unsigned activations and 7-bit weights, in whole quantized operators.

    x86 processors without VNNI add pairs of u8*s8 products in 16 bits and saturate; with weights
    within -64..64 the largest sum is 2*255*64 = 32640, which fits, so x86 and ARM agree.
    QOperator rather than QDQ: OpenCV 5.0 refuses QDQ, and 4.11 and 4.14 answer wrongly
    to a QDQ file's second picture of a batch.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    with tempfile.TemporaryDirectory(prefix="edge-digits-") as folder:
        before, after = Path(folder, "float32.onnx"), Path(folder, "int8.onnx")
        onnx.save(for_quantizing(graph), before)
        quantize_static(
            before,
            after,
            _Calibration(calibration),
            op_types_to_quantize=_QUANTIZED,
            quant_format=QuantFormat.QOperator,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
        return onnx.load(after)


class _Calibration:
    """A CalibrationDataReader: onnxruntime asks for nothing but get_next."""

    def __init__(self, pictures: NDArray[np.uint8]) -> None:
        self._feeds: Iterator[dict[str, NDArray[np.float32]]] = (
            {INPUT: (picture / np.float32(255)).reshape(1, 1, 28, 28)} for picture in pictures
        )

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._feeds, None)
