"""Which cameras Linux shows, asked without starting one."""

from __future__ import annotations

import errno
import importlib.util
import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_QUERY_CAPABILITIES: Final = 0x80685600
"""VIDIOC_QUERYCAP, linux/videodev2.h."""
_VIDEO_CAPTURE: Final = 0x1
_VIDEO_CAPTURE_MPLANE: Final = 0x1000
_HAS_DEVICE_CAPABILITIES: Final = 0x80000000
_CAPABILITY: Final = struct.Struct("=16s32s32sIII12x")
_PI_CAMERAS: Final = ("unicam", "bcm2835-unicam", "rp1-cfe")
"""Drivers of a Raspberry Pi's camera port: raw frames, which only libcamera turns into pictures."""
_PI_HELPERS: Final = ("bcm2835-codec", "bcm2835-isp", "pispbe", "rpi-hevc-dec", "rpivid")
_APT_PICAMERA2: Final = Path("/usr/lib/python3/dist-packages/picamera2")


@dataclass(frozen=True)
class Camera:
    """One /dev/video node."""

    device: str
    """Such as "/dev/video0"."""
    name: str
    """The card's own name; empty where it cannot be asked."""
    driver: str
    """Such as "uvcvideo"."""
    problem: str = ""
    """Why it cannot be asked; empty if it can."""
    captures: bool = True
    """Whether it yields pictures, or cannot be asked; metadata nodes, codecs and the like do not."""
    denied: bool = False
    """Whether the problem is that this user may not open it."""

    @property
    def is_pi_camera(self) -> bool:
        """Whether it hangs on a Raspberry Pi's camera port and so needs picamera2."""
        return self.driver.startswith(_PI_CAMERAS)


def find_cameras(folder: Path = Path("/dev")) -> list[Camera]:
    """Asks every video node for its name, in the order of their numbers; what does not capture is left out.

    Args:
        folder: Where the nodes are; where there are none, or on another system, none are found.
    """
    nodes = [node for node in folder.glob("video*") if re.fullmatch(r"video\d+", node.name)]
    nodes.sort(key=lambda node: int(node.name.removeprefix("video")))
    return [camera for camera in map(ask, nodes) if camera.captures]


def ask(node: Path) -> Camera:
    """Asks a node's driver what it is.

    Args:
        node: Such as /dev/video0, or a link to it.
    """
    try:
        import fcntl  # noqa: PLC0415  (not on Windows, which has no such nodes either)

        descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK)
        try:
            answer = fcntl.ioctl(descriptor, _QUERY_CAPABILITIES, bytes(_CAPABILITY.size))
        finally:
            os.close(descriptor)
    except ImportError:
        return Camera(str(node), "", "")
    except OSError as error:
        return Camera(
            str(node),
            "",
            "",
            error.strerror or str(error),
            captures=error.errno not in (errno.ENOTTY, errno.EINVAL),  # no video device at all
            denied=error.errno in (errno.EACCES, errno.EPERM),
        )
    return describe(str(node), answer)


def describe(device: str, answer: bytes) -> Camera:
    """A node from the kernel's struct v4l2_capability."""
    driver, card, _, _, capabilities, of_device = _CAPABILITY.unpack(answer)
    # The first sums up all nodes of a device, the second is this node's own.
    own = of_device if capabilities & _HAS_DEVICE_CAPABILITIES else capabilities
    name = _text(driver)
    captures = bool(own & (_VIDEO_CAPTURE | _VIDEO_CAPTURE_MPLANE)) and not name.startswith(_PI_HELPERS)
    return Camera(device, _text(card), name, captures=captures)


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def picamera2_state() -> tuple[bool, str]:
    """Whether picamera2 can be imported, and if not the command that mends it."""
    if importlib.util.find_spec("picamera2") is not None:
        return True, ""
    if _APT_PICAMERA2.is_dir():
        return (
            False,
            "python3 -m venv --system-site-packages .venv  (this environment does not see apt's picamera2)",
        )
    return False, "sudo apt install -y python3-picamera2"
