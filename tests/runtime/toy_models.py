"""Tiny models with a known answer: softmax over the mean ink of ten bands of rows.

What they must answer can be worked out with numpy alone, so no trained weights are needed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_digits.artifact import Artifact, InputSpec

LABELS = tuple("0123456789")
RUNTIME = Path(__file__).resolve().parents[2] / "runtime"
ENGINES = {"onnxruntime": "onnxruntime", "tflite": "ai_edge_litert", "opencv": "cv2"}


def need(backend: str) -> None:
    """Skip a test where what runs or makes a backend's models is missing."""
    pytest.importorskip(ENGINES[backend])
    pytest.importorskip("tensorflow" if backend == "tflite" else "onnx")


def weights(classes: int = 10) -> NDArray[np.float32]:
    """Shape (classes, 784): each class looks at its own rows."""
    rows = np.arange(28) * classes // 28
    bands = (rows[np.newaxis, :] == np.arange(classes)[:, np.newaxis]).astype(np.float32)
    return np.repeat(bands[:, :, np.newaxis], 28, axis=2).reshape(classes, 784) / np.float32(28)


def expected(crops: NDArray[np.uint8], divisor: float = 255.0, classes: int = 10) -> NDArray[np.float32]:
    """The probabilities the toy must give."""
    scores = crops.reshape(len(crops), 784).astype(np.float32) / np.float32(divisor) @ weights(classes).T
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def crops(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Pictures of random ink with a bright band each, shape (count, 28, 28)."""
    rng = np.random.default_rng(seed)
    made = rng.integers(0, 40, (count, 28, 28), dtype=np.uint8)
    for crop in made:
        top = rng.integers(0, 25)
        crop[top : top + 4] = rng.integers(180, 256, (4, 28), dtype=np.uint8)
    return made


def metadata(**changes: Any) -> dict[str, Any]:
    """What a toy says of itself."""
    return {
        "format_version": 1,
        "model": "toy",
        "precision": "float32",
        "labels": list(LABELS),
        "input": {"layout": "NCHW", "dtype": "float32", "divisor": 255.0, "description": "a toy's"},
        "producers": {"tests": "1"},
        **changes,
    }


def onnx_bytes(
    *,
    batch: int | str = "n",
    layout: str = "NCHW",
    element: str = "FLOAT",
    scale: float = 1.0,
    opset: int = 13,
    props: dict[str, str] | None = None,
) -> bytes:
    """A toy ONNX file; scale=nan makes every answer NaN."""
    from onnx import TensorProto, helper, numpy_helper

    shape = [batch, 1, 28, 28] if layout == "NCHW" else [batch, 28, 28, 1]
    nodes = [
        helper.make_node("Flatten", ["pixels"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "weights"], ["scores"], transB=1),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    if element != "FLOAT":
        nodes.insert(0, helper.make_node("Cast", ["raw"], ["pixels"], to=TensorProto.FLOAT))
    first = "pixels" if element == "FLOAT" else "raw"
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info(first, getattr(TensorProto, element), shape)],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [batch, 10])],
        [numpy_helper.from_array(weights() * np.float32(scale), "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    helper.set_model_props(model, {"edge_digits": json.dumps(metadata())} if props is None else props)
    return bytes(model.SerializeToString())


@cache
def tflite_bytes(kind: str = "float32") -> bytes:
    """A toy TFLite file: float32, int8, uint8, or open (float32 with an open batch)."""
    import tensorflow as tf

    inputs = tf.keras.Input((28, 28, 1), batch_size=None if kind == "open" else 1)
    dense = tf.keras.layers.Dense(10, activation="softmax", use_bias=False)
    model = tf.keras.Model(inputs, dense(tf.keras.layers.Flatten()(inputs)))
    dense.set_weights([weights().T])
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind in ("int8", "uint8"):
        shown = crops(64, seed=1).astype(np.float32)[..., np.newaxis] / 255
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([crop[np.newaxis]] for crop in shown)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, kind)
    return bytes(converter.convert())


def with_zip(model: bytes, files: dict[str, str]) -> bytes:
    """A TFLite file with associated files, a ZIP archive behind the model."""
    buffer = io.BytesIO(model)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def artifact(path: Path, contents: bytes, **changes: Any) -> Artifact:
    """Writes a file and describes it."""
    path.write_bytes(contents)
    kind = path.suffix[1:]
    described: dict[str, Any] = {
        "model": "toy",
        "precision": "float32",
        "format": kind,
        "path": path,
        "labels": LABELS,
        "input": InputSpec("NCHW" if kind == "onnx" else "NHWC"),
        "sha256": hashlib.sha256(contents).hexdigest(),
        **changes,
    }
    return Artifact(**described)


def models_folder(folder: Path, files: dict[str, bytes], default: str = "toy") -> Path:
    """A folder of models with a manifest; files are named <model>-<precision>.<format>."""
    listed: dict[str, Any] = {}
    for name, contents in files.items():
        model, precision = Path(name).stem.rsplit("-", 1)
        (folder / model).mkdir(parents=True, exist_ok=True)
        (folder / model / name).write_bytes(contents)
        kind = Path(name).suffix[1:]
        entry = {
            "file": f"{model}/{name}",
            "format": kind,
            "precision": precision,
            "bytes": len(contents),
            "sha256": hashlib.sha256(contents).hexdigest(),
            "input": {"layout": "NCHW" if kind == "onnx" else "NHWC", "dtype": "float32", "divisor": 255.0},
            "accuracy": 0.5,
            "agreement": 0.75,
        }
        listed.setdefault(model, {"labels": list(LABELS), "artifacts": []})["artifacts"].append(entry)
    (folder / "manifest.json").write_text(json.dumps({"schema": 1, "default": default, "models": listed}))
    return folder


def in_a_process_of_its_own(code: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program that finds the runtime and this module."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(RUNTIME), str(Path(__file__).parent)))}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False, **options
    )
