"""How much darker (or lighter) than its ground each pixel is."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.image import halved

Polarity: TypeAlias = Literal["dark", "light"]
"""Dark ink on a light ground (paper) or light ink on a dark one (chalk, canvas)."""

_HALVINGS = 3
REDUCTION = 2**_HALVINGS
"""How many times as wide and high as the reduced picture a picture is."""
_REACH, _LEAST_REACH, _REACH_OF_STRIP = 15, 7, 0.6
"""Pixels of the reduced picture across which ink is filled in; of a strip fewer, lest its light be ink, by
this share of its shorter side."""
_AROUND = np.ones((3, 3), np.uint8)
_WIDE = np.ones((9, 9), np.uint8)
"""What is narrower, in pixels of the reduced picture, makes no step in the ground."""
_STEEP, _LONG = 0.2, 0.4
"""Share of its lightness that the ground loses over two pixels of the reduced picture, and share of the
picture's longer side along which it does: less is a soft shadow, or the edge of a thing."""
_NEAR = 13
"""Side in pixels, two of the picture each, of what is filled in at such a step: a wide pen."""
_DARKEST = 40
"""Grey levels: dividing by a ground that is darker would only lift noise."""
_CLEAN = 6.0
"""Grey levels of grain that writing stands out from."""
_SMOOTHED = 3
"""Pixels apart at which grain differs that a camera has smoothed."""
_SOFTER = 3.5
"""How many times as much it is there as between neighbours at most, after a Gaussian of one pixel."""
_LEFT = 5.0
"""Grey levels of it that smoothing leaves."""
_BLACK, _LIGHT = 25, 120
"""Greys above which half of a picture, or a tenth of it, bears dark ink."""
_DARK, _PALE = 140, 200
"""Greys below which half of it bears light ink as a rule, and below which it may, as stone bears chalk."""
_SOFTEST = 2.5
"""Pixels of standard deviation: softer, and small writing would go as well."""


def polarities_of(gray: NDArray[np.uint8], *, light: bool = False) -> list[Polarity]:
    """Tells which kinds of ink a ground bears: dark on none that is black, light on none that is white.

    Args:
        gray: Shape (h, w), uint8.
        light: Whether to think of light ink on a ground that is hardly dark as well.
    """
    counts = np.bincount(gray[::4, ::4].ravel(), minlength=256).cumsum()
    middle, bright = np.searchsorted(counts, (0.5 * counts[-1], 0.9 * counts[-1]))
    wanted: list[Polarity] = []
    if middle > _BLACK or bright > _LIGHT:
        wanted.append("dark")
    if middle < (_PALE if light else _DARK):
        wanted.append("light")
    return wanted


def may_bear_light_ink(gray: NDArray[np.uint8]) -> bool:
    """Whether a picture, shape (h, w), uint8, bears light ink at most if that is thought of."""
    return polarities_of(gray, light=True) != polarities_of(gray)


def ground_of(gray: NDArray[np.uint8], *, crisp: bool = False) -> NDArray[np.uint8]:
    """Estimates the picture without its dark ink.

    Closing a reduced picture fills every dark stroke up to about 100 pixels
    wide with the paper around it and keeps shadows, folds and the sheet's
    edges, which are wider (morphological background estimation; Soille,
    "Morphological Image Analysis", chapter 4).

    Args:
        gray: Shape (h, w), uint8.
        crisp: Follow long steps of the ground, such as the edge of a hard shadow, to the pixel.

    Returns:
        Shape (h, w), uint8.
    """
    height, width = gray.shape
    filled = without_ink(reduced_picture(gray))
    soft = np.asarray(cv2.GaussianBlur(filled, (5, 5), 0), np.uint8)
    ground = _enlarged(soft, (width, height), cv2.INTER_LINEAR_EXACT)
    steps = _long_steps(filled) if crisp else None
    if steps is None:
        return ground
    # The soft ground is lighter than the shadow along its edge, which would be ink and join what it crosses.
    half = cv2.resize(gray, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
    near = cv2.morphologyEx(half, cv2.MORPH_CLOSE, np.ones((_NEAR, _NEAR), np.uint8))
    near = cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR_EXACT)
    far = np.asarray(cv2.bitwise_not(cv2.dilate(steps, _AROUND)), np.uint8)
    elsewhere = _enlarged(far, (width, height), cv2.INTER_NEAREST)
    return np.asarray(cv2.min(cv2.bitwise_or(near, elsewhere), ground), np.uint8)


