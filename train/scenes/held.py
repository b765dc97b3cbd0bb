"""What a webcam sees for as long as it is asked: a sheet that rests or is held, or a desk that stirs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from train.scenes import light, things
from train.scenes.cards import Webcam, card_in_hand, held_over, paint_card
from train.scenes.clip import FPS, Tremor, poses_while_open
from train.scenes.geometry import view
from train.scenes.options import SceneOptions
from train.scenes.scene import lay
from train.scenes.texture import Float, wood

SIZE: Final = (1280, 720)
"""Width and height of the picture in pixels."""
KINDS: Final = ("at rest", "in a hand", "empty")
"""A sheet that lies still, one in a hand that trembles, and a desk on which only arm and light move."""

_CARD: Final = (800, 560)
_LINES: Final = (4, 5)
"""How many lines are written, and digits in each."""
_CALM: Final = 9.0
"""Seconds since something came into view after which the lens hunts no more."""
_UNREST: Final = 0.12
"""Of the tremor of a hand, what remains where it holds still; see `clip`."""
_ARM: Final = (1500, 420)
"""Room for an arm, pixels."""
_REACH: Final = (1.2, 2.6, 3.8, 6.0)
"""Seconds after which an arm has reached out, leaves again, is gone, and comes anew."""


@dataclass(frozen=True)
class LiveClip:
    """Frames of a webcam and their truth."""

    text: str
    """The digits that all frames show, line by line; "" for none."""
    frames: Iterator[NDArray[np.uint8]] = field(compare=False)
    """Shape (720, 1280, 3), uint8, BGR, one after the other, FPS of them a second; each is rendered when it
    is asked for."""


def live_clip(kind: str, seed: int, count: int) -> LiveClip:
    """Renders what a webcam sees. Desk and sheet of a seed are the same in each kind.

    Args:
        kind: One of `KINDS`.
        seed: The same seed gives the same frames.
        count: How many frames.

    Returns:
        The frames with their truth.

    Raises:
        ValueError: There is no such kind.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    drawn = np.random.default_rng([seed, len(KINDS)]).integers(0, 10, _LINES)
    text = "" if kind == "empty" else "\n".join("".join(str(d) for d in line) for line in drawn)
    return LiveClip(text, _shot(_scenes(kind, rng, seed, text, count), rng, seed))


def _shot(scenes: Iterator[Float], rng: np.random.Generator, seed: int) -> Iterator[NDArray[np.uint8]]:
    lamps = np.random.default_rng([seed, len(KINDS) + 1])
    shape = (SIZE[1], SIZE[0])
    lit = light.illumination(("gradient", "vignette"), lamps, shape)[:, :, None]
    lit = lit * light.cast(lamps, shape, 0.05)
    camera = Webcam(rng)
    for scene in scenes:
        yield camera.shoot(scene * lit, _CALM)


def _scenes(kind: str, rng: np.random.Generator, seed: int, text: str, count: int) -> Iterator[Float]:
    """The desk and what is on it, without lamp and camera."""
    furniture, writer = (np.random.default_rng([seed, len(KINDS) + i]) for i in (2, 3))
    desk = _desk(furniture)
    options = SceneOptions(
        text=text, ground=("white",), pen=("felt",), digit_height=(58, 58), spacing=(0.6, 1.1)
    )
    if kind == "at rest":
        lay(desk, paint_card(writer, options, _CARD), view(_CARD, SIZE, **_pose(np.zeros(6))), lift=4)
        for _ in range(count):
            yield desk
    elif kind == "in a hand":
        yield from _held(desk, card_in_hand(writer, options, _CARD), Tremor(rng), count)
    else:
        yield from _stirred(desk, Tremor(rng), count)


def _desk(rng: np.random.Generator) -> Float:
    desk = wood(rng, (SIZE[1], SIZE[0]))
    things.book(desk, rng, (-110, -250), 12, 330)
    things.mug(desk, rng, (112, 590), 92)
    things.pencil(desk, rng, (1196, 330), -76, 290)
    return desk


