"""What the command writes: six files, each of which says what it is and answers as Keras does."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from convert.kinds import KINDS, Kind
from convert.quiet import quiet
from edge_digits.metadata import read_metadata
from tests.convert.toys import Converted, Toy

NAMES = [kind.file_name("toy") for kind in KINDS]
TFLITE = [name for name in NAMES if name.endswith(".tflite")]
LABELS = list("0123456789")
WORST = {"float32": 1e-4, "float16": 0.02, "dynamic": 0.2, "int8": 0.3}


def _litert(path: Any, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    with quiet():
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(str(path))
        interpreter.allocate_tensors()
    given, made = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    answers = []
    for image in images:
        value = image[None, :, :, None] / np.float32(255)
        if given["dtype"] == np.int8:
            value = (np.round(value / given["quantization"][0]) + given["quantization"][1]).astype(np.int8)
        interpreter.set_tensor(given["index"], value)
        interpreter.invoke()
        answer = interpreter.get_tensor(made["index"])[0].astype(np.float32)
        if made["dtype"] == np.int8:
            answer = (answer - made["quantization"][1]) * made["quantization"][0]
        answers.append(answer)
    return np.array(answers, np.float32)


def _onnxruntime(path: Any, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"image": images[:, None] / np.float32(255)})[0])


def _opencv(path: Any, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    net = cv2.dnn.readNetFromONNX(str(path))
    net.setInput(images[:, None] / np.float32(255))
    return np.asarray(net.forward().copy())


def _entries(converted: Converted) -> dict[str, dict[str, Any]]:
    manifest = json.loads((converted.models / "manifest.json").read_text())
    return {entry["file"]: entry for entry in manifest["models"]["toy"]["artifacts"]}


def test_all_six_kinds_are_written_and_nothing_else(converted: Converted) -> None:
    assert sorted(path.name for path in converted.folder.iterdir()) == sorted(NAMES)
    assert sorted(path.name for path in converted.models.iterdir()) == ["README.md", "manifest.json", "toy"]


def test_the_manifest_describes_each_file_as_it_lies_there(converted: Converted, toy: Toy) -> None:
    manifest = json.loads((converted.models / "manifest.json").read_text())
    assert manifest["schema"] == 1
    assert manifest["default"] == "toy"
    assert manifest["models"]["toy"]["labels"] == LABELS
    assert manifest["models"]["toy"]["keras"]["sha256"] == hashlib.sha256(toy.keras.read_bytes()).hexdigest()
    entries = _entries(converted)
    assert list(entries) == [f"toy/{name}" for name in NAMES]
    for file, entry in entries.items():
        contents = (converted.models / file).read_bytes()
        assert entry["bytes"] == len(contents)
        assert entry["sha256"] == hashlib.sha256(contents).hexdigest()
        assert file == f"toy/toy-{entry['precision']}.{entry['format']}"
        assert entry["input"]["layout"] == {"tflite": "NHWC", "onnx": "NCHW"}[entry["format"]]
        assert entry["checked_on"] == "own data validation split, 300 pictures, seed 0"


def test_the_figures_of_the_manifest_are_those_of_the_files(converted: Converted, toy: Toy) -> None:
    labels = np.frombuffer((toy.data / "t10k-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8)
    for file, entry in _entries(converted).items():
        run = _litert if entry["format"] == "tflite" else _onnxruntime
        answers = run(converted.models / file, toy.images)
        assert entry["test_accuracy"] == pytest.approx((answers.argmax(axis=1) == labels).mean())
        assert entry["agreement"] >= 0.98


def test_the_command_prints_a_table_and_no_chatter(converted: Converted) -> None:
    assert converted.stderr == ""
    lines = converted.stdout.splitlines()
    assert lines[0].split() == [
        *(
            "file",
            "precision",
            "kB",
            "accuracy",
            "test",
            "agreement",
            "on",
            "junk",
            "largest",
            "difference",
            "verdict",
        )
    ]
    assert [line.split()[0] for line in lines[1:]] == ["toy.keras", *NAMES]
    assert all(line.endswith("accepted") for line in lines[2:])


def test_the_readme_lists_every_file_beside_the_command(converted: Converted) -> None:
    text = (converted.models / "README.md").read_text()
    assert "python -m convert --list" in text
    assert all(f"| {name} |" in text for name in NAMES)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_lone_file_says_what_it_is(kind: Kind, converted: Converted) -> None:
    about = read_metadata(converted.folder / kind.file_name("toy"))
    assert about["format_version"] == 1
    assert (about["model"], about["precision"], about["labels"]) == ("toy", kind.precision, LABELS)
    assert about["input"]["layout"] == kind.input.layout
    assert about["input"]["dtype"] == kind.input.dtype
    assert about["input"]["divisor"] == 255.0
    assert {"tensorflow", "keras"} <= set(about["producers"])


@pytest.mark.parametrize("name", TFLITE)
def test_python_can_list_what_is_appended_to_a_tflite_file(name: str, converted: Converted) -> None:
    command = [sys.executable, "-m", "zipfile", "-l", str(converted.folder / name)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "edge_digits.json" in listed
    with zipfile.ZipFile(converted.folder / name) as archive:
        assert archive.read("labels.txt").decode().split() == LABELS


def test_onnx_labels_are_also_there_in_plain_text(converted: Converted) -> None:
    model = onnx.load(converted.folder / "toy-int8.onnx")
    assert {each.key: each.value for each in model.metadata_props}["labels"].split("\n") == LABELS


@pytest.mark.parametrize("name", TFLITE)
def test_litert_answers_as_keras_does(name: str, converted: Converted, toy: Toy) -> None:
    _assert_alike(_litert(converted.folder / name, toy.images), toy, name)


@pytest.mark.parametrize("name", ["toy-float32.onnx", "toy-int8.onnx"])
@pytest.mark.parametrize("run", [_onnxruntime, _opencv])
def test_onnxruntime_and_opencv_answer_a_whole_batch_as_keras_does(
    run: Any, name: str, converted: Converted, toy: Toy
) -> None:
    answers = run(converted.folder / name, toy.images)
    _assert_alike(answers, toy, name)
    alone = run(converted.folder / name, toy.images[:1])
    assert alone == pytest.approx(answers[:1], abs=1e-5)


def _assert_alike(answers: NDArray[np.float32], toy: Toy, name: str) -> None:
    precision = name.removeprefix("toy-").partition(".")[0]
    assert (answers.argmax(axis=1) == toy.probabilities.argmax(axis=1)).mean() >= 0.98
    assert np.abs(answers - toy.probabilities).max() <= WORST[precision]


@pytest.mark.parametrize("name", TFLITE)
def test_tflite_files_hold_no_shape_arithmetic(name: str, converted: Converted) -> None:
    with quiet():
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(str(converted.folder / name))
    assert interpreter.get_input_details()[0]["shape"].tolist() == [1, 28, 28, 1]
    operators = {each["op_name"] for each in interpreter._get_ops_details()}
    assert not operators & {"SHAPE", "STRIDED_SLICE", "PACK"}


def test_int8_tflite_is_integer_from_end_to_end(converted: Converted) -> None:
    with quiet():
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(str(converted.folder / "toy-int8.tflite"))
    assert interpreter.get_input_details()[0]["dtype"] == np.int8
    assert interpreter.get_output_details()[0]["dtype"] == np.int8
    assert {each["dtype"] for each in interpreter.get_tensor_details()} <= {np.int8, np.int32}


def test_the_float32_onnx_graph_reads_like_the_network(converted: Converted) -> None:
    graph = onnx.load(converted.folder / "toy-float32.onnx").graph
    assert [node.op_type for node in graph.node] == [
        *("Conv", "Relu", "MaxPool", "Conv", "Relu", "Flatten", "Gemm", "Relu", "Gemm", "Softmax")
    ]
    shape = [dim.dim_param or dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim]
    assert shape == ["n", 1, 28, 28]
    for node in graph.node:
        if node.op_type == "Gemm":
            assert {each.name: each.i for each in node.attribute}["transB"] == 1


def test_int8_onnx_cannot_saturate_on_x86(converted: Converted) -> None:
    """Two products u8*s8 must fit in 16 bits, or x86 without VNNI differs from ARM."""
    graph = onnx.load(converted.folder / "toy-int8.onnx").graph
    constants = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    multiplying = [node for node in graph.node if node.op_type in ("QLinearConv", "QGemm")]
    assert len(multiplying) == 4
    for node in multiplying:
        activation_zero, weights = constants[node.input[2]], constants[node.input[3]]
        assert activation_zero.dtype == np.uint8
        assert weights.dtype == np.int8
        assert 2 * 255 * np.abs(weights.astype(int)).max() < 2**15
    assert not {"Conv", "Gemm", "MatMul"} & {node.op_type for node in graph.node}
