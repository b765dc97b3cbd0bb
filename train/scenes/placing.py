"""Where digits and other writing stand on a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from train.scenes.hand import Hand
from train.scenes.marks import DOODLES, LETTERS, OPERATORS
from train.scenes.options import SceneOptions
from train.scenes.strokes import draw_digit, draw_strokes

Area = tuple[int, int, int, int]
"""x, y, width, height on the sheet."""
Plan = list[tuple[str, NDArray[np.uint8] | tuple[str, ...], float]]
"""A line: (kind, ink or strokes, how far to go on to the right)."""
_SMALLEST: Final = 8.0
"""Height of digits in pixels from which on they are not made smaller to fit."""


@dataclass(frozen=True)
class Item:
    """Ink with its place on a sheet."""

    ink: NDArray[np.uint8]
    """(h, w) uint8, bright on 0."""
    x: int
    """Left edge on the sheet."""
    y: int
    """Top edge on the sheet."""
    label: str = ""
    """The digit, "" for anything else."""
    line: int = 0
    """Which line of the text it belongs to."""


@dataclass(frozen=True)
class Writing:
    """All that is written on a sheet."""

    items: tuple[Item, ...]
    """Digits in reading order, other marks among and after them."""
    height: float
    """Height of the digits in pixels."""
    pitch: float
    """Distance of ruled lines that suits them, pixels."""
    origin: tuple[float, float]
    """A point the ruled lines and the grid pass through."""


class Writer:
    """Writes digits and marks with one hand and one pen's width."""

    def __init__(self, options: SceneOptions, rng: np.random.Generator, hand: Hand, width: float) -> None:
        self.options, self.rng, self.hand, self.width = options, rng, hand, width

    def thickness(self, height: float) -> float:
        """Width of the pen in pixels where digits have this height."""
        return float(np.clip(self.width * height * self.rng.uniform(0.92, 1.08), 1.2, height / 4))

    def digit(self, label: str, height: float) -> NDArray[np.uint8]:
        """One digit, from the caller's source or from our strokes."""
        pixels = max(8, round(height * float(self.rng.uniform(0.93, 1.07))))
        if self.options.source is not None:
            return self.options.source(label, self.rng, pixels, self.thickness(pixels))
        return draw_digit(label, self.rng, height=pixels, thickness=self.thickness(pixels), hand=self.hand)

    def mark(self, strokes: Sequence[str], height: float, x: float, y: float) -> Item:
        """A mark whose line of writing begins at (x, y)."""
        ink, (dx, dy) = draw_strokes(
            strokes, self.rng, em=height, thickness=self.thickness(height), hand=self.hand
        )
        return Item(ink, round(x) + dx, round(y) + dy)


def draw_text(options: SceneOptions, rng: np.random.Generator) -> list[str]:
    """The lines of digits a page is to hold."""
    if options.text is not None:
        return [line for line in options.text.split("\n") if line]
    count = int(rng.integers(options.digits[0], options.digits[1] + 1))
    if count == 0:
        return []
    digits = [str(rng.integers(10)) for _ in range(count)]
    if options.layout != "lines":
        return digits
    rows = int(np.clip(rng.integers(options.lines[0], options.lines[1] + 1), 1, count))
    base, more = divmod(count, rows)
    ends = np.cumsum([base + (i < more) for i in range(rows)])
    return ["".join(digits[end - base - (i < more) : end]) for i, end in enumerate(ends)]


def write_lines(writer: Writer, lines: Sequence[str], area: Area) -> Writing:
    """Lines of digits from left to right, as large as asked for or as fits."""
    rng, options = writer.rng, writer.options
    x0, y0, width, room = area
    height = float(rng.uniform(*options.digit_height))
    leading = float(rng.uniform(1.45, 2.0)) if len(lines) > 1 else 1.6
    height = min(height, room / (leading * max(len(lines), 1)))
    plans, widest = _plan_lines(writer, lines, height)
    # Planned anew a line may have more operators than before.
    while widest > width and height > _SMALLEST:
        height *= 0.97 * width / widest
        plans, widest = _plan_lines(writer, lines, height)
    pitch = height * leading
    left = x0 + float(rng.uniform(0, 1)) * max(0.0, width - widest)
    top = y0 + float(rng.uniform(0.15, 0.85)) * max(0.0, room - pitch * len(lines))
    items: list[Item] = []
    for number, plan in enumerate(plans):
        x = left + float(rng.uniform(0, 0.25)) * height * (widest < width - height)
        base = top + pitch * number + (pitch + height) / 2
        climb = float(rng.normal(0, 0.012))
        for kind, what, step in plan:
            foot = base - climb * (x - left) + float(rng.normal(0, 0.025)) * height
            if kind == "digit":
                ink = what if isinstance(what, np.ndarray) else np.zeros((1, 1), np.uint8)
                label = lines[number][sum(1 for i in items if i.label and i.line == number)]
                items.append(Item(ink, round(x), round(foot - ink.shape[0]), label, number))
            elif isinstance(what, tuple):
                items.append(writer.mark(what, height, x, foot - height))
            x += step
    return Writing(tuple(items), height, pitch, (left, top + (pitch + height) / 2 + 0.04 * height))


def _plan_lines(writer: Writer, lines: Sequence[str], height: float) -> tuple[list[Plan], float]:
    """What is written in all lines, and how wide the widest is in pixels."""
    plans = [_plan_line(writer, line, height) for line in lines]
    return plans, max((sum(width for *_, width in plan) for plan in plans), default=0.0)


