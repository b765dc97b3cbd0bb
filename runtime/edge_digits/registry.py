"""Which models are here: the manifest, and model files on their own."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from edge_digits.artifact import Artifact, InputSpec
from edge_digits.errors import ModelError
from edge_digits.metadata import FORMATS, check_input, check_labels, read_metadata
from edge_digits.paths import expanded, is_folder

MODELS_VARIABLE: Final = "EDGE_DIGITS_MODELS"
"""Environment variable that names another folder of models."""
MANIFEST: Final = "manifest.json"
"""Name of the file that lists a folder's artifacts."""
SCHEMA: Final = 1
"""The newest manifest schema that this library understands."""
PRECISIONS: Final = ("float32", "float16", "dynamic", "int8")
"""In the order in which a model's name alone chooses among them."""

_PACKAGE: Final = Path(__file__).resolve().parent
_MODEL_SUFFIXES: Final = (*FORMATS, ".keras", ".h5", ".pb", ".pt", ".pth")


def models_dir() -> Path:
    """The folder with manifest.json.

    The environment variable EDGE_DIGITS_MODELS, else the models inside the installed package, else
    the checkout's models/.
    """
    named = os.environ.get(MODELS_VARIABLE)
    if named:
        return expanded(named)
    inside = _PACKAGE / "models"
    return inside if (inside / MANIFEST).is_file() else _PACKAGE.parent.parent / "models"


def artifacts(directory: Path | None = None) -> list[Artifact]:
    """Lists what the manifest lists; the files themselves are checked when one is opened.

    Args:
        directory: A folder with manifest.json; None for models_dir().

    Raises:
        ModelError: The manifest is missing, broken, or of a newer schema.
    """
    return _listed(_manifest(directory or models_dir()), directory or models_dir())


def default_model(directory: Path | None = None) -> str:
    """The name of the model that is used when none is named.

    Raises:
        ModelError: The manifest is missing or broken.
    """
    return str(_manifest(directory or models_dir())["default"])


def find_artifact(model: str | Path | None, *, formats: Sequence[str] = ("tflite", "onnx")) -> Artifact:
    """Finds a model's file and verifies it.

    Args:
        model: None for the manifest's default; a model's name, such as "classic", which prefers
            float32; a name with precision, such as "classic-int8"; or a path to a lone .onnx or
            .tflite file, which then speaks for itself.
        formats: The formats wanted, best first.

    Returns:
        An artifact whose file is there and has the SHA-256 of the manifest.

    Raises:
        ModelError: Unknown, missing, damaged, or in none of the formats.
    """
    found = candidates(model)
    for wanted in formats:
        for artifact in found:
            if artifact.format == wanted:
                artifact.read_bytes()
                return artifact
    raise ModelError(
        f"Of the model {found[0].name} there is {', '.join(str(a.path) for a in found)}; "
        f"wanted is {' or '.join(formats)}",
        "Make the other format too: python -m convert (and see what runs which file: edge-digits models)",
    )


def candidates(model: str | Path | None) -> list[Artifact]:
    """All files of one model in one precision, one a format, not yet verified.

    Args:
        model: As in find_artifact.

    Returns:
        At least one artifact.

    Raises:
        ModelError: Unknown model, broken manifest, or a lone file that cannot be used.
    """
    if model is not None and _is_path(model):
        return [lone_artifact(model)]
    directory = models_dir()
    manifest = _manifest(directory)
    listed = _listed(manifest, directory)
    name = str(manifest["default"] if model is None else model)
    exact = [a for a in listed if a.name == name]
    if exact:
        return exact
    for precision in PRECISIONS:
        of_model = [a for a in listed if a.model == name and a.precision == precision]
        if of_model:
            return of_model
    raise _unknown(name, listed, directory)


def lone_artifact(path: str | Path) -> Artifact:
    """An artifact from a file that no manifest lists, by the metadata inside it.

    Raises:
        ModelError: No such file, not one of the two formats, damaged, or without metadata.
    """
    path = expanded(path)
    if is_folder(path):
        raise ModelError(f"{path} is a folder, not a model file", "Name one .onnx or .tflite file in it")
    metadata = read_metadata(path)
    return Artifact(
        model=str(metadata.get("model") or path.stem),
        precision=str(metadata.get("precision") or "float32"),
        format=FORMATS[path.suffix.lower()],
        path=path,
        labels=tuple(metadata["labels"]),
        input=_input(metadata["input"]),
        facts={"bytes": path.stat().st_size, "producers": metadata.get("producers", {})},
    )


