"""Which source the words of a user choose, and what is said where none can be had."""

from __future__ import annotations

import errno
import os
import sys

import cv2
import pytest

from camera_demo.sources import capture, discover, make_source
from camera_demo.sources.clip import ClipSource
from edge_digits.errors import SourceError


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


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("{}/missing.png", "no such file"),
        ("{}/*.png", "No file matches"),
        ("{}", "No picture in the folder"),
        ("ftp://host/video", "not an address"),
        ("rtsp://", "not an address"),
        ("http://host:port/", "not an address"),
        ("~nobody-of-this-name/x.png", "no such file"),
        ("{}/" + "x" * 300 + ".png", "too long"),
        ("{}/" + "x" * 300 + "*", "No file matches"),
    ],
)
def test_a_source_that_cannot_be_names_what_was_given(tmp_path, spec, problem):
    spec = spec.format(tmp_path)
    with pytest.raises(SourceError, match=problem) as caught:
        make_source(spec)
    assert spec in caught.value.problem
    assert caught.value.remedy


@pytest.fixture
def locked(tmp_path, monkeypatch):
    """A folder that may be listed but not entered, not even by root."""
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "a.png").touch()
    stat = os.stat

    def guarded(path, *rest, **options):
        if str(path).startswith(f"{folder}/"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, *rest, **options)

    monkeypatch.setattr(os, "stat", guarded)
    return folder


@pytest.mark.parametrize("inside", ["", "/a.png", "/a.avi"])
def test_a_folder_that_may_not_be_entered_is_said_with_the_way_to_see_why(locked, inside):
    with pytest.raises(SourceError, match="Permission denied") as caught:
        make_source(f"{locked}{inside}")
    assert f"{locked}{inside}" in caught.value.problem
    assert f" -l{'' if inside else 'd'} {locked}" in caught.value.remedy


def test_a_pattern_in_a_folder_that_may_not_be_entered_matches_nothing(locked):
    with pytest.raises(SourceError, match="No file matches"):
        make_source(f"{locked}/*.png")


@pytest.mark.skipif(sys.platform != "linux", reason="device paths of Linux")
def test_a_device_of_an_overlong_name_is_no_camera():
    with pytest.raises(SourceError, match="No camera at /dev/xxx"):
        make_source("/dev/" + "x" * 300)[0].open()


def test_opencv_is_only_quiet_while_a_source_is_tried(capfd):
    level = cv2.utils.logging.getLogLevel()
    with capture.quiet_opencv():
        os.write(2, b"noise\n")
    os.write(2, b"news\n")
    assert capfd.readouterr().err == "news\n"
    assert cv2.utils.logging.getLogLevel() == level
