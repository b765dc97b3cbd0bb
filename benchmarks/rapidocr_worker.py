"""Run in a process of its own, with whatever Python has RapidOCR: reads pictures named on standard input.

    python rapidocr_worker.py THREADS

Each line in is a JSON string, a picture's path; each line out is an object: text (lines joined by "/")
and ms, wall time of one call with the path. The first line out says the version. Uses nothing of this
project, so that RapidOCR may live in an environment without it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import metadata


def main() -> None:
    """Answers until standard input ends."""
    # RapidOCR and its engine may print; what we answer goes to the real standard output.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    threads = int(sys.argv[1])
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(threads)
    engine = "EngineConfig.onnxruntime"
    read = RapidOCR(
        params={
            "Global.log_level": "error",
            f"{engine}.intra_op_num_threads": threads,
            f"{engine}.inter_op_num_threads": 1,
        }
    )
    versions = [f"{name} {metadata.version(name)}" for name in ("rapidocr", "onnxruntime")]
    answers.write(json.dumps({"version": ", ".join(versions)}) + "\n")
    for line in sys.stdin:
        path = json.loads(line)
        begin = time.perf_counter_ns()
        found = read(path)
        taken = (time.perf_counter_ns() - begin) / 1e6
        answers.write(json.dumps({"text": "/".join(found.txts or ()), "ms": taken}) + "\n")


if __name__ == "__main__":
    main()
