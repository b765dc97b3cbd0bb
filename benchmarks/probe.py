"""Run in a process of its own: opens one model, answers once, and says what that cost.

python -m benchmarks.probe numpy
python -m benchmarks.probe backend classic-int8 tflite tflite 1
python -m benchmarks.probe keras models/classic/classic.keras 1
python -m benchmarks.probe loop classic-int8 tflite tflite 1 30 2.0
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any


def peak_kb() -> int | None:
    """The most memory this process ever had resident, in KiB; None where unknown.

    Linux hands getrusage's ru_maxrss on from the parent process through fork
    and exec, so a large parent would be measured in place of this process;
    VmHWM of proc(5) starts anew.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        status = ""
    match = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    if match:
        return int(match[1])
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def probe(kind: str, *words: str) -> dict[str, Any]:
    """Imports, opens and answers once.

    Args:
        kind: "numpy" for the baseline, "backend" or "keras".
        *words: For a backend artifact, format, backend, threads; for Keras file, threads.

    Returns:
        import_ms, open_ms, first_ms, and peak_kb.
    """
    begin = time.perf_counter_ns()
    if kind == "backend":
        from edge_digits.backends import open_backend
        from edge_digits.registry import find_artifact
    elif kind == "keras":
        from benchmarks.reference import open_keras
    import numpy as np

    crop = np.zeros((1, 28, 28), np.uint8)
    crop[0, 4:24, 13:16] = 255
    imported = time.perf_counter_ns()
    if kind == "backend":
        name, format_, backend, threads = words
        if backend == "opencv":
            # OpenCV takes all CPUs unless the program says otherwise.
            import cv2

            cv2.setNumThreads(int(threads))
        model: Any = open_backend(
            find_artifact(name, formats=[format_]), backend=backend, threads=int(threads)
        )
    elif kind == "keras":
        model = open_keras(Path(words[0]), threads=int(words[1]))
    opened = time.perf_counter_ns()
    if kind != "numpy":
        model.predict(crop)
    answered = time.perf_counter_ns()
    return {
        "import_ms": (imported - begin) / 1e6,
        "open_ms": (opened - imported) / 1e6,
        "first_ms": (answered - opened) / 1e6,
        "peak_kb": peak_kb(),
    }


def loop(*words: str) -> dict[str, float]:
    """Answers so many times a second, and sleeps in between as a camera makes a reader wait.

    Args:
        *words: Artifact, format, backend, threads, times a second, seconds.

    Returns:
        cpus: CPU time of the whole process, its threads' included, over wall time; 1.0 is one core.
    """
    import cv2
    import numpy as np

    from edge_digits.backends import open_backend
    from edge_digits.registry import find_artifact

    name, format_, backend, threads, hertz, seconds = words
    cv2.setNumThreads(int(threads))
    artifact = find_artifact(name, formats=[format_])
    model = open_backend(artifact, backend=backend, threads=int(threads))
    crop = np.zeros((1, 28, 28), np.uint8)
    crop[0, 4:24, 13:16] = 255
    for _ in range(10):
        model.predict(crop)
    step = 1 / float(hertz)
    begin, spent = time.perf_counter(), time.process_time()
    for turn in range(1, int(float(seconds) * float(hertz)) + 1):
        model.predict(crop)
        time.sleep(max(0.0, begin + turn * step - time.perf_counter()))
    return {"cpus": (time.process_time() - spent) / (time.perf_counter() - begin)}


if __name__ == "__main__":
    kind, *words = sys.argv[1:]
    said = loop(*words) if kind == "loop" else probe(kind, *words)
    sys.stdout.write(json.dumps(said) + "\n")
