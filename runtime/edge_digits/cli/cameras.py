"""Which cameras Linux shows, asked without starting one."""

from __future__ import annotations

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
_PI_CAMERAS: Final = ("unicam", "rp1-cfe")
_PI_HELPERS: Final = ("bcm2835-codec", "bcm2835-isp", "pispbe", "rpi-hevc-dec", "rpivid")
_APT_PICAMERA2: Final = Path("/usr/lib/python3/dist-packages/picamera2")


@dataclass(frozen=True)
class Camera:
    """One /dev/video node that yields pictures, or one that cannot be asked."""

    device: str
    """Such as "/dev/video0"."""
    name: str
    """The card's own name; empty where it cannot be asked."""
    driver: str
    """Such as "uvcvideo"."""
    problem: str = ""
    """Why it cannot be opened; empty if it can."""

    @property
    def is_pi_camera(self) -> bool:
        """Whether it hangs on a Raspberry Pi's camera port and so needs picamera2."""
        return self.driver.startswith(_PI_CAMERAS)


def find_cameras(folder: Path = Path("/dev")) -> list[Camera]:
    """Asks every video node for its name; metadata nodes and codecs are left out."""
    nodes = [node for node in folder.glob("video*") if re.fullmatch(r"video\d+", node.name)]
    found = []
    for node in sorted(nodes, key=lambda node: int(node.name.removeprefix("video"))):
        camera = _ask(node)
        if camera is not None:
            found.append(camera)
    return found


def _ask(node: Path) -> Camera | None:
    import fcntl  # noqa: PLC0415  (not on Windows, which has no such nodes either)

    try:
        descriptor = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        return Camera(str(node), "", "", error.strerror or str(error))
    try:
        answer = fcntl.ioctl(descriptor, _QUERY_CAPABILITIES, bytes(_CAPABILITY.size))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return describe(str(node), answer)


def describe(device: str, answer: bytes) -> Camera | None:
    """A camera from the kernel's struct v4l2_capability; None for what yields no pictures."""
    driver, card, _, _, capabilities, of_device = _CAPABILITY.unpack(answer)
    used = of_device if capabilities & _HAS_DEVICE_CAPABILITIES else capabilities
    name = driver.split(b"\0")[0].decode(errors="replace")
    if not used & (_VIDEO_CAPTURE | _VIDEO_CAPTURE_MPLANE) or name.startswith(_PI_HELPERS):
        return None
    return Camera(device, card.split(b"\0")[0].decode(errors="replace"), name)


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
