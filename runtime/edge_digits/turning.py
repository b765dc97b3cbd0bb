"""Turning strokes, pictures and boxes about a picture's middle."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.candidate import Candidate
from edge_digits.reading import Box


def turned_by(candidate: Candidate, degrees: int, size: tuple[int, int]) -> Candidate:
    """A stroke as it looks when the picture is turned.

    Args:
        candidate: The stroke.
        degrees: Clockwise.
        size: Width and height of the picture, in pixels.

    Returns:
        The stroke in the turned picture, see `turned_size`.
    """
    if degrees == 0:
        return candidate
    box, (width, height) = candidate.box, size
    if degrees % 90 == 0:
        ink = np.ascontiguousarray(np.rot90(candidate.ink, -degrees // 90))
        right, bottom = width - box.x - box.width, height - box.y - box.height
        place = {90: (bottom, box.x), 180: (right, bottom), 270: (box.y, right)}[degrees]
    else:
        ink, left, top = _askew(candidate.ink, degrees)
        x, y = box.center
        angle = math.radians(degrees)
        dx, dy = x - width / 2, y - height / 2
        wide, high = turned_size(size, degrees)
        middle = (
            wide / 2 + dx * math.cos(angle) - dy * math.sin(angle),
            high / 2 + dx * math.sin(angle) + dy * math.cos(angle),
        )
        place = round(middle[0] + left), round(middle[1] + top)
    turned = Box(*place, ink.shape[1], ink.shape[0])
    return Candidate(
        turned, ink, candidate.contrast, candidate.stroke, candidate.area, candidate.polarity, candidate.freed
    )


def turned_size(size: tuple[int, int], degrees: int) -> tuple[int, int]:
    """Width and height of a turned picture."""
    angle = math.radians(degrees)
    sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
    return round(size[0] * cosine + size[1] * sine), round(size[0] * sine + size[1] * cosine)


def turned_picture(gray: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """A whole picture turned as `turned_by` turns its strokes.

    Args:
        gray: Shape (h, w), uint8.
        degrees: Clockwise.

    Returns:
        Shape as `turned_size` tells, uint8; corners that were not in the picture repeat its edge.
    """
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(gray, -degrees // 90))
    size = (gray.shape[1], gray.shape[0])
    wide, high = turned_size(size, degrees)
    matrix = _rotation(size, (wide, high), degrees)
    return np.asarray(cv2.warpAffine(gray, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _rotation(size: tuple[int, int], turned: tuple[int, int], degrees: int) -> NDArray[np.float64]:
    """Turns a picture of some width and height around its middle."""
    width, height = size
    matrix = np.asarray(
        cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0), np.float64
    )
    matrix[:, 2] += np.subtract(turned, size) / 2
    return matrix


def _askew(ink: NDArray[np.uint8], degrees: int) -> tuple[NDArray[np.uint8], float, float]:
    """Turned ink, closely cut, and how far its left and top edge are from where its middle was."""
    height, width = ink.shape
    wide, high = (max(1, side) for side in turned_size((width, height), degrees))
    matrix = _rotation((width, height), (wide, high), degrees)
    turned = np.asarray(cv2.warpAffine(ink, matrix, (wide, high)), np.uint8)
    x, y, w, h = cv2.boundingRect((turned > 64).astype(np.uint8))
    if not (w and h):
        return turned, -wide / 2, -high / 2
    return turned[y : y + h, x : x + w], x - wide / 2, y - high / 2


def turned_back(box: Box, degrees: int, size: tuple[int, int]) -> Box:
    """Where a box of the turned picture lies in the picture itself.

    Args:
        box: In the picture turned by `degrees`.
        degrees: Clockwise.
        size: Width and height of the picture itself.

    Returns:
        An upright rectangle; for turns that are no quarter the one around the same middle.
    """
    wide, high = turned_size(size, degrees)
    right, bottom = wide - box.x - box.width, high - box.y - box.height
    if degrees == 90:
        return Box(box.y, right, box.height, box.width)
    if degrees == 180:
        return Box(right, bottom, box.width, box.height)
    if degrees == 270:
        return Box(bottom, box.x, box.height, box.width)
    if degrees == 0:
        return box
    angle = math.radians(degrees)
    x, y = box.center
    dx, dy = x - wide / 2, y - high / 2
    width, height = turned_size((box.width, box.height), degrees)
    middle = (
        size[0] / 2 + dx * math.cos(angle) + dy * math.sin(angle),
        size[1] / 2 - dx * math.sin(angle) + dy * math.cos(angle),
    )
    return Box(round(middle[0] - width / 2), round(middle[1] - height / 2), width, height)
