"""Crops as the camera yields them: rendered pages, cut up by the runtime's own segmentation.

A cut-out whose box is that of a written digit is that digit. One that holds two digits, a small
piece of one, or nothing that was written as a digit is "none". What lies between is left out: a 5
without its bar is neither a good 5 nor a good "none".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.crops import stack_crops
from edge_digits.hypotheses import Hypothesis, whole_hypotheses
from edge_digits.segmentation import search
from train.junk import is_bar
from train.processes import processes
from train.scenes import PRESETS, SceneOptions, crop_source, render_scene

NONE: Final = 10
"""The class "not a digit"."""

_SAME: Final = 0.72
"""Least overlap, as intersection over union, of a digit and the cut-out that shows it."""
_MOST_NONE: Final = 70
"""Cut-outs that are no digit kept of one page, so that a page of texture does not outweigh the rest."""

_DENSE: Final = {"digits": (18, 34), "lines": (3, 5), "digit_height": (22, 64), "spacing": (0.25, 0.6)}
_WRITTEN: Final = (
    "white", "tinted", "crumpled", "ballpoint", "pencil", "marker", "colours", "ruled", "grid", "board",
    "screen", "canvas", "dark canvas", "dark paper", "gradient", "shadow", "glare", "overexposed", "dim",
    "blurred", "moving", "noisy", "compressed", "small", "close", "rotated",
)  # fmt: skip
_CLUTTERED: Final = (
    "letters", "letters", "letters", "operators", "doodles", "doodles", "junk", "junk", "junk", "hand",
    "wood", "cloth", "floor", "floor", "objects", "webcam", "phone", "phone", "perspective", "empty", "grid",
)  # fmt: skip
_DOUBTFUL: Final = ("print", "show-through", "holes")
"""Left off the pages: small print has letters that are digits to the eye, and a punched hole is a 0."""

_FEWER_PROGRAMS: Final = "End other programs to free memory, and start the same command again."


@dataclass(frozen=True)
class Crops:
    """Pictures with what they show."""

    images: NDArray[np.uint8]
    """Shape (n, 28, 28), white ink on black."""
    labels: NDArray[np.uint8]
    """Shape (n,): 0 to 9, or `NONE`."""
    opinions: NDArray[np.float32] | None = None
    """Shape (n, classes): the probabilities that larger networks give, where they were asked."""
    written: NDArray[np.bool_] | None = None
    """Shape (n,): whether a crop is of MNIST or a user's own, not made by us, where that is known."""

    def taken(self, order: NDArray[np.int64]) -> Crops:
        """Return the crops of these numbers, in this order."""
        opinions, written = (None if a is None else a[order] for a in (self.opinions, self.written))
        return Crops(self.images[order], self.labels[order], opinions, written)

    @classmethod
    def joined(cls, parts: Sequence[Crops]) -> Crops:
        """Put several sets behind one another, without opinions."""
        return cls(
            np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts])
        )


def cut_pages(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    *,
    pages: int,
    seed: int,
    workers: int = 2,
    progress_bar: bool = False,
) -> Crops:
    """Render pages and cut them up.

    Args:
        images: Digits to write half of the pages with, shape (n, 28, 28); the other half is
            written with strokes of our own.
        labels: What they show, shape (n,).
        pages: How many pages.
        seed: The same seed and digits give the same crops.
        workers: Processes that share the work.
        progress_bar: Show a bar on stderr.

    Returns:
        About 40 crops a page.

    Raises:
        EdgeDigitsError: One of the processes was ended.
    """
    from tqdm import tqdm

    cut = partial(_cut_page, images, labels, seed)
    if workers < 2:
        parts = [cut(page) for page in tqdm(range(pages), unit="page", leave=False, disable=not progress_bar)]
        return Crops.joined(parts)
    with processes(workers, _start, (images, labels, seed), remedy=_FEWER_PROGRAMS) as pool:
        found = pool.map(_cut_numbered, range(pages), chunksize=8)
        parts = list(tqdm(found, "pages", total=pages, unit="page", leave=False, disable=not progress_bar))
    return Crops.joined(parts)


_STATE: dict[str, tuple[NDArray[np.uint8], NDArray[np.uint8], int]] = {}


