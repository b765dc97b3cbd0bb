"""Our reader and other programs on the same pictures, in turn, so that a busy moment hits all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.labels import LabelledPicture
from benchmarks.markdown import table
from benchmarks.ocr import Peer
from benchmarks.readrate import Outcome, Reader, Scored, read_all, summarize

OURS = "edge-digits"
Told = tuple[Outcome, dict[str, Scored]]
"""What our reader made of a picture, and what each other program did."""


def read_side_by_side(
    reader: Reader, pictures: Iterable[LabelledPicture], peers: Sequence[Peer]
) -> Iterator[Told]:
    """Reads every picture with the reader, then with each other program.

    Args:
        reader: Ours.
        pictures: What to read.
        peers: The others; where there are any, every program reads every picture twice and the
            second time counts. None is asked about files that are no pictures.

    Yields:
        One entry a picture, in order.
    """
    for outcome in read_all(reader, pictures, settle=bool(peers)):
        others = {}
        if outcome.answered:
            for peer in peers:
                peer.read(outcome.picture.path)
                text, milliseconds = peer.read(outcome.picture.path)
                others[peer.name] = Scored(outcome.picture, milliseconds, text)
        yield outcome, others


def compare_readers(told: Sequence[Told]) -> dict[str, dict[str, Any]]:
    """Figures of each program by category, and how many times as long as ours each took.

    Args:
        told: By `read_side_by_side`, at least one picture that others were asked about.

    Returns:
        For OURS and each other program: all and each category ("category photo"), with
        readrate.summarize's figures; and times, its time over ours on the same picture: median, and
        low and high, the quartiles.
    """
    asked = [(outcome, others) for outcome, others in told if others]
    names = list(asked[0][1])
    found = {}
    for name in (OURS, *names):
        scored: list[Scored] = [outcome if name == OURS else others[name] for outcome, others in asked]
        categories = sorted({each.picture.category for each in scored})
        groups = {"all": summarize(scored)}
        for category in categories:
            groups[f"category {category}"] = summarize(
                [each for each in scored if each.picture.category == category]
            )
        ratios = [
            each.milliseconds / outcome.milliseconds for each, (outcome, _) in zip(scored, asked, strict=True)
        ]
        low, middle, high = (round(float(value), 2) for value in np.percentile(ratios, (25, 50, 75)))
        found[name] = {"groups": groups, "times": {"median": middle, "low": low, "high": high}}
    return found


def readers_table(found: dict[str, dict[str, Any]]) -> str:
    """One line a program, all pictures together."""
    lines = []
    for name, each in found.items():
        figures = each["groups"]["all"]
        lines.append(
            [
                name,
                f"{figures['exact']}/{figures['pictures']}",
                _percent(figures["exact_rate"]),
                _percent(figures["cer"]),
                *(str(figures[key]) for key in ("wrong", "missed", "false")),
                f"{figures['false_pictures']}/{figures['empty_pictures']}",
                *(f"{figures[key]:.1f}" for key in ("p50_ms", "p90_ms")),
                f"{each['times']['median']:.1f}",
            ]
        )
    header = ["reader", "exact", "rate", "CER", "wrong", "missed", "false", "false reads"]
    return table([*header, "p50 ms", "p90 ms", "times ours"], lines)


def categories_table(found: dict[str, dict[str, Any]]) -> str:
    """Exact rate, CER and p50 of each program by category."""
    names = list(found)
    header = ["category", "pictures"]
    header += [f"{what}, {name}" for what in ("exact", "CER", "p50 ms") for name in names]
    lines = []
    for group in found[OURS]["groups"]:
        each = [found[name]["groups"][group] for name in names]
        count = each[0]["pictures"] + each[0]["empty_pictures"]
        lines.append(
            [
                group.removeprefix("category "),
                str(count),
                *(_percent(figures["exact_rate"]) for figures in each),
                *(_percent(figures["cer"]) for figures in each),
                *(f"{figures['p50_ms']:.1f}" for figures in each),
            ]
        )
    return table(header, lines)


def sentences(found: dict[str, dict[str, Any]], peers: Sequence[Peer]) -> list[str]:
    """What each other program is, and how long it takes beside ours."""
    return [
        f"{peer.name} ({peer.how}) takes {found[peer.name]['times']['median']:.1f} times as long as "
        f"{OURS} on the same picture (median; quartiles {found[peer.name]['times']['low']:.1f} and "
        f"{found[peer.name]['times']['high']:.1f})."
        for peer in peers
        if peer.name in found
    ]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
