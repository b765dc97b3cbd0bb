"""Synthetic pages of handwritten digits, with their truth, for benchmarks, tests and the demo.

Needs numpy and OpenCV, never TensorFlow.
"""

from __future__ import annotations

from train.scenes.strokes import Hand, draw_digit, variants

__all__ = ["Hand", "draw_digit", "variants"]
