"""What is not a digit: made here from strokes, fonts, pieces of digits and texture.

Signs that are a digit to the eye (O, I, S, the lower half of an 8, a bare bar) are not among them:
a network that was told they are none would turn away real digits.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.normalize import SIZE, normalize
from edge_digits.stroke import even_stroke, stroke_width
from train.ink_box import cut_to_ink
from train.mnist import DataError
from train.scenes.hand import Hand
from train.scenes.marks import DOODLES, LETTERS, OPERATORS
from train.scenes.strokes import draw_strokes

_PIECES: Final = {
    0: ("top", "bottom"),
    3: ("top", "bottom"),
    5: ("top", "bottom"),
}
"""Ends of digits that are no digit themselves. The upper half of a 9 is a 0, the lower half of a 7 a 1."""
_MARKS: Final = {
    name: strokes
    for kind in (OPERATORS, LETTERS, DOODLES)
    for name, strokes in kind.items()
    if name not in {"/", ".", ","}
}
_PRINTED: Final = tuple("ACEFHJKLMNPRTUVWXYcefhkmnrtuvwxdp&@#?+=%$<>{}*~")
"""Left out: what is a digit in some hand or font (B D G I O Q S Z a b g i j l o q s y z)."""
_FONTS: Final = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)


_TURNED: Final = {
    3: (1, 2, 3, 4, 5, 7),
    4: (2, 3, 4, 6),
    5: (1, 5, 7),
    6: (6,),
    7: (4,),
    9: (4, 6),
}
"""Turns (see `turn`) that leave no digit. A 2 in a mirror is a 5, on its side a z; a 6 upside down is a 9."""


def turn(pictures: NDArray[np.uint8], how: int) -> NDArray[np.uint8]:
    """Turn or mirror pictures.

    Args:
        pictures: Shape (..., h, w).
        how: 0 to 3: so many quarters to the left; 4 to 7: the same after mirroring left and right.

    Returns:
        They, turned; h and w are exchanged by an odd number of quarters.
    """
    mirrored = pictures[..., ::-1] if how >= 4 else pictures
    return np.ascontiguousarray(np.rot90(mirrored, how % 4, axes=(-2, -1)))


def to_crop(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bring ink to a crop in the runtime's way.

    Args:
        ink: Shape (h, w), uint8, bright ink on 0.

    Returns:
        Shape (28, 28), uint8; all zeros where there is no ink.
    """
    ink = cut_to_ink(ink, above=24)
    if not ink.size:
        return np.zeros((SIZE, SIZE), np.uint8)
    return normalize(even_stroke(ink, stroke_width((ink > 100).astype(np.uint8))))


