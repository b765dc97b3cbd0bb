"""Sheets that lie on a floor, turned and seen from aside, and where their corners are."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = (1280, 960)


class OnFloor(NamedTuple):
    """A picture of a sheet on a floor."""

    image: NDArray[np.uint8]
    corners: NDArray[np.float32]
    """Shape (4, 2), clockwise from the sheet's own upper left one."""


def on_floor(
    sheet: NDArray[np.uint8],
    degrees: float,
    *,
    tilt: float = 0.0,
    share: float = 0.6,
    shade: int = 105,
    seed: int = 0,
    size: tuple[int, int] = SIZE,
) -> OnFloor:
    """Lays a sheet, BGR, on a grained floor.

    Args:
        sheet: What lies there.
        degrees: Clockwise.
        tilt: How much larger the near side looks than the far one.
        share: Of the picture's width that the sheet is wide.
        shade: Grey level of the floor.
        seed: Of its grain.
        size: Width and height of the picture.
    """
    width, height = size
    rng = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 9, sigmaY=1.2)
    floor = np.repeat((shade + 5 * grain / grain.std())[:, :, None], 3, axis=2)
    rows, columns = sheet.shape[:2]
    flat = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    angle, scale = np.radians(degrees), share * width / columns
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    places = scale * (flat - [columns / 2, rows / 2]) @ turn
    places = places / (1 - tilt * places[:, 1:] / height) + [width / 2, height / 2]
    corners = np.asarray(places, np.float32)
    onto = cv2.getPerspectiveTransform(flat, corners)
    laid = cv2.warpPerspective(sheet.astype(np.float32), onto, size, flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.ones((rows, columns), np.float32), onto, size)[:, :, None]
    seen = cv2.GaussianBlur(floor * (1 - cover) + laid * cover, (0, 0), 0.7)
    return OnFloor(np.clip(seen, 0, 255).astype(np.uint8), corners)
