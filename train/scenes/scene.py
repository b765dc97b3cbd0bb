"""Photographs of handwritten sheets that were never taken, with their truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes import clutter, light, things
from train.scenes.geometry import Matrix, Quad, corners, pixel_centres, view, warp_box
from train.scenes.ground import SOFT_GROUNDS, make_ground
from train.scenes.hand import Hand
from train.scenes.options import SceneOptions
from train.scenes.pens import PENS, Pen, hold, write
from train.scenes.placing import (
    Area,
    Writer,
    Writing,
    draw_text,
    write_junk,
    write_lines,
    write_scattered,
    write_single,
)
from train.scenes.texture import SURROUNDINGS, Float, blend


@dataclass(frozen=True)
class SceneDigit:
    """One digit of a scene."""

    label: str
    """"0" to "9"."""
    box: tuple[int, int, int, int]
    """x, y, width and height of its ink in the picture, pixels."""


@dataclass(frozen=True)
class Scene:
    """A rendered picture and its truth."""

    image: NDArray[np.uint8] = field(compare=False)
    """(h, w, 3) BGR."""
    digits: tuple[SceneDigit, ...]
    """In reading order, line by line. Scattered digits go from top to bottom."""
    text: str
    """The digits of each line, lines parted by newlines; scattered digits stand on a line each."""


@dataclass(frozen=True)
class Sheet:
    """A written sheet before any camera sees it."""

    image: Float
    """(h, w, 3) BGR, 0 to 255."""
    writing: Writing
    """What stands on it and where."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]


def render_scene(rng: np.random.Generator, options: SceneOptions | None = None) -> Scene:
    """Renders a picture of handwritten digits.

    Args:
        rng: Source of all randomness: the same seed and options give the same bytes.
        options: What the scene may contain; None for plain white paper.

    Returns:
        The picture with every digit's label and box; all boxes lie within the picture.
    """
    options = options or SceneOptions()
    width, height = options.size
    if options.surroundings:
        share = rng.uniform(*options.sheet_share, 2)
        size = (round(width * float(share[0])), round(height * float(share[1])))
        rim = 0.06
    else:
        # The sheet reaches beyond the picture, so that it may turn without showing an edge.
        straight = options.rotation == 0 and options.perspective == 0
        bleed = 1.0 if straight else 1.25
        size = (round(width * bleed), round(height * bleed))
        rim = (1 - 1 / bleed) / 2 + 0.05
    area = (
        round(size[0] * rim),
        round(size[1] * rim),
        round(size[0] * (1 - 2 * rim)),
        round(size[1] * (1 - 2 * rim)),
    )
    sheet = paint_sheet(rng, options, size, area)
    matrix = _aim(rng, options, sheet)
    picture = _assemble(rng, options, sheet, matrix)
    image = _photograph(rng, options, picture)
    items = [item for item in sheet.writing.items if item.label]
    digits = tuple(SceneDigit(i.label, warp_box(i.ink, (i.x, i.y), matrix)) for i in items)
    rows = sorted({item.line for item in items})
    text = "\n".join("".join(item.label for item in items if item.line == row) for row in rows)
    return Scene(image, digits, text)


def paint_sheet(rng: np.random.Generator, options: SceneOptions, size: tuple[int, int], area: Area) -> Sheet:
    """Writes a sheet.

    Args:
        rng: Source of randomness.
        options: Ground, pen, text, layout and clutter are used.
        size: (width, height) of the sheet in pixels.
        area: x, y, width, height of the part that may be written on.

    Returns:
        The sheet with its writing.
    """
    ground = str(rng.choice(options.ground))
    pen = _pen(rng, options, ground)
    width = float(rng.uniform(*(options.thickness or pen.width)))
    writer = Writer(options, rng, hold(Hand.random(rng), pen, rng), width)
    lines = draw_text(options, rng)
    if options.layout == "scatter":
        writing = write_scattered(writer, [label for line in lines for label in line], area)
    elif options.layout == "single" and lines:
        writing = write_single(writer, lines[0][0], area)
    else:
        writing = write_lines(writer, lines, area)
    pitch = writing.pitch
    if ground == "grid":
        pitch = writing.height * float(rng.uniform(0.55, 1.25))
    image = make_ground(
        ground, rng, (size[1], size[0]), pitch=pitch, origin=writing.origin, dark=options.dark
    )
    if ground not in SOFT_GROUNDS:
        _furnish(image, rng, options)
    shade = int(rng.choice(len(pen.colours), p=_weights(len(pen.colours))))
    opacity = float(rng.uniform(*pen.opacity))
    for item in (*writing.items, *write_junk(writer, writing, area)):
        if options.many_colours:
            shade = int(rng.integers(len(pen.colours)))
        write(image, item.ink, (item.x, item.y), colour=pen.colours[shade], opacity=opacity, pen=pen, rng=rng)
    return Sheet(np.clip(image, 0, 255), writing)


def _pen(rng: np.random.Generator, options: SceneOptions, ground: str) -> Pen:
    name = str(rng.choice(options.pen))
    if ground == "board" and not PENS[name].covers:
        name = "chalk"
    return PENS[name]


def _weights(count: int) -> NDArray[np.float64]:
    weights = 1.0 / np.arange(1, count + 1)
    return np.asarray(weights / weights.sum())