def _start(images: NDArray[np.uint8], labels: NDArray[np.uint8], seed: int) -> None:
    """Give a worker process the digits once, not with every page."""
    cv2.setNumThreads(1)
    _STATE["digits"] = images, labels, seed


def _cut_numbered(page: int) -> Crops:
    return _cut_page(*_STATE["digits"], page)


def _cut_page(images: NDArray[np.uint8], labels: NDArray[np.uint8], seed: int, page: int) -> Crops:
    rng = np.random.Generator(np.random.PCG64([seed, page]))
    options = _options(rng)
    if rng.random() < 0.5 and len(np.unique(labels)) == 10:
        options = replace(options, source=crop_source(images, labels))
    return cut_page(rng, options)


def _options(rng: np.random.Generator) -> SceneOptions:
    """Draw the conditions of one page: many digits under one difficulty, or few among clutter."""
    written = rng.random() < 0.35
    options = PRESETS[str(rng.choice(_WRITTEN if written else _CLUTTERED))]
    options = replace(options, clutter=tuple(kind for kind in options.clutter if kind not in _DOUBTFUL))
    if written:
        return replace(options, **_DENSE) if rng.random() < 0.75 else options
    # Half of them without a digit: then whatever is found is none.
    return replace(options, digits=(0, 0)) if rng.random() < 0.5 else options


def cut_page(rng: np.random.Generator, options: SceneOptions) -> Crops:
    """Render one page, and cut out and label all that the runtime would look at.

    Args:
        rng: Source of all randomness.
        options: What the page may contain.

    Returns:
        Its digits, and at most 70 cut-outs that are none.
    """
    scene = render_scene(rng, options)
    found = search(scene.image)
    # A piece of a digit is often that digit still: cut strokes would teach twice, and wrongly.
    guesses = whole_hypotheses(found.candidates)
    if not guesses:
        return Crops(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    truth = np.array([digit.box for digit in scene.digits], np.float64).reshape(-1, 4) * found.scale
    shown = np.array([int(digit.label) for digit in scene.digits], np.int64)
    verdicts = judge(guesses, truth, shown)
    junk = np.flatnonzero(verdicts == NONE)
    if len(junk) > _MOST_NONE:
        verdicts[rng.permutation(junk)[_MOST_NONE:]] = -1
    kept = np.flatnonzero(verdicts >= 0)
    crops = stack_crops([guesses[i].candidate for i in kept])
    # A bare bar is a 1 to any eye, wherever it comes from.
    fine = (verdicts[kept] != NONE) | ~is_bar(crops)
    return Crops(crops[fine], verdicts[kept][fine].astype(np.uint8))


def judge(
    guesses: Sequence[Hypothesis], truth: NDArray[np.float64], shown: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Say of each guess which digit it is, `NONE`, or -1 where that is not clear."""
    boxes = np.array([guess.candidate.box for guess in guesses], np.float64)
    light = np.array([guess.candidate.polarity == "light" for guess in guesses])
    verdicts = np.full(len(guesses), NONE, np.int64)
    if not len(truth):
        return verdicts
    low = np.maximum(boxes[:, None, :2], truth[None, :, :2])
    high = np.minimum(boxes[:, None, :2] + boxes[:, None, 2:], truth[None, :, :2] + truth[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    own, theirs = np.prod(boxes[:, 2:], axis=1)[:, None], np.prod(truth[:, 2:], axis=1)[None]
    overlap = shared / (own + theirs - shared)
    inside, covered = (shared / own).max(axis=1), shared / theirs
    # The eye of a 0 is of the other polarity and has nearly its box.
    best = overlap.argmax(axis=0)
    seen = best[overlap.max(axis=0) > _SAME]
    page_is_light = len(seen) > 0 and light[seen].mean() > 0.5
    whole = overlap.max(axis=1)
    digit = (whole > _SAME) & (light == page_is_light) & ((covered > 0.4).sum(axis=1) == 1)
    merged = ((covered > 0.7).sum(axis=1) >= 2) & (light == page_is_light)
    piece = (inside > 0.8) & (whole < 0.35)
    apart = inside < 0.1
    verdicts[~(merged | piece | apart)] = -1
    verdicts[digit] = shown[overlap.argmax(axis=1)][digit]
    return verdicts
