"""Which engines are installed, found out without importing them."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from importlib import metadata
from typing import Final

ONNXRUNTIME: Final = ("onnxruntime", ("onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino"))
"""Module and the distributions that bring it."""
OPENCV: Final = (
    "cv2",
    (
        "opencv-python-headless",
        "opencv-python",
        "opencv-contrib-python-headless",
        "opencv-contrib-python",
    ),
)
"""Module and the distributions that bring it."""
TFLITE: Final = (
    ("ai_edge_litert", ("ai-edge-litert", "ai-edge-litert-nightly")),
    ("tflite_runtime", ("tflite-runtime",)),
    ("tensorflow", ("tensorflow", "tensorflow-cpu", "tensorflow-aarch64", "tf-nightly")),
)
"""The packages with a TFLite interpreter, best first: modules and distributions."""


def module_version(module: str, distributions: Sequence[str]) -> str | None:
    """The version of an installed module.

    Args:
        module: Its import name, such as "cv2".
        distributions: The packages that may have brought it, such as "opencv-python".

    Returns:
        The version; "unknown" where the module is there without its package's record (as with
        Debian's python3-opencv); None where the module is not installed.
    """
    try:
        if importlib.util.find_spec(module) is None:
            return None
    except (ImportError, ValueError):
        return None
    for name in distributions:
        found = distribution_version(name)
        if found is not None:
            return found
    return "unknown"


def distribution_version(name: str) -> str | None:
    """The version of an installed distribution, None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def engine(module: str, distributions: Sequence[str]) -> str | None:
    """Package and version in one, such as "ai-edge-litert 2.3.0"; None if not installed."""
    version = module_version(module, distributions)
    return None if version is None else f"{distributions[0]} {version}"
