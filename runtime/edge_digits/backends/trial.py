"""Lets OpenCV run an unknown model file in a process of its own first.

A damaged ONNX graph can end the whole process inside cv2.dnn, where nothing can be caught.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from edge_digits.errors import BackendError

_SECONDS: Final = 60
"""Loading OpenCV takes ten on the slowest boards."""
_BEGUN, _DONE = b"begun", b"done"
# What comes of the file is no concern here: an error that OpenCV raises is raised again for the caller.
_PROGRAM: Final = f"""
import sys
side, sys.path[:] = sys.argv[1:4], sys.argv[5:]
import cv2, numpy
print({_BEGUN.decode()!r}, flush=True)
try:
    net = cv2.dnn.readNetFromONNX(numpy.frombuffer(sys.stdin.buffer.read(), numpy.uint8))
    for count in range(1, 1 + int(sys.argv[4])):
        net.setInput(numpy.zeros((count, *map(int, side)), numpy.float32))
        net.forward()
    del net
except Exception:
    pass
print({_DONE.decode()!r}, flush=True)
"""


def survives(onnx_model: bytes, shape: Sequence[int], batch: int) -> bool:
    """Whether OpenCV loads and runs a file, or raises an error, without ending the process.

    Args:
        onnx_model: The file's contents.
        shape: Of one input, three axes, without the batch.
        batch: How many inputs are given at once at most.

    Returns:
        False where the process of the trial was ended, or came to no end within a minute.

    Raises:
        BackendError: No Python can be started for the trial.
    """
    # A frozen program would start itself anew.
    python = None if getattr(sys, "frozen", False) else sys.executable
    words = [*map(str, (*shape, batch)), *filter(None, sys.path)]
    said = b""
    try:
        if python:
            done = subprocess.run(
                [python, "-c", _PROGRAM, *words],
                input=onnx_model,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
            said = done.stdout
    except subprocess.TimeoutExpired as error:
        said = error.stdout or b""
    except (OSError, ValueError):
        pass
    if _BEGUN not in said:
        raise BackendError(
            "A model file that no manifest lists is tried in a process of its own before OpenCV gets it, "
            f"but {python or 'this program'} starts none",
            'Use another engine: pip install "edge-digits[onnx]", or list the file: python -m convert',
        )
    return _DONE in said
