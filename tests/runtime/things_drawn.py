"""Pictures full of things, and sheets that are held up before them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes import draw_digit

_SIZE = (720, 960)
_LEAST, _MOST = 0.03, 0.35
"""How large things are, in heights of the picture."""


def many_things(seed: int, count: int = 260) -> NDArray[np.uint8]:
    """Shaded patches over one another, as in a room, shape (h, w), uint8."""
    rng = np.random.default_rng(seed)
    height, width = _SIZE
    room = np.full(_SIZE, rng.uniform(60, 180), np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for share in np.sort(np.exp(rng.uniform(np.log(_LEAST), np.log(_MOST), count)))[::-1]:
        mask = np.zeros(_SIZE, np.uint8)
        place = float(rng.uniform(0, width)), float(rng.uniform(0, height))
        sides = share * height * float(rng.uniform(0.3, 1)), float(share * height)
        turned = place, sides, float(rng.uniform(0, 180))
        if rng.random() < 0.5:
            cv2.ellipse(mask, turned, 255, -1, cv2.LINE_AA)
        else:
            cv2.fillConvexPoly(mask, cv2.boxPoints(turned).astype(np.int32), 255, cv2.LINE_AA)
        across, down = rng.normal(0, 0.2, 2)
        tone = rng.uniform(20, 230) + across * (x - place[0]) + down * (y - place[1])
        room += (tone - room) * (mask / np.float32(255))
    room = cv2.GaussianBlur(room, (0, 0), 1.0) + rng.normal(0, 2, _SIZE)
    return np.asarray(np.clip(room, 0, 255), np.uint8)


def held_before(
    room: NDArray[np.uint8], sheet: NDArray[np.uint8], place: tuple[float, float], turn: float = 0.0
) -> NDArray[np.uint8]:
    """A sheet, shape (h, w), turned by some degrees, whose middle is held at so many widths and heights."""
    height, width = sheet.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    move[:, 2] += place[0] * room.shape[1] - width / 2, place[1] * room.shape[0] - height / 2
    size = room.shape[1], room.shape[0]
    seen = cv2.warpAffine(sheet, move, size, flags=cv2.INTER_LINEAR).astype(np.float32)
    cover = cv2.warpAffine(np.full((height, width), 255, np.uint8), move, size).astype(np.float32) / 255
    return np.asarray(seen * cover + room * (1 - cover), np.uint8)


def chalked_on(
    picture: NDArray[np.float32],
    text: str,
    rng: np.random.Generator,
    *,
    place: tuple[int, int],
    height: int,
    thickness: int,
    tone: float,
) -> NDArray[np.uint8]:
    """Digits in a row by soft chalk, from some pixel on, on a picture of shape (h, w)."""
    strokes = np.zeros(picture.shape, np.uint8)
    x, y = place
    for label in text:
        digit = draw_digit(label, rng, height=height, thickness=thickness)
        strokes[y : y + digit.shape[0], x : x + digit.shape[1]] = digit
        x += digit.shape[1] + 40
    share = cv2.GaussianBlur(strokes, (0, 0), 1.5).astype(np.float32) / 255
    return np.clip(picture + (tone - picture) * share, 0, 255).astype(np.uint8)
