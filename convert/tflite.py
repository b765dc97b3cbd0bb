"""Keras -> TFLite at four precisions.

Method: TensorFlow Lite post-training quantization (B. Jacob et al., "Quantization and Training of
Neural Networks for Efficient Integer-Arithmetic-Only Inference", arXiv 1712.05877).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_tflite(model: Any, precision: str, calibration: NDArray[np.uint8]) -> bytes:
    """Convert a Keras model to a TFLite file that takes one picture at a time.

    Args:
        model: A keras.Model, (n, 28, 28, 1) float32 in 0..1 to (n, classes).
        precision: float32; float16 (weights stored in half the bytes, computed in float32);
            dynamic (int8 weights, activations quantized as they come); or int8 (integers
            throughout, int8 in and out).
        calibration: The representative dataset, uint8 (n, 28, 28); used by int8 only.

    Returns:
        The file's contents. Equal models and pictures give equal bytes.
    """
    import keras
    import tensorflow as tf

    # A free batch size brings SHAPE and PACK operators that split the XNNPACK partition.
    image = keras.Input(batch_shape=(1, 28, 28, 1), name="image")
    # The name goes into the file; without one Keras counts models, and the bytes would differ by it.
    single = keras.Model(image, model(image, training=False), name="digits")
    converter = tf.lite.TFLiteConverter.from_keras_model(single)
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if precision == "int8":
        converter.representative_dataset = lambda: _one_by_one(calibration)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return _without_names(bytes(converter.convert()))


def _without_names(contents: bytes) -> bytes:
    """Drop what Keras called each tensor: a sixth of a small network's file, and of no use to a device."""
    from tensorflow.lite.tools import flatbuffer_utils

    parts = flatbuffer_utils.convert_bytearray_to_object(bytearray(contents))
    flatbuffer_utils.strip_strings(parts)
    graph = parts.subgraphs[0]
    graph.tensors[graph.inputs[0]].name, graph.tensors[graph.outputs[0]].name = "image", "answer"
    return bytes(flatbuffer_utils.convert_object_to_bytearray(parts))


def _one_by_one(pictures: NDArray[np.uint8]) -> Iterator[list[NDArray[np.float32]]]:
    for picture in pictures:
        yield [(picture / np.float32(255)).reshape(1, 28, 28, 1)]
