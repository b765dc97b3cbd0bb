"""Where frames come from, without a camera."""

from __future__ import annotations

import os
import sys
import threading
import time
import types
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from camera_demo.errors import FrameSkippedError, SourceLostError
from camera_demo.sources import camera, capture, discover, make_source, video4linux
from camera_demo.sources.camera import CameraSource
from camera_demo.sources.clip import ClipSource
from camera_demo.sources.picamera import PicameraSource
from camera_demo.sources.pictures import PictureSource, in_reading_order
from camera_demo.sources.stream import StreamSource
from edge_digits.errors import SourceError

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="V4L2 is Linux's")


def write_clip(path: Path, frames: int, rate: float = 100.0) -> Path:
    """A clip whose n-th frame is 10 n grey, with a white left edge."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), rate, (64, 48))
    for number in range(frames):
        image = np.full((48, 64, 3), number * 10, np.uint8)
        image[:, :16] = 255
        writer.write(image)
    writer.release()
    return path


def write_pictures(folder: Path, names: list[str]) -> Path:
    for number, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((20, 20, 3), number * 20, np.uint8))
    return folder


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


# Cameras


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


def test_auto_takes_the_first_camera_that_yields_a_frame(monkeypatch):
    class Camera:
        def __init__(self, spec):
            self.name = spec

        def open(self):
            if self.name == "/dev/video0":
                raise SourceError("camera /dev/video0 is in use by zoom (1)", "Close it")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(discover.Candidate, "make", lambda self: Camera(self.spec))
    monkeypatch.setattr(
        discover, "candidates", lambda: [discover.Candidate(f"/dev/video{n}", "webcam") for n in (0, 2, 4)]
    )
    source, notes = make_source("auto")
    assert source.name == "/dev/video2"
    assert "zoom" in notes[0]


def test_auto_without_a_camera_loops_the_sample_clip_and_says_so(monkeypatch):
    monkeypatch.setattr(discover, "candidates", lambda: [])
    source, notes = make_source("auto")
    assert isinstance(source, ClipSource)
    assert "sample clip" in notes[-1]
    assert source._loop


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


# Clips


def test_a_clip_yields_its_frames_at_its_own_pace_and_ends(tmp_path):
    path = write_clip(tmp_path / "a.avi", frames=10, rate=100)
    begun = time.monotonic()
    with ClipSource(path) as source:
        greys = [int(frame.image[24, 40, 0]) for frame in source]
    assert time.monotonic() - begun >= 0.09
    assert greys == pytest.approx([n * 10 for n in range(10)], abs=4)


def test_a_looping_clip_begins_again(tmp_path):
    with ClipSource(write_clip(tmp_path / "a.avi", frames=3), loop=True) as source:
        greys = [int(source.read().image[24, 40, 0]) for _ in range(7)]
    assert greys == pytest.approx([0, 10, 20, 0, 10, 20, 0], abs=4)


def test_clip_frames_are_not_mirrored(tmp_path):
    with ClipSource(write_clip(tmp_path / "a.avi", frames=1)) as source:
        image = source.read().image
    assert image[:, :12].mean() > 200
    assert image[:, -12:].mean() < 60


def test_a_damaged_clip_is_refused_without_noise(tmp_path, capfd):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + os.urandom(2000))
    with pytest.raises(SourceError, match=r"broken\.mp4"), ClipSource(path) as source:
        source.read()
    assert capfd.readouterr().err == ""


def test_interrupting_ends_the_pause_between_frames(tmp_path):
    with ClipSource(write_clip(tmp_path / "a.avi", frames=5, rate=1)) as source:
        source.read()
        threading.Timer(0.05, source.interrupt).start()
        assert source.read() is None


# Pictures


def test_pictures_come_in_the_order_people_count():
    paths = [Path("p10.png"), Path("p2.png"), Path("P1.png"), Path("note.png")]
    assert [path.name for path in in_reading_order(paths)] == ["note.png", "P1.png", "p2.png", "p10.png"]


def test_a_folder_shows_its_pictures_and_nothing_else(tmp_path):
    write_pictures(tmp_path, ["b2.png", "b10.png", "a.jpg"])
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "sub.png").mkdir()
    source, _ = make_source(str(tmp_path))
    assert [frame.name for frame in source] == ["a.jpg", "b2.png", "b10.png"]


def test_a_pattern_shows_what_matches(tmp_path):
    write_pictures(tmp_path, ["a1.png", "a2.png", "b.png"])
    source, _ = make_source(f"{tmp_path}/a*.png")
    assert [frame.name for frame in source] == ["a1.png", "a2.png"]


def test_a_file_with_brackets_in_its_name_is_a_file(tmp_path):
    write_pictures(tmp_path, ["scan[1].png"])
    source, _ = make_source(f"{tmp_path}/scan[1].png")
    assert [frame.name for frame in source] == ["scan[1].png"]


def test_a_bad_picture_is_skipped_and_the_next_one_comes(tmp_path):
    write_pictures(tmp_path, ["a.png", "c.png"])
    (tmp_path / "b.png").write_bytes(b"no picture at all")
    source, _ = make_source(str(tmp_path))
    assert source.read().name == "a.png"
    with pytest.raises(FrameSkippedError, match=r"b\.png"):
        source.read()
    assert source.read().name == "c.png"
    assert source.read() is None


def test_each_picture_is_shown_a_moment(tmp_path):
    write_pictures(tmp_path, ["a.png", "b.png"])
    source = PictureSource([tmp_path / "a.png", tmp_path / "b.png"], name="x", dwell=0.1)
    source.read()
    begun = time.monotonic()
    source.read()
    assert time.monotonic() - begun >= 0.09


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("{}/missing.png", "no such file"),
        ("{}/*.png", "No file matches"),
        ("{}", "No picture in the folder"),
        ("ftp://host/video", "not an address"),
        ("rtsp://", "not an address"),
        ("http://host:port/", "not an address"),
    ],
)
def test_a_source_that_cannot_be_names_what_was_given(tmp_path, spec, problem):
    spec = spec.format(tmp_path)
    with pytest.raises(SourceError, match=problem) as caught:
        make_source(spec)
    assert spec in caught.value.problem
    assert caught.value.remedy


# Network


@pytest.fixture
def mjpeg_camera():
    """An address that serves MJPEG frames and then hangs up."""
    data = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"--b\r\nContent-Type: image/jpeg\r\n")
                self.wfile.write(f"Content-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://user:secret@127.0.0.1:{server.server_port}/video.mjpg"
    server.shutdown()
    server.server_close()


def test_a_network_camera_is_read_until_it_hangs_up(mjpeg_camera):
    source = StreamSource(mjpeg_camera)
    with source:
        assert source.read().image.shape == (48, 64, 3)
        with pytest.raises(SourceLostError):
            for _ in range(100):
                source.read()


def test_a_password_in_an_address_is_never_shown(mjpeg_camera):
    assert "secret" not in StreamSource(mjpeg_camera).name


def test_an_address_where_nobody_answers_is_refused_without_noise(capfd):
    with pytest.raises(SourceError, match="does not open"):
        StreamSource("http://127.0.0.1:9/video.mjpg").open()
    assert capfd.readouterr().err == ""


def test_opencv_is_only_quiet_while_a_source_is_tried(capfd):
    level = cv2.utils.logging.getLogLevel()
    with capture.quiet_opencv():
        os.write(2, b"noise\n")
    os.write(2, b"news\n")
    assert capfd.readouterr().err == "news\n"
    assert cv2.utils.logging.getLogLevel() == level
