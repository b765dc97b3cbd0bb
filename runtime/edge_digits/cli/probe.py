"""Opens one backend in a process of its own, where an illegal instruction kills nothing else.

`python -m edge_digits.cli.probe onnxruntime` prints one JSON object.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from edge_digits.backends import open_backend
from edge_digits.errors import EdgeDigitsError

_TIMEOUT = 120.0
_REPEATS = 50


def probe(backend: str) -> dict[str, Any]:
    """Opens the default model in a backend and runs it, in a child process.

    Args:
        backend: One of BACKENDS.

    Returns:
        Either version, model, file and us (median microseconds a crop), or problem and remedy.
    """
    parent = str(Path(__file__).resolve().parent.parent.parent)
    path = os.pathsep.join(filter(None, (parent, os.environ.get("PYTHONPATH"))))
    try:
        child = subprocess.run(
            [sys.executable, "-m", "edge_digits.cli.probe", backend],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"problem": f"{backend} did not answer within {_TIMEOUT:.0f} s", "remedy": reinstall(backend)}
    return verdict(backend, child.returncode, child.stdout, child.stderr)


def verdict(backend: str, code: int, output: str, errors: str) -> dict[str, Any]:
    """What a child's end means.

    Args:
        backend: One of BACKENDS.
        code: Its exit code, negative for a signal.
        output: What it wrote to stdout.
        errors: What it wrote to stderr.

    Returns:
        As probe.
    """
    if code < 0:
        # Real-time signals have no name.
        known = {each.value: each.name for each in signal.Signals}
        name = known.get(-code, f"signal {-code}")
        return {"problem": f"{backend} killed its process with {name}", "remedy": reinstall(backend)}
    try:
        result = json.loads(output.strip().splitlines()[-1])
        if isinstance(result, dict):
            return result
    except (ValueError, IndexError):
        pass
    last = (errors.strip().splitlines() or ["it said nothing"])[-1]
    return {"problem": f"{backend} failed: {last}", "remedy": reinstall(backend)}


def reinstall(backend: str) -> str:
    """The command that installs a backend afresh."""
    package = {
        "onnxruntime": "onnxruntime!=1.21.0",
        "tflite": "ai-edge-litert",
        "opencv": "opencv-python-headless",
    }
    return f'pip install --upgrade --force-reinstall "{package[backend]}"'


def main(backend: str) -> None:
    """Opens the backend here and prints what came of it."""
    try:
        opened = open_backend(None, backend=backend)
        crops = np.zeros((1, 28, 28), np.uint8)
        times = []
        for _ in range(_REPEATS):
            start = time.perf_counter()
            opened.predict(crops)
            times.append(time.perf_counter() - start)
        result = {
            "version": opened.version,
            "model": opened.artifact.name,
            "file": opened.artifact.path.name,
            "us": round(float(np.median(times)) * 1e6, 1),
        }
    except EdgeDigitsError as error:
        result = {"problem": error.problem, "remedy": error.remedy}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
