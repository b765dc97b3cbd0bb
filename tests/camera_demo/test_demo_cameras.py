"""Cameras at this computer, V4L2's and the Raspberry Pi's: refused with a way out, lost, found again."""

from __future__ import annotations

import os
import struct
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from camera_demo.errors import SourceLostError
from camera_demo.sources import camera, discover, video4linux
from camera_demo.sources.camera import CameraSource
from camera_demo.sources.picamera import PicameraSource
from edge_digits.cli.cameras import Camera
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
    monkeypatch.setattr(camera, "ask", lambda _: Camera(str(path), "HD Webcam", "uvcvideo"))
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
    locked = Camera(str(path), "", "", "Permission denied", denied=True)
    monkeypatch.setattr(camera, "ask", lambda _: locked)
    with pytest.raises(SourceError, match="permission") as caught:
        CameraSource(str(path)).open()
    assert "usermod -aG video" in caught.value.remedy


@pytest.mark.parametrize("driver", ["unicam", "bcm2835-unicam", "rp1-cfe"])
def test_a_raspberry_pi_sensor_leads_to_picamera(fake_device, driver):
    path, _, monkeypatch = fake_device
    monkeypatch.setattr(camera, "ask", lambda _: Camera(str(path), "unicam-image", driver))
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


@pytest.fixture
def shown(monkeypatch):
    """Makes Linux show the cameras given, on a machine without picamera2."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(sys.modules, "picamera2", None)
    return lambda *found: monkeypatch.setattr(discover, "find_cameras", lambda: list(found))


def test_a_sensor_is_named_with_what_it_lacks_and_passed_over_after_the_webcams(shown):
    shown(
        Camera("/dev/video0", "unicam-image", "bcm2835-unicam"),
        Camera("/dev/video8", "HD Webcam", "uvcvideo"),
    )
    webcam, sensor = discover.candidates()
    assert (webcam.spec, webcam.description, webcam.problem) == ("/dev/video8", "HD Webcam", "")
    assert (sensor.spec, sensor.problem) == ("/dev/video0", camera.LIBCAMERA_REMEDY)


@linux_only
def test_a_raspberry_pi_s_helpers_are_no_cameras(monkeypatch, tmp_path):
    """They convert and decode pictures that programs give them."""
    answers = {}
    drivers = (b"bcm2835-isp", b"pispbe", b"rpi-hevc-dec", b"bcm2835-codec", b"uvcvideo")
    for number, driver in enumerate(drivers):
        (tmp_path / f"video{number}").touch()
        answers[tmp_path / f"video{number}"] = struct.pack(
            "=16s32s32sIII12x", driver, b"card", b"bus", 0, 0x8420_1001, 0x0420_1001
        )

    def ioctl(descriptor, _request, _buffer):
        return answers[Path(f"/proc/self/fd/{descriptor}").readlink()]

    import fcntl

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    everything = discover.find_cameras
    monkeypatch.setattr(discover, "find_cameras", lambda: everything(tmp_path))
    monkeypatch.setitem(sys.modules, "picamera2", None)
    assert [candidate.spec for candidate in discover.candidates()] == [str(tmp_path / "video4")]
    with pytest.raises(SourceError, match="another device"):
        CameraSource(str(tmp_path / "video0")).open()


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
