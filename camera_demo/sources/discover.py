"""Which cameras there are, and the first that works."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from camera_demo.sources.base import Source
from camera_demo.sources.camera import LIBCAMERA_REMEDY, CameraSource
from camera_demo.sources.picamera import PicameraSource, load_picamera2
from edge_digits.cli.cameras import find_cameras
from edge_digits.errors import SourceError

_NUMBERS_TRIED = 3


@dataclass(frozen=True)
class Candidate:
    """A camera that might be used."""

    spec: str
    """What to give to --source."""
    description: str
    """What it is."""
    problem: str = ""
    """Why it cannot be used, where that is plain without trying."""

    def make(self) -> Source:
        """The source, not yet opened."""
        if self.spec == "picamera":
            return PicameraSource()
        return CameraSource(int(self.spec) if self.spec.isdecimal() else self.spec)


def candidates() -> list[Candidate]:
    """All cameras of this machine, webcams first; none of them is opened."""
    if sys.platform != "linux":
        return [Candidate(str(number), f"camera {number}") for number in range(_NUMBERS_TRIED)]
    cameras = find_cameras()
    found = [
        Candidate(camera.device, camera.name or "camera") for camera in cameras if not camera.is_pi_camera
    ]
    try:
        infos = load_picamera2().Picamera2.global_camera_info()
    except SourceError:
        # Sensors without picamera2 are named, so that their owner learns what is missing.
        return found + [
            Candidate(camera.device, camera.name, LIBCAMERA_REMEDY)
            for camera in cameras
            if camera.is_pi_camera
        ]
    # libcamera lists webcams too; those are already there.
    sensors = [info for info in infos if "usb" not in str(info.get("Id", "")).lower()]
    return found + [
        Candidate("picamera", str(info.get("Model", "Raspberry Pi camera"))) for info in sensors[:1]
    ]


def first_working() -> tuple[Source | None, list[str]]:
    """Tries the cameras in turn.

    Returns:
        The first that yielded a frame, open, or None; and for each one tried
        before it, why it was passed over.
    """
    passed = []
    for candidate in candidates():
        if candidate.problem:
            passed.append(f"{candidate.spec} ({candidate.description}): {candidate.problem}")
            continue
        source = candidate.make()
        try:
            source.open()
        except SourceError as error:
            if sys.platform == "linux":  # elsewhere numbers are guesses, and no news
                passed.append(str(error).replace("\n  ", ". "))
            continue
        return source, passed
    return None, passed


def describe_all() -> list[str]:
    """One line a camera, each tried: its name for --source and whether it yields frames."""
    lines = []
    for candidate in candidates():
        if candidate.problem:
            lines.append(f"{candidate.spec}  {candidate.description}  not usable: {candidate.problem}")
            continue
        try:
            with candidate.make() as source:
                frame = source.read()
            size = "" if frame is None else f"{frame.image.shape[1]}x{frame.image.shape[0]}"
            lines.append(f"{candidate.spec}  {candidate.description}  works, {size}")
        except SourceError as error:
            if sys.platform == "linux":
                lines.append(f"{candidate.spec}  {candidate.description}  {error.problem}. {error.remedy}")
    return lines
