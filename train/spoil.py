"""Spoil a crop as dirt, bad light, other strokes and bad cameras do: its character stays what it is.

Much of this is what `train.corruptions` measures, too. The two share no code and no setting: each way
here has a range of strengths that begins near nothing, and shapes of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.normalize import SIZE, normalize
from train.outlines import outlines
from train.single import crop_single

Grey: TypeAlias = NDArray[np.float32]
"""Shape (28, 28), 0 to 255, light ink on dark ground."""

_MIDDLE: Final = (SIZE - 1) / 2
_AS_IT_IS: Final = 0.2
"""Share that is not cut out anew, as when the ground is taken for ink."""
_BOXED: Final = 0.3
"""Share that is normalized with its ground."""


def spoil(images: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Spoil crops, each in one way by its own chance, and cut most of them out of their ground again.

    Args:
        images: Shape (n, 28, 28), white ink on black.
        rng: Source of all randomness.

    Returns:
        New crops of the same shape.
    """
    spoilt = np.empty_like(images)
    ways = rng.choice(len(_WAYS), len(images), p=_CHANCES)
    for crop, image, way in zip(spoilt, images, ways, strict=True):
        picture = np.clip(_WAYS[way][0](image.astype(np.float32), rng), 0, 255).astype(np.uint8)
        lot = rng.random()
        if lot < _AS_IT_IS:
            crop[:] = picture
        elif lot < _BOXED:
            crop[:] = normalize(picture, floor=24)
        else:
            crop[:] = crop_single(picture)
    return spoilt


def _grainy(image: Grey, rng: np.random.Generator) -> Grey:
    """Grain everywhere, or in the ink only, where a dry pen skips."""
    if rng.random() < 0.5:
        return image + rng.normal(0, rng.uniform(8, 70), image.shape).astype(np.float32)
    # So many grains of ink a pixel at full black.
    grains = float(np.exp(rng.uniform(np.log(2.5), np.log(20))))
    return np.asarray(rng.poisson(image * (grains / 255)) * (255 / grains), np.float32)


def _peppered(image: Grey, rng: np.random.Generator) -> Grey:
    """Single pixels that are black or white."""
    chance, share = rng.random(image.shape), rng.uniform(0.01, 0.12, 2)
    peppered = np.where(chance < share[0], 0, image)
    return np.asarray(np.where(chance > 1 - share[1], 255, peppered), np.float32)


def _shaken(image: Grey, rng: np.random.Generator) -> Grey:
    """The camera moved while it looked."""
    length, angle = rng.uniform(1.5, 8), rng.uniform(0, np.pi)
    kernel = np.zeros((11, 11), np.float32)
    reach = 8 * length * np.array([np.cos(angle), np.sin(angle)])
    start, end = (tuple(np.round(16 * 5 + side * reach).astype(int).tolist()) for side in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_CONSTANT))


def _defocused(image: Grey, rng: np.random.Generator) -> Grey:
    """Out of focus, or through a pane that scatters each pixel a little."""
    if rng.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 2)), np.float32)
    scatter = rng.normal(0, rng.uniform(0.3, 1.3), (2, SIZE, SIZE))
    y, x = (np.mgrid[:SIZE, :SIZE] + scatter).astype(np.float32)
    scattered = cv2.remap(image, x, y, cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(scattered, (0, 0), rng.uniform(0.3, 0.9)), np.float32)


def _turned(image: Grey, rng: np.random.Generator) -> Grey:
    """Turned and slanted further than hands write."""
    turn, slant = np.deg2rad(rng.uniform(-34, 34)), rng.uniform(-0.5, 0.5)
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, slant], [0, 1]])
    middle = np.array([_MIDDLE, _MIDDLE])
    return np.asarray(
        cv2.warpAffine(image, np.column_stack([matrix, middle - matrix @ middle]), (SIZE, SIZE))
    )


def _veiled(image: Grey, rng: np.random.Generator) -> Grey:
    """Uneven light on the ground, and less contrast."""
    cells = int(rng.integers(2, 8))
    veil = np.asarray(cv2.resize(rng.random((cells, cells), np.float32), (SIZE, SIZE)), np.float32)
    if rng.random() < 0.5:
        veil += 0.4 * np.asarray(cv2.resize(rng.random((11, 11), np.float32), (SIZE, SIZE)), np.float32)
    veil /= veil.max()
    kept = float(rng.uniform(0.25, 0.9))
    return kept * image + (1 - kept) * float(rng.uniform(100, 255)) * veil


