"""What a lone model file says of itself, read without the onnx or tensorflow packages.

Both formats carry one JSON object, "edge_digits": in ONNX under that key of the model's
metadata_props (onnx.proto3, ModelProto field 14), in TFLite as the file edge_digits.json of a ZIP
archive appended to the model (TensorFlow Lite's "associated files").
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

from edge_digits.errors import ModelError
from edge_digits.protobuf import fields

FORMAT_VERSION: Final = 1
"""The newest "format_version" that this library understands."""
FORMATS: Final = {".onnx": "onnx", ".tflite": "tflite"}
"""File suffixes and the formats they stand for."""

_ONNX_KEY: Final = "edge_digits"
_ZIP_NAME: Final = "edge_digits.json"
_MAX_BYTES: Final = 1 << 20
_METADATA_PROPS: Final = 14
_MOST: Final = 65535
"""Largest divisor of pixels that makes sense."""
_REMEDY: Final = "Give a file made by: python -m convert (or one copied whole from a folder of models)"


def read_metadata(path: str | Path) -> dict[str, Any]:
    """Reads the metadata of a lone .onnx or .tflite file.

    Args:
        path: The file.

    Returns:
        The JSON object as written at conversion: format_version, model, precision, labels, input
        (layout, dtype, divisor, description) and producers. Labels and input are checked.

    Raises:
        ModelError: No such file, not one of the two formats, cut short, or without such metadata.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise ModelError(
            f"{path} is no model file that a backend runs: its name ends in neither .onnx nor .tflite",
            _REMEDY,
        )
    try:
        contents = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"The model file {path} cannot be read: {reason}", _REMEDY) from error
    if not contents:
        raise ModelError(f"The model file {path} is empty (0 bytes)", _REMEDY)
    read = _onnx_json if path.suffix.lower() == ".onnx" else _tflite_json
    try:
        metadata = json.loads(read(contents))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelError(f"The metadata of {path} is no valid JSON: {error}", _REMEDY) from error
    except ValueError as error:
        raise ModelError(f"The model file {path} {error}", _REMEDY) from error
    return _checked(metadata, path)


def _onnx_json(contents: bytes) -> str:
    """The value of the key "edge_digits"; ValueError says what is wrong with the file."""
    for number, entry in fields(contents):
        if number == _METADATA_PROPS and isinstance(entry, bytes):
            pair = {n: value for n, value in fields(entry) if isinstance(value, bytes)}
            if pair.get(1) == _ONNX_KEY.encode():
                return pair.get(2, b"").decode()
    raise ValueError("is an ONNX model without edge-digits metadata, so its labels and input are unknown")


def _tflite_json(contents: bytes) -> str:
    """The appended edge_digits.json; ValueError says what is wrong with the file."""
    if contents[4:8] != b"TFL3":
        raise ValueError("is damaged: not a TFLite model (the mark TFL3 is missing)")
    try:
        with zipfile.ZipFile(io.BytesIO(contents)) as archive:
            if archive.getinfo(_ZIP_NAME).file_size > _MAX_BYTES:
                raise ValueError(f"carries a {_ZIP_NAME} of more than {_MAX_BYTES} bytes")
            return archive.read(_ZIP_NAME).decode()
    except KeyError:
        raise ValueError(
            "is a TFLite model without edge-digits metadata, so its labels are unknown"
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ValueError(
            f"is cut short, or carries no edge-digits metadata, so its labels are unknown ({error})"
        ) from error


def _checked(metadata: Any, path: Path) -> dict[str, Any]:
    """The metadata, after making sure that the library can rely on it."""

    def refuse(problem: str) -> ModelError:
        return ModelError(f"The metadata of {path} cannot be used: {problem}", _REMEDY)

    if not isinstance(metadata, dict):
        raise refuse(f"an object is wanted, found {type(metadata).__name__}")
    version = metadata.get("format_version")
    if not isinstance(version, int):
        raise refuse("format_version is missing")
    if version > FORMAT_VERSION:
        raise ModelError(
            f"{path} was written by a newer edge-digits: metadata version {version}, known: {FORMAT_VERSION}",
            "pip install --upgrade edge-digits",
        )
    problem = check_labels(metadata.get("labels")) or check_input(metadata.get("input"))
    if problem:
        raise refuse(problem)
    return metadata


def check_labels(labels: Any) -> str | None:
    """What is wrong with a JSON value meant as a model's labels, or None."""
    if not isinstance(labels, list) or not labels or not all(isinstance(x, str) and x for x in labels):
        return "labels must be a list of words"
    if len(set(labels)) != len(labels):
        return "labels must differ from each other"
    return None


def check_input(spec: Any) -> str | None:
    """What is wrong with a JSON value meant as an InputSpec, or None."""
    if not isinstance(spec, dict):
        return "input must be an object with layout, dtype and divisor"
    if spec.get("layout") not in ("NHWC", "NCHW"):
        return f"input.layout must be NHWC or NCHW, found {spec.get('layout')!r}"
    if spec.get("dtype") not in ("float32", "uint8", "int8"):
        return f"input.dtype must be float32, uint8 or int8, found {spec.get('dtype')!r}"
    divisor = spec.get("divisor")
    if isinstance(divisor, bool) or not isinstance(divisor, int | float) or not 0 < divisor <= _MOST:
        return f"input.divisor must be a number above 0 and at most {_MOST}, found {str(divisor)[:40]}"
    return None
