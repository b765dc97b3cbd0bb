"""Labelled pictures: the samples that come with the demo, and test sets of any size."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.errors import OutputError
from train.scenes.cards import HeldCard
from train.scenes.labels import Label, label, write_labels
from train.scenes.options import PRESETS, SceneOptions
from train.scenes.output import finished_file
from train.scenes.scene import Scene, render_scene
from train.scenes.singles import Single
from train.scenes.surfaces import SurfacePicture
from train.scenes.texts import Text
from train.scenes.typed_hand import HEIGHT, typeface_source
from train.scenes.typefaces import open_typeface

_NEXT_TO_NOTHING = 95
"""JPEG quality at which that is lost."""
_QUALITY = 85
"""JPEG quality of samples and test sets."""


@dataclass(frozen=True)
class Sample:
    """One picture to render."""

    name: str
    """File name."""
    preset: str
    """Condition, see `PRESETS`."""
    seed: int
    """Of the randomness."""
    changes: dict[str, Any]
    """Options set otherwise than the preset does."""

    def render(self) -> Scene:
        """The picture and its truth, not compressed as long as compression is no part of its condition."""
        jpeg = PRESETS[self.preset].jpeg if is_compressed(self.preset) else None
        options = SceneOptions.preset(self.preset, **{"jpeg": jpeg, **self.changes})
        return render_scene(np.random.default_rng(self.seed), options)


def is_compressed(preset: str) -> bool:
    """Whether JPEG of more than the usual loss is part of a condition."""
    return PRESETS[preset].jpeg not in (None, SceneOptions().jpeg)


SAMPLES = (
    Sample("white-paper.jpg", "objects", 4, {"digits": (7, 7), "lines": (2, 2), "pen": ("felt",)}),
    Sample("ruled-ballpoint.jpg", "ruled", 5, {"digits": (9, 9), "lines": (2, 2), "pen": ("ballpoint",)}),
    Sample("grid-pencil.jpg", "grid", 6, {"digits": (8, 8), "lines": (2, 2), "pen": ("pencil",)}),
    Sample("chalkboard.jpg", "board", 3, {"digits": (5, 5), "lines": (1, 1)}),
    Sample("hard-shadow.jpg", "shadow", 2, {"digits": (6, 6), "lines": (1, 1), "pen": ("marker",)}),
    Sample("scattered.jpg", "scatter", 8, {"digits": (6, 6), "pen": ("marker",), "many_colours": True}),
    Sample("single-seven.jpg", "single", 11, {"text": "7", "pen": ("marker",)}),
    Sample("blank-page.jpg", "empty", 9, {"ground": ("ruled",), "surroundings": ("wood",), "rotation": 4}),
)


def in_typefaces(each: int, seed: int, typefaces: Sequence[Path]) -> list[Sample]:
    """A test set by hands that no network of ours was taught: pages that are written as typefaces are.

    Args:
        each: Pictures of one preset, at least 1.
        seed: The same seed gives the same pictures with the same typefaces.
        typefaces: From `find_typefaces`; one is drawn a picture.

    Returns:
        Samples, preset by preset, without those that show no digit; the typeface's name is part of theirs.

    Raises:
        OSError: A typeface cannot be read.
    """
    opened = [open_typeface(path, HEIGHT) for path in typefaces]
    samples = []
    for sample in every_condition(each, seed):
        if PRESETS[sample.preset].digits[1] == 0:
            continue
        own = zlib.crc32(sample.name.encode()) + sample.seed
        drawn = int(np.random.default_rng(own).integers(len(typefaces)))
        start, ending = sample.name.rsplit(".", 1)
        name = f"{start}-{typefaces[drawn].stem}.{ending}"
        changes = {**sample.changes, "source": typeface_source(opened[drawn], own)}
        samples.append(Sample(name, sample.preset, sample.seed, changes))
    return samples


def every_condition(each: int, seed: int) -> list[Sample]:
    """A test set: so many pictures of every preset.

    Args:
        each: Pictures of one preset, at least 1.
        seed: The same seed gives the same pictures.

    Returns:
        Samples, preset by preset; PNG where the page is compressed already and is to lose nothing else.
    """
    return [
        Sample(f"{preset.replace(' ', '-')}-{i:03}.{ending}", preset, 100_000 * seed + i, {})
        for preset in PRESETS
        for ending in ("png" if is_compressed(preset) else "jpg",)
        for i in range(each)
    ]


def write_pictures(
    folder: Path,
    samples: Sequence[Sample] = SAMPLES,
    *,
    progress: Callable[[Iterable[Sample]], Iterable[Sample]] = iter,
) -> list[Path]:
    """Renders pictures and writes labels.csv beside them.

    Args:
        folder: Where to write; must exist.
        samples: What to render.
        progress: Wraps the samples on their way; for a progress bar.

    Returns:
        The files written, labels.csv last.

    Raises:
        OutputError: Nothing can be written there.
    """
    rows: list[Label] = []
    written: list[Path] = []
    for sample in progress(samples):
        scene = sample.render()
        written.append(folder / sample.name)
        write_image(written[-1], scene.image, quality=_QUALITY)
        layout = "scatter" if SceneOptions.preset(sample.preset).layout == "scatter" else "lines"
        rows.append(label(sample.name, scene.text, sample.preset, layout))
    return [*written, write_labels(folder, rows)]


def write_singles(folder: Path, shown: Iterable[Single]) -> Path:
    """Writes pictures of one digit and labels.csv beside them.

    Args:
        folder: Where to write; must exist.
        shown: From `singles`.

    Returns:
        The file labels.csv.

    Raises:
        OutputError: Nothing can be written there.
    """
    return _write(folder, ((label(each.name, each.label, each.way), each.image) for each in shown))


def write_cards(folder: Path, shown: Iterable[HeldCard]) -> Path:
    """Writes pictures of cards that are held up, and labels.csv beside them.

    Args:
        folder: Where to write; must exist.
        shown: From `cards`.

    Returns:
        The file labels.csv.

    Raises:
        OutputError: Nothing can be written there.
    """
    return _write(folder, ((label(each.name, each.text, f"card: {each.kind}"), each.image) for each in shown))


def write_surfaces(folder: Path, shown: Iterable[SurfacePicture]) -> Path:
    """Writes photographs of numbers on all sorts of things, and labels.csv beside them.

    Args:
        folder: Where to write; must exist.
        shown: From `surface_pictures`.

    Returns:
        The file labels.csv.

    Raises:
        OutputError: Nothing can be written there.
    """
    return _write(
        folder, ((label(each.name, each.text, each.kind, each.layout), each.image) for each in shown)
    )


def _write(folder: Path, shown: Iterable[tuple[Label, NDArray[np.uint8]]]) -> Path:
    rows: list[Label] = []
    for row, image in shown:
        # A camera's own JPEG is in it already; a second one is to lose next to nothing.
        write_image(folder / row[0], image, quality=_NEXT_TO_NOTHING)
        rows.append(row)
    return write_labels(folder, rows)


def write_texts(
    folder: Path,
    composed: Sequence[Text],
    *,
    progress: Callable[[Iterable[Text]], Iterable[Text]] = iter,
) -> Path:
    """Renders numbers and words and writes labels.csv beside them.

    Args:
        folder: Where to write; must exist.
        composed: From `texts`.
        progress: Wraps them on their way; for a progress bar.

    Returns:
        The file labels.csv.

    Raises:
        OutputError: Nothing can be written there.
    """
    for text in progress(composed):
        write_image(folder / text.name, text.render())
    return write_labels(folder, [label(text.name, text.digits, text.category) for text in composed])


def write_image(path: Path, image: Any, *, quality: int = 90) -> None:
    """Writes a picture whole or not at all.

    Args:
        path: Name; .png, .jpg or another ending that OpenCV writes.
        image: (h, w) or (h, w, 3) BGR uint8.
        quality: JPEG quality where it is one.

    Raises:
        OutputError: An ending that stands for no picture, or a place that cannot be written.
    """
    if path.suffix.lower() not in {".png", ".jpg", ".jpeg", ".webp", ".bmp"}:
        raise OutputError(
            f"A picture cannot be written to {path}.", "Give a name that ends in .png, .jpg, .webp or .bmp."
        )
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality] if path.suffix.lower() in {".jpg", ".jpeg"} else []
    data = cv2.imencode(path.suffix.lower(), image, settings)[1]
    with finished_file(path) as file:
        file.write(data.tobytes())
