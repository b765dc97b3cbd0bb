"""The command in a process of its own, as a shell starts it, and pictures for it to read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
STROKES = {
    "3": [[(20, 32), (45, 18), (75, 30), (75, 52), (48, 68), (78, 82), (80, 108), (50, 124), (18, 112)]],
    "4": [[(45, 20), (20, 80), (85, 80)], [(66, 45), (64, 125)]],
    "7": [[(20, 25), (80, 22), (45, 125)]],
}


def draw(path: Path, text: str) -> None:
    """Writes a picture of digits drawn with a pen, dark on light."""
    image = np.full((160, 40 + 100 * len(text), 3), 235, np.uint8)
    for place, label in enumerate(text):
        for stroke in STROKES[label]:
            points = np.add(np.array(stroke, np.int32), (20 + 100 * place, 10)).astype(np.int32)
            cv2.polylines(image, [points], False, (60, 40, 30), 7, cv2.LINE_AA)
    assert cv2.imwrite(str(path), image)


def command(*arguments: str, **options) -> subprocess.Popen:
    """Starts it; what it writes can be read from the pipes of the process."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(
        [sys.executable, "-m", "camera_demo", *arguments], cwd=ROOT, **{**pipes, **options}
    )
