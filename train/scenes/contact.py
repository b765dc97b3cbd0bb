"""Contact sheets: all the ways of writing, or all conditions, on one picture to look at."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.glyphs import DIGITS
from train.scenes.options import PRESETS, SceneOptions
from train.scenes.scene import render_scene
from train.scenes.strokes import draw_digit

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_HEIGHT = 64
"""Of the digits in pixels."""
_COPIES = 3
_WIDTH = 320
"""Of a page in pixels."""
_COLUMNS = 6


def digit_sheet(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Every variant of every digit, three copies each, a row a digit.

    Args:
        rng: Source of randomness.

    Returns:
        (h, w) uint8, dark ink on white.
    """
    cell = (round(1.25 * _HEIGHT) + 16, round(1.3 * _HEIGHT))
    columns = _COPIES * max(len(glyphs) for glyphs in DIGITS.values())
    sheet = np.zeros((cell[0] * len(DIGITS), cell[1] * columns), np.uint8)
    for row, (label, glyphs) in enumerate(DIGITS.items()):
        top = row * cell[0]
        for column in range(_COPIES * len(glyphs)):
            glyph = glyphs[column // _COPIES]
            ink = draw_digit(label, rng, height=_HEIGHT, variant=glyph.name)[:, : cell[1]]
            left = column * cell[1] + (cell[1] - ink.shape[1]) // 2
            sheet[top + 16 : top + 16 + _HEIGHT, left : left + ink.shape[1]] = ink
            if column % _COPIES == 0:
                name = f"{label} {glyph.name}"
                cv2.putText(sheet, name, (column * cell[1] + 4, top + 11), _FONT, 0.36, 130, 1, cv2.LINE_AA)
    return 255 - sheet


def preset_sheet(seed: int) -> NDArray[np.uint8]:
    """One page of every condition, six in a row.

    Args:
        seed: Of every page.

    Returns:
        (h, w, 3) BGR uint8.
    """
    cells = []
    for name in PRESETS:
        image = render_scene(np.random.default_rng(seed), SceneOptions.preset(name)).image
        scale = min(_WIDTH / image.shape[1], 0.75 * _WIDTH / image.shape[0])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cell = np.full((round(0.75 * _WIDTH) + 18, _WIDTH + 4, 3), 50, np.uint8)
        cell[: small.shape[0], : small.shape[1]] = small
        cv2.putText(cell, name, (4, cell.shape[0] - 5), _FONT, 0.42, (235, 235, 235), 1, cv2.LINE_AA)
        cells.append(cell)
    while len(cells) % _COLUMNS:
        cells.append(np.full_like(cells[0], 50))
    rows = [np.hstack(cells[start : start + _COLUMNS]) for start in range(0, len(cells), _COLUMNS)]
    return np.vstack(rows)
