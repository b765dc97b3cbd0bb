"""How well rendered pages are read, by condition: ground, pen, light, surroundings, camera."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.progress import watcher
from benchmarks.scoring import Errors, character_error_rate, errors_of, only_digits, sure_digits
from edge_digits import DigitReader

PAGES = 2
"""Of each condition; four times as many in a full run."""


def measure_conditions(reader: DigitReader, seed: int, *, pages: int = PAGES) -> dict[str, Any]:
    """Renders pages under every condition that train.scenes knows, and reads each once.

    Args:
        reader: What reads.
        seed: Chooses the pages; other pages than the networks were taught on are not promised.
        pages: Of each condition.

    Returns:
        pages, and cases: for "all" and each condition name, pages (with digits), exact (count),
        digits, wrong, missed, false, cer (None without digits), empty and false_pages (pages
        without a digit, and those of them in which one was read).
    """
    from train.scenes import PRESETS, render_scene

    cases: list[dict[str, Any]] = []
    everything: list[tuple[str, Errors]] = []
    for name in watcher("conditions")(list(PRESETS)):
        told = []
        for page in range(pages):
            # The name's own bytes keep a condition's pages when others are added to the list.
            scene = render_scene(np.random.default_rng((seed, page, *name.encode())), PRESETS[name])
            text = sure_digits(reader.read(scene.image))
            ordered = PRESETS[name].layout != "scatter"
            told.append((only_digits(scene.text), errors_of(scene.text, text, ordered=ordered)))
        cases.append({"name": name, **_figures(told)})
        everything += told
    return {"pages": pages, "cases": [{"name": "all", **_figures(everything)}, *cases]}


def _figures(told: list[tuple[str, Errors]]) -> dict[str, Any]:
    written = [(truth, errors) for truth, errors in told if truth]
    empty = [errors for truth, errors in told if not truth]
    digits = sum(len(truth) for truth, _ in written)
    total = sum((errors for _, errors in written), Errors())
    cer = character_error_rate([errors for _, errors in written], digits)
    return {
        "pages": len(written),
        "exact": sum(errors.distance == 0 for _, errors in written),
        "digits": digits,
        "wrong": total.wrong,
        "missed": total.missed,
        "false": total.false,
        "cer": None if cer is None else round(cer, 6),
        "empty": len(empty),
        "false_pages": sum(errors.distance > 0 for errors in empty),
    }
