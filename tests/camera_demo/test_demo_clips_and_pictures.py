"""Frames from files: clips at their own pace, and pictures in the order people count."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from camera_demo.errors import FrameSkippedError
from camera_demo.sources import make_source
from camera_demo.sources.clip import ClipSource
from camera_demo.sources.pictures import PictureSource, in_reading_order
from edge_digits.errors import SourceError

# Clips


def write_clip(path: Path, frames: int, rate: float = 100.0) -> Path:
    """A clip whose n-th frame is 10 n grey, with a white left edge."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), rate, (64, 48))
    for number in range(frames):
        image = np.full((48, 64, 3), number * 10, np.uint8)
        image[:, :16] = 255
        writer.write(image)
    writer.release()
    return path


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


def write_pictures(folder: Path, names: list[str]) -> Path:
    for number, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((20, 20, 3), number * 20, np.uint8))
    return folder


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
