"""Light on a scene and what a camera makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.texture import Float, smooth_noise


def illumination(names: Sequence[str], rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """How much light falls on each pixel.

    Args:
        names: Of gradient, shadow, vignette, overexposed, dim; others are left alone.
        rng: Source of randomness.
        shape: (height, width).

    Returns:
        (h, w) float32, 1 where nothing is changed.
    """
    h, w = shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    x, y = (x - w / 2) / max(h, w) * 2, (y - h / 2) / max(h, w) * 2
    field = np.ones(shape, np.float32)
    if "gradient" in names:
        angle = float(rng.uniform(0, 2 * np.pi))
        ramp = (x * np.cos(angle) + y * np.sin(angle)) * float(rng.uniform(0.14, 0.34))
        field *= np.clip(0.92 + ramp, 0.35, 1.2)
    if "vignette" in names:
        far = np.hypot(x - float(rng.normal(0, 0.1)), y - float(rng.normal(0, 0.1)))
        field *= 1 - float(rng.uniform(0.22, 0.42)) * np.clip(far, 0, 1.5) ** 2
    if "shadow" in names:
        field *= _shadow(rng, x, y, max(shape))
    if "overexposed" in names:
        field *= float(rng.uniform(1.25, 1.6))
    if "dim" in names:
        field *= float(rng.uniform(0.28, 0.45))
    return field


def _shadow(rng: np.random.Generator, x: Float, y: Float, extent: int) -> Float:
    """Somebody stands in the light: a half plane with a bent, more or less soft edge."""
    angle = float(rng.uniform(0, 2 * np.pi))
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    bend = float(rng.uniform(0.03, 0.12)) * np.sin(
        along * float(rng.uniform(2, 5)) + float(rng.uniform(0, 6))
    )
    side = ((across + bend) > float(rng.uniform(-0.35, 0.35))).astype(np.float32)
    soft = extent * float(rng.uniform(0.004, 0.03))
    side = cv2.GaussianBlur(side, (0, 0), soft)
    return np.asarray(1 - float(rng.uniform(0.3, 0.55)) * side, np.float32)


def glare(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """A lamp's reflection, to be added: (h, w) float32, up to about 200 grey levels."""
    h, w = shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    cx, cy = w * float(rng.uniform(0.15, 0.85)), h * float(rng.uniform(0.1, 0.9))
    long, short = max(h, w) * float(rng.uniform(0.12, 0.3)), max(h, w) * float(rng.uniform(0.07, 0.14))
    angle = float(rng.uniform(0, np.pi))
    u = ((x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)) / long
    v = ((y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)) / short
    return np.asarray(float(rng.uniform(80, 170)) * np.exp(-(u**2 + v**2)), np.float32)


def cast(rng: np.random.Generator, shape: tuple[int, int], strength: float) -> Float:
    """A colour cast that changes from one side to the other, (h, w, 3) factors around 1."""
    h, w = shape
    angle = float(rng.uniform(0, 2 * np.pi))
    y, x = np.mgrid[:h, :w].astype(np.float32)
    ramp = ((x / w - 0.5) * np.cos(angle) + (y / h - 0.5) * np.sin(angle))[:, :, None]
    # Cheap cameras err between orange and blue, less between green and magenta.
    axis = np.array((-1, 0.1, 1), np.float32)
    tint = float(rng.normal(0, 0.5)) * axis + rng.normal(0, 0.15, 3).astype(np.float32)
    factors = 1 + strength * (tint + axis * ramp * float(rng.choice((-1, 1))))
    return np.asarray(np.clip(factors, 0.4, 1.6), np.float32)


def sensor_noise(rng: np.random.Generator, picture: Float, sigma: float) -> Float:
    """A camera's noise to be added: more in the light, partly in blots of two pixels and of colour."""
    shape = picture.shape[:2]
    grey = 0.7 * rng.standard_normal(shape, dtype=np.float32) + 0.5 * smooth_noise(rng, shape, 2)
    colour = cv2.resize(
        rng.standard_normal((shape[0] // 2 + 1, shape[1] // 2 + 1, 3), dtype=np.float32),
        (shape[1], shape[0]),
        interpolation=cv2.INTER_LINEAR,
    )
    shot = np.sqrt(0.35 + picture / 255)
    return np.asarray(sigma * shot * (grey[:, :, None] + 0.5 * colour), np.float32)


def motion_blur(picture: Float, length: float, angle: float) -> Float:
    """Smears a picture along a line.

    Args:
        picture: (h, w, 3) float32.
        length: Of the line, pixels; below 1 nothing happens.
        angle: Of the line, degrees.

    Returns:
        A picture of the same shape.
    """
    if length < 1:
        return picture
    size = int(np.ceil(length)) // 2 * 2 + 3
    kernel = np.zeros((size, size), np.uint8)
    reach = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]) * length / 2
    middle = size // 2
    ends = [np.rint((middle + sign * reach) * 16).astype(int).tolist() for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 255, 1, cv2.LINE_AA, 4)
    weights = kernel.astype(np.float32) / float(kernel.sum())
    return np.asarray(cv2.filter2D(picture, -1, weights, borderType=cv2.BORDER_REPLICATE), np.float32)


def develop(picture: Float, jpeg: int | None) -> NDArray[np.uint8]:
    """Clips to 8 bits and, where a quality is given, goes through JPEG."""
    result = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    if jpeg is None:
        return result
    data = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, jpeg])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