def is_bar(crops: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which crops, shape (n, 28, 28), show one narrow upright stroke: a 1 to any eye."""
    bright = crops > 40
    columns, rows = bright.any(axis=1), bright.any(axis=2)
    width = 28 - columns.argmax(axis=1) - columns[:, ::-1].argmax(axis=1)
    height = 28 - rows.argmax(axis=1) - rows[:, ::-1].argmax(axis=1)
    # A leaning bar is wide but fills little of each row.
    thin = bright.sum(axis=(1, 2)) < 5.2 * np.maximum(height, 1)
    single = (np.abs(np.diff(bright.astype(np.int8), axis=2)).sum(axis=2) <= 2).all(axis=1)
    return np.asarray((width <= 7) | (thin & single & (width <= 12) & (height >= 18)))


def demand_digits(labels: NDArray[np.uint8], which: str) -> None:
    """Refuse digits of which `pieces` or `turned` could make nothing.

    Args:
        labels: What they show, shape (n,).
        which: Names them, such as "the test pictures".

    Raises:
        DataError: Those that are wanted are not among them.
    """
    for wanted in (_PIECES, _TURNED):
        if not np.isin(labels, list(wanted)).any():
            raise DataError(
                f"None of {which} shows {', '.join(map(str, wanted))}, of which what is no digit is made",
                "Add pictures to --data until each part of them shows all ten digits, or take a model that "
                'does without "none", such as classic.',
            )


def pieces(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], count: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Cut digits in two and keep an end that is no digit.

    Args:
        images: Digits, shape (n, 28, 28).
        labels: What they show, shape (n,).
        count: How many pieces.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8.
    """
    usable = np.flatnonzero(np.isin(labels, list(_PIECES)))
    made = np.empty((count, SIZE, SIZE), np.uint8)
    for crop in made:
        i = int(rng.choice(usable))
        ink, share = cut_to_ink(images[i], above=40), float(rng.uniform(0.3, 0.48))
        row = round(share * len(ink))
        side = str(rng.choice(_PIECES[int(labels[i])]))
        crop[:] = to_crop(ink[:row] if side == "top" else ink[len(ink) - row :])
    return made


def turned(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], count: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Lay digits on their side, turn them over or mirror them, where that leaves no digit.

    Args:
        images: Digits, shape (n, 28, 28).
        labels: What they show, shape (n,).
        count: How many.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8.
    """
    usable = np.flatnonzero(np.isin(labels, list(_TURNED)))
    made = np.empty((count, SIZE, SIZE), np.uint8)
    for crop in made:
        i = int(rng.choice(usable))
        crop[:] = turn(images[i], int(rng.choice(_TURNED[int(labels[i])])))
    return made


def pairs(images: NDArray[np.uint8], count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Put two or three digits into one crop, side by side.

    Args:
        images: Digits, shape (n, 28, 28).
        count: How many crops.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8.
    """
    made = np.empty((count, SIZE, SIZE), np.uint8)
    for crop in made:
        several = 3 if rng.random() < 0.12 else 2
        canvas, at = np.zeros((84, 120), np.uint8), 4
        for i in rng.integers(len(images), size=several):
            ink = cut_to_ink(images[i], above=40)
            top = int(rng.integers(14, 22))
            room = canvas[top : top + ink.shape[0], at : at + ink.shape[1]]
            np.maximum(room, ink, out=room)
            at += ink.shape[1] + int(rng.integers(0, 6))
        crop[:] = to_crop(canvas)
    return made


def marks(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Write letters, operators and doodles by hand.

    Args:
        count: How many crops.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8.
    """
    names = list(_MARKS)
    made = np.empty((count, SIZE, SIZE), np.uint8)
    for crop in made:
        strokes = _MARKS[names[int(rng.integers(len(names)))]]
        thickness = float(rng.uniform(2.2, 6.5))
        ink, _ = draw_strokes(strokes, rng, em=48, thickness=thickness, hand=Hand.random(rng))
        crop[:] = to_crop(ink)
    return made


def printed(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Print letters and signs, upright or leaning, singly or in short words.

    Args:
        count: How many crops.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8.
    """
    made = np.empty((count, SIZE, SIZE), np.uint8)
    for crop in made:
        word = "".join(rng.choice(_PRINTED, size=1 if rng.random() < 0.7 else int(rng.integers(2, 5))))
        font = _FONTS[int(rng.integers(len(_FONTS)))]
        canvas = np.zeros((110, 300), np.uint8)
        cv2.putText(canvas, word, (30, 70), font, 1.7, 255, int(rng.integers(1, 8)), cv2.LINE_AA)
        lean = np.array([[1, float(rng.uniform(-0.3, 0.15)), 0], [0, 1, 0]], np.float32)
        crop[:] = to_crop(np.asarray(cv2.warpAffine(canvas, lean, (300, 110)), np.uint8))
    return made


def scratches(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw stray strokes and pieces of ruling: dashes, crosses, corners, grids, ticks, hatching.

    Args:
        count: How many crops.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8.
    """
    made = np.empty((count, SIZE, SIZE), np.uint8)
    for crop in made:
        canvas = np.zeros((72, 72), np.uint8)
        kind, pen = int(rng.integers(5)), int(rng.integers(2, 9))
        if kind == 0:
            # A lone stroke that lies down: upright it would be a 1.
            y, dy = int(rng.integers(20, 52)), int(rng.integers(-12, 13))
            _polyline(canvas, [(8, y), (36, y + dy // 2 + int(rng.integers(-6, 7))), (64, y + dy)], pen)
        elif kind == 1:
            for _ in range(int(rng.integers(2, 4))):
                x, y = (int(v) for v in rng.integers(12, 60, 2))
                _polyline(canvas, [(x, 2), (x, 70)], pen)
                _polyline(canvas, [(2, y), (70, y)], pen)
        elif kind == 2:
            x, y = (int(v) for v in rng.integers(8, 64, 2))
            _polyline(canvas, [(x, 2), (x, 70)], pen)
            _polyline(canvas, [(2, y), (70, y)], pen)
        elif kind == 3:
            # Fewer corners would often make a 4, a 7 or an 8.
            corners = rng.integers(4, 68, (int(rng.integers(9, 16)), 2))
            _polyline(canvas, [(int(x), int(y)) for x, y in corners], min(pen, 4))
        else:
            step, slope = int(rng.integers(9, 20)), int(rng.integers(-30, 31))
            for x in range(-30, 100, step):
                _polyline(canvas, [(x, 4), (x + slope, 68)], min(pen, step // 3))
        turned = canvas if kind == 0 else np.rot90(canvas, int(rng.integers(4)))
        crop[:] = to_crop(np.ascontiguousarray(turned))
    return made


def glyphs(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Join five to seven bent strokes to signs of no alphabet.

    Args:
        count: How many crops.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8.
    """
    made = np.empty((count, SIZE, SIZE), np.uint8)
    share = np.linspace(0, 1, 9)[:, None]
    for crop in made:
        canvas, pen = np.zeros((72, 72), np.uint8), int(rng.integers(3, 8))
        ends = rng.uniform(10, 62, (1, 2))
        # With fewer strokes it would often be a 4, a 5 or a 7.
        for _ in range(int(rng.integers(5, 8))):
            start = ends[rng.integers(len(ends))] if rng.random() < 0.75 else rng.uniform(8, 64, 2)
            stop = rng.uniform(6, 66, 2)
            bend = (start + stop) / 2 + rng.normal(0, 9, 2) * (rng.random() < 0.6)
            curve = (1 - share) ** 2 * start + 2 * share * (1 - share) * bend + share**2 * stop
            _polyline(canvas, [(round(x), round(y)) for x, y in curve], pen)
            ends = np.concatenate([ends, curve[4:]])
        crop[:] = to_crop(canvas)
    return made


def _polyline(canvas: NDArray[np.uint8], points: list[tuple[int, int]], pen: int) -> None:
    cv2.polylines(canvas, [np.array(points, np.int32)], False, 255, pen, cv2.LINE_AA)


def textures(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Make blank crops, noise, smooth patches, blobs, stripes and checks.

    Args:
        count: How many crops.
        rng: Source of all randomness.

    Returns:
        Shape (count, 28, 28), uint8. Half of them went through `normalize`, the others fill the crop.
    """
    made = np.empty((count, SIZE, SIZE), np.uint8)
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    for crop in made:
        kind = int(rng.integers(6))
        noise = rng.random((SIZE, SIZE), np.float32)
        if kind == 0:
            picture = np.full((SIZE, SIZE), rng.choice([0, 0, 255, rng.integers(256)]), np.float32)
            picture += (noise - 0.5) * rng.choice([0.0, 6.0, 30.0])
        elif kind == 1:
            picture = 255 * noise ** float(np.exp(rng.uniform(-1, 2.2)))
        elif kind in (2, 3):
            smooth = cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(0.7, 4)))
            smooth = (smooth - smooth.mean()) / max(float(smooth.std()), 1e-6)
            gain = 400.0 if kind == 3 else 70.0
            picture = gain * (smooth - float(rng.uniform(-1, 1.4))) + 90
        elif kind == 4:
            angle, pitch = float(rng.uniform(0, np.pi)), float(rng.uniform(2.5, 14))
            wave = np.cos((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / pitch) + rng.uniform(0, 6))
            if rng.random() < 0.4:
                wave *= np.cos((y * np.cos(angle) - x * np.sin(angle)) * (2 * np.pi / pitch))
            picture = 128 + float(rng.uniform(80, 500)) * wave
        else:
            middle, half = rng.uniform(9, 19, 2), rng.uniform(4, 11, 2)
            if rng.random() < 0.5:
                inside = np.hypot((x - middle[0]) / half[0], (y - middle[1]) / half[1])
            else:
                inside = np.maximum(np.abs(x - middle[0]) / half[0], np.abs(y - middle[1]) / half[1])
            picture = 255 * np.clip((1 - inside) * 6, 0, 1) * (0.75 + 0.25 * noise)
        ink = np.clip(picture, 0, 255).astype(np.uint8)
        crop[:] = normalize(ink, floor=24) if rng.random() < 0.5 else ink
    return made
