"""The demo over many frames and with many visitors; soak.py runs the same for as long as one likes."""

from __future__ import annotations

import numpy as np
import pytest
from demo_fakes import FakeReader, picture_of, png

pytest.importorskip("fastapi")

from soak import run_frames, run_idle, run_load

from camera_demo.engine import Engine


def test_two_thousand_frames_leave_the_memory_where_it_was_after_five_hundred():
    engine = Engine()
    images = [np.full((60, 80, 3), 200 + n, np.uint8) for n in range(4)]
    for image in images:
        image[20:45, 38:42] = 30  # a 1
    first, last = run_frames(engine, images, 2000, 500)
    assert last - first < 4, "MiB"


def test_memory_that_is_kept_is_noticed():
    class Hoarder(FakeReader):
        """Keeps a megabyte a frame."""

        def read(self, image):
            self.images.append(np.ones((1024, 1024), np.uint8))
            return super().read(image)

    first, last = run_frames(Hoarder(), [picture_of(3)], 60, 20)
    assert last - first > 30


def test_many_viewers_and_clients_are_served_side_by_side(tmp_path):
    frames = [picture_of(3), picture_of(4)]
    picture = png(7)
    load = run_load(FakeReader(), frames, picture, tmp_path, seconds=3, rate=15, every=0.5)
    assert load.errors == []
    assert len(load.frames) == 8
    assert min(load.frames) > 5
    assert len(load.milliseconds) >= 20 * 3
    assert load.p90 > 0
    # A camera's rate is kept up to what a busy machine may cost.
    assert load.reading_rate > 5


def test_idling_is_measured():
    share, rate = run_idle(FakeReader(), picture_of(3), 1.0)
    assert 0 <= share < 1
    assert rate > 5