def _is_path(model: str | Path) -> bool:
    """Whether a model is given as a file rather than by name."""
    if isinstance(model, Path):
        return True
    return model.lower().endswith(_MODEL_SUFFIXES) or "/" in model or os.sep in model


def _unknown(name: str, listed: Sequence[Artifact], directory: Path) -> ModelError:
    known = sorted({a.model for a in listed} | {a.name for a in listed})
    if not known:
        return ModelError(f"{directory / MANIFEST} lists no model", "Make one: python -m convert")
    near = difflib.get_close_matches(name.lower(), known, n=1)
    return ModelError(
        f"There is no model {name!r} in {directory}; known are {', '.join(known)}",
        f"Did you mean {near[0]!r}?"
        if near
        else "Choose one of these, or give the path of a .onnx or .tflite file",
    )


def _manifest(directory: Path) -> dict[str, Any]:
    """The manifest as JSON, with its outer shape checked."""
    path = directory / MANIFEST
    mend = f"Make it: python -m convert, or set {MODELS_VARIABLE} to a folder that has one"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"There is no manifest of models at {path}", mend) from None
    except OSError as error:
        raise ModelError(f"The manifest {path} cannot be read: {error.strerror or error}", mend) from error
    except ValueError as error:
        raise ModelError(f"The manifest {path} is no valid JSON: {error}", mend) from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("schema"), int):
        raise ModelError(f"The manifest {path} is not ours: an object with a number 'schema' is wanted", mend)
    if manifest["schema"] > SCHEMA:
        raise ModelError(
            f"The manifest {path} has schema {manifest['schema']}; this edge-digits knows {SCHEMA}",
            "pip install --upgrade edge-digits",
        )
    if not isinstance(manifest.get("models"), dict) or not isinstance(manifest.get("default"), str):
        raise ModelError(f"The manifest {path} lacks 'models' (an object) or 'default' (a name)", mend)
    return manifest


def _listed(manifest: dict[str, Any], directory: Path) -> list[Artifact]:
    """The manifest's entries as artifacts."""
    found = []
    for model, entry in manifest["models"].items():
        problem = "not an object" if not isinstance(entry, dict) else check_labels(entry.get("labels"))
        if problem is None and not isinstance(entry.get("artifacts"), list):
            problem = "artifacts must be a list"
        if problem is not None:
            raise _broken(directory, f"{model!r}: {problem}")
        found += [_entry(model, tuple(entry["labels"]), facts, directory) for facts in entry["artifacts"]]
    return found


def _entry(model: str, labels: tuple[str, ...], facts: Any, directory: Path) -> Artifact:
    """One line of the manifest as an artifact."""
    if not isinstance(facts, dict):
        raise _broken(directory, f"{model!r}: an artifact must be an object, found {facts!r}")
    for key in ("file", "format", "precision", "sha256"):
        if not isinstance(facts.get(key), str):
            raise _broken(directory, f"an artifact of {model!r} lacks {key!r}")
    problem = check_input(facts.get("input"))
    if problem is None and facts["format"] not in FORMATS.values():
        problem = f"unknown format {facts['format']!r}"
    if problem is not None:
        raise _broken(directory, f"{facts['file']}: {problem}")
    return Artifact(
        model=model,
        precision=facts["precision"],
        format=facts["format"],
        path=directory / facts["file"],
        labels=labels,
        input=_input(facts["input"]),
        sha256=facts["sha256"],
        facts=dict(facts),
    )


def _input(spec: dict[str, Any]) -> InputSpec:
    return InputSpec(spec["layout"], spec["dtype"], float(spec["divisor"]))


def _broken(directory: Path, problem: str) -> ModelError:
    return ModelError(
        f"The manifest {directory / MANIFEST} is broken: {problem}", "Make it anew: python -m convert"
    )
