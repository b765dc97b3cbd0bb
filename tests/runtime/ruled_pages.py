"""Pages with printed lines that ink is written over, as a camera sees them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes import draw_digit

PAPER = 240.0


def sheet(lines: list[str], *, seed: int = 0, ink: float = 0.5, height: int = 44) -> NDArray[np.float32]:
    """Digits by a thin pen on white, shape (600, 900); ink leaves so large a share of the light."""
    rng = np.random.default_rng(seed)
    page = np.full((600, 900), PAPER, np.float32)
    for k, line in enumerate(lines):
        x = 120
        for label in line:
            digit = draw_digit(label, rng, height=height, thickness=3)
            top = 103 + 100 * k
            window = page[top : top + digit.shape[0], x : x + digit.shape[1]]
            window *= 1 - (1 - ink) * digit.astype(np.float32) / 255
            x += digit.shape[1] + 20
    return page


def print_lines(
    page: NDArray[np.float32], *, pitch: int, shade: float = 0.7, down: bool = False, width: int = 3
) -> None:
    """Rules a page from side to side, in place: what is printed leaves so large a share of the light."""
    length = page.shape[1 if down else 0]
    for at in range(pitch, length - 8, pitch):
        if down:
            page[:, at : at + width] *= shade
        else:
            page[at : at + width] *= shade


def seen(page: NDArray[np.float32], *, turn: float = 0.0, yaw: float = 0.0) -> NDArray[np.uint8]:
    """The page in the camera's picture: turned clockwise, degrees, and its right side so much shorter."""
    height, width = page.shape
    inset = yaw * height / 2
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    aside = np.array([(0, 0), (width, inset), (width, height - inset), (0, height)], np.float32)
    turned = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), -turn, 1.0), (0, 0, 1)])
    matrix = turned @ cv2.getPerspectiveTransform(whole, aside)
    picture = cv2.warpPerspective(page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    noise = np.random.default_rng(9).normal(0, 2, picture.shape)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8) + noise, 0, 255).astype(np.uint8)
