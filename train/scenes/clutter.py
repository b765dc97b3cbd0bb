"""What a sheet carries besides writing: print, holes, a binding, a margin, specks."""

from __future__ import annotations

import cv2
import numpy as np

from train.scenes.texture import Float, blend

_WORDS = "meter reading name date total notice paper please return this sheet after use keep dry room number"
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)


def print_text(sheet: Float, rng: np.random.Generator, *, through: bool) -> None:
    """Prints lines of small words along an edge, or, seen through from the back, mirrored and faint."""
    h, w = sheet.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    scale = max(h, w) / 1500 * float(rng.uniform(0.7, 1.2))
    step = round(34 * scale) + 3
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    if through:
        rows = range(round(h * 0.1), round(h * 0.95), step * 2)
    else:
        # A letterhead or a footer: the middle belongs to the handwriting.
        first = round(h * 0.025) + step if rng.random() < 0.5 else h - round(h * 0.025) - 2 * step
        rows = range(first, first + 2 * step, step)
    for y in rows:
        pool = _WORDS.split()
        words = " ".join(pool[int(i)] for i in rng.integers(len(pool), size=int(rng.integers(5, 12))))
        cv2.putText(mask, words, (round(w * 0.06), y), font, scale, 255, 1, cv2.LINE_AA)
    if through:
        mask = cv2.GaussianBlur(cv2.flip(mask, 1), (0, 0), 1.2)
    alpha = float(rng.uniform(0.07, 0.16)) if through else float(rng.uniform(0.6, 0.9))
    blend(sheet, mask.astype(np.float32) * (alpha / 255), (70, 66, 64))


def punch_holes(sheet: Float, rng: np.random.Generator) -> None:
    """Two or more round holes along the left edge, dark with a lit rim."""
    h, w = sheet.shape[:2]
    radius = max(3.0, min(h, w) * float(rng.uniform(0.011, 0.017)))
    x = 2.2 * radius + float(rng.uniform(0, radius))
    for y in np.linspace(h * 0.2, h * 0.8, int(rng.integers(2, 5))):
        for size, colour in ((radius * 1.15, (205, 208, 210)), (radius, (70, 72, 78))):
            mask = np.zeros((h, w), np.uint8)
            centre = (round(x * 16), round(float(y) * 16))
            cv2.circle(mask, centre, round(size * 16), 255, -1, cv2.LINE_AA, 4)
            blend(sheet, mask.astype(np.float32) / 255, colour)


def bind_with_wire(sheet: Float, rng: np.random.Generator) -> None:
    """A spiral binding along the left edge or the top: holes, and turns of wire that leave the sheet."""
    across = rng.random() < 0.3
    flat = np.ascontiguousarray(sheet.transpose(1, 0, 2)) if across else sheet
    h, w = flat.shape[:2]
    pitch = h / int(rng.integers(14, 32))
    radius = min(pitch, 0.05 * w) * float(rng.uniform(0.16, 0.26))
    x = float(rng.uniform(2.2, 3.2)) * radius
    metal = ((60, 62, 66), (150, 152, 156), (120, 70, 40))[int(rng.integers(3))]
    double, slope = rng.random() < 0.5, float(rng.uniform(0, 0.5)) * radius
    holes, wires = np.zeros((h, w), np.uint8), np.zeros((h, w), np.uint8)
    thick = max(1, round(radius * float(rng.uniform(0.35, 0.6))))
    for y in np.arange(pitch / 2, h, pitch):
        centre = (round(x * 16), round(float(y) * 16))
        cv2.circle(holes, centre, round(radius * 16), 255, -1, cv2.LINE_AA, 4)
        for beside in (-0.5, 0.5) if double else (0.0,):
            start = (centre[0], centre[1] + round(beside * radius * 16))
            end = (round(-radius * 16), start[1] + round(slope * 16))
            cv2.line(wires, start, end, 255, thick, cv2.LINE_AA, 4)
    blend(flat, holes.astype(np.float32) / 255, (64, 62, 60))
    blend(flat, wires.astype(np.float32) / 255, metal)
    if across:
        sheet[:] = flat.transpose(1, 0, 2)


def draw_margin(sheet: Float, rng: np.random.Generator) -> None:
    """A red margin line at one side."""
    h, w = sheet.shape[:2]
    x = w * (float(rng.uniform(0.05, 0.09)) if rng.random() < 0.5 else float(rng.uniform(0.91, 0.95)))
    mask = np.zeros((h, w), np.uint8)
    cv2.line(mask, (round(x * 16), 0), (round(x * 16 + rng.normal(0, 20)), h * 16), 255, 1, cv2.LINE_AA, 4)
    blend(sheet, mask.astype(np.float32) * (0.8 / 255), (110, 100, 220))


def sprinkle(sheet: Float, rng: np.random.Generator) -> None:
    """Dust and crumbs: small dark specks."""
    mask = np.zeros(sheet.shape[:2], np.uint8)
    h, w = mask.shape
    for _ in range(int(rng.integers(6, 20))):
        centre = (int(rng.integers(w * 16)), int(rng.integers(h * 16)))
        axes = (int(rng.integers(6, 26)), int(rng.integers(6, 20)))
        cv2.ellipse(
            mask,
            (centre[0] // 16, centre[1] // 16),
            (axes[0] // 12 + 1, axes[1] // 12 + 1),
            0,
            0,
            360,
            255,
            -1,
        )
    blend(sheet, cv2.GaussianBlur(mask, (0, 0), 0.6).astype(np.float32) * (0.7 / 255), (80, 84, 92))
