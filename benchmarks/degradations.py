"""What a worse camera, light, hand or program makes of a picture, each way by itself."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Way = Callable[[Picture, np.random.Generator], Picture]


@dataclass(frozen=True)
class Degradation:
    """One way in which a picture gets worse, or merely different."""

    name: str
    """As in the table and on the command line."""
    how: str
    """What is done, with its measure."""
    way: Way
    """Does it to a picture, shape (h, w, 3), uint8, BGR."""
    turns: bool = False
    """Whether it turns so far that a digit alone may become another, or none."""

    def __call__(self, picture: Picture, name: str, seed: int) -> Picture:
        """Degrades a picture.

        Args:
            picture: Shape (h, w, 3), uint8, BGR; left as it is.
            name: The picture's, so that no two have the same grain.
            seed: Likewise chooses what is left to chance.

        Returns:
            A new picture, uint8, BGR, of whatever size.
        """
        words = (zlib.crc32(word.encode()) for word in (self.name, name))
        return self.way(picture, np.random.default_rng((seed, *words)))


_LARGEST_PHOTO: Final = 4000
"""Pixels that a desk is wide or high at most."""
_DESK: Final = (90, 110, 130)
"""Its colour, BGR ..."""
_SPOTS, _SOFT = 6.0, 1.0
"""... its grain in grey levels, of 4x4 pixels, and how soft the camera draws all of it, in pixels."""


def _clipped(picture: NDArray[np.floating]) -> Picture:
    return np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8)


def _resized(picture: Picture, _: np.random.Generator, *, across: float, down: float) -> Picture:
    size = max(1, round(picture.shape[1] * across)), max(1, round(picture.shape[0] * down))
    how = cv2.INTER_AREA if across * down < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def _blurred(picture: Picture, _: np.random.Generator, *, share: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), share * max(picture.shape)), np.uint8)


def _shaken(picture: Picture, rng: np.random.Generator, *, share: float) -> Picture:
    length = max(3, round(share * max(picture.shape)))
    angle = rng.uniform(0, np.pi)
    ends = np.outer([-0.5, 0.5], [np.cos(angle), np.sin(angle)]) * (length - 1) + length / 2
    path = np.zeros((length + 1, length + 1), np.uint8)
    first, last = np.rint(ends).astype(int).tolist()
    cv2.line(path, first, last, 255, 1, cv2.LINE_AA)
    return np.asarray(cv2.filter2D(picture, -1, path / path.sum(dtype=float)), np.uint8)


def _grainy(picture: Picture, rng: np.random.Generator, *, levels: float, size: int) -> Picture:
    rows, columns = (-(-side // size) for side in picture.shape[:2])
    grain = rng.normal(0, levels, (rows, columns, 1)).repeat(size, 0).repeat(size, 1)
    return _clipped(picture + grain[: picture.shape[0], : picture.shape[1]])


def _specked(picture: Picture, rng: np.random.Generator, *, share: float) -> Picture:
    chance = rng.random(picture.shape[:2])[..., None]
    return np.where(chance < share / 2, np.uint8(0), np.where(chance > 1 - share / 2, np.uint8(255), picture))


def _toned(picture: Picture, _: np.random.Generator, *, gain: float, lift: float = 0) -> Picture:
    return _clipped(picture.astype(np.float32) * gain + lift)


def _tinted(picture: Picture, _: np.random.Generator, *, gains: tuple[float, float, float]) -> Picture:
    return _clipped(picture.astype(np.float32) * np.array(gains, np.float32))


def _places(picture: Picture) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How far down and across each pixel lies, from -1 to 1."""
    rows, columns = picture.shape[:2]
    down = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    return down, np.linspace(-1, 1, columns, dtype=np.float32)[None]


def _shaded(picture: Picture, rng: np.random.Generator, *, light: float, edge: float) -> Picture:
    """All that lies beyond a straight line through the middle gets so much of the light."""
    down, across = _places(picture)
    angle = rng.uniform(0, 2 * np.pi)
    beyond = np.clip((np.cos(angle) * across + np.sin(angle) * down) / edge + 0.5, 0, 1)
    return _clipped(picture * (1 - (1 - light) * beyond)[..., None])


def _vignetted(picture: Picture, _: np.random.Generator, *, light: float) -> Picture:
    down, across = _places(picture)
    return _clipped(picture * (1 - (1 - light) * (down**2 + across**2) / 2)[..., None])


def _glaring(picture: Picture, rng: np.random.Generator, *, levels: float, radius: float) -> Picture:
    down, across = _places(picture)
    y, x = rng.uniform(-0.5, 0.5, 2).astype(np.float32)
    spot = np.exp(-((down - y) ** 2 + (across - x) ** 2) / (2 * radius**2))
    return _clipped(picture + levels * spot[..., None])


