"""Outlines for lessons and corruptions, of pictures full of edges too."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np

from train.outlines import outlines
from train.scenes import draw_digit

# On one thread cv2.Canny of OpenCV 5.0.0 writes beyond its memory in the last of these.
GRATINGS = """
import cv2, numpy as np
from train.outlines import outlines
cv2.setNumThreads(1)
y, x = np.mgrid[:28, :28]
for period in np.arange(3, 4.05, 0.1):
    waves = np.sin(2 * np.pi * x / 3) + np.sin(2 * np.pi * y / period)
    outlines(np.round(128 + 50 * waves).astype(np.uint8), 97, 174)
"""


def test_a_texture_full_of_edges_breaks_no_memory() -> None:
    run = subprocess.run(
        [sys.executable, "-c", GRATINGS], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr


def test_a_digit_keeps_the_outlines_that_canny_finds() -> None:
    rng = np.random.default_rng(1)
    for label in "0123456789":
        picture = np.zeros((28, 28), np.uint8)
        ink = cv2.resize(draw_digit(label, rng, height=40), (14, 20), interpolation=cv2.INTER_AREA)
        picture[4:24, 7:21] = ink
        found = outlines(picture, 100, 200)
        np.testing.assert_array_equal(found, cv2.Canny(picture, 100, 200))
        assert 20 < np.count_nonzero(found) < 200
