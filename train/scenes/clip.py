"""A webcam clip that was never filmed: sheets with numbers come, rest and go on a desk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import OutputError
from train.scenes import light, things
from train.scenes.avi import write_avi
from train.scenes.geometry import corners, pixel_centres, view
from train.scenes.options import SceneOptions
from train.scenes.output import finished_file
from train.scenes.scene import paint_sheet
from train.scenes.texture import Float, blend, wood

FPS = 15
SIZE = (640, 480)
"""Width and height of the clip's frames in pixels."""

_QUALITY = 66
"""JPEG quality of the frames."""
_CARD = (452, 316)
_SHUTTER = 0.6
"""How much of a frame's time the shutter is open."""
_MARGIN = 300
"""Room around a card for the arm that holds it, pixels."""


@dataclass(frozen=True)
class Act:
    """One part of the clip."""

    seconds: float
    """How long it lasts."""
    state: str
    """empty, moving or resting."""
    card: int = -1
    """Which card is seen, -1 for none."""
    way: str = ""
    """in or out, for a moving card."""


ACTS = (
    Act(1.6, "empty"),
    Act(1.1, "moving", 0, "in"),
    Act(3.4, "resting", 0),
    Act(0.7, "moving", 0, "out"),
    Act(0.5, "empty"),
    Act(1.0, "moving", 1, "in"),
    Act(2.0, "resting", 1),
)
CARDS = (
    SceneOptions(
        text="3141\n5926",
        ground=("white",),
        pen=("felt",),
        digit_height=(76, 76),
        spacing=(0.3, 0.5),
    ),
    SceneOptions(
        text="27180", ground=("board",), pen=("chalk",), digit_height=(82, 82), spacing=(0.22, 0.36)
    ),
)
"""What is written on the cards; all ten digits come up."""


@dataclass(frozen=True)
class Clip:
    """The truth about a rendered clip."""

    frames: int
    """How many frames it has."""
    segments: tuple[dict[str, Any], ...]
    """Each with first and last frame, both inclusive, state, and text: the number that is to be read, "" for
    none, None while a card moves and any part of it may be read."""

    def to_dict(self, name: str, seed: int) -> dict[str, Any]:
        """What is written beside the clip."""
        return {
            "clip": name,
            "command": f"python -m train.scenes clip --seed {seed} --out {name}",
            "seed": seed,
            "frames": self.frames,
            "fps": FPS,
            "size": list(SIZE),
            "segments": list(self.segments),
        }


def plan() -> Clip:
    """Which frames show what."""
    segments, first = [], 0
    for act in ACTS:
        last = first + round(act.seconds * FPS) - 1
        text = {"empty": "", "moving": None, "resting": CARDS[act.card].text}[act.state]
        segments.append({"first": first, "last": last, "state": act.state, "text": text})
        first = last + 1
    return Clip(first, tuple(segments))


def render_clip(
    path: Path,
    *,
    seed: int = 0,
    progress: Callable[[Iterator[Any], int], Iterable[Any]] | None = None,
) -> Clip:
    """Renders the clip and writes its truth beside it, as JSON of the same name.

    Args:
        path: Where to write, a name that ends in .avi. Motion JPEG, which OpenCV reads without help.
        seed: The same seed gives the same frames.
        progress: Wraps the frames on their way, given how many there are; for a progress bar.

    Returns:
        The truth.

    Raises:
        OutputError: The file cannot be written or is no .avi.
    """
    if path.suffix.lower() != ".avi":
        raise OutputError(f"A clip cannot be written to {path}.", "Give a name that ends in .avi.")
    truth = plan()
    drawn = render_frames(np.random.default_rng(seed))
    frames: Iterable[NDArray[np.uint8]] = drawn if progress is None else progress(drawn, truth.frames)
    with finished_file(path) as file:
        write_avi(file, frames, fps=FPS, quality=_QUALITY)
    with finished_file(path.with_suffix(".json")) as file:
        file.write(f"{json.dumps(truth.to_dict(path.name, seed), indent=2)}\n".encode())
    return truth


def render_frames(rng: np.random.Generator) -> Iterator[NDArray[np.uint8]]:
    """The clip's frames one by one, (480, 640, 3) BGR uint8."""
    shape = (SIZE[1], SIZE[0])
    desk = _desk(rng, shape)
    cards = [_card(rng, options) for options in CARDS]
    lit = light.illumination(("gradient", "vignette"), rng, shape)[:, :, None]
    tint = light.cast(rng, shape, 0.05)
    camera = _Camera(rng)
    tremor = _Tremor(rng)
    clock = 0
    for act in ACTS:
        count = round(act.seconds * FPS)
        for i in range(count):
            scene = desk
            since = 9.0
            if act.card >= 0:
                scene = _show(desk, cards[act.card], _poses(act, i, clock, tremor))
                since = i / FPS if act.way == "in" else 1.0 + i / FPS if act.state == "resting" else 9.0
            yield camera.shoot(scene * lit * tint, since)
        clock += count


