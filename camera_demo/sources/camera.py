"""A camera that OpenCV reads: USB webcams everywhere, on Linux through V4L2."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2

from camera_demo.errors import SourceLostError
from camera_demo.sources.base import Frame
from camera_demo.sources.capture import CaptureSource, open_capture, probe_frame
from camera_demo.sources.video4linux import stable_name, users_of
from edge_digits.cli.cameras import ask
from edge_digits.errors import SourceError
from edge_digits.paths import exists

LIST_REMEDY = "See which cameras there are: python -m camera_demo --list"
LIBCAMERA_REMEDY = (
    "A Raspberry Pi camera is read with --source picamera (sudo apt install python3-picamera2, "
    "and a virtual environment made with --system-site-packages)"
)
_FAILURES_ALLOWED = 3


class CameraSource(CaptureSource):
    """A camera by its number or device path.

    Args:
        device: A number, such as 0 for /dev/video0, or a path such as
            /dev/video2 or a link below /dev/v4l/by-id.
    """

    def __init__(self, device: int | str) -> None:
        super().__init__()
        self._target: int | str = device
        if sys.platform == "linux" and isinstance(device, int):
            self._target = f"/dev/video{device}"
        self.name = f"camera {self._target}"
        self._stable: Path | None = None

    def open(self) -> None:
        """Opens the device and waits for a real frame.

        Raises:
            SourceError: No such device, no permission, in use, or it yields no frame.
        """
        self.close()
        target = self._target
        if isinstance(target, str):
            target = str(self._check_device(Path(target)))
        capture = open_capture(target, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)
        if capture is None:
            raise self._refusal("does not open")
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if probe_frame(capture) is None:
            capture.release()
            raise self._refusal("opens but yields no frame")
        self._capture = capture

    def read(self) -> Frame | None:
        """The next frame as the camera takes it.

        Raises:
            SourceLostError: It was unplugged or stopped.
        """
        for _ in range(_FAILURES_ALLOWED):
            frame = self._grab()
            if frame is not None:
                return frame
            if isinstance(self._target, str) and not exists(self._target):
                break
        raise SourceLostError(
            f"{self.name} stopped yielding frames", "Plug it in again; reading then goes on"
        )

    def _check_device(self, path: Path) -> Path:
        """The path to open; a stable name leads to a camera that came back under a new number."""
        if self._stable is not None and exists(self._stable):
            path = self._stable
        if not exists(path):
            raise SourceError(f"No camera at {path}", LIST_REMEDY)
        device = ask(path)
        if device.name and device.name not in self.name:
            self.name = f"camera {self._target} ({device.name})"
        if device.denied:
            raise SourceError(
                f"No permission to use {path}",
                'Join the group that may: sudo usermod -aG video "$USER", then log in again',
            )
        if device.is_pi_camera:
            raise SourceError(f"{self.name} is a sensor that OpenCV cannot read", LIBCAMERA_REMEDY)
        if not device.captures:
            raise SourceError(f"{self.name} is no camera but another device", LIST_REMEDY)
        self._stable = self._stable or stable_name(path)
        return path.resolve()

    def _refusal(self, what: str) -> SourceError:
        users = users_of(Path(self._target)) if isinstance(self._target, str) else []
        if users:
            return SourceError(
                f"{self.name} is in use by {', '.join(users)}", "Close that program and try again"
            )
        return SourceError(
            f"{self.name} {what}",
            "Close other programs that use it, try another cable or port, or another camera: "
            "python -m camera_demo --list",
        )
