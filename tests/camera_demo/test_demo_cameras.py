"""Cameras at this computer, V4L2's and the Raspberry Pi's: refused with a way out, lost, found again."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from camera_demo.errors import SourceLostError
from camera_demo.sources import camera, video4linux
from camera_demo.sources.camera import CameraSource
from camera_demo.sources.picamera import PicameraSource
from edge_digits.errors import SourceError

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="V4L2 is Linux's")


class FakeCapture:
    """A cv2.VideoCapture whose frames are given."""

    def __init__(self, frames: list[np.ndarray | None]) -> None:
        self.frames = list(frames)
        self.released = False

    def grab(self):
        return (bool(self.frames) and self.frames[0] is not None) or bool(self.frames and self.frames.pop(0))

    def retrieve(self):
        return True, self.frames.pop(0)

    def set(self, *_):
        return True

    def release(self):
        self.released = True


@pytest.fixture
def fake_device(tmp_path, monkeypatch):
    """A path that passes for a camera, and the captures that opening it yields."""
    path = tmp_path / "video0"
    path.touch()
    captures: list[FakeCapture | None] = []
    device = video4linux.VideoDevice(path, "HD Webcam", "uvcvideo", captures=True, readable=True)
    monkeypatch.setattr(camera, "describe_device", lambda _: device)
    monkeypatch.setattr(camera, "open_capture", lambda *_: captures.pop(0))
    monkeypatch.setattr(camera, "users_of", lambda _: [])
    return path, captures, monkeypatch


# V4L2


@linux_only
def test_a_camera_that_is_not_there_is_named_with_the_way_to_list_them():
    with pytest.raises(SourceError, match="/dev/video97") as caught:
        CameraSource(97).open()
    assert "--list" in caught.value.remedy


def test_a_camera_in_use_names_the_program_that_uses_it(fake_device):
    path, captures, monkeypatch = fake_device
    captures.append(None)
    monkeypatch.setattr(camera, "users_of", lambda _: ["zoom (4711)"])
    with pytest.raises(SourceError, match=r"in use by zoom \(4711\)"):
        CameraSource(str(path)).open()


def test_a_camera_that_opens_but_yields_nothing_is_given_back(fake_device):
    path, captures, _ = fake_device
    silent = FakeCapture([None] * 20)
    captures.append(silent)
    with pytest.raises(SourceError, match="no frame"):
        CameraSource(str(path)).open()
    assert silent.released


def test_a_camera_without_permission_says_how_to_get_it(fake_device):
    path, _, monkeypatch = fake_device
    locked = video4linux.VideoDevice(path, "", "", captures=True, readable=False)
    monkeypatch.setattr(camera, "describe_device", lambda _: locked)
    with pytest.raises(SourceError, match="permission") as caught:
        CameraSource(str(path)).open()
    assert "usermod -aG video" in caught.value.remedy


def test_a_raspberry_pi_sensor_leads_to_picamera(fake_device):
    path, _, monkeypatch = fake_device
    sensor = video4linux.VideoDevice(path, "unicam-image", "unicam", captures=True, readable=True)
    monkeypatch.setattr(camera, "describe_device", lambda _: sensor)
    with pytest.raises(SourceError) as caught:
        CameraSource(str(path)).open()
    assert "--system-site-packages" in caught.value.remedy


def test_a_camera_survives_single_failures_and_reports_being_unplugged(fake_device):
    path, captures, _ = fake_device
    image = np.zeros((4, 4, 3), np.uint8)
    captures.append(FakeCapture([image, None, image, image]))
    source = CameraSource(str(path))
    with source:
        assert "HD Webcam" in source.name
        assert source.read() is not None
        assert source.read() is not None
        path.unlink()
        with pytest.raises(SourceLostError):
            source.read()


def test_a_camera_that_came_back_under_another_number_is_found(fake_device, tmp_path):
    path, captures, monkeypatch = fake_device
    image = np.zeros((4, 4, 3), np.uint8)
    link = tmp_path / "by-id"
    link.symlink_to(path)
    monkeypatch.setattr(camera, "stable_name", lambda _: link)
    opened = []
    monkeypatch.setattr(camera, "open_capture", lambda target, _: opened.append(target) or captures.pop(0))
    captures.extend([FakeCapture([image, image]), FakeCapture([image, image])])
    source = CameraSource(str(path))
    source.open()
    source.close()
    path.rename(tmp_path / "video1")
    link.unlink()
    link.symlink_to(tmp_path / "video1")
    source.open()
    assert opened == [str(path), str(tmp_path / "video1")]


@linux_only
def test_metadata_nodes_and_codecs_are_no_cameras(monkeypatch):
    def answer(own: int) -> bytes:
        fields = (b"uvcvideo", b"HD Webcam", b"usb-1", 0, 0x8480_0001, own)
        return video4linux._CAPABILITIES.pack(*fields)

    import fcntl

    for own, captures in [(0x0420_0001, True), (0x0480_0000, False), (0x0400_4000, False)]:
        monkeypatch.setattr(
            fcntl, "ioctl", lambda _h, _r, buffer, own=own: buffer.__setitem__(slice(None), answer(own))
        )
        device = video4linux.describe_device(Path(os.devnull))
        assert (device.card, device.driver, device.captures) == ("HD Webcam", "uvcvideo", captures)


@linux_only
def test_a_device_of_another_kind_is_no_camera():
    with pytest.raises(SourceError, match="another device"):
        CameraSource(os.devnull).open()


@linux_only
def test_programs_that_hold_a_device_are_found(tmp_path):
    import subprocess

    path = tmp_path / "video0"
    path.touch()
    holder = subprocess.Popen(
        [sys.executable, "-c", f"f = open({str(path)!r}); print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        holder.stdout.readline()
        assert any(f"({holder.pid})" in user for user in video4linux.users_of(path))
    finally:
        holder.communicate(b"\n")


# picamera2


def test_without_picamera2_the_remedy_names_apt_and_site_packages(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(SourceError) as caught:
        PicameraSource().open()
    assert "apt install python3-picamera2" in caught.value.remedy
    assert "--system-site-packages" in caught.value.remedy


def test_picamera2_frames_are_bgr_as_they_lie_in_memory(monkeypatch):
    blue = np.zeros((4, 4, 3), np.uint8)
    blue[:, :, 0] = 255
    asked = {}

    class Picamera2:
        def __init__(self, number):
            self.open = True

        @staticmethod
        def global_camera_info():
            return [{"Model": "imx708"}]

        def create_video_configuration(self, **options):
            asked.update(options)

        def configure(self, _):
            pass

        def start(self):
            pass

        def capture_array(self, _):
            return blue

        def stop(self):
            asked["stopped"] = True

        def close(self):
            asked["closed"] = True

    module = types.ModuleType("picamera2")
    module.Picamera2 = Picamera2
    monkeypatch.setitem(sys.modules, "picamera2", module)
    with PicameraSource() as source:
        assert np.array_equal(source.read().image, blue)
    assert asked["main"]["format"] == "RGB888"
    assert asked["stopped"] and asked["closed"]
