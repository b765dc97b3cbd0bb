"""What lies about a sheet: fingers, a mug, a pencil, a book."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.texture import Float, blend, smooth_noise

SKINS = ((150, 178, 226), (122, 150, 204), (96, 128, 180), (66, 92, 140), (48, 66, 104))
"""BGR of lit skin, from fair to dark."""


def finger(
    picture: Float,
    tip: tuple[float, float],
    direction: float,
    width: float,
    skin: tuple[float, float, float],
    *,
    nail: bool = True,
) -> Float:
    """Paints a finger with its tip at a point, in place.

    Args:
        picture: (h, w, 3) float32 BGR.
        tip: (x, y) of the fingertip in pixels, may lie outside.
        direction: Where the finger comes from, degrees: 0 from the right, 90 from below.
        width: Of the finger in pixels.
        skin: BGR of lit skin.
        nail: Whether its nail shows.

    Returns:
        How much of each pixel the finger covers, (h, w) float32, 0 to 1.
    """
    cover = np.zeros(picture.shape[:2], np.float32)
    cos, sin = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    rows, columns = (
        _span(tip[1], sin, 2 * width, cover.shape[0]),
        _span(tip[0], cos, 2 * width, cover.shape[1]),
    )
    picture = picture[rows, columns]
    if not picture.size:
        return cover
    y, x = np.mgrid[rows, columns].astype(np.float32)
    dx, dy = x - tip[0], y - tip[1]
    along, across = dx * cos + dy * sin, dy * cos - dx * sin
    half = width / 2 * np.clip(0.92 + 0.06 * along / width, 0.8, 1.5)
    # Inside the round tip and the shaft behind it: 1 on the finger's axis, 0 on its edge.
    reach = np.hypot(np.minimum(along - half, 0), across) / half
    soft = max(1.0, width * 0.035)
    shade = np.clip((1.04 - cv2.GaussianBlur(reach, (0, 0), soft)) * half / (2 * soft), 0, 1)
    round_light = np.sqrt(np.clip(1 - reach**2, 0, 1))
    lit = 0.62 + 0.38 * round_light - 0.1 * np.clip(across / half, -1, 1)
    creases = np.exp(-(((along - 1.25 * width) / (0.04 * width)) ** 2)) * 0.1
    creases += np.exp(-(((along - 1.38 * width) / (0.03 * width)) ** 2)) * 0.07
    lit = lit - creases * round_light
    colour = lit[:, :, None] * np.array(skin, np.float32)
    # Fingertips are redder than the rest.
    warm = np.exp(-np.clip(along, 0, None) / (0.6 * width))[:, :, None]
    colour = colour * (1 - warm * np.array((0.14, 0.08, 0.0), np.float32))
    if nail:
        inner = np.hypot((along - 0.5 * width) / (0.36 * width), across / (0.3 * width))
        gloss = np.clip((1 - inner) * 5, 0, 1)[:, :, None]
        colour += gloss * (np.array((176, 190, 232), np.float32) * lit[:, :, None] - colour) * 0.4
    # The shadow falls to the bottom right whichever way the finger points.
    sink = 0.14 * width * (cos - sin)
    cast = np.clip((1.3 - np.hypot(np.minimum(along - half, 0), across - sink) / half) * 0.7, 0, 0.35)
    picture *= (1 - cast * (1 - shade))[:, :, None]
    blend(picture, shade, colour)
    cover[rows, columns] = shade
    return cover


def _span(start: float, way: float, rim: float, size: int) -> slice:
    """The pixels along one axis that a ray from `start` may touch, `rim` to either side of it."""
    end = start + way * 10 * size
    low, high = min(start, end) - rim, max(start, end) + rim
    return slice(min(max(0, int(low)), size), min(max(0, int(high) + 1), size))


def shadowed(
    picture: Float, mask: NDArray[np.float32], *, offset: tuple[float, float], soft: float, depth: float
) -> None:
    """Lets an object of the given mask cast its shadow on a picture, in place."""
    move = np.array([[1, 0, offset[0]], [0, 1, offset[1]]], np.float32)
    shade = cv2.GaussianBlur(cv2.warpAffine(mask, move, mask.shape[::-1]), (0, 0), soft)
    picture *= (1 - depth * shade)[:, :, None]


def mug(picture: Float, rng: np.random.Generator, centre: tuple[float, float], radius: float) -> None:
    """A mug of coffee or tea seen from above."""
    shape = picture.shape[:2]
    colour = ((225, 228, 230), (150, 80, 40), (50, 60, 160), (90, 120, 60))[int(rng.integers(4))]
    drink = ((22, 38, 66), (40, 92, 150))[int(rng.integers(2))]

    def disc(scale: float, dx: float = 0.0, dy: float = 0.0) -> Float:
        mask = np.zeros(shape, np.uint8)
        at = (round((centre[0] + dx) * 16), round((centre[1] + dy) * 16))
        cv2.circle(mask, at, round(radius * scale * 16), 255, -1, cv2.LINE_AA, 4)
        return np.asarray(mask, np.float32) / 255

    angle = float(rng.uniform(0, 2 * np.pi))
    far = radius * 1.42
    tip = (centre[0] + far * np.cos(angle), centre[1] + far * np.sin(angle))
    handle = np.zeros(shape, np.uint8)
    points = np.rint(np.array([centre, tip]) * 16).astype(int).tolist()
    cv2.line(handle, points[0], points[1], 255, max(3, round(radius * 0.26)), cv2.LINE_AA, 4)
    body = np.maximum(disc(1), handle.astype(np.float32) / 255)
    shadowed(picture, body, offset=(radius * 0.18, radius * 0.22), soft=radius * 0.16, depth=0.5)
    tone = np.array(colour, np.float32)
    blend(picture, handle.astype(np.float32) / 255, tone * 0.85)
    blend(picture, disc(1), tone)
    blend(picture, disc(0.9), tone * 0.62)
    blend(picture, disc(0.84, radius * 0.02, radius * 0.03), drink)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    shine = np.exp(-(((x - centre[0] + radius * 0.3) / (radius * 0.22)) ** 2))
    shine *= np.exp(-(((y - centre[1] + radius * 0.35) / (radius * 0.1)) ** 2))
    blend(picture, disc(0.84) * shine * 0.35, (225, 230, 235))


def pencil(
    picture: Float, rng: np.random.Generator, start: tuple[float, float], angle: float, length: float
) -> None:
    """A sharpened pencil from its end at a point, lying at an angle in degrees."""
    shape = picture.shape[:2]
    half = length * 0.021
    way = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    side = np.array([-way[1], way[0]]) * half
    colour = ((40, 170, 235), (50, 50, 190), (60, 110, 40), (150, 80, 30))[int(rng.integers(4))]

    def part(begin: float, end: float, a: float, b: float, *, low: float = -1, high: float = 1) -> Float:
        mask = np.zeros(shape, np.uint8)
        p, q = np.array(start) + way * length * begin, np.array(start) + way * length * end
        quad = np.array([p + side * a * low, p + side * a * high, q + side * b * high, q + side * b * low])
        cv2.fillPoly(mask, [np.rint(quad * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return np.asarray(mask, np.float32) / 255

    whole = np.maximum(part(0, 0.9, 1, 1), part(0.9, 1, 1, 0.1))
    shadowed(picture, whole, offset=(half * 0.8, half * 1.1), soft=max(1.0, half * 0.6), depth=0.5)
    tone = np.array(colour, np.float32)
    for low, high, light in ((-1, -0.35, 1.15), (-0.35, 0.4, 0.95), (0.4, 1, 0.7)):
        blend(picture, part(0.0, 0.9, 1, 1, low=low, high=high), np.clip(tone * light, 0, 255))
    blend(picture, part(0.9, 1, 1, 0.1), (140, 185, 222))
    blend(picture, part(0.97, 1, 0.35, 0.08), (60, 58, 58))
    blend(picture, part(0, 0.035, 1, 1), (150, 140, 225))
    blend(picture, part(0.035, 0.07, 1, 1), (165, 175, 180))


def book(
    picture: Float, rng: np.random.Generator, corner: tuple[float, float], angle: float, extent: float
) -> None:
    """A closed book with its corner at a point, turned by an angle in degrees."""
    shape = picture.shape[:2]
    colour = ((60, 50, 150), (120, 75, 40), (60, 95, 50), (50, 50, 55))[int(rng.integers(4))]
    way = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    side = np.array([-way[1], way[0]])

    def block(inset: float) -> Float:
        at = np.array(corner)
        low, wide, tall = inset * extent, (1 - inset) * extent, (1.35 - inset) * extent
        quad = [at + way * a + side * b for a, b in ((low, low), (wide, low), (wide, tall), (low, tall))]
        mask = np.zeros(shape, np.uint8)
        cv2.fillPoly(mask, [np.rint(np.array(quad) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return np.asarray(mask, np.float32) / 255

    cover = block(0.0)
    shadowed(picture, cover, offset=(extent * 0.03, extent * 0.04), soft=extent * 0.025, depth=0.55)
    grain = 1 + 0.05 * smooth_noise(rng, shape, 1.5)
    blend(picture, cover, np.array(colour, np.float32) * grain[:, :, None])
    blend(picture, np.clip(block(0.07) - block(0.085), 0, 1) * 0.7, (150, 190, 210))


def strew(picture: Float, rng: np.random.Generator, quad: NDArray[np.float64]) -> None:
    """Puts one to three things on a table beside a sheet, or half under it, in place.

    Args:
        picture: (h, w, 3) float32 BGR of the table.
        rng: Source of randomness.
        quad: (4, 2) corners of the sheet in the picture.
    """
    h, w = picture.shape[:2]
    corners = [(0.03, 0.06), (0.97, 0.06), (0.97, 0.94), (0.03, 0.94)]
    # The roomier a corner of the picture, the likelier something stands there.
    room = [float(np.hypot(*(quad[i] - np.array([corners[i][0] * w, corners[i][1] * h])))) for i in range(4)]
    order = np.argsort(-np.array(room) - rng.uniform(0, 0.06 * w, 4))
    kinds = list(rng.permutation(["mug", "pencil", "book"]))[: int(rng.integers(1, 4))]
    for kind, index in zip(kinds, order, strict=False):
        x, y = corners[int(index)][0] * w, corners[int(index)][1] * h
        if kind == "mug":
            mug(picture, rng, (x, y), h * float(rng.uniform(0.11, 0.15)))
        elif kind == "book":
            away = (-45, 45, 135, 225)[int(index)] + 180 + float(rng.uniform(-20, 20))
            book(picture, rng, (x + 0.1 * w * (1 if x < w / 2 else -1), y), away, 0.45 * w)
        else:
            tilt = float(rng.uniform(60, 120)) if x < w / 2 else float(rng.uniform(-120, -60))
            start = (x, h * (0.2 if tilt > 0 else 0.85))
            pencil(picture, rng, start, tilt, h * float(rng.uniform(0.5, 0.7)))


def grip(
    picture: Float,
    rng: np.random.Generator,
    quad: NDArray[np.float64] | None,
    boxes: list[tuple[int, int, int, int]],
) -> None:
    """Lets one or two fingers reach over a sheet's left or right edge, clear of the digits, in place.

    Args:
        picture: (h, w, 3) float32 BGR.
        rng: Source of randomness.
        quad: (4, 2) corners of the sheet in the picture, None where it fills the picture.
        boxes: Boxes of the digits in the picture.
    """
    h, w = picture.shape[:2]
    skin = SKINS[int(rng.integers(len(SKINS)))]
    width = h * float(rng.uniform(0.07, 0.1))
    for side in rng.permutation(["left", "right"])[: int(rng.integers(1, 3))]:
        share = float(rng.uniform(0.35, 0.75))
        if quad is None:
            edge = (0.0 if side == "left" else float(w), share * h)
        else:
            top, bottom = (quad[0], quad[3]) if side == "left" else (quad[1], quad[2])
            edge = tuple((1 - share) * top + share * bottom)
        inward = 1 if side == "left" else -1
        reach = width * float(rng.uniform(0.5, 1.0))
        limits = [
            x if side == "left" else x + wide
            for x, y, wide, tall in boxes
            if abs(y + tall / 2 - edge[1]) < tall / 2 + width
        ]
        if limits:
            free = min(limits) - edge[0] if side == "left" else edge[0] - max(limits)
            reach = min(reach, free - 0.3 * width)
        lean = float(rng.uniform(-25, 25))
        finger(
            picture, (edge[0] + inward * reach, edge[1]), (180 if side == "left" else 0) + lean, width, skin
        )
