"""Which source the words of a user choose, and what is said where none can be had."""

from __future__ import annotations

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
    ],
)
def test_a_source_that_cannot_be_names_what_was_given(tmp_path, spec, problem):
    spec = spec.format(tmp_path)
    with pytest.raises(SourceError, match=problem) as caught:
        make_source(spec)
    assert spec in caught.value.problem
    assert caught.value.remedy


def test_opencv_is_only_quiet_while_a_source_is_tried(capfd):
    level = cv2.utils.logging.getLogLevel()
    with capture.quiet_opencv():
        os.write(2, b"noise\n")
    os.write(2, b"news\n")
    assert capfd.readouterr().err == "news\n"
    assert cv2.utils.logging.getLogLevel() == level