def _held(desk: Float, card: Float, tremor: Tremor, count: int) -> Iterator[Float]:
    """A card in a hand that holds as still as it can."""

    def at(frame: float) -> dict[str, Any]:
        return _pose(tremor.at(frame / FPS) * _UNREST)

    for i in range(count):
        yield held_over(desk, card, poses_while_open(lambda later, i=i: at(i + later), _CARD, SIZE))


def _pose(shake: NDArray[np.float64]) -> dict[str, Any]:
    """Where a card is: arguments for `geometry.view`."""
    return {
        "centre": (0.555 + 0.012 * shake[0], 0.52 + 0.012 * shake[1]),
        "roll": -2.5 + 2.0 * shake[2],
        "pitch": 5 + 3.5 * shake[3],
        "yaw": -6 + 3.5 * shake[4],
        "scale": 1 + 0.02 * shake[5],
    }


def _stirred(desk: Float, tremor: Tremor, count: int) -> Iterator[Float]:
    """A desk over which an arm comes and goes while the shadow of its owner drifts."""
    arm = _arm()
    x, y = np.meshgrid(np.arange(SIZE[0], dtype=np.float32), np.arange(SIZE[1], dtype=np.float32))
    across = (x + 0.35 * y) / SIZE[0]

    def at(frame: float) -> dict[str, Any]:
        seconds = frame / FPS
        away = 1 - _reached(seconds)
        shake = tremor.at(seconds) * 0.25
        return {
            "centre": (1.02 + 0.72 * away + 0.012 * shake[0], 0.66 + 0.2 * away + 0.012 * shake[1]),
            "roll": 14 + 2 * shake[2],
        }

    for i in range(count):
        seconds = i / FPS
        edge = 0.5 + 0.3 * math.sin(2 * math.pi * seconds / 9)
        shadow = 1 - 0.3 / (1 + np.exp((across - edge) / 0.04))
        lamp = 1 + 0.04 * math.sin(2 * math.pi * seconds / 7)
        lit = np.asarray(desk * (lamp * shadow)[:, :, None], np.float32)
        yield held_over(lit, arm, poses_while_open(lambda later, i=i: at(i + later), _ARM, SIZE))


def _reached(seconds: float) -> float:
    """How far an arm has reached out, 0 to 1; half a second late, so that something moves at once."""
    there, leaves, gone, again = _REACH
    now = (seconds + 0.5) % again
    share = min(now / there, 1.0) if now < leaves else max(1 - (now - leaves) / (gone - leaves), 0.0)
    # Minimum jerk (Flash and Hogan 1985): the way hands reach.
    return 10 * share**3 - 15 * share**4 + 6 * share**5


def _arm() -> Float:
    """A hand that points to the left, and its arm: shape (h, w, 4), BGR times coverage, and coverage."""
    w, h = _ARM
    colour, cover = np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
    skin = things.SKINS[1]
    # Little finger to forefinger, then thumb, back of the hand and sleeve.
    for tip, direction, width in (
        ((96.0, 268.0), -6.0, 36.0),
        ((52.0, 232.0), -2.0, 42.0),
        ((40.0, 190.0), 2.0, 44.0),
        ((62.0, 150.0), 6.0, 42.0),
        ((170.0, 92.0), 32.0, 48.0),
    ):
        np.maximum(cover, things.finger(colour, tip, direction, width, skin), out=cover)
    # Each of them was painted as long as the arm.
    colour[:, 320:], cover[:, 320:] = 0, 0
    np.maximum(cover, things.finger(colour, (196, 206), 0, 158, skin, nail=False), out=cover)
    sleeve = (120.0, 78.0, 62.0)
    np.maximum(cover, things.finger(colour, (380, 206), 0, 190, sleeve, nail=False), out=cover)
    return np.dstack([colour * cover[:, :, None], cover])
