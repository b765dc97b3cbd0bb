"""Which artifact is measured on which backend."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.errors import UsageError
from edge_digits.artifact import Artifact
from edge_digits.backends import BACKENDS, Backend, available_backends, open_backend
from edge_digits.errors import BackendError, ModelError
from edge_digits.registry import artifacts, default_model


@dataclass(frozen=True)
class Entry:
    """One row: an artifact on a backend, opened or refused."""

    artifact: Artifact
    """The file."""
    backend_name: str
    """onnxruntime, tflite or opencv."""
    backend: Backend | None
    """Opened; None where the backend refuses the file."""
    reason: str = ""
    """Why it refuses."""

    @property
    def name(self) -> str:
        """Such as "classic-int8.tflite on tflite"; no two rows share one."""
        return f"{self.artifact.path.name} on {self.backend_name}"


def choose_artifacts(wanted: Sequence[str] | None) -> list[Artifact]:
    """The artifacts of the manifest, all or those named.

    Args:
        wanted: Models ("classic"), artifacts ("classic-int8") or file names; None for all.

    Raises:
        UsageError: A name fits nothing.
        ModelError: The manifest is missing, broken or empty.
    """
    listed = artifacts()
    if not listed:
        raise ModelError("the manifest lists no artifact", "Make them: python -m convert")
    if wanted is None:
        return listed
    chosen = []
    for name in wanted:
        matching = [a for a in listed if name in (a.model, a.name, a.path.name)]
        if not matching:
            known = sorted({known for a in listed for known in (a.model, a.name, a.path.name)})
            raise UsageError(f"there is no artifact {name!r}", _suggest(name, known))
        chosen += [each for each in matching if each not in chosen]
    return chosen


def choose_backends(wanted: Sequence[str] | None) -> list[str]:
    """The installed backends, all or those named.

    Raises:
        UsageError: A name is no backend.
        BackendError: A backend named is not installed, or none is.
    """
    installed = available_backends()
    for name in wanted or ():
        if name not in BACKENDS:
            raise UsageError(f"there is no backend {name!r}", _suggest(name, list(BACKENDS)))
        if installed[name] is None:
            raise BackendError(f"the backend {name} is not installed", "See how: edge-digits doctor")
    names = [name for name in BACKENDS if installed[name] is not None and name in (wanted or BACKENDS)]
    if not names:
        raise BackendError("no backend is installed", "See how to install one: edge-digits doctor")
    return names


def open_all(chosen: Sequence[Artifact], backends: Sequence[str], *, threads: int) -> list[Entry]:
    """Opens every artifact on every backend made for its format.

    A refusal is a finding about the backend, not an error: it becomes a row of its own.

    Args:
        chosen: The artifacts.
        backends: Names of installed backends.
        threads: For one inference.

    Raises:
        ModelError: A file is missing or is not the one the manifest lists.
    """
    formats = {backend.name: backend.formats for backend in Backend.__subclasses__()}
    entries = []
    for artifact in chosen:
        for name in backends:
            if artifact.format in formats[name]:
                entries.append(_open(artifact, name, threads))
    if not entries:
        raise UsageError(
            f"none of {', '.join(backends)} runs {', '.join(a.path.name for a in chosen)}",
            "Leave --artifacts or --backends away",
        )
    return entries


def reference_artifact() -> Artifact | None:
    """The default model's float32 ONNX file, which OpenCV runs on every installation.

    Returns:
        None where the manifest does not list it.
    """
    default = default_model()
    for artifact in artifacts():
        if (artifact.model, artifact.precision, artifact.format) == (default, "float32", "onnx"):
            return artifact
    return None


def _open(artifact: Artifact, name: str, threads: int) -> Entry:
    try:
        return Entry(artifact, name, open_backend(artifact, backend=name, threads=threads))
    except BackendError as error:
        # Results are published: the file's name says enough, its folder says too much.
        return Entry(artifact, name, None, error.problem.replace(str(artifact.path), artifact.path.name))


def _suggest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}"