def _plan_line(writer: Writer, line: str, height: float) -> Plan:
    """What is written in one line."""
    rng, options = writer.rng, writer.options
    plan: Plan = []
    names = list(OPERATORS)
    for i, label in enumerate(line):
        ink = writer.digit(label, height)
        gap = float(rng.uniform(*options.spacing)) * height
        plan.append(("digit", ink, ink.shape[1] + gap))
        if "operators" in options.clutter and i + 1 < len(line) and rng.random() < 0.4:
            strokes = OPERATORS[names[int(rng.integers(5))]]
            plan.append(("mark", strokes, 0.62 * height * writer.hand.aspect + gap))
    return plan


def write_scattered(writer: Writer, labels: Sequence[str], area: Area) -> Writing:
    """Digits anywhere, clear of each other; read from top to bottom, each its own line."""
    rng, options = writer.rng, writer.options
    x0, y0, width, room = area
    fit = 0.5 * float(np.sqrt(width * room / max(len(labels), 1)))
    taken: list[Area] = []
    found: list[tuple[NDArray[np.uint8], int, int, str]] = []
    for label in labels:
        height = min(float(rng.uniform(*options.digit_height)), fit)
        spot = None
        while spot is None:
            ink = writer.digit(label, height)
            gap = round(0.25 * height)
            spot = find_room(rng, (ink.shape[1] + 2 * gap, ink.shape[0] + 2 * gap), area, taken)
            height *= 0.9
        taken.append((*spot, ink.shape[1] + 2 * gap, ink.shape[0] + 2 * gap))
        found.append((ink, spot[0] + gap, spot[1] + gap, label))
    found.sort(key=lambda one: (one[2], one[1]))
    items = tuple(Item(ink, x, y, label, line) for line, (ink, x, y, label) in enumerate(found))
    typical = (
        float(np.median([item.ink.shape[0] for item in items]))
        if items
        else float(np.mean(options.digit_height))
    )
    return Writing(items, typical, typical * 1.6, (x0 + width / 2, y0 + room / 2))


def write_single(writer: Writer, label: str, area: Area) -> Writing:
    """One digit near the middle."""
    rng = writer.rng
    x0, y0, width, room = area
    height = min(float(rng.uniform(*writer.options.digit_height)), 0.9 * room)
    ink = writer.digit(label, height)
    x = x0 + max(0.0, width - ink.shape[1]) * float(rng.uniform(0.35, 0.65))
    y = y0 + max(0.0, room - ink.shape[0]) * float(rng.uniform(0.35, 0.65))
    items = (Item(ink, round(x), round(y), label),)
    return Writing(items, height, height * float(rng.uniform(0.5, 1.3)), (x, y + ink.shape[0]))


def write_junk(writer: Writer, writing: Writing, area: Area) -> list[Item]:
    """Letters, operators and doodles in the room that the digits leave."""
    rng, clutter = writer.rng, writer.options.clutter
    taken = [(i.x, i.y, i.ink.shape[1], i.ink.shape[0]) for i in writing.items]
    items: list[Item] = []

    def settle(group: list[Item]) -> None:
        left, top = min(i.x for i in group), min(i.y for i in group)
        right = max(i.x + i.ink.shape[1] for i in group)
        bottom = max(i.y + i.ink.shape[0] for i in group)
        gap = round(0.35 * writing.height)
        spot = find_room(rng, (right - left + 2 * gap, bottom - top + 2 * gap), area, taken)
        if spot is not None:
            taken.append((*spot, right - left + 2 * gap, bottom - top + 2 * gap))
            items.extend(Item(i.ink, i.x - left + spot[0] + gap, i.y - top + spot[1] + gap) for i in group)

    if "letters" in clutter:
        for _ in range(int(rng.integers(2, 5))):
            settle(_word(writer, writing.height * float(rng.uniform(0.6, 0.95))))
    if "operators" in clutter and not writing.items:
        for name in rng.choice(list(OPERATORS), int(rng.integers(2, 6)), replace=False):
            settle([writer.mark(OPERATORS[str(name)], writing.height, 0, 0)])
    if "doodles" in clutter:
        for name in rng.choice(list(DOODLES), int(rng.integers(2, 5)), replace=False):
            settle([writer.mark(DOODLES[str(name)], writing.height * float(rng.uniform(0.8, 1.8)), 0, 0)])
    return items


def _word(writer: Writer, height: float) -> list[Item]:
    """A word of two to six letters: capitals throughout, or small ones after the first."""
    rng = writer.rng
    pool = {upper: [name for name in LETTERS if name.isupper() == upper] for upper in (True, False)}
    shout = bool(rng.random() < 0.35)
    group: list[Item] = []
    x = 0.0
    for i in range(int(rng.integers(2, 7))):
        names = pool[shout or i == 0]
        name = names[int(rng.integers(len(names)))]
        item = writer.mark(LETTERS[name], height, x, float(rng.normal(0, 0.02)) * height)
        group.append(item)
        x = item.x + item.ink.shape[1] + height * float(rng.uniform(0.02, 0.14))
    return group


def find_room(
    rng: np.random.Generator, size: tuple[int, int], area: Area, taken: Sequence[Area]
) -> tuple[int, int] | None:
    """A free place of (width, height) within the area, or None after 80 tries."""
    x0, y0, width, height = area
    if size[0] > width or size[1] > height:
        return None
    for _ in range(80):
        x = x0 + int(rng.integers(width - size[0] + 1))
        y = y0 + int(rng.integers(height - size[1] + 1))
        if all(x + size[0] <= a or a + c <= x or y + size[1] <= b or b + d <= y for a, b, c, d in taken):
            return x, y
    return None
