"""Digits as a hand writes them, for pointers that draw on the canvas."""

from __future__ import annotations

import math

from playwright.sync_api import Page

Point = tuple[float, float]
Stroke = list[Point]


def arc(center: Point, radii: Point, begin: float, end: float) -> Stroke:
    """A piece of an ellipse; angles in degrees, clockwise from the right."""
    steps = max(4, int(abs(end - begin) / 18))
    angles = [math.radians(begin + (end - begin) * i / steps) for i in range(steps + 1)]
    (x, y), (rx, ry) = center, radii
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


# In a box 100 wide and 160 high.
STROKES: dict[str, list[Stroke]] = {
    "0": [arc((50, 80), (38, 68), -80, 280)],
    "1": [[(50, 10), (49, 80), (47, 150)]],
    "2": [[*arc((50, 48), (36, 36), -165, 30), (60, 92), (14, 146), (92, 146)]],
    "3": [arc((45, 44), (34, 32), -150, 80) + arc((45, 112), (40, 36), -80, 150)],
    "4": [[(52, 10), (14, 100), (92, 100)], [(70, 60), (68, 152)]],
    "5": [[(84, 14), (28, 14), (22, 70), *arc((46, 106), (40, 42), -110, 140)]],
    "6": [[(70, 12), (36, 52), (18, 100), *arc((50, 112), (32, 36), 190, -160)]],
    "7": [[(12, 18), (88, 16), (44, 150)]],
    "8": [arc((50, 46), (28, 34), 90, -270) + arc((50, 114), (34, 36), -90, 270)],
    "9": [[*arc((50, 48), (30, 34), -20, -380), (80, 60), (74, 110), (64, 152)]],
}


def draw(page: Page, text: str, *, left: float, top: float, height: float, gap: float = 1.3) -> None:
    """Writes digits side by side, place and size as parts of the paper."""
    paper = page.locator("#ink").bounding_box()
    scale = height * paper["height"] / 160
    for place, label in enumerate(text):
        x = paper["x"] + left * paper["width"] + place * 100 * scale * gap
        y = paper["y"] + top * paper["height"]
        for stroke in STROKES[label]:
            points = [(x + px * scale, y + py * scale) for px, py in stroke]
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point)
            page.mouse.up()
