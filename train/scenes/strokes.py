"""The ink a pen leaves: handwritten digits and marks as antialiased pictures."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import EdgeDigitsError
from train.scenes.curves import Points, smooth
from train.scenes.hand import Hand, glyphs_of, pick, vary

Ink = NDArray[np.uint8]


def variants(label: str) -> tuple[str, ...]:
    """Names of the ways we write a digit.

    Args:
        label: "0" to "9".

    Returns:
        Variant names, such as ("open", "closed", ...) for "4".

    Raises:
        EdgeDigitsError: The label is none of ours.
    """
    return tuple(glyph.name for glyph in glyphs_of(label))


def draw_digit(
    label: str,
    rng: np.random.Generator,
    *,
    height: int,
    thickness: float | None = None,
    variant: str | None = None,
    hand: Hand | None = None,
) -> Ink:
    """Draws one handwritten digit with strokes of our own.

    Args:
        label: "0" to "9".
        rng: Source of all variation; the same state gives the same bytes.
        height: Height of the ink in pixels, 6 or more.
        thickness: Width of the pen in pixels; None draws 6 to 13 % of the height.
        variant: One of `variants(label)`; None lets the hand choose.
        hand: Who writes; None draws a new person for this digit.

    Returns:
        Ink of shape (height, w), uint8, bright on 0, cropped to the ink.

    Raises:
        EdgeDigitsError: An unknown label or variant, or a height or thickness that cannot be drawn.
    """
    if height < 6:
        raise EdgeDigitsError(f"A digit of {height} px height was asked for.", "Give 6 px or more.")
    if thickness is None:
        thickness = height * float(rng.uniform(0.06, 0.13))
    if not 0.3 <= thickness <= height / 2:
        raise EdgeDigitsError(
            f"A pen of {thickness:g} px was asked for in a digit of {height} px.",
            f"Give between 0.3 and {height / 2:g}, half of the height.",
        )
    hand = Hand.random(rng) if hand is None else hand
    glyph = pick(label, variant or hand.habits.get(label), rng)
    curves = vary(glyph.strokes, rng, hand)
    # The ink, not the pen's path, is to have the height asked for.
    points = np.concatenate(curves)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (height - thickness) / max(float(high[1] - low[1]), 1e-6)
    paths = [(curve - low) * scale + thickness / 2 for curve in curves]
    width = int(np.ceil((high[0] - low[0]) * scale + thickness))
    ink = lay_ink(paths, (height, width), thickness, rng, hand)
    x, _, width, _ = cv2.boundingRect(ink)
    return ink[:, x : x + width]


def draw_strokes(
    strokes: Sequence[str],
    rng: np.random.Generator,
    *,
    em: float,
    thickness: float,
    hand: Hand | None = None,
) -> tuple[Ink, tuple[int, int]]:
    """Draws a mark at its own size and place in the line.

    Args:
        strokes: Pen paths as in `marks.OPERATORS`.
        rng: Source of all variation.
        em: Height of a digit in the same line, pixels.
        thickness: Width of the pen in pixels.
        hand: Who writes; None draws a new person.

    Returns:
        Ink with a margin of one pen, uint8, bright on 0, and (x, y) of its top left corner relative to
        the top left of a digit written in its place.
    """
    hand = Hand.random(rng) if hand is None else hand
    curves = [curve * em for curve in vary(strokes, rng, hand)]
    points = np.concatenate(curves)
    origin = np.floor(points.min(axis=0) - thickness)
    extent = np.ceil(points.max(axis=0) + thickness) - origin
    paths = [curve - origin for curve in curves]
    return lay_ink(paths, (int(extent[1]), int(extent[0])), thickness, rng, hand), (
        int(origin[0]),
        int(origin[1]),
    )


def lay_ink(
    paths: Sequence[Points],
    shape: tuple[int, int],
    thickness: float,
    rng: np.random.Generator,
    hand: Hand,
) -> Ink:
    """Draws pen paths with a pen whose width and pressure live.

    Args:
        paths: Densely sampled paths, each (n, 2), x and y in pixels of the result.
        shape: (height, width) of the result.
        thickness: Width of the pen in pixels.
        rng: Source of randomness.
        hand: Taper, contrast and dryness of the writing.

    Returns:
        Ink of the given shape, uint8, bright on 0, antialiased.
    """
    factor = int(np.clip(np.ceil(12 / thickness), 2, 8))
    big = np.zeros((shape[0] * factor, shape[1] * factor), np.uint8)
    for path in paths:
        layer = np.zeros_like(big)
        width = thickness * factor * _width_profile(path, thickness, rng, hand)
        pressure = _pressure(len(path), rng, hand)
        # Fixed point with 4 fractional bits; half a pixel brings pixel corners to pixel centres.
        fixed = np.rint((path * factor - 0.5) * 16).astype(np.int32)
        for i in range(len(path) - 1):
            if pressure[i] > 0:
                size = max(1, int(np.rint(width[i])))
                cv2.line(
                    layer, fixed[i].tolist(), fixed[i + 1].tolist(), int(pressure[i]), size, cv2.LINE_AA, 4
                )
        np.maximum(big, layer, out=big)
    return cv2.resize(big, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)


def _width_profile(path: Points, thickness: float, rng: np.random.Generator, hand: Hand) -> Points:
    """Width along a path relative to the pen's: thin ends, thick where the pen turns and so is slow."""
    n = len(path)
    heading = np.unwrap(np.arctan2(*np.diff(path, axis=0).T[::-1]))
    turn = np.abs(np.gradient(heading)) if n > 2 else np.zeros(max(n - 1, 1))
    slow = np.clip(smooth(np.append(turn, turn[-1]), 5) / 0.12, 0, 1)
    profile = 1 + hand.contrast * (slow - 0.5) + 0.3 * hand.contrast * smooth(rng.normal(0, 1, n), 16)
    length = np.linalg.norm(np.diff(path, axis=0), axis=1)
    run = np.concatenate([[0.0], np.cumsum(length)])
    reach = max(thickness * float(rng.uniform(1, 4)), 1e-6)
    ends = np.clip(np.minimum(run / (0.6 * reach), (run[-1] - run) / reach), 0, 1)
    # A dot is all end: it keeps its full width.
    fade = hand.taper if run[-1] > 2 * reach else 0.0
    return np.asarray(np.clip(profile, 0.6, 1.5) * (1 - fade * (1 - np.sin(ends * np.pi / 2))))


def _pressure(n: int, rng: np.random.Generator, hand: Hand) -> NDArray[np.int32]:
    """Brightness of the ink along a path, 0 where a dry pen skips."""
    noise = smooth(rng.normal(0, 1, n), 7)
    pressure = np.clip(246 + 16 * noise, 215, 255)
    if hand.dryness > 0:
        noise = smooth(rng.normal(0, 1, n), 3)
        pressure[noise < np.quantile(noise, hand.dryness)] = 0
        pressure[noise < np.quantile(noise, 2 * hand.dryness)] *= 0.6
    return pressure.astype(np.int32)