def _desk(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    desk = wood(rng, shape)
    things.book(desk, rng, (-70, -150), 12, 200)
    things.mug(desk, rng, (604, 14), 58)
    things.pencil(desk, rng, (36, 436), -74, 210)
    return desk


def _card(rng: np.random.Generator, options: SceneOptions) -> Float:
    """A card held by a hand, with room around: (h, w, 4) float32, BGR times coverage, and coverage 0 to 1."""
    w, h = _CARD
    sheet = paint_sheet(rng, options, _CARD, (34, 26, w - 68, h - 52)).image
    if options.ground == ("board",):
        rim = wood(rng, (h, w)) * 0.8
        rim[12:-12, 12:-12] = sheet[12:-12, 12:-12]
        sheet = rim
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


def _show(desk: Float, card: Float, poses: list[dict[str, Any]]) -> Float:
    """A desk with a card in motion over it, and the shadow the card casts."""
    size = (card.shape[1], card.shape[0])
    seen = np.zeros((*desk.shape[:2], 4), np.float32)
    for pose in poses:
        matrix = pixel_centres(view(size, SIZE, **pose))
        seen += cv2.warpPerspective(card, matrix, SIZE, flags=cv2.INTER_LINEAR) / len(poses)
    picture = desk.copy()
    cover = np.ascontiguousarray(seen[:, :, 3])
    things.shadowed(picture, cover, offset=(7, 10), soft=9, depth=0.45)
    blend(picture, cover, (0, 0, 0))
    return np.asarray(picture + seen[:, :, :3], np.float32)


def _poses(act: Act, index: int, clock: int, tremor: _Tremor) -> list[dict[str, Any]]:
    """Where a card is while the shutter is open, in steps of two pixels."""
    count = round(act.seconds * FPS)

    def at(share: float) -> dict[str, Any]:
        moment = index + _SHUTTER * share
        return _pose(act, moment / count, tremor, (clock + moment) / FPS)

    edges = [corners(_CARD, view(_CARD, SIZE, **at(share))) for share in (0, 1)]
    way = float(np.abs(edges[1] - edges[0]).max())
    return [at(float(share)) for share in np.linspace(0, 1, int(np.clip(way / 2 + 1, 2, 24)))]


def _pose(act: Act, progress: float, tremor: _Tremor, seconds: float) -> dict[str, Any]:
    """Where a card is held: arguments for `geometry.view`."""
    rest, away = ((0.49, 0.55), (1.46, 0.95)) if act.card == 0 else ((0.5, 0.54), (1.4, 1.2))
    if act.state == "resting":
        near, unrest = 1.0, 0.12 + 0.88 * float(np.exp(-progress * 12))
    elif act.way == "in":
        # Minimum jerk (Flash and Hogan 1985): the way hands reach.
        near, unrest = 10 * progress**3 - 15 * progress**4 + 6 * progress**5, 1.0
    else:
        near, unrest = 1 - progress**2, 0.12 + 0.88 * progress
    shake = tremor.at(seconds) * unrest
    return {
        "centre": (
            away[0] + (rest[0] - away[0]) * near + 0.012 * shake[0],
            away[1] + (rest[1] - away[1]) * near + 0.012 * shake[1],
        ),
        "roll": -2.5 + 16 * (1 - near) + 2.0 * shake[2],
        "pitch": 5 + 10 * (1 - near) + 3.5 * shake[3],
        "yaw": -6 - 12 * (1 - near) + 3.5 * shake[4],
        "scale": 1.02 + 0.1 * (1 - near) + 0.02 * shake[5],
    }


class _Tremor:
    """Slow swaying of a hand: six sums of sines of about unit size."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rates = rng.uniform(0.4, 3.2, (6, 4))
        self.phases = rng.uniform(0, 2 * np.pi, (6, 4))
        self.sizes = 1 / np.sqrt(self.rates)

    def at(self, seconds: float) -> NDArray[np.float64]:
        """The six values at a moment."""
        waves = np.sin(2 * np.pi * self.rates * seconds + self.phases) * self.sizes
        return np.asarray(waves.sum(axis=1) / np.sqrt((self.sizes**2).sum(axis=1)))


class _Camera:
    """A webcam whose exposure and focus follow the scene with a delay."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.gain = 0.0

    def shoot(self, scene: Float, since: float) -> NDArray[np.uint8]:
        """One frame; `since` is the time in seconds since something new came into view."""
        wanted = float(np.clip(112 / float(scene.mean()), 0.8, 1.3))
        self.gain = wanted if self.gain == 0 else self.gain + 0.14 * (wanted - self.gain)
        picture = scene * np.float32(self.gain * (1 + 0.006 * self.rng.standard_normal()))
        # The lens hunts for focus when a sheet has come in.
        soft = 0.65 + 1.1 * float(np.exp(-(((since - 0.9) / 0.35) ** 2)))
        picture = cv2.GaussianBlur(picture, (0, 0), soft)
        bright = cv2.resize(
            np.clip(picture - 200, 0, None), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA
        )
        bloom = cv2.GaussianBlur(bright, (0, 0), 8)
        picture += 0.5 * cv2.resize(bloom, SIZE, interpolation=cv2.INTER_LINEAR)
        picture += light.sensor_noise(self.rng, np.clip(picture, 0, 255), 1.7 * self.gain)
        return light.develop(picture, None)
