"""A camera or clip behind a network address."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import cv2

from camera_demo.addresses import ENCODE_REMEDY, without_password
from camera_demo.errors import SourceLostError
from camera_demo.sources.base import Frame
from camera_demo.sources.capture import CaptureSource, open_capture, probe_frame
from edge_digits.errors import SourceError

SCHEMES = ("http", "https", "rtsp", "rtmp", "tcp", "udp")
"""Kinds of addresses that FFmpeg reads."""

_OPEN_TIMEOUT_MS = 8000
_READ_TIMEOUT_MS = 5000


class StreamSource(CaptureSource):
    """An address such as rtsp://camera.local/stream or http://camera.local/video.mjpg.

    Args:
        url: The address; a user name and password in it are used but never shown.

    Raises:
        SourceError: The address has no host or is of a kind that is not read.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        try:
            parts = urlsplit(url)
            host = parts.hostname
            port = f":{parts.port}" if parts.port else ""
        except ValueError:  # its text may quote the password
            raise SourceError(
                f"{without_password(url)} is not an address: its host or port cannot be understood",
                f"Wanted is scheme://host[:port]/path, the port at most 65535; {ENCODE_REMEDY}",
            ) from None
        if parts.scheme.lower() not in SCHEMES or not host:
            raise SourceError(
                f"{without_password(url)} is not an address that can be read",
                f"Wanted is scheme://host[:port]/path with one of {', '.join(SCHEMES)}",
            )
        self._url = url
        self.name = f"{parts.scheme}://{host}{port}{parts.path}"
        if "@" in parts.path + parts.query + parts.fragment:
            # What is taken for host and path may be the beginning of a password.
            self.name = re.sub(r"[?#].*", "", without_password(url), flags=re.DOTALL)
        self._interval = 0.0
        self._due = 0.0

    def open(self) -> None:
        """Connects and waits for a frame.

        Raises:
            SourceError: Nobody answers, or what comes is no video.
        """
        self.close()
        timeouts = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            _OPEN_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            _READ_TIMEOUT_MS,
        ]
        capture = open_capture(self._url, cv2.CAP_FFMPEG, timeouts)
        if capture is None:
            raise SourceError(
                f"{self.name} does not open",
                "Check the address, that the device is on, and user name and password if it wants them",
            )
        if probe_frame(capture) is None:
            capture.release()
            raise SourceError(f"{self.name} answers but yields no frame", "Is it a video? Try it in a player")
        self._capture = capture
        rate = capture.get(cv2.CAP_PROP_FPS)
        # Only a recording knows how many frames it has; it comes as fast as the network and wants pacing.
        recording = capture.get(cv2.CAP_PROP_FRAME_COUNT) > 1 and 1 <= rate <= 240
        self._interval = 1 / rate if recording else 0.0
        self._due = time.monotonic()

    def read(self) -> Frame | None:
        """The next frame; None at the end of a recording.

        Raises:
            SourceLostError: The connection broke or nothing came in time.
        """
        frame = self._grab()
        if self._interval:
            if frame is None or not self._pause(self._due - time.monotonic()):
                return None
            self._due = max(self._due, time.monotonic() - 0.5) + self._interval
            return Frame(frame.image)
        if frame is None:
            raise SourceLostError(
                f"{self.name} stopped yielding frames", "Reading goes on when it answers again"
            )
        return frame
