"""Cards with numbers, held in a hand over a desk on which things lie, as a webcam sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes import light, things
from train.scenes.geometry import pixel_centres, view
from train.scenes.options import SceneOptions
from train.scenes.scene import paint_sheet
from train.scenes.texture import Float, blend, wood

SIZE: Final = (640, 480)
"""Width and height of a webcam's picture in pixels."""
KINDS: Final = ("lines", "number", "blank")
"""What is on a card: one to four numbers, a number of one or two digits, or none."""

_MARGIN: Final = 300
"""Room around a card for the arm that holds it, pixels."""
_EDGE: Final = (34, 26)
"""What is left free of a card at its sides, and above and below."""
_GROUNDS: Final = ("white", "white", "tinted", "ruled", "grid", "crumpled", "board")
_PENS: Final = ("felt", "marker", "ballpoint", "pencil")
_CLUTTER: Final = ((), ("holes",), ("specks",), ("margin",), ("wire",), ("doodles",), ("letters",))
"""What may stand on a blank card."""


def paint_card(rng: np.random.Generator, options: SceneOptions, size: tuple[int, int]) -> Float:
    """Paints a card by itself.

    Args:
        rng: Draws all that varies.
        options: What is written, and how.
        size: Width and height of the card in pixels.

    Returns:
        Shape (h, w, 3), float32, BGR.
    """
    w, h = size
    across, down = _EDGE
    sheet = paint_sheet(rng, options, size, (across, down, w - 2 * across, h - 2 * down)).image
    if options.ground == ("board",):
        rim = wood(rng, (h, w)) * 0.8
        rim[12:-12, 12:-12] = sheet[12:-12, 12:-12]
        sheet = rim
    return sheet


def card_in_hand(rng: np.random.Generator, options: SceneOptions, size: tuple[int, int]) -> Float:
    """Paints a card and the hand that holds it, with room around for the arm.

    Args:
        rng: Draws all that varies.
        options: What is written, and how.
        size: Width and height of the card in pixels.

    Returns:
        Shape (h, w, 4), float32: BGR times coverage, and coverage, 0 to 1.
    """
    w, h = size
    sheet = paint_card(rng, options, size)
    full = (h + 2 * _MARGIN, w + 2 * _MARGIN)
    colour, cover = np.zeros((*full, 3), np.float32), np.zeros(full, np.float32)
    skin = things.SKINS[1]
    right, middle = float(_MARGIN + w), _MARGIN + 0.62 * h

    def paint(mask: Float) -> None:
        np.maximum(cover, mask, out=cover)

    # The forearm and the hand lie below the sheet, the thumb above it.
    sleeve = (120.0, 78.0, 62.0)
    paint(things.finger(colour, (right - 24, middle + 30), 24, 96, skin, nail=False))
    paint(things.finger(colour, (right + 120, middle + 92), 26, 132, sleeve, nail=False))
    area = np.s_[_MARGIN : _MARGIN + h, _MARGIN : _MARGIN + w]
    colour[area] = sheet
    cover[area] = 1
    paint(things.finger(colour, (right - 34, middle), 16, 38, skin))
    return np.dstack([colour * cover[:, :, None], cover])


def held_over(desk: Float, card: Float, poses: Sequence[dict[str, Any]]) -> Float:
    """Shows a card over a desk, and the shadow that it casts.

    Args:
        desk: Shape (h, w, 3), float32, BGR.
        card: From `card_in_hand`.
        poses: Where it is while the shutter is open: arguments for `geometry.view`.

    Returns:
        Shape (h, w, 3), float32, BGR.
    """
    size, whole = (card.shape[1], card.shape[0]), (desk.shape[1], desk.shape[0])
    seen = np.zeros((*desk.shape[:2], 4), np.float32)
    for pose in poses:
        matrix = pixel_centres(view(size, whole, **pose))
        seen += cv2.warpPerspective(card, matrix, whole, flags=cv2.INTER_LINEAR) / len(poses)
    picture = desk.copy()
    cover = np.ascontiguousarray(seen[:, :, 3])
    things.shadowed(picture, cover, offset=(7, 10), soft=9, depth=0.45)
    blend(picture, cover, (0, 0, 0))
    return np.asarray(picture + seen[:, :, :3], np.float32)


