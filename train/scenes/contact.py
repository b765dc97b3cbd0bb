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


def digit_sheet(rng: np.random.Generator, *, height: int = 64, copies: int = 3) -> NDArray[np.uint8]:
    """Every variant of every digit, some copies each, a row a digit.

    Args:
        rng: Source of randomness.
        height: Of the digits in pixels.
        copies: How many of each variant.

    Returns:
        (h, w) uint8, dark ink on white.
    """
    cell = (round(1.25 * height) + 16, round(1.3 * height))
    columns = copies * max(len(glyphs) for glyphs in DIGITS.values())
    sheet = np.zeros((cell[0] * len(DIGITS), cell[1] * columns), np.uint8)
    for row, (label, glyphs) in enumerate(DIGITS.items()):
        top = row * cell[0]
        for column in range(copies * len(glyphs)):
            glyph = glyphs[column // copies]
            ink = draw_digit(label, rng, height=height, variant=glyph.name)[:, : cell[1]]
            left = column * cell[1] + (cell[1] - ink.shape[1]) // 2
            sheet[top + 16 : top + 16 + height, left : left + ink.shape[1]] = ink
            if column % copies == 0:
                name = f"{label} {glyph.name}"
                cv2.putText(sheet, name, (column * cell[1] + 4, top + 11), _FONT, 0.36, 130, 1, cv2.LINE_AA)
    return 255 - sheet


def preset_sheet(seed: int, *, columns: int = 6, width: int = 320) -> NDArray[np.uint8]:
    """One page of every condition.

    Args:
        seed: Of every page.
        columns: Pages beside each other.
        width: Of a page in pixels.

    Returns:
        (h, w, 3) BGR uint8.
    """
    cells = []
    for name in PRESETS:
        image = render_scene(np.random.default_rng(seed), SceneOptions.preset(name)).image
        scale = min(width / image.shape[1], 0.75 * width / image.shape[0])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cell = np.full((round(0.75 * width) + 18, width + 4, 3), 50, np.uint8)
        cell[: small.shape[0], : small.shape[1]] = small
        cv2.putText(cell, name, (4, cell.shape[0] - 5), _FONT, 0.42, (235, 235, 235), 1, cv2.LINE_AA)
        cells.append(cell)
    while len(cells) % columns:
        cells.append(np.full_like(cells[0], 50))
    rows = [np.hstack(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    return np.vstack(rows)