def reduced_picture(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture an eighth as wide and high, rounded up, shape (h, w), uint8."""
    down, right = (-side % REDUCTION for side in gray.shape)
    whole = cv2.copyMakeBorder(gray, 0, down, 0, right, cv2.BORDER_REPLICATE)
    return halved(np.asarray(whole, np.uint8), _HALVINGS)


def _enlarged(reduced: NDArray[np.uint8], size: tuple[int, int], interpolation: int) -> NDArray[np.uint8]:
    """A reduced picture, shape (h, w), as wide and high again as the picture was."""
    width, height = size
    whole = (REDUCTION * reduced.shape[1], REDUCTION * reduced.shape[0])
    return np.asarray(cv2.resize(reduced, whole, interpolation=interpolation)[:height, :width], np.uint8)


def without_ink(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A reduced picture, shape (h, w), uint8, with its dark strokes filled in."""
    reach = min(_REACH, max(_LEAST_REACH, int(_REACH_OF_STRIP * min(small.shape)) | 1))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.asarray(
        cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE), np.uint8
    )


def _long_steps(filled: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Mask, 0 or 255, of where a reduced ground falls steeply along much of the picture; None for nowhere."""
    # Chalk is light and thin; a shadow, a sheet and the table are wide.
    wide = cv2.morphologyEx(filled, cv2.MORPH_OPEN, _WIDE)
    lightest = cv2.dilate(wide, _AROUND)
    steep = (lightest - cv2.erode(wide, _AROUND) > _STEEP * lightest).astype(np.uint8)
    _, places, facts, _ = cv2.connectedComponentsWithStats(steep)
    reach = facts[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    long = reach > _LONG * max(steep.shape)
    long[0] = False
    return np.where(long, np.uint8(255), np.uint8(0))[places] if long.any() else None


def ink_map(gray: NDArray[np.uint8], polarity: Polarity) -> NDArray[np.uint8]:
    """Contrast of every pixel against its ground, lighting divided out.

    Args:
        gray: Shape (h, w), uint8.
        polarity: Which kind of ink is sought.

    Returns:
        Shape (h, w), uint8: 0 for ground, 255 for black on white (or white on
        black). A stroke keeps its value from sunlit into shaded paper.
    """
    if polarity == "light":
        gray = np.invert(gray)
    ground = ground_of(gray, crisp=polarity == "dark")
    # The greater of pixels and one number, at a quarter of what OpenCV and numpy take for that.
    trough = cv2.threshold(cv2.bitwise_not(ground), 255 - _DARKEST, 0, cv2.THRESH_TRUNC)[1]
    share = cv2.divide(gray, cv2.bitwise_not(trough), scale=255)
    return np.asarray(cv2.bitwise_not(share), np.uint8)


def without_grain(gray: NDArray[np.uint8], polarity: Polarity, grain: float) -> NDArray[np.uint8]:
    """Smooths a picture as far as a camera in the dark made it grainy.

    Args:
        gray: Shape (h, w), uint8.
        polarity: Which kind of ink is sought; it has a ground of its own.
        grain: Of the picture, as `grain_of` tells.

    Returns:
        Shape (h, w), uint8; the same array where there is little grain.
    """
    # In the ink map any ground is as light as white paper, and its grain is as much stronger.
    noise = grain * 255 / _lightness(gray, polarity)
    if noise <= _CLEAN:
        return gray
    # A Gaussian divides the standard deviation of white noise by 2 sqrt(pi) times its own.
    softness = min(_SOFTEST, max(0.6, noise / _LEFT / (2 * math.sqrt(math.pi))))
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), softness), np.uint8)


def _lightness(gray: NDArray[np.uint8], polarity: Polarity) -> float:
    """How light, or dark, what is written on is: a sheet may take up a quarter of the picture."""
    sample = gray[::REDUCTION, ::REDUCTION]
    counts = np.bincount((sample if polarity == "dark" else 255 - sample).ravel()).cumsum()
    return max(_DARKEST, int(np.searchsorted(counts, 0.75 * counts[-1])))


def grain_of(gray: NDArray[np.uint8]) -> float:
    """Standard deviation of a picture's grain in grey levels, be it fine or smoothed by the camera."""
    fine = noise_of(gray)
    # A striped shirt has no grain between its stripes.
    return max(fine, min(noise_of(gray, _SMOOTHED), _SOFTER * fine))


def noise_of(ink: NDArray[np.uint8], spacing: int = 1) -> float:
    """Standard deviation of the ground's grain, robust against the ink on it.

    Median absolute response to a second-difference filter (Immerkaer, "Fast
    noise variance estimation", 1996, with a median in place of the mean).

    Args:
        ink: Shape (h, w), uint8, or the picture itself.
        spacing: Pixels between those that are compared. Neighbours tell little of grain that a
            camera has smoothed.

    Returns:
        Grey levels.
    """
    sample = ink[:: max(8, len(ink) // 40)].astype(np.int16)
    if not sample.size or sample.shape[1] <= 2 * spacing:
        return 0.0
    before, middle, after = sample[:, : -2 * spacing], sample[:, spacing:-spacing], sample[:, 2 * spacing :]
    counts = np.bincount(np.abs(before - 2 * middle + after).ravel(), minlength=1).cumsum()
    return float(np.searchsorted(counts, 0.5 * counts[-1]) / 0.6745 / np.sqrt(6))