def _rim(picture: Picture) -> tuple[float, ...]:
    """The colour that is in the middle of the rim's colours."""
    rim = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return tuple(float(value) for value in np.median(rim, axis=0))


def _turned(picture: Picture, _: np.random.Generator, *, degrees: float) -> Picture:
    """Clockwise; as large as it becomes, the corners in the colour of the rim."""
    rows, columns = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), -degrees, 1)
    width, height = (np.abs(turn[:, :2]) @ (columns, rows)).tolist()
    turn[:, 2] += (width - columns) / 2, (height - rows) / 2
    size = round(width), round(height)
    return np.asarray(cv2.warpAffine(picture, turn, size, borderValue=_rim(picture)), np.uint8)


def _quarters(picture: Picture, _: np.random.Generator, *, times: int) -> Picture:
    return np.ascontiguousarray(np.rot90(picture, -times))


def _aslant(picture: Picture, rng: np.random.Generator, *, share: float) -> Picture:
    """Seen from aside: each corner moves inwards by up to a share of the sides."""
    lens = _lens(picture, rng, share)
    size = picture.shape[1], picture.shape[0]
    return np.asarray(cv2.warpPerspective(picture, lens, size, borderValue=_rim(picture)), np.uint8)


def _lens(picture: Picture, rng: np.random.Generator, share: float) -> NDArray[np.float64]:
    rows, columns = picture.shape[:2]
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32) * np.array(
        [columns, rows], np.float32
    )
    moved = corners + inwards * rng.uniform(0, share, (4, 2)).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, np.asarray(moved, np.float32)), np.float64)


