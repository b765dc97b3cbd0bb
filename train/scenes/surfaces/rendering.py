"""Photographs of surfaces: where they are, from where they are seen, and what the camera makes of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from train.quiet import require
from train.scenes import light, things
from train.scenes.geometry import Matrix, corners, seen_box, view
from train.scenes.scene import covers, lay
from train.scenes.surfaces.drawing import pick
from train.scenes.surfaces.kinds import KINDS
from train.scenes.surfaces.surface import Surface
from train.scenes.texture import SURROUNDINGS, Float, smooth_noise, tinted

SIZES = ((1280, 960), (1600, 1200), (960, 720))
"""Width and height of pictures in pixels; some stand upright."""
_RIM = 0.012
"""Share of the picture that no handwriting comes nearer to its edge."""


@dataclass(frozen=True)
class SurfacePicture:
    """One photograph and its truth."""

    name: str
    """File name, with the typeface's in it."""
    kind: str
    """One of `KINDS`."""
    text: str
    """Its handwritten digits, lines parted by newlines."""
    layout: str
    """lines, or scatter where the digits have no reading order."""
    image: NDArray[np.uint8]
    """Shape (h, w, 3), BGR; one of `SIZES`, or upright."""


def surface_pictures(
    typefaces: Sequence[Path], *, each: int, seed: int, only: Sequence[str] = ()
) -> Iterator[SurfacePicture]:
    """Renders photographs of numbers on all sorts of things.

    Args:
        typefaces: From `find_typefaces`; one is drawn a picture.
        each: Pictures of one kind, at least 1.
        seed: The same seed gives the same pictures of a kind with the same typefaces, whatever other kinds
            there are.
        only: Names of `KINDS`; none for all.

    Yields:
        Pictures, kind by kind, in the order of `KINDS`.

    Raises:
        OSError: A typeface cannot be read.
        EdgeDigitsError: matplotlib is not installed.
    """
    require("matplotlib")
    for kind in KINDS:
        for number in range(each if not only or kind in only else 0):
            rng, typeface = _draw(typefaces, kind, seed, number)
            surface = KINDS[kind](rng, typeface)
            name = f"{kind}-{number:03}-{typeface.stem}.jpg"
            yield SurfacePicture(name, kind, surface.text, surface.layout, _photograph(rng, surface))


def paint(typefaces: Sequence[Path], kind: str, *, seed: int, number: int = 0) -> Surface:
    """Paints the surface that `surface_pictures` takes a photograph of.

    Args:
        typefaces: From `find_typefaces`; one is drawn.
        kind: One of `KINDS`.
        seed: The same seed gives the same surface.
        number: Which of its kind.

    Returns:
        The surface with what is written on it, and where.
    """
    return KINDS[kind](*_draw(typefaces, kind, seed, number))


def _draw(typefaces: Sequence[Path], kind: str, seed: int, number: int) -> tuple[np.random.Generator, Path]:
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode()), number])
    return rng, pick(rng, typefaces)


def _photograph(rng: np.random.Generator, surface: Surface) -> NDArray[np.uint8]:
    size = pick(rng, SIZES)
    if surface.size[1] > surface.size[0] and rng.random() < 0.85:
        size = size[::-1]
    matrix = aim(rng, surface, size)
    shape = (size[1], size[0])
    picture = _background(rng, surface, shape)
    if surface.place == "desk" and rng.random() < 0.4:
        things.strew(picture, rng, corners(surface.size, matrix))
    lay(
        picture, np.clip(surface.image, 0, 262), matrix, lift=max(2.0, size[1] / 180), outline=surface.outline
    )
    if surface.place == "desk" and rng.random() < 0.12:
        boxes = [seen_box(box, matrix) for box in surface.boxes]
        things.grip(picture, rng, corners(surface.size, matrix), boxes)
    names = [name for name in ("gradient", "vignette", "shadow") if rng.random() < 0.35]
    picture *= light.illumination(names, rng, shape)[:, :, None] * light.cast(rng, shape, 0.05)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.3))), np.float32)
    picture += light.sensor_noise(rng, np.clip(picture, 0, 255), float(rng.uniform(1, 5)))
    return light.develop(picture, int(rng.integers(60, 95)))


def _background(rng: np.random.Generator, surface: Surface, shape: tuple[int, int]) -> Float:
    if surface.place == "desk":
        return pick(rng, tuple(SURROUNDINGS.values()))(rng, shape)
    if surface.place == "wall":
        plaster = 0.015 * smooth_noise(rng, shape, 2) + 0.02 * smooth_noise(rng, shape, 200)
        return tinted(1 + plaster, pick(rng, ((205, 214, 218), (190, 205, 215), (185, 178, 170))))
    return np.zeros((*shape, 3), np.float32)


def aim(rng: np.random.Generator, surface: Surface, size: tuple[int, int]) -> Matrix:
    """Points the camera so that all handwriting is in the picture.

    Args:
        rng: Source of randomness.
        surface: Its place and its writing decide.
        size: Width and height of the picture in pixels.

    Returns:
        The homography from the surface's to the picture's pixels, see `geometry.view`.
    """
    whole = surface.place == "whole"
    shares = (size[0] / surface.size[0], size[1] / surface.size[1])
    fit = max(shares) if whole else min(shares)
    # How large it is where nothing else allows more, and how large it should be.
    if whole:
        least, share, stray = 1.01, float(rng.uniform(1.05, 1.2)), 0.012
    elif surface.place == "wall" or rng.random() < 0.35:
        least, share, stray = 0.9, float(rng.uniform(0.92, 1.12)), 0.012
    else:
        share = float(rng.uniform(0.55, 0.9))
        least, stray = share, 0.03
    roll, pitch, yaw = rng.normal(0, (4, 8, 8))
    shift = rng.normal(0, stray, 2)
    for strength in (*0.85 ** np.arange(24), 0.0):
        matrix = view(
            surface.size,
            size,
            roll=strength * roll,
            pitch=strength * pitch,
            yaw=strength * yaw,
            scale=fit * (least + strength * (share - least)),
            centre=(0.5 + strength * shift[0], 0.5 + strength * shift[1]),
        )
        inside = all(_is_inside(seen_box(box, matrix), size) for box in surface.boxes)
        if inside and (not whole or covers(corners(surface.size, matrix), size)):
            break
    return matrix


def _is_inside(box: tuple[int, int, int, int], size: tuple[int, int]) -> bool:
    rim = _RIM * max(size)
    x, y, w, h = box
    return x >= rim and y >= rim and x + w <= size[0] - rim and y + h <= size[1] - rim
