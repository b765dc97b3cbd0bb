"""Writes benchmarks/empty: models that do next to nothing, so that a call of one costs what any call costs.

    python -m benchmarks.make_empty      (needs the extra train)

They answer with the first ten pixels: whatever a call of them takes is spent around the network.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.files import write_bytes
from edge_digits.artifact import Artifact, InputSpec

FOLDER = Path(__file__).with_name("empty")
LABELS = tuple("0123456789")


def empty_artifact(format_: str) -> Artifact:
    """The model that does next to nothing, in the format "tflite" or "onnx"."""
    return Artifact("empty", "float32", format_, FOLDER / f"empty.{format_}", LABELS, InputSpec())


def onnx_bytes() -> bytes:
    """ONNX: Reshape and Slice, opset 13, batch 1."""
    import onnx
    from onnx import TensorProto, helper

    def constant(name: str, *values: int) -> onnx.TensorProto:
        return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)

    nodes = [
        helper.make_node("Reshape", ["image", "flat_shape"], ["flat"]),
        helper.make_node("Slice", ["flat", "start", "end", "axis"], ["first"]),
    ]
    graph = helper.make_graph(
        nodes,
        "empty",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 28, 28, 1])],
        [helper.make_tensor_value_info("first", TensorProto.FLOAT, [1, 10])],
        [constant("flat_shape", 1, 784), constant("start", 0), constant("end", 10), constant("axis", 1)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def tflite_bytes() -> bytes:
    """TFLite: RESHAPE and STRIDED_SLICE, batch 1."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((1, 28, 28, 1), tf.float32)])
    def empty(image):  # type: ignore[no-untyped-def]
        return tf.reshape(image, (1, 784))[:, :10]

    return bytes(tf.lite.TFLiteConverter.from_concrete_functions([empty.get_concrete_function()]).convert())


if __name__ == "__main__":
    write_bytes(FOLDER / "empty.onnx", onnx_bytes())
    write_bytes(FOLDER / "empty.tflite", tflite_bytes())
