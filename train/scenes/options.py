"""What a scene may contain, and named conditions by which a reader can be measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import EdgeDigitsError
from train.scenes.ground import GROUNDS
from train.scenes.pens import PENS
from train.scenes.texture import SURROUNDINGS

DigitSource = Callable[[str, np.random.Generator, int, float], NDArray[np.uint8]]
"""(label, rng, height, thickness) -> ink of that height, (h, w) uint8, bright on 0, cropped to the ink."""

LAYOUTS = ("lines", "scatter", "single")
LIGHTS = ("gradient", "shadow", "vignette", "glare", "overexposed", "dim")
CLUTTER = (
    "operators",
    "letters",
    "doodles",
    "print",
    "show-through",
    "holes",
    "wire",
    "margin",
    "hand",
    "objects",
    "specks",
)


@dataclass(frozen=True)
class SceneOptions:
    """What one scene may contain; ranges are (low, high) and drawn from evenly.

    Where several names are given for ground, pen or surroundings, one is drawn a scene.
    """

    size: tuple[int, int] = (640, 480)
    """Width and height of the picture in pixels."""
    digits: tuple[int, int] = (3, 8)
    """How many digits; (0, 0) leaves the page without any."""
    lines: tuple[int, int] = (1, 2)
    """How many lines they are spread over."""
    text: str | None = None
    """Exactly these digits, lines parted by newlines, instead of random ones."""
    layout: str = "lines"
    """lines, scatter or single."""
    source: DigitSource | None = None
    """Where digits come from; None draws them with strokes of our own."""
    digit_height: tuple[float, float] = (44, 84)
    """Height of the digits in pixels; made smaller where they would not fit."""
    spacing: tuple[float, float] = (0.3, 0.8)
    """Gap between digits in heights of a digit."""
    thickness: tuple[float, float] | None = None
    """Width of strokes in heights of a digit; None leaves it to the pen."""
    ground: tuple[str, ...] = ("white",)
    """What is written on, see `ground.GROUNDS`."""
    pen: tuple[str, ...] = ("ballpoint", "felt", "marker")
    """What is written with, see `pens.PENS`."""
    many_colours: bool = False
    """True changes the ink's colour from digit to digit."""
    dark: bool = False
    """True for bright ink on a dark ground; a board is dark by itself."""
    light: tuple[str, ...] = ()
    """gradient, shadow, vignette, glare, overexposed, dim; all those given."""
    rotation: float = 1.5
    """Largest turn of the sheet, degrees."""
    perspective: float = 0.0
    """Largest tilt of the sheet about either axis, degrees."""
    surroundings: tuple[str, ...] = ()
    """What the sheet lies on, see `texture.SURROUNDINGS`; nothing: the sheet fills the picture."""
    sheet_share: tuple[float, float] = (0.72, 0.92)
    """Width or height of the sheet relative to the picture's, where surroundings show."""
    clutter: tuple[str, ...] = ()
    """What else stands on the page or lies about, see `CLUTTER`."""
    blur: tuple[float, float] = (0.3, 0.7)
    """Standard deviation of the lens blur, pixels."""
    motion: tuple[float, float] = (0.0, 0.0)
    """Length of the motion blur, pixels."""
    noise: tuple[float, float] = (0.5, 2.0)
    """Standard deviation of the sensor's noise, grey levels."""
    jpeg: tuple[int, int] | None = (80, 95)
    """Quality of JPEG compression; None for none."""
    cast: float = 0.02
    """Spread of the colour cast: 0 none, 0.2 strong."""

    def __post_init__(self) -> None:
        if min(self.size) < 64:
            raise EdgeDigitsError(f"A picture of {self.size} pixels was asked for.", "Give 64x64 or more.")
        _known("layout", (self.layout,), LAYOUTS)
        _known("ground", self.ground, GROUNDS)
        _known("pen", self.pen, tuple(PENS))
        _known("light", self.light, LIGHTS)
        _known("surroundings", self.surroundings, tuple(SURROUNDINGS))
        _known("clutter", self.clutter, CLUTTER)
        if not self.ground or not self.pen:
            raise EdgeDigitsError(
                "A scene without ground or pen was asked for.", "Name at least one of each."
            )
        if self.text is not None and not all(c in "0123456789\n" for c in self.text):
            raise EdgeDigitsError(
                f"The text {self.text!r} holds more than digits and newlines.", "Give digits only."
            )

    @classmethod
    def preset(cls, name: str, **changes: Any) -> SceneOptions:
        """Options of a named condition.

        Args:
            name: One of `PRESETS`.
            **changes: Fields to set otherwise.

        Returns:
            The options.

        Raises:
            EdgeDigitsError: An unknown condition or field.
        """
        if name not in PRESETS:
            raise EdgeDigitsError(f"There is no preset {name!r}.", f"Give one of {', '.join(PRESETS)}.")
        names = [field.name for field in fields(cls)]
        for change in changes:
            if change not in names:
                raise EdgeDigitsError(
                    f"A scene has no option {change!r}.", f"Give one of {', '.join(names)}."
                )
        return replace(PRESETS[name], **changes)


