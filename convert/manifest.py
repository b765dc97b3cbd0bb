"""models/manifest.json: what each artifact is, how large, how good, and its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from convert.check import Figures, Reference
from convert.embed import producers
from convert.kinds import KINDS, Kind
from convert.source import Source
from edge_digits.errors import ModelError
from edge_digits.paths import exists

SCHEMA: Final = 1
NAME: Final = "manifest.json"


def read_manifest(models_dir: Path) -> dict[str, Any]:
    """Return the manifest of a folder of models; an empty one where there is none yet.

    Raises:
        ModelError: It is damaged, or of another schema.
    """
    path = models_dir / NAME
    if not exists(path):
        return {"schema": SCHEMA, "default": None, "models": {}}
    mend = f"Put the file back (git checkout {path}), or delete it and convert every model again."
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        schema, _ = manifest["schema"], [each["artifacts"] for each in manifest["models"].values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} cannot be understood: {error}", mend) from error
    if schema != SCHEMA:
        raise ModelError(f"{path} has schema {schema}, wanted {SCHEMA}", mend)
    return dict(manifest)


def entry(source: Source, kind: Kind, contents: bytes, figures: Figures, checked_on: str) -> dict[str, Any]:
    """Return what the manifest says of one artifact."""
    return {
        "file": f"{source.name}/{kind.file_name(source.name)}",
        "format": kind.format,
        "precision": kind.precision,
        "bytes": len(contents),
        "sha256": hashlib.sha256(contents).hexdigest(),
        "input": asdict(kind.input),
        **{name: _rounded(value) for name, value in asdict(figures).items()},
        "checked_on": checked_on,
        "producers": producers(kind),
    }


def merged(
    manifest: Mapping[str, Any],
    source: Source,
    reference: Reference,
    entries: Sequence[Mapping[str, Any]],
    tried: Sequence[Kind],
) -> dict[str, Any]:
    """Return the manifest with one model's artifacts renewed.

    Args:
        manifest: What `read_manifest` returned; other models in it are kept as they are.
        source: The model.
        reference: What Keras answers.
        entries: The artifacts that were accepted.
        tried: The kinds that were made anew; whichever has no entry is listed no more.
    """
    gone = {(kind.format, kind.precision) for kind in tried}
    before = manifest["models"].get(source.name, {}).get("artifacts", [])
    kept = [each for each in before if (each["format"], each["precision"]) not in gone]
    order = {(kind.format, kind.precision): place for place, kind in enumerate(KINDS)}
    artifacts = sorted([*kept, *entries], key=lambda each: order[each["format"], each["precision"]])
    model = {
        "labels": list(source.labels),
        "keras": {
            "file": f"{source.name}/{source.path.name}",
            "sha256": source.sha256,
            "accuracy": _rounded(reference.accuracy),
            "test_accuracy": _rounded(reference.test_accuracy),
        },
        "artifacts": artifacts,
    }
    models = {**manifest["models"], source.name: model}
    return {
        "schema": SCHEMA,
        "default": manifest.get("default") or source.name,
        "models": {name: models[name] for name in sorted(models)},
    }


def demand_same_source(manifest: Mapping[str, Any], source: Source, kinds: Sequence[Kind]) -> None:
    """Refuse to renew some artifacts when the others were made from another Keras model.

    Raises:
        ModelError: The manifest would hold artifacts of two trainings under one name.
    """
    before = manifest["models"].get(source.name)
    if before is None or len(kinds) == len(KINDS):
        return
    renewed = {(kind.format, kind.precision) for kind in kinds}
    others = [
        each["file"] for each in before["artifacts"] if (each["format"], each["precision"]) not in renewed
    ]
    if others and (
        before.get("keras", {}).get("sha256") != source.sha256 or before["labels"] != list(source.labels)
    ):
        raise ModelError(
            f"{source.path} or its labels changed since {others[0]} was made from it",
            f"Convert all of it, without --only: python -m convert {source.name}",
        )


def as_text(manifest: Mapping[str, Any]) -> str:
    """Return the manifest as it stands in the file."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value
