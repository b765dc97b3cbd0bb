"""Where a flat sheet appears to a camera."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Quad = NDArray[np.float64]


def view(
    sheet: tuple[int, int],
    picture: tuple[int, int],
    *,
    roll: float = 0.0,
    pitch: float = 0.0,
    yaw: float = 0.0,
    scale: float = 1.0,
    centre: tuple[float, float] = (0.5, 0.5),
) -> Matrix:
    """The homography from a sheet to the picture of a pinhole camera that looks at it.

    Args:
        sheet: (width, height) of the sheet in pixels.
        picture: (width, height) of the picture in pixels.
        roll: Turn in the picture's plane, degrees, positive clockwise.
        pitch: Tilt of the far edge away, degrees.
        yaw: Tilt of the right edge away, degrees.
        scale: Pixels of the picture for one of the sheet, at the sheet's middle.
        centre: Where the sheet's middle appears, in widths and heights of the picture.

    Returns:
        3x3 float64 matrix for cv2.perspectiveTransform, in pixels counted from the corner of the first.
    """
    angles = np.deg2rad([pitch, yaw, roll])
    rotation = np.eye(3)
    for axis in (2, 0, 1):
        vector = np.zeros(3)
        vector[axis] = angles[axis] * (1 if axis == 2 else -1)
        rotation = cv2.Rodrigues(vector)[0] @ rotation
    # About the lens of a webcam: 49 degrees across the diagonal.
    focal = 1.1 * float(np.hypot(*picture))
    to_middle = np.array([[1, 0, -sheet[0] / 2], [0, 1, -sheet[1] / 2], [0, 0, 1.0]])
    plane = np.column_stack([rotation[:, 0], rotation[:, 1], [0, 0, focal / scale]])
    lens = np.array([[focal, 0, picture[0] * centre[0]], [0, focal, picture[1] * centre[1]], [0, 0, 1.0]])
    matrix = lens @ plane @ to_middle
    return np.asarray(matrix / matrix[2, 2])


def pixel_centres(matrix: Matrix) -> Matrix:
    """The same homography for cv2.warpPerspective, which counts from the middle of the first pixel."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    return np.asarray(np.linalg.inv(half) @ matrix @ half)


def corners(size: tuple[int, int], matrix: Matrix) -> Quad:
    """The sheet's corners in the picture, (4, 2), clockwise from the top left."""
    w, h = size
    square = np.array([[[0, 0], [w, 0], [w, h], [0, h]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(square, matrix)[0])


def warp_box(ink: NDArray[np.uint8], corner: tuple[int, int], matrix: Matrix) -> tuple[int, int, int, int]:
    """The upright box around ink once the sheet is seen through a homography.

    Args:
        ink: (n, m) uint8, bright on 0.
        corner: (x, y) of its top left corner on the sheet.
        matrix: From `view`.

    Returns:
        (x, y, width, height) in whole pixels of the picture, holding every pixel with a quarter of the ink.
    """
    rows, columns = np.nonzero(ink >= 64)
    # All four corners of each pixel: a pixel has an extent.
    points = np.concatenate([np.stack([columns + dx, rows + dy], 1) for dx in (0, 1) for dy in (0, 1)])
    seen = cv2.perspectiveTransform((points + np.array(corner)).astype(np.float64)[None], matrix)[0]
    low, high = np.floor(seen.min(axis=0)), np.ceil(seen.max(axis=0))
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def seen_box(box: tuple[int, int, int, int], matrix: Matrix) -> tuple[int, int, int, int]:
    """The upright box around a box of the sheet once it is seen through a homography.

    Args:
        box: (x, y, width, height) on the sheet, pixels.
        matrix: From `view`.

    Returns:
        (x, y, width, height) in whole pixels of the picture, around all of it.
    """
    x, y, w, h = box
    square = np.array([[[x, y], [x + w, y], [x + w, y + h], [x, y + h]]], np.float64)
    seen = cv2.perspectiveTransform(square, matrix)[0]
    low, high = np.floor(seen.min(axis=0)), np.ceil(seen.max(axis=0))
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
