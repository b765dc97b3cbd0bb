"""The file, backend and threads that were measured to be best on this device, and where that is kept.

`python -m benchmarks --recommend` writes it. DigitReader() follows it where the caller leaves the
model and the backend open, and says in the log why it does not where it no longer applies.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from edge_digits.artifact import Artifact
from edge_digits.backends.base import Backend
from edge_digits.errors import EdgeDigitsError, OutputError
from edge_digits.files import write_whole
from edge_digits.paths import expanded
from edge_digits.registry import artifacts, default_model

_LOGGER = logging.getLogger(__name__)
PREFERENCE_VARIABLE: Final = "EDGE_DIGITS_PREFERENCE"
"""Environment variable that names another file; empty for none."""
SCHEMA: Final = 1


@dataclass(frozen=True)
class Preference:
    """What was measured to be best."""

    file: str
    """Name of the artifact's file, such as "classic-int8.tflite"."""
    model: str
    """Its model, which must still be the default one."""
    sha256: str
    """Of the file that was measured."""
    backend: str
    """onnxruntime, tflite or opencv."""
    engine: str
    """Package and version that was measured, such as "ai-edge-litert 2.3.0"."""
    threads: int
    """For one inference."""
    measured: str = ""
    """When, and on what."""


def preference_path() -> Path | None:
    """Where the preference is kept, whether there is one or not.

    EDGE_DIGITS_PREFERENCE, else edge-digits/preference.json in XDG_CONFIG_HOME or ~/.config; None
    where the variable is set but empty, or there is no home.
    """
    named = os.environ.get(PREFERENCE_VARIABLE)
    if named is not None:
        return expanded(named) if named else None
    try:
        base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    except RuntimeError:
        return None
    return Path(base) / "edge-digits" / "preference.json"


def load_preference() -> Preference | None:
    """The saved preference; None where there is none.

    Raises:
        EdgeDigitsError: The file is there but is not ours or cannot be read.
    """
    path = preference_path()
    if path is None:
        return None
    remedy = f"Measure anew: python -m benchmarks --recommend, or delete {path}"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise EdgeDigitsError(f"The preference {path} cannot be read: {error}", remedy) from error
    fields = Preference.__dataclass_fields__
    values: dict[str, Any] = {name: found.get(name) for name in fields} if isinstance(found, dict) else {}
    if (
        not isinstance(found, dict)
        or found.get("schema") != SCHEMA
        or any(not isinstance(value, str) for name, value in values.items() if name != "threads")
        or type(values["threads"]) is not int
        or values["threads"] < 1
    ):
        raise EdgeDigitsError(f"The preference {path} is not one of this version", remedy)
    return Preference(**values)


def save_preference(preference: Preference) -> Path:
    """Keeps a preference, in place of an earlier one.

    Returns:
        The file written.

    Raises:
        OutputError: It cannot be written.
    """
    path = preference_path()
    if path is None:
        raise OutputError("There is no place for a preference", f"Set {PREFERENCE_VARIABLE} to a file")
    text = json.dumps({"schema": SCHEMA, **asdict(preference)}, indent=2) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        raise OutputError(
            f"The preference {path} cannot be written: {error.strerror or error}",
            f"Set {PREFERENCE_VARIABLE} to a file you may write",
        ) from error
    return path


def applicable(preference: Preference) -> tuple[Artifact | None, str]:
    """Whether a preference still fits what is installed.

    Returns:
        The artifact it names and "", or None and why it no longer applies.

    Raises:
        ModelError: The manifest is missing or broken.
    """
    if preference.model != default_model():
        return None, f"the default model is now {default_model()}, not {preference.model}"
    artifact = next((each for each in artifacts() if each.path.name == preference.file), None)
    if artifact is None or artifact.sha256 != preference.sha256:
        return None, f"{preference.file} is no longer the file that was measured"
    backend = next((each for each in Backend.__subclasses__() if each.name == preference.backend), None)
    installed = None if backend is None else backend.installed()
    if installed != preference.engine:
        return None, f"{preference.engine} was measured, now there is {installed or 'none'}"
    return artifact, ""


def preferred() -> tuple[Artifact, str, int] | None:
    """What DigitReader() should open: artifact, backend and threads; None without a valid preference.

    A preference that is broken or no longer applies is ignored, and the log says why.
    """
    try:
        preference = load_preference()
        if preference is None:
            return None
        artifact, reason = applicable(preference)
    except EdgeDigitsError as error:
        _LOGGER.warning("saved preference ignored: %s", error.problem)
        return None
    if artifact is None:
        _LOGGER.warning("saved preference ignored: %s (python -m benchmarks --recommend)", reason)
        return None
    return artifact, preference.backend, preference.threads


def describe() -> dict[str, Any]:
    """The state of the preference, for a report.

    Returns:
        path, state ("none", "used" or "ignored") and detail.
    """
    path = preference_path()
    found: dict[str, Any] = {"path": str(path), "state": "none", "detail": "none saved"}
    try:
        preference = load_preference()
        if preference is not None:
            artifact, reason = applicable(preference)
            what = f"{preference.file} on {preference.backend}, {preference.threads} thread(s)"
            if artifact is None:
                return {**found, "state": "ignored", "detail": f"{what}: {reason}"}
            return {**found, "state": "used", "detail": f"{what}, measured {preference.measured}".rstrip()}
    except EdgeDigitsError as error:
        return {**found, "state": "ignored", "detail": error.problem}
    return found
