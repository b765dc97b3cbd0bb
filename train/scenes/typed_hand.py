"""Digits for scenes from a typeface, as if someone wrote like it: with a pen, and no digit like another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from train.ink_box import cut_to_ink
from train.scenes.options import DigitSource
from train.scenes.source import resized

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

HEIGHT: Final = 140
"""Of a 0 when it is drawn, pixels; what the scene wants is smaller for the most part."""
_CANVAS: Final = 3 * HEIGHT
_SLANT, _WIDTH = 0.08, 0.1
"""Standard deviations of a hand's slant and of the logarithm of its width, beside the typeface's own..."""
_OWN_SLANT, _OWN_WIDTH, _TURN = 0.04, 0.05, 0.05
"""...and of each digit's, and of its turn in radians."""
_BEND, _KNOTS = 3.0, 8
"""Standard deviation of the bending at each of so many by so many knots, pixels."""
_TAKEN: Final = 0.3
"""Share of the width of thin strokes that may be taken off each side, or they would be gone..."""
_THIN: Final = 0.1
"""...and what is thin: this quantile of all widths."""


def typeface_source(typeface: FreeTypeFont, seed: int) -> DigitSource:
    """Makes a source that writes as a typeface does.

    Args:
        typeface: With all digits, opened so that a 0 is `HEIGHT` pixels high.
        seed: Of the hand: how much it leans and how wide it writes, beside the typeface.

    Returns:
        A function for `SceneOptions.source`. Every digit is turned and bent a little otherwise; strokes are
        brought to the width of the scene's pen as far as the thinnest of them bear it.
    """
    hand = np.random.default_rng(seed)
    slant, width = float(hand.normal(0, _SLANT)), float(np.exp(hand.normal(0, _WIDTH)))

    def draw(label: str, rng: np.random.Generator, height: int, thickness: float) -> NDArray[np.uint8]:
        from PIL import Image, ImageDraw

        canvas = Image.new("L", (_CANVAS, _CANVAS))
        place = (_CANVAS / 2, (_CANVAS + HEIGHT) / 2)
        ImageDraw.Draw(canvas).text(place, label, font=typeface, fill=255, anchor="ms")
        ink = _varied(np.asarray(canvas, np.uint8), rng, slant, width)
        scale = height / max(1, len(cut_to_ink(ink, above=127)))
        return resized(in_pen(ink, thickness / scale), height)

    return draw


def _varied(
    ink: NDArray[np.uint8], rng: np.random.Generator, slant: float, width: float
) -> NDArray[np.uint8]:
    """Lean and widen as the hand does, and turn and bend as no other digit is."""
    turn = rng.normal(0, _TURN)
    lean, wide = slant + rng.normal(0, _OWN_SLANT), width * np.exp(rng.normal(0, _OWN_WIDTH))
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[wide, -lean], [0, 1]])
    middle = np.full(2, _CANVAS / 2)
    leant = cv2.warpAffine(ink, np.column_stack([matrix, middle - matrix @ middle]), ink.shape[::-1])
    return bent(np.asarray(leant, np.uint8), rng, _BEND, (_KNOTS, _KNOTS))


def bent(
    ink: NDArray[np.uint8], rng: np.random.Generator, strength: float, knots: tuple[int, int]
) -> NDArray[np.uint8]:
    """Bends ink smoothly, as no hand writes the same twice.

    Args:
        ink: (h, w), bright on 0.
        rng: Source of randomness.
        strength: Standard deviation of the bending at each knot, pixels.
        knots: How many, along y and along x.

    Returns:
        Ink of the same shape.
    """
    drawn = rng.normal(0, strength, (*knots, 2)).astype(np.float32)
    bend = cv2.resize(drawn, ink.shape[::-1], interpolation=cv2.INTER_CUBIC)
    rows, columns = np.indices(ink.shape, np.float32)
    return np.asarray(cv2.remap(ink, columns + bend[..., 0], rows + bend[..., 1], cv2.INTER_LINEAR), np.uint8)


def in_pen(ink: NDArray[np.uint8], thickness: float) -> NDArray[np.uint8]:
    """Writes the same with a pen of another width.

    Args:
        ink: (h, w), bright on 0.
        thickness: Of strokes, pixels; they get it as far as the thinnest of them bear it.

    Returns:
        Ink of the same shape.
    """
    mask = (ink > 127).astype(np.uint8)
    within, beyond = (cv2.distanceTransform(side, cv2.DIST_L2, 5) for side in (mask, 1 - mask))
    ridge = (within >= cv2.dilate(within, np.ones((3, 3), np.uint8)) - 1e-3) & (mask > 0)
    widths = 2 * within[ridge]
    if not len(widths):
        return ink
    more = max((thickness - float(np.median(widths))) / 2, -_TAKEN * float(np.quantile(widths, _THIN)))
    return np.asarray(255 * np.clip(more - (beyond - within) + 0.5, 0, 1), np.uint8)
