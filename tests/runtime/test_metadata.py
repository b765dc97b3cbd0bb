"""A lone model file explains itself, or is refused with a way out."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
import toy_models as toys

from edge_digits.errors import ModelError
from edge_digits.metadata import read_metadata
from edge_digits.protobuf import fields, has_dynamic_batch

# The smallest thing that carries TFLite's mark; its metadata lie behind it and need no interpreter.
TFLITE_HEAD = struct.pack("<I", 16) + b"TFL3" + bytes(64)


def tflite_file(folder: Path, **changes: object) -> Path:
    path = folder / "lone.tflite"
    path.write_bytes(toys.with_zip(TFLITE_HEAD, {"edge_digits.json": json.dumps(toys.metadata(**changes))}))
    return path


def test_an_onnx_file_made_with_the_onnx_package_tells_its_labels(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    path = tmp_path / "lone.onnx"
    told = toys.metadata(model="Größe", labels=["0", "1", "none"])
    path.write_bytes(
        toys.onnx_bytes(props={"labels": "0\n1", "edge_digits": json.dumps(told), "other": "x" * 5000})
    )
    assert read_metadata(path) == told


def test_a_tflite_file_with_an_archive_behind_it_tells_its_labels(tmp_path: Path) -> None:
    assert read_metadata(tflite_file(tmp_path, precision="int8")) == toys.metadata(precision="int8")


def test_a_real_tflite_model_still_runs_with_its_archive(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    from edge_digits.backends import open_backend

    path = tmp_path / "lone.tflite"
    told = toys.metadata(input={"layout": "NHWC", "dtype": "float32", "divisor": 255})
    path.write_bytes(toys.with_zip(toys.tflite_bytes(), {"edge_digits.json": json.dumps(told)}))
    crops = toys.crops(3)
    opened = open_backend(path, backend="tflite")
    assert abs(opened.predict(crops) - toys.expected(crops)).max() < 1e-5


@pytest.mark.parametrize("kept", [1, 5, 30, 200, -1])
def test_a_file_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    pytest.importorskip("onnx")
    for name, contents in (
        ("cut.onnx", toys.onnx_bytes()),
        ("cut.tflite", toys.with_zip(TFLITE_HEAD, {"edge_digits.json": json.dumps(toys.metadata())})),
    ):
        path = tmp_path / name
        path.write_bytes(contents[:kept])
        with pytest.raises(ModelError, match=name) as caught:
            read_metadata(path)
        assert "python -m convert" in caught.value.remedy


@pytest.mark.parametrize("suffix", ["onnx", "tflite"])
@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"\x00" * 100,
        b"hello, this is a text file\n" * 20,
        b"\xff" * 64,
        b"\x89PNG\r\n\x1a\n" + b"x" * 40,
    ],
    ids=["empty", "zeros", "text", "ones", "png"],
)
def test_garbage_is_refused_by_name(tmp_path: Path, suffix: str, contents: bytes) -> None:
    path = tmp_path / f"garbage.{suffix}"
    path.write_bytes(contents)
    with pytest.raises(ModelError, match=f"garbage.{suffix}"):
        read_metadata(path)


def test_a_model_without_metadata_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    path = tmp_path / "plain.onnx"
    path.write_bytes(toys.onnx_bytes(props={"author": "someone"}))
    with pytest.raises(ModelError, match="without edge-digits metadata"):
        read_metadata(path)


def test_metadata_that_are_no_json_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lone.tflite"
    path.write_bytes(toys.with_zip(TFLITE_HEAD, {"edge_digits.json": "{labels"}))
    with pytest.raises(ModelError, match="no valid JSON"):
        read_metadata(path)


def test_an_archive_whose_contents_were_altered_is_refused(tmp_path: Path) -> None:
    path = tflite_file(tmp_path)
    contents = bytearray(path.read_bytes())
    at = contents.index(b'"labels"')
    contents[at + 1] ^= 0xFF
    path.write_bytes(contents)
    with pytest.raises(ModelError, match="CRC"):
        read_metadata(path)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"labels": []}, "labels must be"),
        ({"labels": "0123456789"}, "labels must be"),
        ({"labels": ["1", "1"]}, "labels must differ"),
        ({"input": None}, "input must be"),
        ({"input": {"layout": "CHWN", "dtype": "float32", "divisor": 1}}, "NHWC or NCHW"),
        ({"input": {"layout": "NHWC", "dtype": "float64", "divisor": 1}}, "dtype must be"),
        ({"input": {"layout": "NHWC", "dtype": "float32", "divisor": 0}}, "divisor must be"),
        ({"input": {"layout": "NHWC", "dtype": "float32", "divisor": True}}, "divisor must be"),
        ({"input": {"layout": "NHWC", "dtype": "float32", "divisor": 10**400}}, "at most 65535"),
        ({"input": {"layout": "NHWC", "dtype": "float32", "divisor": float("inf")}}, "at most 65535"),
        ({"format_version": None}, "format_version is missing"),
        ({"format_version": 2}, "newer edge-digits"),
    ],
)
def test_metadata_the_library_cannot_rely_on_are_refused(
    tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ModelError, match=complaint):
        read_metadata(tflite_file(tmp_path, **changes))


@pytest.mark.parametrize("name", ["missing.onnx", "model.keras"])
def test_a_file_that_is_not_there_or_of_another_kind_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=name):
        read_metadata(tmp_path / name)


def test_the_walker_knows_all_wire_types() -> None:
    message = b"\x08\x96\x01" + b"\x11" + bytes(8) + b"\x1a\x02hi" + b"\x25" + bytes(4)
    assert list(fields(message)) == [(1, 150), (2, bytes(8)), (3, b"hi"), (4, bytes(4))]


@pytest.mark.parametrize("message", [b"\x08", b"\x1a\x05hi", b"\x0b", b"\x02\x00", b"\x08" + b"\x80" * 11])
def test_the_walker_refuses_what_is_no_message(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"is (damaged|cut short)"):
        list(fields(message))


def test_an_open_batch_is_seen_in_the_file() -> None:
    pytest.importorskip("onnx")
    assert has_dynamic_batch(toys.onnx_bytes(batch="n"))
    assert not has_dynamic_batch(toys.onnx_bytes(batch=1))
    assert not has_dynamic_batch(b"")
    assert not has_dynamic_batch(b"\xff" * 30)
