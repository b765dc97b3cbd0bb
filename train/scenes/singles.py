"""Crops of a data set shown as pictures of one digit: framed, cut out closely, small, on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from train.ink_box import cut_to_ink

_INK: Final = 40
"""Of 255: pixels of a crop above it are the digit's."""


@dataclass(frozen=True)
class Single:
    """A picture of one digit."""

    name: str
    """File name."""
    way: str
    """How it is shown: a key of `WAYS`, and the colours."""
    label: str
    """The digit."""
    image: NDArray[np.uint8]
    """Shape (h, w)."""


def singles(images: NDArray[np.uint8], labels: NDArray[np.uint8], *, seed: int) -> Iterator[Single]:
    """Shows every crop in every way, black on white and white on black.

    Args:
        images: White ink on black, shape (n, 28, 28).
        labels: What they are, shape (n,).
        seed: Of the paper, and of the edges that digits touch.

    Yields:
        PNG file names and pictures, crop by crop.
    """
    for i, (image, label) in enumerate(zip(images, labels, strict=True)):
        for number, (way, show) in enumerate(WAYS.items()):
            bright = show(image, np.random.default_rng([seed, i, number]))
            for colours, shown in (("black on white", 255 - bright), ("white on black", bright)):
                name = f"{way}-{colours}-{i:05}.png".replace(" ", "-")
                yield Single(name, f"{way}, {colours}", str(label), shown)


def _framed(image: NDArray[np.uint8], _: np.random.Generator) -> NDArray[np.uint8]:
    return _enlarged(image, 140)


def _cut_out(image: NDArray[np.uint8], _: np.random.Generator) -> NDArray[np.uint8]:
    return _enlarged(_close(image), 200)


def _small(image: NDArray[np.uint8], _: np.random.Generator) -> NDArray[np.uint8]:
    return _enlarged(_close(image), 16)


def _at_an_edge(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    frame = [25, 25, 25, 25]
    frame[int(rng.integers(4))] = 0
    return np.asarray(cv2.copyMakeBorder(_enlarged(_close(image), 120), *frame, cv2.BORDER_CONSTANT, value=0))


def _on_paper(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Half the contrast, uneven light, grain."""
    ink = cv2.copyMakeBorder(_enlarged(_close(image), 100), *[15] * 4, cv2.BORDER_CONSTANT, value=0) / 255
    rows, columns = np.mgrid[: ink.shape[0], : ink.shape[1]] / max(ink.shape)
    light = 40 + 30 * (rows * rng.uniform(-1, 1) + columns * rng.uniform(-1, 1))
    return np.clip(light + 120 * ink + rng.normal(0, 4, ink.shape), 0, 255).astype(np.uint8)


WAYS: Final[dict[str, Callable[[NDArray[np.uint8], np.random.Generator], NDArray[np.uint8]]]] = {
    "framed": _framed,
    "cut out": _cut_out,
    "16 pixels": _small,
    "at an edge": _at_an_edge,
    "on paper": _on_paper,
}
"""How a crop, white on black, is shown."""


def _close(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crop without its frame."""
    return cut_to_ink(image, above=_INK)


def _enlarged(image: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    share = longest / max(image.shape)
    size = (max(1, round(image.shape[1] * share)), max(1, round(image.shape[0] * share)))
    interpolation = cv2.INTER_CUBIC if share > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, size, interpolation=interpolation), np.uint8)
