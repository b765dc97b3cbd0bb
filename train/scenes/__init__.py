"""Synthetic pages of handwritten digits, with their truth, for benchmarks, tests and the demo.

Needs numpy and OpenCV, never TensorFlow.
"""

from __future__ import annotations

from train.scenes.hand import Hand
from train.scenes.options import PRESETS, DigitSource, SceneOptions
from train.scenes.scene import Scene, SceneDigit, render_scene
from train.scenes.source import crop_source
from train.scenes.strokes import draw_digit, variants

__all__ = [
    "PRESETS",
    "DigitSource",
    "Hand",
    "Scene",
    "SceneDigit",
    "SceneOptions",
    "crop_source",
    "draw_digit",
    "render_scene",
    "variants",
]
