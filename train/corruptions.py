"""Fifteen ways in which a picture of a digit goes bad without its digit becoming another one.

After N. Mu and J. Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision", arXiv 1906.02337,
2019, each written anew from what the paper says and shows of it. So figures on these pictures stand
beside each other and beside nobody else's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from train.outlines import outlines

Pictures: TypeAlias = NDArray[np.float32]
"""Shape (n, 28, 28), 0..1, white ink on black."""

_AT_ONCE: Final = 1000
_SIDE: Final = 28
_MIDDLE: Final = (_SIDE - 1) / 2


def corrupt(images: NDArray[np.uint8], name: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Corrupt pictures of digits in one way, each by its own chance.

    Args:
        images: Shape (n, 28, 28), white ink on black; left as they are.
        name: One of `NAMES`.
        rng: Source of all randomness: the same state gives the same pictures.

    Returns:
        Shape (n, 28, 28).

    Raises:
        KeyError: There is no corruption of this name.
    """
    corruption = _CORRUPTIONS[name]
    parts = [
        np.clip(corruption(part.astype(np.float32) / np.float32(255), rng), 0, 1) for part in _parts(images)
    ]
    return np.asarray(np.round(255 * np.concatenate(parts)), np.uint8) if parts else images.copy()


def _parts(images: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    for start in range(0, len(images), _AT_ONCE):
        yield images[start : start + _AT_ONCE]


def _shot_noise(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Few photons: about five where it is white."""
    return np.asarray(rng.poisson(images * 5) / 5, np.float32)


def _impulse_noise(images: Pictures, rng: np.random.Generator) -> Pictures:
    """A fifth of the pixels are stuck at black or white."""
    chance = rng.random(images.shape, np.float32)
    return np.where(chance < 0.1, np.float32(0), np.where(chance > 0.9, np.float32(1), images))


def _glass_blur(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Seen through frosted glass: pixels change places with neighbours, between two slight blurs."""
    blurred = _each(images, lambda image: cv2.GaussianBlur(image, (0, 0), 0.7))
    n = np.arange(len(images))
    for y in range(1, _SIDE - 1):
        for x in range(1, _SIDE - 1):
            dy, dx = rng.integers(-1, 2, (2, len(n)))
            here = blurred[:, y, x].copy()
            blurred[:, y, x] = blurred[n, y + dy, x + dx]
            blurred[n, y + dy, x + dx] = here
    return _each(blurred, lambda image: cv2.GaussianBlur(image, (0, 0), 0.7))


def _motion_blur(images: Pictures, rng: np.random.Generator) -> Pictures:
    """The camera moved by about seven pixels, more sideways than up."""
    angles = rng.uniform(-np.pi / 4, np.pi / 4, len(images))

    def blur(image: Pictures, angle: float) -> Pictures:
        along = np.linspace(-3.5, 3.5, 29)
        kernel = np.zeros((9, 9), np.float32)
        rows, columns = (np.round(4 + along * part).astype(int) for part in (np.sin(angle), np.cos(angle)))
        np.add.at(kernel, (rows, columns), 1 / len(along))
        return np.asarray(cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_CONSTANT))

    return np.stack([blur(image, angle) for image, angle in zip(images, angles, strict=True)])


def _shear(images: Pictures, rng: np.random.Generator) -> Pictures:
    slant = rng.choice([-1, 1], len(images)) * rng.uniform(0.4, 0.6, len(images))
    return _warp(images, [np.array([[1, s], [0, 1]]) for s in slant])


def _scale(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Shrunk to between half and two thirds."""
    return _warp(images, [np.eye(2) * s for s in rng.uniform(0.5, 0.67, len(images))])


def _rotate(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Turned by 20 to 35 degrees either way; more would make a 1 of a dash and a 9 of a 6."""
    angles = np.radians(rng.choice([-1, 1], len(images)) * rng.uniform(20, 35, len(images)))
    return _warp(images, [np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in angles])


def _brightness(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Overexposed: the ground turns grey and what was bright is white."""
    return np.asarray(images + rng.uniform(0.4, 0.6, (len(images), 1, 1)), np.float32)


def _translate(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Moved by 3 to 6 pixels in any direction; what leaves is lost."""
    angles, by = rng.uniform(0, 2 * np.pi, len(images)), rng.uniform(3, 6, len(images))
    return _warp(images, [np.eye(2)] * len(images), np.stack([by * np.cos(angles), by * np.sin(angles)], 1))


def _stripe(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Black and white change places in a stripe down either side."""
    del rng
    striped = images.copy()
    for side in (slice(0, 7), slice(_SIDE - 7, _SIDE)):
        striped[:, :, side] = 1 - striped[:, :, side]
    return striped


def _fog(images: Pictures, rng: np.random.Generator) -> Pictures:
    """A cloud lies over the picture and takes its contrast."""
    veil = _clouds(len(images), rng)
    return np.asarray((images + 1.5 * veil) / 2.5, np.float32)


def _clouds(count: int, rng: np.random.Generator) -> Pictures:
    """Make fractal noise in 0..1, shape (count, 28, 28): octaves of half the size and half the height."""
    clouds = np.zeros((count, _SIDE, _SIDE), np.float32)
    for octave, cells in enumerate((3, 5, 9, 17)):
        grids = rng.random((count, cells, cells), np.float32)
        clouds += _each(grids, lambda grid: cv2.resize(grid, (_SIDE, _SIDE))) / 2**octave
    low, high = (
        edge[:, np.newaxis, np.newaxis] for edge in (clouds.min(axis=(1, 2)), clouds.max(axis=(1, 2)))
    )
    return np.asarray((clouds - low) / (high - low), np.float32)


def _spatter(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Drops of a bright liquid, some on the ink."""
    film = _each(
        rng.standard_normal(images.shape, np.float32), lambda noise: cv2.GaussianBlur(noise, (0, 0), 1.1)
    )
    film /= film.std(axis=(1, 2), keepdims=True)
    drops = np.clip(3 * (film - 1.6), 0, 1)
    return np.asarray(images * (1 - drops) + 0.7 * drops, np.float32)


def _dotted_line(images: Pictures, rng: np.random.Generator) -> Pictures:
    """A dotted line from edge to edge."""
    starts, ends = _across(len(images), rng)
    steps = np.arange(0, 1, 0.1)
    return _drawn(
        images,
        (
            [[start + (end - start) * (s + part) for part in (0, 0.03)] for s in steps]
            for start, end in zip(starts, ends, strict=True)
        ),
    )


def _zigzag(images: Pictures, rng: np.random.Generator) -> Pictures:
    """A zigzag line from edge to edge."""
    starts, ends = _across(len(images), rng)
    steps = np.linspace(0, 1, 11)

    def strokes(start: NDArray[np.float64], end: NDArray[np.float64]) -> list[list[NDArray[np.float64]]]:
        along = end - start
        aside = np.array([-along[1], along[0]]) / np.hypot(*along)
        corners = [start + along * s + aside * (2 if i % 2 else -2) for i, s in enumerate(steps)]
        return [list(pair) for pair in itertools.pairwise(corners)]

    return _drawn(images, (strokes(start, end) for start, end in zip(starts, ends, strict=True)))


def _canny_edges(images: Pictures, rng: np.random.Generator) -> Pictures:
    """Nothing but the outlines."""
    del rng
    grey = np.round(255 * images).astype(np.uint8)
    return np.stack([outlines(image, 100, 200) for image in grey]).astype(np.float32) / np.float32(255)


def _each(images: Pictures, change: Callable[[Pictures], object]) -> Pictures:
    return np.stack([np.asarray(change(image), np.float32) for image in images])


def _warp(
    images: Pictures, matrices: list[NDArray[np.float64]], moves: NDArray[np.float64] | None = None
) -> Pictures:
    """Map each picture by its 2x2 matrix about its middle, then move it by (x, y) pixels."""
    middle, warped = np.array([_MIDDLE, _MIDDLE]), np.empty_like(images)
    for i, (image, matrix) in enumerate(zip(images, matrices, strict=True)):
        offset = middle - matrix @ middle + (0 if moves is None else moves[i])
        warped[i] = cv2.warpAffine(image, np.column_stack([matrix, offset]), (_SIDE, _SIDE))
    return warped


def _across(count: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Choose lines (x, y) to (x, y), shape (count, 2) each, from left to right or from top to bottom."""
    at = rng.uniform(4, _SIDE - 5, (2, count))
    starts = np.stack([np.zeros(count), at[0]], 1)
    ends = np.stack([np.full(count, _SIDE - 1.0), at[1]], 1)
    upright = rng.random(count) < 0.5
    starts[upright], ends[upright] = starts[upright, ::-1], ends[upright, ::-1]
    return starts, ends


def _drawn(images: Pictures, lines: Iterator[list[list[NDArray[np.float64]]]]) -> Pictures:
    """Draw each picture's strokes, pairs of points, over it in white, one pixel wide."""
    drawn = np.round(255 * images).astype(np.uint8)
    for image, strokes in zip(drawn, lines, strict=True):
        for start, end in strokes:
            # Four more bits a coordinate, so that strokes are smooth.
            ends = [tuple(np.round(16 * point).astype(int).tolist()) for point in (start, end)]
            cv2.line(image, ends[0], ends[1], 255, 1, cv2.LINE_AA, 4)
    return drawn.astype(np.float32) / np.float32(255)


_CORRUPTIONS: Final[dict[str, Callable[[Pictures, np.random.Generator], Pictures]]] = {
    "shot noise": _shot_noise,
    "impulse noise": _impulse_noise,
    "glass blur": _glass_blur,
    "motion blur": _motion_blur,
    "shear": _shear,
    "scale": _scale,
    "rotate": _rotate,
    "brightness": _brightness,
    "translate": _translate,
    "stripe": _stripe,
    "fog": _fog,
    "spatter": _spatter,
    "dotted line": _dotted_line,
    "zigzag": _zigzag,
    "canny edges": _canny_edges,
}
NAMES: Final = tuple(_CORRUPTIONS)
"""The corruptions, in the paper's order."""
