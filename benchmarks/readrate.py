"""Reads labelled pictures and counts what went right."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.labels import LabelledPicture
from benchmarks.scoring import (
    Errors,
    character_error_rate,
    errors_of,
    only_digits,
    reads_core,
    sure_digits,
)
from edge_digits.errors import ImageError
from edge_digits.reading import Reading


class Reader(Protocol):
    """What is measured: edge_digits.DigitReader or anything that reads like it."""

    def read(self, image: Path) -> Reading:
        """Reads one picture."""
        ...


@dataclass(frozen=True)
class Scored:
    """What became of one picture, whoever read it."""

    picture: LabelledPicture
    """The picture and its label."""
    milliseconds: float
    """Wall time, decoding included."""
    text: str
    """The sure digits, lines joined by "/"."""
    answered: bool = True
    """False where the file is no readable picture."""
    unsure: int = 0
    """How many more digits were seen."""

    @property
    def errors(self) -> Errors:
        """Against all digits of the picture."""
        return errors_of(self.picture.text, self.text, ordered=self.picture.ordered)

    @property
    def exact(self) -> bool:
        """Whether the picture was read, and without an error."""
        return self.answered and self.errors.distance == 0

    @property
    def core(self) -> bool:
        """Whether it was read without an error in what matters."""
        picture = self.picture
        return self.answered and reads_core(picture.core, picture.text, self.text, ordered=picture.ordered)


@dataclass(frozen=True)
class Outcome(Scored):
    """What the reader made of one picture."""

    reading: Reading | None = None
    """What was read; None where the file is no readable picture."""
    problem: str = ""
    """Why there is no reading."""

    @classmethod
    def of(cls, picture: LabelledPicture, reading: Reading, milliseconds: float) -> Outcome:
        """Of a picture that was read."""
        return cls(picture, milliseconds, sure_digits(reading), unsure=len(reading.unsure), reading=reading)

    @property
    def shown(self) -> str:
        """The text with "?" for each unsure digit."""
        return "" if self.reading is None else "/".join(self.reading.text.split("\n"))

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {
            "file": self.picture.path.name,
            "kind": self.picture.kind,
            "category": self.picture.category,
            "layout": self.picture.layout,
            "truth": self.picture.text,
            "reading": None if self.reading is None else self.text,
            "shown": self.shown,
            "exact": self.exact,
            "core": self.core,
            "wrong": self.errors.wrong,
            "missed": self.errors.missed,
            "false": self.errors.false,
            "unsure": self.unsure,
            "milliseconds": round(self.milliseconds, 3),
            "stages": {} if self.reading is None else self.reading.timing.to_dict(),
            **({"problem": self.problem} if self.problem else {}),
        }


def read_all(
    reader: Reader, pictures: Iterable[LabelledPicture], *, settle: bool = False
) -> Iterable[Outcome]:
    """Reads the pictures one after another; the first is read once before, untimed.

    Args:
        reader: What reads.
        pictures: What to read.
        settle: Read every picture once before: for where other programs run in between and leave
            the caches full of their own.

    Yields:
        One outcome a picture, in order. A file that is no picture is an
        outcome without a reading, not an error.
    """
    warm = False
    for picture in pictures:
        begin = time.perf_counter_ns()
        try:
            if settle or not warm:
                reader.read(picture.path)
                warm = True
                begin = time.perf_counter_ns()
            reading = reader.read(picture.path)
        except ImageError as error:
            yield Outcome(picture, 0.0, "", answered=False, problem=error.problem)
            continue
        yield Outcome.of(picture, reading, (time.perf_counter_ns() - begin) / 1e6)


def summarize(outcomes: Sequence[Scored]) -> dict[str, Any]:
    """The figures of a set of pictures.

    Pictures of kind none have no true digits, so they count in
    `false_pictures` and in nothing else but the time.

    Args:
        outcomes: Of the set, at least one.

    Returns:
        pictures, exact and core (counts, of pictures with digits), exact_rate
        and cer (fractions, None without such pictures), digits, wrong, missed,
        false, unsure (counts of digits), empty_pictures, false_pictures
        (counts), unreadable (count), p50_ms and p90_ms (None without a reading).
    """
    written = [outcome for outcome in outcomes if outcome.picture.kind != "none"]
    empty = [outcome for outcome in outcomes if outcome.picture.kind == "none"]
    times = [outcome.milliseconds for outcome in outcomes if outcome.answered]
    digits = sum(len(only_digits(outcome.picture.text)) for outcome in written)
    errors = [outcome.errors for outcome in written]
    total = sum(errors, Errors())
    exact = sum(outcome.exact for outcome in written)
    return {
        "pictures": len(written),
        "exact": exact,
        "exact_rate": exact / len(written) if written else None,
        "core": sum(outcome.core for outcome in written),
        "cer": character_error_rate(errors, digits),
        "digits": digits,
        "wrong": total.wrong,
        "missed": total.missed,
        "false": total.false,
        "unsure": sum(outcome.unsure for outcome in outcomes),
        "empty_pictures": len(empty),
        "false_pictures": sum(bool(outcome.text) for outcome in empty),
        "unreadable": sum(not outcome.answered for outcome in outcomes),
        "p50_ms": round(float(np.percentile(times, 50)), 3) if times else None,
        "p90_ms": round(float(np.percentile(times, 90)), 3) if times else None,
    }


def by_group(outcomes: Sequence[Scored]) -> dict[str, dict[str, Any]]:
    """Figures for all pictures, and for each kind, category and layout that occurs.

    Args:
        outcomes: Of all pictures, at least one.

    Returns:
        "all", "kind single", "category photo", ... with `summarize`'s figures.
    """
    groups = {"all": list(outcomes)}
    for field in ("kind", "category", "layout"):
        for value in sorted({str(getattr(outcome.picture, field)) for outcome in outcomes}):
            members = [outcome for outcome in outcomes if getattr(outcome.picture, field) == value]
            groups[f"{field} {value}"] = members
    return {name: summarize(members) for name, members in groups.items()}