def _seen_anew(picture: Picture, rng: np.random.Generator, *, share: float, degrees: float) -> Picture:
    """From aside and turned, as large as it was; what comes into view is as the rim is."""
    rows, columns = picture.shape[:2]
    turn = np.vstack([cv2.getRotationMatrix2D((columns / 2, rows / 2), -degrees, 1), [0, 0, 1]])
    lens = turn @ _lens(picture, rng, share)
    seen = cv2.warpPerspective(picture, lens, (columns, rows), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


def _framed(picture: Picture, _: np.random.Generator, *, down: float, across: float, level: int) -> Picture:
    rows, columns = round(picture.shape[0] * down), round(picture.shape[1] * across)
    colour = (level,) * 3
    padded = cv2.copyMakeBorder(picture, rows, rows, columns, columns, cv2.BORDER_CONSTANT, value=colour)
    return np.asarray(padded, np.uint8)


def _far(picture: Picture, rng: np.random.Generator, *, share: float) -> Picture:
    """A part of a large photo of a desk, from far above."""
    height, width = picture.shape[:2]
    larger = min(1.0, share * _LARGEST_PHOTO / max(height, width))
    if larger < 1:
        picture = _resized(picture, rng, across=larger, down=larger)
    size = [round(side / share) for side in picture.shape[:2]]
    spots = rng.normal(0, _SPOTS, (size[0] // 4, size[1] // 4)).astype(np.float32)
    grain = np.asarray(cv2.resize(spots, size[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    desk = grain[..., None] + np.array(_DESK, np.float32)
    top, left = (int(rng.uniform(0, all_ - own)) for all_, own in zip(size, picture.shape[:2], strict=True))
    desk[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return _clipped(np.asarray(cv2.GaussianBlur(desk, (0, 0), _SOFT), np.float32))


def _inverted(picture: Picture, _: np.random.Generator) -> Picture:
    return np.asarray(255 - picture, np.uint8)


def _scanned(picture: Picture, _: np.random.Generator, *, share: float) -> Picture:
    """Black and white, as programs that scan documents make it."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    side = round(share * max(picture.shape)) // 2 * 2 + 1
    paper = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, max(side, 3), 12)
    return np.asarray(cv2.cvtColor(paper, cv2.COLOR_GRAY2BGR), np.uint8)


def _posterized(picture: Picture, _: np.random.Generator, *, tones: int) -> Picture:
    step = 255 / (tones - 1)
    return _clipped(np.rint(picture / step) * step)


def _compressed(picture: Picture, _: np.random.Generator, *, quality: int) -> Picture:
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _mixed(picture: Picture, rng: np.random.Generator, *, much: float) -> Picture:
    """A little of what every photo has: another camera, hand and light, by chance."""
    gain = 1 + much * rng.uniform(-0.4, 0.1)
    lift = 150 * (1 - gain) + much * rng.uniform(-25, 15)
    tint = (1 - much * rng.uniform(0, 0.2), 1 - much * rng.uniform(0, 0.08), 1.0)
    size, wider = rng.uniform(-0.7, 0.35), rng.normal(0, 0.06)
    across, down = np.exp(much * np.array([size + wider, size])).tolist()
    for way in (
        partial(_resized, across=across, down=down),
        partial(_seen_anew, share=0.04 * much, degrees=much * rng.normal(0, 2.5)),
        partial(_shaded, light=1 - much * rng.uniform(0, 0.35), edge=2),
        partial(_toned, gain=gain, lift=lift),
        partial(_tinted, gains=tint),
        partial(_blurred, share=much * rng.uniform(1e-5, 0.0012)),
        partial(_grainy, levels=much * rng.uniform(0, 6), size=1),
        partial(_compressed, quality=round(95 - much * rng.uniform(0, 55))),
    ):
        picture = way(picture, rng)
    return picture


DEGRADATIONS: Final = {
    each.name: each
    for each in (
        Degradation("half", "half as wide and high", partial(_resized, across=0.5, down=0.5)),
        Degradation("quarter", "a quarter as wide and high", partial(_resized, across=0.25, down=0.25)),
        Degradation("double", "twice as wide and high", partial(_resized, across=2, down=2)),
        Degradation("squeezed", "0.75 times as wide", partial(_resized, across=0.75, down=1)),
        Degradation("flattened", "0.75 times as high", partial(_resized, across=1, down=0.75)),
        Degradation("blurred", "Gaussian, sigma 0.2 % of the longer side", partial(_blurred, share=0.002)),
        Degradation("shaken", "along a line of 0.6 % of the longer side", partial(_shaken, share=0.006)),
        Degradation("grain", "normal noise, 16 levels", partial(_grainy, levels=16, size=1)),
        Degradation("coarse grain", "the same, 12 levels, 2x2 pixels", partial(_grainy, levels=12, size=2)),
        Degradation("specks", "0.4 % of the pixels black or white", partial(_specked, share=0.004)),
        Degradation("compressed", "JPEG of quality 10", partial(_compressed, quality=10)),
        Degradation("posterized", "eight tones a channel", partial(_posterized, tones=8)),
        Degradation("dark", "0.3 times as light", partial(_toned, gain=0.3)),
        Degradation("bright", "1.6 times as light, cut off at white", partial(_toned, gain=1.6)),
        Degradation("pale", "0.3 times the contrast, around 150", partial(_toned, gain=0.3, lift=105)),
        Degradation("lamplight", "blue 0.45, green 0.8 times", partial(_tinted, gains=(0.45, 0.8, 1.0))),
        Degradation("shaded", "half of it gets 0.5 of the light", partial(_shaded, light=0.5, edge=0.02)),
        Degradation("uneven", "the light falls to 0.3 across it", partial(_shaded, light=0.3, edge=2)),
        Degradation("vignette", "0.3 of the light in the corners", partial(_vignetted, light=0.3)),
        Degradation("glare", "a spot of 90 levels", partial(_glaring, levels=90, radius=0.3)),
        Degradation("tilted", "turned by 5 degrees", partial(_turned, degrees=5)),
        Degradation("tilted back", "turned by -15 degrees", partial(_turned, degrees=-15)),
        Degradation("turned", "turned by 35 degrees", partial(_turned, degrees=35), turns=True),
        Degradation("right side", "turned by 90 degrees", partial(_quarters, times=1), turns=True),
        Degradation("upside down", "turned by 180 degrees", partial(_quarters, times=2), turns=True),
        Degradation("left side", "turned by 270 degrees", partial(_quarters, times=3), turns=True),
        Degradation("aslant", "corners up to 15 % of the sides inwards", partial(_aslant, share=0.15)),
        Degradation(
            "white margin", "of 15 % of the sides", partial(_framed, down=0.15, across=0.15, level=255)
        ),
        Degradation(
            "letterbox", "black bars of 15 % of the height", partial(_framed, down=0.15, across=0, level=0)
        ),
        Degradation("far", "a fifth of a desk's width, 4,000 pixels at most", partial(_far, share=0.2)),
        Degradation("very far", "a tenth of it", partial(_far, share=0.1)),
        Degradation("inverted", "dark becomes light", _inverted),
        Degradation("scanned", "black and white by a threshold near by", partial(_scanned, share=0.04)),
        Degradation("mixed", "a little of light, hand, camera, size", partial(_mixed, much=1)),
        Degradation("mixed more", "half as much again of the same", partial(_mixed, much=1.5)),
    )
}
"""By name, in the order of the table."""
