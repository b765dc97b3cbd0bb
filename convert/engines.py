"""Run an artifact's bytes on the engines of this machine, and nothing between it and the figures.

The check uses the engines themselves rather than edge_digits' backends, so that a fault there
cannot hide one here.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convert.kinds import Kind
from convert.quiet import quiet

_ONNX_CHUNK = 250


def engine_version(kind: Kind) -> str:
    """Return the engine that checks this kind, such as "onnxruntime 1.30.0"."""
    package = {"tflite": "ai-edge-litert", "onnx": "onnxruntime"}[kind.format]
    return f"{package} {version(package)}"


def run(kind: Kind, contents: bytes, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Classify uint8 images (n, 28, 28) on the format's own engine, with one thread.

    Returns:
        Probabilities, float32 (n, classes).
    """
    return _litert(contents, images) if kind.format == "tflite" else _onnxruntime(contents, images)


def _litert(contents: bytes, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    with quiet():
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(model_content=contents, num_threads=1)
        interpreter.allocate_tensors()
    given, made = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    answers = []
    for image in images:
        pixels = (image / np.float32(255)).reshape(1, 28, 28, 1)
        interpreter.set_tensor(given["index"], _quantized(pixels, given))
        interpreter.invoke()
        answers.append(_real(interpreter.get_tensor(made["index"])[0], made))
    return np.stack(answers)


def _quantized(values: NDArray[np.float32], tensor: dict[str, Any]) -> NDArray[Any]:
    dtype = tensor["dtype"]
    if dtype == np.float32:
        return values
    scale, zero = tensor["quantization"]
    limits = np.iinfo(dtype)
    steps = np.round(values / np.float32(scale)) + zero
    return np.asarray(np.clip(steps, limits.min, limits.max), dtype)


def _real(values: NDArray[Any], tensor: dict[str, Any]) -> NDArray[np.float32]:
    if tensor["dtype"] == np.float32:
        return values.astype(np.float32)
    scale, zero = tensor["quantization"]
    return np.asarray((values.astype(np.int32) - zero) * np.float32(scale), np.float32)


def _onnxruntime(contents: bytes, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(contents, options, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    chunk = given.shape[0] if isinstance(given.shape[0], int) else _ONNX_CHUNK
    parts = [
        session.run(None, {given.name: _nchw(images[start : start + chunk])})[0]
        for start in range(0, len(images), chunk)
    ]
    return np.concatenate(parts)


def run_opencv(contents: bytes, images: NDArray[np.uint8], *, batch: int) -> NDArray[np.float32]:
    """Classify images with OpenCV's dnn module, from an ONNX file's contents.

    Raises:
        cv2.error: OpenCV refuses the file.
    """
    import cv2

    with quiet():
        net = cv2.dnn.readNetFromONNX(np.frombuffer(contents, np.uint8))
        parts = []
        for start in range(0, len(images), batch):
            net.setInput(_nchw(images[start : start + batch]))
            parts.append(net.forward().copy())
    return np.concatenate(parts)


def _nchw(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(images / np.float32(255), np.float32)[:, None]