def _furnish(image: Float, rng: np.random.Generator, options: SceneOptions) -> None:
    steps: dict[str, Callable[[], None]] = {
        "show-through": lambda: clutter.print_text(image, rng, through=True),
        "print": lambda: clutter.print_text(image, rng, through=False),
        "margin": lambda: clutter.draw_margin(image, rng),
        "holes": lambda: clutter.punch_holes(image, rng),
        "wire": lambda: clutter.bind_with_wire(image, rng),
        "specks": lambda: clutter.sprinkle(image, rng),
    }
    for name, step in steps.items():
        if name in options.clutter:
            step()


def _aim(rng: np.random.Generator, options: SceneOptions, sheet: Sheet) -> Matrix:
    """Points the camera so that all writing is in the picture and, without surroundings, no edge is."""
    width, height = options.size
    roll = float(rng.uniform(-1, 1)) * options.rotation
    pitch, yaw = rng.uniform(-1, 1, 2) * options.perspective
    shift = rng.normal(0, 0.02, 2) if options.surroundings else np.zeros(2)
    items = [(item.ink, (item.x, item.y)) for item in sheet.writing.items if item.label]
    strength = 1.0
    while True:
        matrix = view(
            sheet.size,
            options.size,
            roll=strength * roll,
            pitch=strength * float(pitch),
            yaw=strength * float(yaw),
            centre=(0.5 + strength * float(shift[0]), 0.5 + strength * float(shift[1])),
        )
        boxes = [warp_box(ink, corner, matrix) for ink, corner in items]
        inside = all(x >= 2 and y >= 2 and x + w <= width - 2 and y + h <= height - 2 for x, y, w, h in boxes)
        quad = corners(sheet.size, matrix)
        if (inside and (options.surroundings or covers(quad, options.size))) or strength < 0.02:
            return matrix
        strength = strength * 0.85 if strength > 0.03 else 0.0


def covers(quad: Quad, size: tuple[int, int]) -> bool:
    """Whether the sheet fills the whole picture."""
    contour = quad.astype(np.float32)
    points = ((0, 0), (size[0], 0), (size[0], size[1]), (0, size[1]))
    return all(cv2.pointPolygonTest(contour, (float(x), float(y)), False) >= 0 for x, y in points)


def lay(
    picture: Float, sheet: Float, matrix: Matrix, *, lift: float = 3.0, outline: Float | None = None
) -> None:
    """Lays a sheet on a picture with the shadow it casts, in place.

    Args:
        picture: (h, w, 3) float32 BGR.
        sheet: (n, m, 3) float32 BGR.
        matrix: Homography from the sheet's to the picture's pixels, see `geometry.view`.
        lift: How far its shadow reaches, pixels.
        outline: (n, m) float32, 1 where there is something of the sheet; None where it is whole.
    """
    size = picture.shape[1], picture.shape[0]
    centred = pixel_centres(matrix)
    whole = np.ones(sheet.shape[:2], np.float32) if outline is None else outline
    mask = cv2.warpPerspective(whole, centred, size, flags=cv2.INTER_LINEAR)
    seen = cv2.warpPerspective(sheet, centred, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    things.shadowed(picture, mask, offset=(0.7 * lift, lift), soft=max(1.0, lift), depth=0.45)
    blend(picture, mask, seen)


def _assemble(rng: np.random.Generator, options: SceneOptions, sheet: Sheet, matrix: Matrix) -> Float:
    width, height = options.size
    if not options.surroundings and np.allclose(matrix, np.eye(3)):
        picture = sheet.image.copy()
    else:
        name = str(rng.choice(options.surroundings)) if options.surroundings else ""
        picture = (
            SURROUNDINGS[name](rng, (height, width)) if name else np.zeros((height, width, 3), np.float32)
        )
        if name and "objects" in options.clutter:
            things.strew(picture, rng, corners(sheet.size, matrix))
        lay(picture, sheet.image, matrix, lift=max(2.0, height / 180))
    if "hand" in options.clutter:
        quad = corners(sheet.size, matrix)
        boxes = [warp_box(i.ink, (i.x, i.y), matrix) for i in sheet.writing.items if i.label]
        things.grip(picture, rng, quad if options.surroundings else None, boxes)
    return picture


def _photograph(rng: np.random.Generator, options: SceneOptions, picture: Float) -> NDArray[np.uint8]:
    shape = picture.shape[:2]
    if options.light:
        picture *= light.illumination(options.light, rng, shape)[:, :, None]
        if "glare" in options.light:
            picture += light.glare(rng, shape)[:, :, None]
    if options.cast:
        picture *= light.cast(rng, shape, options.cast)
    blur = float(rng.uniform(*options.blur))
    if blur > 0.1:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    picture = light.motion_blur(picture, float(rng.uniform(*options.motion)), float(rng.uniform(0, 180)))
    sigma = float(rng.uniform(*options.noise))
    if sigma > 0:
        picture = picture + light.sensor_noise(rng, np.clip(picture, 0, 255), sigma)
    jpeg = None if options.jpeg is None else int(rng.integers(options.jpeg[0], options.jpeg[1] + 1))
    return light.develop(picture, jpeg)