class Webcam:
    """A webcam whose exposure and focus follow the scene with a delay.

    Args:
        rng: Draws its noise.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._gain = 0.0

    def shoot(self, scene: Float, since: float) -> NDArray[np.uint8]:
        """Takes one frame.

        Args:
            scene: Shape (h, w, 3), float32, BGR, as the light leaves it.
            since: Seconds since something new came into view.

        Returns:
            Shape (h, w, 3), uint8, BGR.
        """
        wanted = float(np.clip(112 / float(scene.mean()), 0.8, 1.3))
        self._gain = wanted if self._gain == 0 else self._gain + 0.14 * (wanted - self._gain)
        picture = scene * np.float32(self._gain * (1 + 0.006 * self._rng.standard_normal()))
        # The lens hunts for focus when a sheet has come in.
        soft = 0.65 + 1.1 * float(np.exp(-(((since - 0.9) / 0.35) ** 2)))
        picture = cv2.GaussianBlur(picture, (0, 0), soft)
        bright = cv2.resize(
            np.clip(picture - 200, 0, None), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA
        )
        bloom = cv2.GaussianBlur(bright, (0, 0), 8)
        picture += 0.5 * cv2.resize(bloom, scene.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        picture += light.sensor_noise(self._rng, np.clip(picture, 0, 255), 1.7 * self._gain)
        return light.develop(picture, None)


@dataclass(frozen=True)
class HeldCard:
    """One frame of a card at rest."""

    name: str
    """File name."""
    kind: str
    """One of `KINDS`."""
    text: str
    """Its digits, line by line."""
    image: NDArray[np.uint8]
    """Shape (480, 640, 3), BGR."""


def cards(each: int, seed: int) -> Iterator[HeldCard]:
    """Renders cards of every kind, each on another desk.

    Args:
        each: Pictures of one kind, at least 1.
        seed: The same seed gives the same pictures.

    Yields:
        Pictures, kind by kind.
    """
    for kind in KINDS:
        for i in range(each):
            yield card_at_rest(kind, seed, i)


def card_at_rest(kind: str, seed: int, number: int = 0) -> HeldCard:
    """Renders one card.

    Args:
        kind: One of `KINDS`.
        seed: The same seed gives the same pictures.
        number: Which of them.

    Returns:
        Its picture.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind), number])
    size = (int(rng.integers(300, 470)), int(rng.integers(220, 330)))
    options = _options(rng, kind)
    desk = _desk(rng)
    lit = light.illumination(("gradient", "vignette"), rng, (SIZE[1], SIZE[0]))[:, :, None]
    pose = {
        "centre": (rng.uniform(0.4, 0.6), rng.uniform(0.45, 0.6)),
        "roll": rng.uniform(-12, 12),
        "pitch": rng.uniform(-12, 15),
        "yaw": rng.uniform(-15, 15),
        "scale": rng.uniform(0.7, 1.15),
    }
    scene = held_over(desk, card_in_hand(rng, options, size), [pose])
    tint = light.cast(rng, (SIZE[1], SIZE[0]), 0.05)
    image = Webcam(rng).shoot(scene * lit * tint, 9.0)
    return HeldCard(f"{kind}-{number:04}.png", kind, options.text or "", image)


def _options(rng: np.random.Generator, kind: str) -> SceneOptions:
    ground = str(rng.choice(_GROUNDS))
    pen = "chalk" if ground == "board" else str(rng.choice(_PENS))
    if kind == "blank":
        clutter = _CLUTTER[int(rng.integers(len(_CLUTTER)))]
        return SceneOptions(digits=(0, 0), ground=(ground,), pen=(pen,), clutter=clutter)
    lines = int(rng.integers(1, 5)) if kind == "lines" else 1
    longest = 6 if kind == "lines" else 2
    counts = [int(rng.integers(1, longest + 1)) for _ in range(lines)]
    text = "\n".join("".join(str(d) for d in rng.integers(0, 10, count)) for count in counts)
    height = rng.uniform(0.5, 1) * min(90, 156 / lines)
    return SceneOptions(
        text=text, ground=(ground,), pen=(pen,), digit_height=(height, height), spacing=(0.2, 0.6)
    )


def _desk(rng: np.random.Generator) -> Float:
    desk = wood(rng, (SIZE[1], SIZE[0]))
    if rng.random() < 0.7:
        things.book(desk, rng, (rng.uniform(-100, 500), rng.uniform(-180, -60)), 12, 200)
    if rng.random() < 0.7:
        things.mug(desk, rng, (rng.uniform(20, 620), rng.uniform(0, 60)), 58)
    if rng.random() < 0.7:
        things.pencil(desk, rng, (rng.uniform(10, 80), rng.uniform(300, 450)), rng.uniform(-110, -50), 210)
    return desk