def _known(what: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise EdgeDigitsError(f"There is no {what} {name!r}.", f"Give one of {', '.join(known)}.")


_PAPER_PENS = ("ballpoint", "felt", "marker", "pencil")
_DIGITAL: dict[str, Any] = {"blur": (0, 0), "noise": (0, 0), "jpeg": None, "cast": 0.0, "rotation": 0.0}

PRESETS: dict[str, SceneOptions] = {
    "white": SceneOptions(),
    "tinted": SceneOptions(ground=("tinted",)),
    "crumpled": SceneOptions(ground=("crumpled",), light=("gradient",)),
    "ballpoint": SceneOptions(pen=("ballpoint",), digit_height=(36, 70)),
    "pencil": SceneOptions(pen=("pencil",), digit_height=(36, 80)),
    "marker": SceneOptions(pen=("marker",), digit_height=(60, 120)),
    "colours": SceneOptions(pen=("felt", "marker"), many_colours=True),
    "ruled": SceneOptions(ground=("ruled",), pen=_PAPER_PENS, lines=(1, 3), clutter=("holes",)),
    "notebook": SceneOptions(
        ground=("ruled", "grid", "white"),
        pen=_PAPER_PENS,
        lines=(1, 3),
        clutter=("wire",),
        surroundings=("table", "wood"),
        rotation=3,
    ),
    "grid": SceneOptions(ground=("grid",), pen=_PAPER_PENS, lines=(1, 3)),
    "board": SceneOptions(ground=("board",), pen=("chalk",), light=("gradient",), digit_height=(60, 110)),
    "screen": SceneOptions(ground=("screen",), pen=("stylus",), noise=(1, 3), blur=(0.4, 0.9)),
    "canvas": SceneOptions(ground=("canvas",), pen=("stylus",), **_DIGITAL),
    "dark canvas": SceneOptions(ground=("canvas",), pen=("bright stylus",), dark=True, **_DIGITAL),
    "dark paper": SceneOptions(pen=("white gel",), dark=True, ground=("white",)),
    "slate": SceneOptions(
        pen=("white gel",), dark=True, surroundings=("table",), sheet_share=(0.45, 0.6), rotation=6
    ),
    "gradient": SceneOptions(light=("gradient",)),
    "shadow": SceneOptions(light=("shadow",)),
    "vignette": SceneOptions(light=("vignette",)),
    "glare": SceneOptions(light=("glare",)),
    "overexposed": SceneOptions(light=("overexposed",)),
    "dim": SceneOptions(light=("dim", "vignette"), noise=(2, 5)),
    "cast": SceneOptions(cast=0.22, light=("gradient",)),
    "rotated": SceneOptions(rotation=15, surroundings=("table", "wood")),
    "perspective": SceneOptions(
        perspective=28,
        rotation=6,
        surroundings=("wood", "table", "floor"),
        size=(960, 720),
        digit_height=(50, 90),
    ),
    "wood": SceneOptions(surroundings=("wood",), rotation=5, perspective=8),
    "cloth": SceneOptions(surroundings=("cloth",), rotation=5, perspective=8),
    "floor": SceneOptions(surroundings=("floor",), rotation=6, perspective=15),
    "objects": SceneOptions(
        surroundings=("wood", "table"), clutter=("objects", "hand"), rotation=5, perspective=6
    ),
    "hand": SceneOptions(clutter=("hand",)),
    "printed": SceneOptions(clutter=("print", "show-through")),
    "letters": SceneOptions(clutter=("letters",)),
    "operators": SceneOptions(clutter=("operators",), spacing=(0.35, 0.7)),
    "doodles": SceneOptions(clutter=("doodles", "margin", "specks")),
    "small": SceneOptions(
        digit_height=(16, 26), pen=("ballpoint", "felt", "pencil"), digits=(6, 14), lines=(1, 4)
    ),
    "large": SceneOptions(digit_height=(150, 260), digits=(1, 3), lines=(1, 1), pen=("felt", "marker")),
    "many": SceneOptions(digits=(30, 60), lines=(5, 8), digit_height=(26, 40), size=(960, 720)),
    "close": SceneOptions(spacing=(0.08, 0.2), digits=(5, 9)),
    "scatter": SceneOptions(layout="scatter", digits=(5, 12)),
    "single": SceneOptions(layout="single", digits=(1, 1), size=(320, 320), digit_height=(90, 200)),
    "blurred": SceneOptions(blur=(1.6, 2.6)),
    "moving": SceneOptions(motion=(5, 10)),
    "noisy": SceneOptions(noise=(7, 14)),
    "dark room": SceneOptions(noise=(25, 40), light=("vignette",)),
    "compressed": SceneOptions(jpeg=(12, 25)),
    "webcam": SceneOptions(
        surroundings=("wood", "table", "cloth"),
        clutter=("hand", "objects"),
        light=("gradient", "vignette"),
        rotation=6,
        perspective=10,
        blur=(0.7, 1.2),
        noise=(2, 5),
        jpeg=(55, 80),
        cast=0.06,
    ),
    "phone": SceneOptions(
        size=(1280, 960),
        digits=(6, 16),
        lines=(2, 4),
        digit_height=(60, 110),
        ground=("white", "crumpled", "ruled", "grid"),
        pen=_PAPER_PENS,
        surroundings=("wood", "table", "floor", "cloth"),
        light=("gradient", "shadow"),
        clutter=("objects",),
        rotation=8,
        perspective=15,
    ),
    "empty": SceneOptions(digits=(0, 0), ground=("white", "tinted", "crumpled", "ruled", "grid")),
    "junk": SceneOptions(
        digits=(0, 0),
        ground=("white", "ruled", "grid"),
        surroundings=("wood", "table"),
        clutter=("letters", "operators", "doodles", "print", "hand", "objects", "holes", "specks"),
        light=("gradient",),
        rotation=6,
    ),
    "hero": SceneOptions(
        size=(1280, 720),
        digits=(13, 17),
        lines=(3, 3),
        digit_height=(104, 116),
        spacing=(0.35, 0.6),
        pen=("felt",),
        surroundings=("wood",),
        sheet_share=(0.8, 0.84),
        light=("gradient", "vignette"),
        clutter=("objects",),
        rotation=3,
        perspective=9,
        jpeg=None,
        noise=(0.3, 0.8),
    ),
}
"""Conditions by name, one difficulty each where possible, so that a read rate can be told by condition."""
