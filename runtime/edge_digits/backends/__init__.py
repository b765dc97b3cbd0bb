"""The engines that can run a model, behind one interface."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from edge_digits.artifact import Artifact
from edge_digits.backends.base import Backend, FileRefusedError, check_threads
from edge_digits.backends.onnxruntime import OnnxRuntimeBackend
from edge_digits.backends.opencv import OpenCVBackend
from edge_digits.backends.tflite import TFLiteBackend
from edge_digits.errors import BackendError
from edge_digits.registry import candidates

__all__ = ["AUTO_ORDER", "BACKENDS", "Backend", "available_backends", "open_backend"]

_LOGGER = logging.getLogger(__name__)
_CLASSES: Final[dict[str, type[Backend]]] = {
    "onnxruntime": OnnxRuntimeBackend,
    "tflite": TFLiteBackend,
    "opencv": OpenCVBackend,
}
BACKENDS: Final = tuple(_CLASSES)
"""The names that open_backend knows, beside "auto"."""
AUTO_ORDER: Final = ("tflite", "onnxruntime", "opencv")
"""The order in which "auto" tries them: quickest and lightest first."""


def available_backends() -> dict[str, str | None]:
    """Which backends are installed, found out without importing their engines.

    Returns:
        For each of BACKENDS package and version, such as "ai-edge-litert 2.3.0", or None where it
        is not installed. Installed does not mean working: `edge-digits doctor` tries them.
    """
    return {name: backend.installed() for name, backend in _CLASSES.items()}


def open_backend(
    artifact_or_model: Artifact | str | Path | None = None, *, backend: str = "auto", threads: int = 1
) -> Backend:
    """Opens a model in a backend and runs it once, so that what is returned works.

    Args:
        artifact_or_model: An artifact, or whatever find_artifact takes: None for the default model,
            a name such as "classic-int8", or a path to a lone .onnx or .tflite file.
        backend: One of BACKENDS, or "auto": the first of AUTO_ORDER that is installed and can run
            the model; why others were passed over is logged.
        threads: Threads for one inference, at least 1.

    Raises:
        ModelError: The model is unknown, missing or damaged.
        BackendError: The backend is unknown, not installed, or cannot run the model.
    """
    # Before any backend is tried: "auto" would take the caller's mistake for the backends' failure.
    check_threads(threads)
    given = artifact_or_model
    files = [given] if isinstance(given, Artifact) else candidates(given)
    if backend != "auto":
        return _open(_known(backend), files, threads)
    refusals = []
    for name in AUTO_ORDER:
        if _CLASSES[name].installed() is None:
            refusals.append(f"{name}: not installed")
            continue
        try:
            return _open(_CLASSES[name], files, threads)
        except BackendError as error:
            _LOGGER.info("backend %s passed over: %s", name, error.problem)
            refusals.append(error.problem)
            if isinstance(error, FileRefusedError):
                # OpenCV may run what is damaged, and only files of a manifest are known to be whole.
                known = [each for each in files if each.sha256 or each.format not in _CLASSES[name].formats]
                if not known:
                    break
                files = known
    first = files[0]
    raise BackendError(
        f"No installed backend can run {first.name}\n  " + "\n  ".join(refusals),
        ("" if first.precision == "float32" else f"Use model={first.model!r} (float32), or: ")
        + 'pip install "edge-digits[tflite]" or "edge-digits[onnx]", then: edge-digits doctor',
    )


def _open(backend: type[Backend], files: Sequence[Artifact], threads: int) -> Backend:
    """Opens the file whose format the backend likes best."""
    for wanted in backend.formats:
        for artifact in files:
            if artifact.format == wanted:
                return backend(artifact, threads=threads)
    raise BackendError(
        f"{backend.name} runs {' and '.join(backend.formats)} files, but of {files[0].name} there is "
        f"only {', '.join(str(a.path) for a in files)}",
        "Choose another backend, or make the other format: python -m convert",
    )


def _known(name: str) -> type[Backend]:
    found = _CLASSES.get(name) if isinstance(name, str) else None
    if found is None:
        near = difflib.get_close_matches(str(name), BACKENDS, n=1, cutoff=0.5)
        raise BackendError(
            f"There is no backend {name!r}; known are auto, {', '.join(BACKENDS)}",
            f"Did you mean {near[0]!r}?" if near else "Use backend='auto'",
        )
    return found
