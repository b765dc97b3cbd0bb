"""A webcam clip that was never filmed: sheets with numbers come, rest and go on a desk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import OutputError
from train.scenes import light, things
from train.scenes.avi import write_avi
from train.scenes.cards import SIZE, Webcam, card_in_hand, held_over
from train.scenes.geometry import corners, view
from train.scenes.options import SceneOptions
from train.scenes.output import finished_file
from train.scenes.texture import Float, wood

FPS = 15
_QUALITY = 66
"""JPEG quality of the frames."""
_CARD = (452, 316)
_SHUTTER = 0.6
"""How much of a frame's time the shutter is open."""


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
    held = [card_in_hand(rng, options, _CARD) for options in CARDS]
    lit = light.illumination(("gradient", "vignette"), rng, shape)[:, :, None]
    tint = light.cast(rng, shape, 0.05)
    camera = Webcam(rng)
    tremor = Tremor(rng)
    clock = 0
    for act in ACTS:
        count = round(act.seconds * FPS)
        for i in range(count):
            scene = desk
            since = 9.0
            if act.card >= 0:
                scene = held_over(desk, held[act.card], _poses(act, i, clock, tremor))
                since = i / FPS if act.way == "in" else 1.0 + i / FPS if act.state == "resting" else 9.0
            yield camera.shoot(scene * lit * tint, since)
        clock += count


def _desk(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    desk = wood(rng, shape)
    things.book(desk, rng, (-70, -150), 12, 200)
    things.mug(desk, rng, (604, 14), 58)
    things.pencil(desk, rng, (36, 436), -74, 210)
    return desk


def _poses(act: Act, index: int, clock: int, tremor: Tremor) -> list[dict[str, Any]]:
    """Where a card is while the shutter is open."""
    count = round(act.seconds * FPS)

    def at(later: float) -> dict[str, Any]:
        moment = index + later
        return _pose(act, moment / count, tremor, (clock + moment) / FPS)

    return poses_while_open(at, _CARD, SIZE)


def poses_while_open(
    at: Callable[[float], dict[str, Any]], card: tuple[int, int], size: tuple[int, int]
) -> list[dict[str, Any]]:
    """Where a card is while the shutter is open, in steps of two pixels.

    Args:
        at: Gives the pose, arguments for `geometry.view`, so many frames after the shutter opened.
        card: Width and height of the card in pixels.
        size: Width and height of the picture in pixels.

    Returns:
        2 to 24 poses.
    """
    edges = [corners(card, view(card, size, **at(_SHUTTER * share))) for share in (0, 1)]
    way = float(np.abs(edges[1] - edges[0]).max())
    return [at(_SHUTTER * float(share)) for share in np.linspace(0, 1, int(np.clip(way / 2 + 1, 2, 24)))]


def _pose(act: Act, progress: float, tremor: Tremor, seconds: float) -> dict[str, Any]:
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


class Tremor:
    """Slow swaying of a hand: six sums of sines of about unit size.

    Args:
        rng: Draws how it sways.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rates = rng.uniform(0.4, 3.2, (6, 4))
        self.phases = rng.uniform(0, 2 * np.pi, (6, 4))
        self.sizes = 1 / np.sqrt(self.rates)

    def at(self, seconds: float) -> NDArray[np.float64]:
        """The six values at a moment."""
        waves = np.sin(2 * np.pi * self.rates * seconds + self.phases) * self.sizes
        return np.asarray(waves.sum(axis=1) / np.sqrt((self.sizes**2).sum(axis=1)))
