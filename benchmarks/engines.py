"""What an engine costs a device before it reads anything: room on the disk, and CPU in a steady loop."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.footprint import run_probe
from edge_digits.artifact import Artifact
from edge_digits.backends import Backend
from edge_digits.backends.installed import ONNXRUNTIME, OPENCV, TFLITE

LOOP_HZ = 30
LOOP_SECONDS = 2.0
CORE = ("numpy", *OPENCV[1])
"""What the library needs whatever the engine."""
_DISTRIBUTIONS = {
    "onnxruntime": ONNXRUNTIME[1],
    "tflite": tuple(name for _, names in TFLITE for name in names),
    "opencv": OPENCV[1],
}


def measure_engines(
    chosen: Sequence[Artifact], backends: Sequence[str], *, threads: int, limit: float | None = None
) -> list[dict[str, Any]]:
    """Weighs each installed engine, and lets it answer LOOP_HZ times a second in a fresh process.

    Args:
        chosen: The artifacts; each engine runs the first float32 one it can.
        backends: Names of installed backends.
        threads: For one inference.
        limit: Seconds after which no more loop is begun, the first aside.

    Returns:
        For each backend: backend, package (with version; None where no record of it is kept, as with
        Debian's), installed_mb (with what it alone needs, beside numpy and OpenCV), together_mb (with
        them), file (None where there is none for it), loop_hz, loop_cpu (CPUs used in the loop, 1.0
        is one whole core; None without a file, or where it was too late).
    """
    formats = {backend.name: backend.formats for backend in Backend.__subclasses__()}
    begin = time.monotonic()
    core = closure([name for name in CORE if _found(name)])
    found: list[dict[str, Any]] = []
    for name in backends:
        package = next((each for each in _DISTRIBUTIONS[name] if _found(each)), None)
        needed = closure([package]) if package else set()
        alone = needed if name == "opencv" else needed - core
        file = next((a for a in chosen if a.precision == "float32" and a.format in formats[name]), None)
        cpu = None
        late = limit is not None and bool(found) and time.monotonic() - begin > limit
        if file is not None and not late:
            words = ["loop", file.name, file.format, name, str(threads), str(LOOP_HZ), str(LOOP_SECONDS)]
            cpu = run_probe(f"{name}, {LOOP_HZ} Hz", words)["cpus"]
        found.append(
            {
                "backend": name,
                "package": f"{package} {metadata.version(package)}" if package else None,
                "installed_mb": round(size_mb(alone), 1) if package else None,
                "together_mb": round(size_mb(needed | core), 1) if package else None,
                "file": file.path.name if file else None,
                "loop_hz": LOOP_HZ,
                "loop_cpu": None if cpu is None else round(cpu, 4),
            }
        )
    return found


def closure(names: Sequence[str]) -> set[str]:
    """Those distributions and all that they need and that is installed, by normalized names.

    Requirements of extras are left out; a requirement that is not installed is one that does not
    apply here.
    """
    found: set[str] = set()
    left = list(names)
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name in found or not _found(name):
            continue
        found.add(name)
        for requirement in metadata.requires(name) or ():
            wanted, _, marker = requirement.partition(";")
            if "extra" not in marker:
                left.append(re.split(r"[^A-Za-z0-9._-]", wanted.strip(), maxsplit=1)[0])
    return found


def size_mb(names: set[str]) -> float:
    """Megabytes (10^6 bytes) of the files that distributions recorded, compiled Python left out."""
    total = 0
    for name in names:
        for file in metadata.files(name) or ():
            path = Path(file.locate())
            if "__pycache__" not in file.parts and path.is_file():
                total += path.stat().st_size
    return total / 1e6


def _found(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True
