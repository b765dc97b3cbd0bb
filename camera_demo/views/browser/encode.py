"""Snapshots and readings as bytes for the network."""

from __future__ import annotations

import base64
import json
import struct
import threading
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from camera_demo.snapshot import Snapshot
from edge_digits.reading import Reading

MAX_WIDTH = 1280
"""Wider frames are sent smaller; boxes keep the coordinates of the original."""

_QUALITY = 82


def encode_jpeg(image: NDArray[np.uint8]) -> bytes:
    """A frame for the network.

    Args:
        image: BGR, uint8, shape (h, w, 3).

    Returns:
        JPEG, at most MAX_WIDTH wide.
    """
    height, width = image.shape[:2]
    if width > MAX_WIDTH:
        size = (MAX_WIDTH, max(1, round(height * MAX_WIDTH / width)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes() if done else b""


class JpegCache:
    """Encodes each frame once, however many watch, and none that nobody asks for.

    Args:
        annotated: Whether boxes and digits are drawn into the picture.
    """

    def __init__(self, *, annotated: bool) -> None:
        self._annotated = annotated
        self._lock = threading.Lock()
        self._sequence = -1
        self._data = b""

    def get(self, snapshot: Snapshot) -> bytes:
        """The snapshot's frame as JPEG, empty where it has none."""
        if snapshot.frame is None:
            return b""
        with self._lock:
            if self._sequence != snapshot.sequence:
                image = snapshot.frame.image
                if self._annotated and snapshot.reading is not None:
                    image = snapshot.reading.annotate(image)
                self._data = encode_jpeg(image)
                self._sequence = snapshot.sequence
            return self._data


class MessageCache:
    """What the camera page's socket sends of a snapshot, made once however many watch."""

    def __init__(self) -> None:
        self._jpegs = JpegCache(annotated=False)
        self._lock = threading.Lock()
        self._made: tuple[int, bytes, bytes] = (-1, b"", b"")

    def ready(self, snapshot: Snapshot) -> bool:
        """Whether get() has it at hand."""
        return self._made[0] == snapshot.sequence

    def get(self, snapshot: Snapshot) -> tuple[bytes, bytes]:
        """The snapshot as JSON in UTF-8, crops included, and its frame as JPEG, empty where it has none."""
        with self._lock:
            if not self.ready(snapshot):
                told = snapshot.to_dict()
                if snapshot.reading is not None:
                    told["reading"] = reading_with_crops(snapshot.reading)
                header = json.dumps(told, separators=(",", ":")).encode()
                self._made = (snapshot.sequence, header, self._jpegs.get(snapshot))
            return self._made[1:]


def frame_message(header: bytes, jpeg: bytes, news: Mapping[str, Any]) -> bytes:
    """One message of the camera page's socket.

    Args:
        header: The snapshot's JSON object, as MessageCache makes it.
        jpeg: Its frame; may be empty.
        news: What else changed since the page was told last, such as the history.

    Returns:
        The length of the JSON (4 bytes, big endian), the JSON in UTF-8, and the JPEG.
    """
    if news:
        header = header[:-1] + b"," + json.dumps(news, separators=(",", ":")).encode()[1:]
    return struct.pack(">I", len(header)) + header + jpeg


def reading_with_crops(reading: Reading) -> dict[str, Any]:
    """A reading's dictionary in which each digit also has its crop: 784 grey bytes in base64."""
    told = reading.to_dict()
    for line, digits in zip(told["lines"], reading.lines, strict=True):
        for entry, digit in zip(line, digits, strict=True):
            entry["crop"] = "" if digit.crop is None else crop_text(digit.crop)
    return told


def crop_text(crop: NDArray[np.uint8]) -> str:
    """A crop of shape (28, 28), uint8, as its grey bytes in base64."""
    return base64.b64encode(crop.tobytes()).decode()