def _banded(image: Grey, rng: np.random.Generator) -> Grey:
    """Written across a border of light and dark: in one or two bands black and white change places."""
    banded = image.copy()
    view = banded if rng.random() < 0.5 else banded.T
    width = int(rng.integers(2, 11))
    if rng.random() < 0.5:
        at = int(rng.integers(0, SIZE - width))
        view[:, at : at + width] = 255 - view[:, at : at + width]
    else:
        view[:, :width] = 255 - view[:, :width]
        other = int(rng.integers(2, 10))
        view[:, -other:] = 255 - view[:, -other:]
    return banded


def _blotted(image: Grey, rng: np.random.Generator) -> Grey:
    """Drops of ink or water, some on the strokes."""
    film = cv2.GaussianBlur(rng.standard_normal(image.shape).astype(np.float32), (0, 0), rng.uniform(0.8, 2))
    drops = np.clip(4 * (film / film.std() - rng.uniform(1.3, 2.2)), 0, 1)
    return np.asarray(image * (1 - drops) + float(rng.uniform(0, 255)) * drops, np.float32)


def _crossed(image: Grey, rng: np.random.Generator) -> Grey:
    """One or two other strokes over it: straight, dashed, waved or jagged, thinner than its own."""
    crossed = image.copy()
    for _ in range(1 if rng.random() < 0.8 else 2):
        ends = rng.uniform(-2, SIZE + 2, (2, 2))
        ends[:, int(rng.integers(2))] = (-1, SIZE) if rng.random() < 0.7 else rng.uniform(0, SIZE, 2)
        count = int(rng.integers(3, 30))
        along = np.linspace(0, 1, count)[:, np.newaxis]
        points = ends[0] + (ends[1] - ends[0]) * along
        aside = (ends[1] - ends[0])[::-1] * (1, -1) / max(float(np.hypot(*(ends[1] - ends[0]))), 1)
        kind = int(rng.integers(4))
        if kind == 0:
            points = (
                points + rng.uniform(0.7, 3.5) * aside * np.where(np.arange(count) % 2, 1, -1)[:, np.newaxis]
            )
        elif kind == 1:
            phase = np.cumsum(rng.uniform(0.2, 1.6, count))[:, np.newaxis]
            points = points + rng.uniform(0.7, 4) * aside * np.sin(phase)
        fixed = np.round(16 * points).astype(np.int32)
        level, pen = float(rng.uniform(110, 255)), 1 if rng.random() < 0.8 else 2
        pieces = [fixed] if kind < 3 else [fixed[i : i + 2] for i in range(0, count - 1, 2)]
        drawn = np.zeros((SIZE, SIZE), np.uint8)
        cv2.polylines(drawn, pieces, False, level, pen, cv2.LINE_AA, 4)
        np.maximum(crossed, drawn, out=crossed)
    return crossed


def _outlined(image: Grey, rng: np.random.Generator) -> Grey:
    """Hollow: only the outline of its strokes, crisp or soft."""
    grey = np.clip(image, 0, 255).astype(np.uint8)
    kind = int(rng.integers(3))
    if kind == 0:
        low = float(rng.uniform(40, 160))
        return outlines(grey, low, low + float(rng.uniform(20, 140))).astype(np.float32)
    if kind == 1:
        mask = (grey > rng.uniform(40, 170)).astype(np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        drawn = np.zeros_like(grey)
        cv2.drawContours(drawn, contours, -1, float(rng.uniform(150, 255)), 1)
        return drawn.astype(np.float32)
    return cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)).astype(np.float32)


_WAYS: Final[tuple[tuple[Callable[[Grey, np.random.Generator], Grey], float], ...]] = (
    (_grainy, 1),
    (_peppered, 1.5),
    (_shaken, 1.5),
    (_defocused, 1),
    (_turned, 2),
    (_veiled, 1.5),
    (_banded, 2),
    (_blotted, 1),
    (_crossed, 4),
    (_outlined, 2),
)
"""Ways of spoiling, and how often each is taken beside the others."""
_CHANCES: Final = np.array([share for _, share in _WAYS]) / sum(share for _, share in _WAYS)
