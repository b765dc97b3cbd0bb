"""What Linux knows of its video devices, asked without opening a stream."""

from __future__ import annotations

import errno
import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path

_DEVICES = Path("/dev")
_STABLE_NAMES = Path("/dev/v4l/by-id")
_PROCESSES = Path("/proc")

# VIDIOC_QUERYCAP of <linux/videodev2.h>: read, 104 bytes, type 'V', number 0.
_QUERY_CAPABILITIES = 0x80685600
_CAPABILITIES = struct.Struct("<16s32s32sII I 12x")
_CAPTURE = 0x0000_0001
_HAS_DEVICE_CAPABILITIES = 0x8000_0000

# Raspberry Pi's sensor interfaces hand out raw frames that only libcamera can turn into pictures.
_SENSOR_DRIVERS = frozenset({"unicam", "bcm2835-unicam", "rp1-cfe"})


@dataclass(frozen=True)
class VideoDevice:
    """One /dev/videoN."""

    path: Path
    card: str
    """The name its driver gives, empty where it could not be asked."""
    driver: str
    captures: bool
    """False for metadata nodes, codecs and image processors."""
    readable: bool
    """Whether this user may open it."""

    @property
    def needs_libcamera(self) -> bool:
        """Whether it is a Raspberry Pi sensor that OpenCV cannot read."""
        return self.driver in _SENSOR_DRIVERS


def video_devices() -> list[VideoDevice]:
    """All /dev/videoN in numerical order; empty where there is none or this is not Linux."""
    paths = [path for path in _DEVICES.glob("video*") if re.fullmatch(r"video\d+", path.name)]
    return [describe_device(path) for path in sorted(paths, key=lambda path: int(path.name[5:]))]


def describe_device(path: Path) -> VideoDevice:
    """Asks a device's driver what it is.

    Args:
        path: Such as /dev/video0.

    Returns:
        Its description; a video device that cannot be asked is taken for a camera with an
        empty name.
    """
    readable = os.access(path, os.R_OK | os.W_OK)
    answer = bytearray(_CAPABILITIES.size)
    try:
        import fcntl  # noqa: PLC0415  (Unix only)

        handle = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        try:
            fcntl.ioctl(handle, _QUERY_CAPABILITIES, answer)
        finally:
            os.close(handle)
    except (OSError, ImportError) as error:
        foreign = getattr(error, "errno", None) == errno.ENOTTY  # no video device at all
        return VideoDevice(path, "", "", captures=not foreign, readable=readable)
    driver, card, _bus, _version, capabilities, device = _CAPABILITIES.unpack(answer)
    # The first field sums up all nodes of a device, the second is this node's own.
    own = device if capabilities & _HAS_DEVICE_CAPABILITIES else capabilities
    return VideoDevice(path, _text(card), _text(driver), bool(own & _CAPTURE), readable)


def stable_name(path: Path) -> Path | None:
    """The /dev/v4l/by-id link to a device: it survives unplugging, where the number may change."""
    if not _STABLE_NAMES.is_dir():
        return None
    target = path.resolve()
    return next((link for link in sorted(_STABLE_NAMES.iterdir()) if link.resolve() == target), None)


def users_of(path: Path) -> list[str]:
    """Processes that hold a device open, as "name (pid)"; other users' are not visible."""
    found = []
    target = str(path.resolve())
    for process in _PROCESSES.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            if any(os.readlink(handle) == target for handle in (process / "fd").iterdir()):  # noqa: PTH115
                found.append(f"{(process / 'comm').read_text().strip()} ({process.name})")
        except OSError:  # gone meanwhile, or another user's
            continue
    return found


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
