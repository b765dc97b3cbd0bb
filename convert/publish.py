"""Put the accepted artifacts and the manifest into the folder of models, together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from convert.compare import read_records
from convert.files import Staged
from convert.make import Made
from convert.manifest import NAME, as_text, entry, merged
from convert.report import readme
from convert.source import Source
from edge_digits.errors import OutputError


def publish(
    made: Made, source: Source, manifest: Mapping[str, Any], models_dir: Path, *, default: bool = False
) -> dict[str, Any]:
    """Write accepted files, manifest and README; take away what was refused.

    Everything is first written under temporary names, so that a full disk changes nothing.

    Args:
        made: The artifacts.
        source: The model they were made from.
        manifest: The manifest so far.
        models_dir: The folder of models.
        default: Make this model the one that readers take by default.

    Returns:
        The new manifest.

    Raises:
        OutputError: The folder cannot be written, or the disk is full.
    """
    folder = models_dir / source.name
    entries = [
        entry(source, kind, contents, figures, made.checked_on)
        for kind, (contents, figures) in made.accepted.items()
    ]
    renewed = merged(manifest, source, made.reference, entries, made.kinds)
    if default:
        renewed["default"] = source.name
    with Staged() as staged:
        for kind, (contents, _) in made.accepted.items():
            staged.put(folder / kind.file_name(source.name), contents)
        staged.put(models_dir / NAME, as_text(renewed).encode())
        staged.put(models_dir / "README.md", _readme(renewed, models_dir))
        staged.publish()
    for name in made.refused:
        # What an earlier conversion left under this name is of no listed artifact any more.
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{folder / name} was refused and cannot be removed: {error.strerror}", "Delete it by hand."
            ) from error
    return renewed


def publish_readme(manifest: Mapping[str, Any], models_dir: Path) -> Path:
    """Write models/README.md anew from what is stored.

    Args:
        manifest: The manifest of that folder.
        models_dir: The folder of models.

    Returns:
        The file.

    Raises:
        OutputError: It cannot be written.
    """
    path = models_dir / "README.md"
    with Staged() as staged:
        staged.put(path, _readme(manifest, models_dir))
        staged.publish()
    return path


def _readme(manifest: Mapping[str, Any], models_dir: Path) -> bytes:
    return readme(manifest, read_records(models_dir, list(manifest["models"]))).encode()
