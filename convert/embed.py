"""Write into each artifact what it is, so that a lone file explains itself.

ONNX has a place for it, metadata_props. TFLite files carry associated files in a ZIP archive
appended to the model, as TensorFlow Lite Metadata does: `python -m zipfile -l x.tflite` lists them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, Final

from convert.kinds import Kind

FORMAT_VERSION: Final = 1
_DESCRIPTION: Final = "28x28 grey, white ink on black, 20x20 fit, centre of mass at the centre (MNIST)"
_PRODUCERS: Final = {
    "tflite": ("tensorflow", "keras"),
    "onnx": ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime"),
}


def producers(kind: Kind) -> dict[str, str]:
    """Return the packages that make an artifact of this kind, and their versions."""
    return {package: version(package) for package in _PRODUCERS[kind.format]}


def metadata(model: str, labels: Sequence[str], kind: Kind) -> dict[str, Any]:
    """Return what an artifact says of itself, ready for JSON."""
    return {
        "format_version": FORMAT_VERSION,
        "model": model,
        "precision": kind.precision,
        "labels": list(labels),
        "input": {**asdict(kind.input), "description": _DESCRIPTION},
        "producers": producers(kind),
    }


def embed(contents: bytes, about: Mapping[str, Any], kind: Kind) -> bytes:
    """Return the artifact with `about` in it; what it computes stays the same.

    Args:
        contents: A TFLite or ONNX file.
        about: What `metadata` returned.
        kind: Which of the two it is.
    """
    text = json.dumps(about, ensure_ascii=False, indent=1)
    labels = "\n".join(about["labels"])
    return _in_tflite(contents, text, labels) if kind.format == "tflite" else _in_onnx(contents, text, labels)


def _in_tflite(contents: bytes, text: str, labels: str) -> bytes:
    file = io.BytesIO(contents)
    with zipfile.ZipFile(file, "a") as archive:
        for name, body in (("edge_digits.json", text), ("labels.txt", labels + "\n")):
            # ZipInfo's own date is 1980, so that equal contents give equal bytes.
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, body)
    return file.getvalue()


def _in_onnx(contents: bytes, text: str, labels: str) -> bytes:
    import onnx

    model = onnx.load_from_string(contents)
    onnx.helper.set_model_props(model, {"edge_digits": text, "labels": labels})
    return bytes(model.SerializeToString(deterministic=True))
