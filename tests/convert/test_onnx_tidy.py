"""The ONNX export of layers that a trace leaves in a tangle."""

from __future__ import annotations

from typing import Any

import cv2
import keras
import numpy as np
import onnx
import onnxruntime
import pytest

from convert.onnx_ import to_onnx
from convert.quiet import quiet

L = keras.layers
NO_PICTURES = np.zeros((0, 28, 28), np.uint8)


def _network(*layers: Any) -> Any:
    keras.utils.set_random_seed(5)
    network = keras.Sequential([keras.Input((28, 28, 1)), *layers, L.Dense(10, activation="softmax")])
    random = np.random.default_rng(5)
    for layer in network.layers:
        # Fresh biases and running means are zeros, behind which a wrong one would hide.
        layer.set_weights([np.abs(w) + random.random(w.shape) * 0.1 for w in layer.get_weights()])
    return network


NETWORKS = {
    "channels-last flattening": (
        lambda: _network(L.Conv2D(3, 5, strides=3), L.Flatten()),
        ["Conv", "Flatten", "Gemm", "Softmax"],
    ),
    "global pooling": (
        lambda: _network(
            L.Conv2D(3, 3, activation="relu"), L.GlobalAveragePooling2D(), L.Dense(5, use_bias=False)
        ),
        ["Conv", "Relu", "GlobalAveragePool", "Flatten", "Gemm", "Gemm", "Softmax"],
    ),
    "separable convolution and normalization": (
        lambda: _network(
            L.Conv2D(4, 3, padding="same", use_bias=False),
            L.BatchNormalization(),
            L.DepthwiseConv2D(3, strides=2, padding="same"),
            L.AveragePooling2D(2),
            L.Flatten(),
        ),
        ["Conv", "Conv", "AveragePool", "Flatten", "Gemm", "Softmax"],
    ),
    "a depthwise convolution, normalized": (
        lambda: _network(
            L.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            L.DepthwiseConv2D(14, use_bias=False, depth_multiplier=2),
            L.BatchNormalization(),
            L.ReLU(),
            L.Flatten(),
        ),
        ["Conv", "Relu", "Conv", "Relu", "Flatten", "Gemm", "Softmax"],
    ),
    "a biased depthwise convolution, normalized": (
        lambda: _network(
            L.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            L.DepthwiseConv2D(14),
            L.BatchNormalization(),
            L.Flatten(),
        ),
        ["Conv", "Relu", "Conv", "Flatten", "Gemm", "Softmax"],
    ),
    "one pixel left": (
        lambda: _network(L.MaxPooling2D(4), L.Conv2D(6, 7, activation="relu"), L.Flatten()),
        ["MaxPool", "Conv", "Relu", "Flatten", "Gemm", "Softmax"],
    ),
    "an exact GELU, which Keras writes with Erfc and ONNX lacks": (
        lambda: _network(L.Flatten(), L.Dense(7, activation="gelu")),
        ["Flatten", "Gemm", "Mul", "Neg", "Mul", "Erf", "Sub", "Mul", "Gemm", "Softmax"],
    ),
    "dense from the start": (
        lambda: _network(L.Flatten(), L.Dense(7, activation="relu")),
        ["Flatten", "Gemm", "Relu", "Gemm", "Softmax"],
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_graph_is_plain_and_answers_as_keras_does(name: str) -> None:
    build, operators = NETWORKS[name]
    network = build()
    with quiet():
        contents = to_onnx(network, "float32", NO_PICTURES)
    assert [node.op_type for node in onnx.load_from_string(contents).graph.node] == operators

    pictures = np.random.default_rng(0).random((5, 28, 28, 1), dtype=np.float32)
    expected = network.predict(pictures, verbose=0)
    assert np.ptp(expected, axis=0).max() > 1e-4, "pictures that all get one answer would prove nothing"
    channels_first = pictures.transpose(0, 3, 1, 2)
    session = onnxruntime.InferenceSession(contents, providers=["CPUExecutionProvider"])
    assert session.run(None, {"image": channels_first})[0] == pytest.approx(expected, abs=1e-5)
    net = cv2.dnn.readNetFromONNX(np.frombuffer(contents, np.uint8))
    net.setInput(channels_first)
    assert net.forward() == pytest.approx(expected, abs=1e-5)


def test_a_network_tied_to_one_picture_keeps_a_batch_of_one() -> None:
    network = _network(L.Reshape((7, 4, 28)), L.Permute((3, 1, 2)), L.Reshape((784,)))
    with quiet():
        contents = to_onnx(network, "float32", NO_PICTURES)
    first = onnx.load_from_string(contents).graph.input[0].type.tensor_type.shape.dim[0]
    pictures = np.random.default_rng(0).random((1, 28, 28, 1), dtype=np.float32)
    session = onnxruntime.InferenceSession(contents, providers=["CPUExecutionProvider"])
    answer = session.run(None, {"image": pictures.transpose(0, 3, 1, 2)})[0]
    assert answer == pytest.approx(network.predict(pictures, verbose=0), abs=1e-5)
    assert first.dim_value == 1


@pytest.mark.parametrize(
    "name", ["channels-last flattening", "a depthwise convolution, normalized", "one pixel left"]
)
def test_a_quantized_network_is_run_alike_by_onnxruntime_and_by_every_opencv(name: str) -> None:
    network = NETWORKS[name][0]()
    pictures = np.random.default_rng(2).integers(0, 256, (64, 28, 28), dtype=np.uint8)
    with quiet():
        contents = to_onnx(network, "int8", pictures)
    # OpenCV 4.6 knows none of onnxruntime's own operators.
    assert {node.domain for node in onnx.load_from_string(contents).graph.node} <= {"", "ai.onnx"}

    engine = onnxruntime.InferenceSession(contents, providers=["CPUExecutionProvider"])
    floats = (pictures / np.float32(255))[:, None]
    (answers,) = engine.run(None, {"image": floats})
    assert answers == pytest.approx(network.predict(floats.transpose(0, 2, 3, 1), verbose=0), abs=0.25)
    # A softmax in 8 bits answers in steps of 1/256, which rarely add up.
    assert answers.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert np.ptp(answers, axis=0).max() > 0.005, "pictures that all get one answer would prove nothing"

    net = cv2.dnn.readNetFromONNX(np.frombuffer(contents, np.uint8))
    net.setInput(floats)
    assert net.forward().reshape(answers.shape) == pytest.approx(answers, abs=1e-3)


def test_dense_layers_become_convolutions_when_they_are_quantized() -> None:
    network = _network(L.Conv2D(3, 5, strides=3), L.Flatten(), L.Dense(7, activation="relu"))
    with quiet():
        contents = to_onnx(network, "int8", np.zeros((4, 28, 28), np.uint8))
    operators = [node.op_type for node in onnx.load_from_string(contents).graph.node]
    assert operators.count("QLinearConv") == 3
    assert operators[-3:] == ["DequantizeLinear", "Flatten", "Softmax"]
