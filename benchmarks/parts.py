"""Counting on emulated boards part by part; what was counted is kept, so that a broken-off run goes on."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.emulator import PACKAGES, Emulator
from benchmarks.files import write_json
from benchmarks.frames import REFERENCE_CASE, render_frames
from benchmarks.guest import FRAMES
from benchmarks.machine import CHECKOUT
from benchmarks.session import drawn_crops
from edge_digits.artifact import Artifact

CALLS = 20
"""Calls of a row that are counted together."""


def count_boards(
    emulator: Emulator,
    boards: Sequence[str],
    chosen: Sequence[Artifact],
    kept: Path,
    watch: Callable[[Sequence[tuple[str, str]]], Iterator[tuple[str, str]]] = iter,
) -> dict[str, dict[str, Any]]:
    """Counts every model and the frames on every board.

    Args:
        emulator: Emulates the boards.
        boards: Their names.
        chosen: The artifacts.
        kept: File for the parts counted so far; taken up where they are of the same library, files
            and packages, and removed when all parts are counted.
        watch: Goes through (board, part); a progress bar may hang here.

    Returns:
        For each board what `arrange` gives, of all its parts.

    Raises:
        DataError: The emulator failed; the parts before are kept.
    """
    parts = {model: [each.name for each in chosen if each.model == model] for model in _models(chosen)}
    parts[FRAMES] = [FRAMES]
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "input.npz"
        _write_input(given)
        wanted = fingerprint(emulator.suite, chosen, given)
        done = _taken_up(kept, wanted)
        for board, part in watch([(board, part) for board in boards for part in parts]):
            if f"{board} {part}" not in done:
                words = [str(CALLS), *dict.fromkeys(parts[part])]
                done[f"{board} {part}"] = arrange(*emulator.run(board, words, Path(folder)))
                write_json(kept, {"fingerprint": wanted, "parts": done})
    kept.unlink(missing_ok=True)
    return {board: _together([done[f"{board} {part}"] for part in parts]) for board in boards}


def fingerprint(suite: str, chosen: Sequence[Artifact], given: Path) -> str:
    """What the counts depend on, as one number: system, packages, library, models, and what is read."""
    digest = hashlib.sha256(f"{suite} {PACKAGES} {CALLS}".encode())
    library = sorted((CHECKOUT / "runtime" / "edge_digits").rglob("*.py"))
    for path in [*library, CHECKOUT / "benchmarks" / "guest.py", *(each.path for each in chosen), given]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def arrange(said: dict[str, Any], deltas: list[int]) -> dict[str, Any]:
    """Gives every count its name.

    Args:
        said: By emulator.parse.
        deltas: Likewise.

    Returns:
        engines, python, refused; rows (file, backend, instructions of one
        call); frames: for each frame its stages' instructions.
    """
    rows, frames = [], dict[str, dict[str, int]]()
    for section, count in zip(said["sections"], deltas, strict=True):
        if section is None:
            continue
        if "frame" in section:
            stages = frames.setdefault(section["frame"], {})
            stages[section["stage"]] = stages.get(section["stage"], 0) + count
        else:
            calls = section["calls"]
            rows.append(
                {"file": section["file"], "backend": section["backend"], "instructions": round(count / calls)}
            )
    return {
        "python": said["python"],
        "engines": {name: version for name, version in said["engines"].items() if version},
        "rows": rows,
        "refused": said["refused"],
        "frames": frames,
    }


def _together(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The parts of one board as one."""
    return {
        **parts[0],
        "rows": [row for part in parts for row in part["rows"]],
        "refused": [row for part in parts for row in part["refused"]],
        "frames": {name: stages for part in parts for name, stages in part["frames"].items()},
    }


def _models(chosen: Sequence[Artifact]) -> list[str]:
    return list(dict.fromkeys(each.model for each in chosen))


def _taken_up(kept: Path, wanted: str) -> dict[str, Any]:
    """The parts that an earlier run counted; none where anything they depend on has changed."""
    try:
        found = json.loads(kept.read_text(encoding="utf-8"))
        return dict(found["parts"]) if found["fingerprint"] == wanted else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_input(path: Path) -> None:
    """What all boards are given: crops and frames, drawn here so that all get the same bits."""
    (width, height), count = REFERENCE_CASE
    frames = {frame.name: frame for frame in render_frames(0) if frame.digits == count}
    grey = cv2.cvtColor(frames[f"{width}x{height}, {count} digits"].image, cv2.COLOR_BGR2GRAY)
    crops = np.concatenate(drawn_crops(0)[:10])
    images: dict[str, Any] = {name: frame.image for name, frame in frames.items()}
    np.savez(path, crops=crops, reference=grey, **images)
