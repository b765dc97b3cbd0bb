"""The threads between a source and its views."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest
from demo_fakes import FakeReader, ScriptedSource, demo_threads, picture_of
from waiting import eventually

from camera_demo.feed import Feed
from camera_demo.pipeline import Pipeline
from camera_demo.slot import Slot
from camera_demo.snapshot import Snapshot, State
from edge_digits.errors import ImageError, SourceError


def states_of(pipeline: Pipeline) -> list[State]:
    """All states a pipeline goes through until it ends, each once."""
    with pipeline.feed.subscribe(every=True) as subscription, pipeline:
        seen = [snapshot.state for snapshot in subscription.follow(threading.Event())]
    return [state for state, _ in itertools.groupby(seen)]


def test_a_slow_reader_skips_frames_and_never_goes_back():
    reader = FakeReader(delay=0.02)
    source = ScriptedSource(range(200), rate=500)
    with Pipeline(source, reader) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.ENDED)
        dropped = pipeline.feed.latest.dropped
    assert reader.seen == sorted(set(reader.seen))
    assert reader.seen[-1] == 199, "the newest frame is read even when the source has ended"
    assert dropped == 200 - len(reader.seen) > 0


def test_the_frame_read_is_the_newest_at_that_moment():
    slot: Slot[int] = Slot(newest_only=True)
    for number in range(5):
        slot.put(number)
    assert slot.take(timeout=0) == 4
    assert slot.take(timeout=0) is None
    assert slot.dropped == 4


class HeldReader(FakeReader):
    """Begins to read a frame and goes on when told."""

    def __init__(self):
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def update(self, frame):
        self.begun.set()
        assert self.go_on.wait(10)
        return super().update(frame)


def test_other_work_gives_way_to_the_frame_that_is_being_read():
    reader = HeldReader()
    with Pipeline(ScriptedSource([1, 30.0]), reader) as pipeline:
        assert reader.begun.wait(10)
        other = threading.Thread(target=pipeline.give_way, args=(30,))
        other.start()
        other.join(0.1)
        assert other.is_alive()
        reader.go_on.set()
        other.join(10)
        assert not other.is_alive()
        assert reader.seen == [1]


def test_other_work_goes_on_after_a_while_beside_a_reader_that_is_always_busy():
    reader = HeldReader()
    with Pipeline(ScriptedSource([1, 30.0]), reader) as pipeline:
        assert reader.begun.wait(10)
        pipeline.give_way(0.01)
        assert reader.seen == []
        reader.go_on.set()


def test_of_pictures_every_one_is_read_however_slow_the_reader():
    reader = FakeReader(delay=0.01)
    with Pipeline(ScriptedSource(range(20), live=False), reader) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.ENDED)
        assert pipeline.feed.latest.dropped == 0
    assert reader.seen == list(range(20))
    assert reader.trackers == 0, "pictures have nothing to do with each other"


def test_a_broken_picture_is_told_in_its_place_and_the_others_are_read():
    reader = FakeReader()
    pipeline = Pipeline(ScriptedSource([1, "skip", 2], live=False), reader)
    with pipeline.feed.subscribe(every=True) as subscription, pipeline:
        told = [
            "broken" if snapshot.error else snapshot.reading.text
            for snapshot in subscription.follow(threading.Event())
            if snapshot.error or (snapshot.reading and snapshot.state is State.RUNNING)
        ]
    assert told == ["1", "broken", "2"]


@pytest.mark.parametrize("script", [["skip"], [1, "skip"], ["skip", 2]])
def test_after_the_end_it_can_still_be_seen_what_was_not_read(script):
    with Pipeline(ScriptedSource(script, live=False), FakeReader()) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.ENDED)
    assert "has ended; not read: broken.png is not a picture. remove it" in pipeline.feed.latest.notice


def test_a_picture_that_the_reader_refuses_is_named_at_the_end():
    class Strict(FakeReader):
        def read(self, image):
            raise ImageError("It is too small", "Use a larger one")

    with Pipeline(ScriptedSource([1], live=False), Strict()) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.ENDED)
    assert "not read: 1.png: It is too small. Use a larger one" in pipeline.feed.latest.notice


def test_an_unplugged_camera_is_waited_for_and_reading_goes_on():
    reader = FakeReader()
    source = ScriptedSource([1, 2, lambda: pipeline.feed.latest.reading, "refuse", "refuse", "lost", 3])
    pipeline = Pipeline(source, reader, retry_seconds=0.01)
    states = states_of(pipeline)
    assert states == [State.STARTING, State.RUNNING, State.WAITING, State.RUNNING, State.ENDED]
    assert reader.seen[-1] == 3
    assert source.opened == 2
    assert reader.trackers == 2, "what was seen before the break says nothing of what is there now"


def test_while_waiting_no_old_reading_is_shown_and_the_remedy_is():
    source = ScriptedSource([1, lambda: pipeline.feed.latest.reading, *["refuse"] * 1000, "lost"])
    pipeline = Pipeline(source, FakeReader(), retry_seconds=0.01)
    with pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.WAITING)
        latest = pipeline.feed.latest
    assert latest.reading is None
    assert latest.frame is not None, "the last picture stays as a background"
    assert "plug it in" in latest.notice


def test_a_stalled_source_is_told_and_recovers():
    source = ScriptedSource([1, "hang", 2, 0.3])
    with Pipeline(source, FakeReader(), stall_seconds=0.05) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.WAITING)
        assert "No frame" in pipeline.feed.latest.notice
        source.release()
        assert eventually(lambda: pipeline.feed.latest.reading and pipeline.feed.latest.reading.text == "2")


def test_stop_leaves_no_thread_and_closes_the_source():
    source = ScriptedSource(itertools.cycle(range(100)), rate=200)
    with Pipeline(source, FakeReader()) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.reading)
        assert sorted(demo_threads()) == ["capture", "read"]
    assert demo_threads() == []
    assert source.closed == 1
    pipeline.stop()


def test_stop_does_not_wait_for_a_pause_to_pass():
    with Pipeline(ScriptedSource([1, 3600.0]), FakeReader()) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.reading)
    assert demo_threads() == []


def test_stop_ends_a_wait_for_a_lost_source():
    with Pipeline(ScriptedSource(["lost"]), FakeReader(), retry_seconds=3600) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.WAITING)
    assert demo_threads() == []


@pytest.mark.parametrize("live", [True, False])
def test_a_bug_in_the_source_ends_everything_and_is_kept(live):
    source = ScriptedSource([1, "crash"], live=live)
    pipeline = Pipeline(source, FakeReader())
    assert states_of(pipeline)[-1] is State.FAILED
    assert isinstance(pipeline.error, RuntimeError)
    assert demo_threads() == []
    assert source.closed == 1


def test_a_bug_in_the_reader_ends_everything_and_is_kept():
    class Broken(FakeReader):
        def update(self, frame):
            raise RuntimeError("a bug")

    source = ScriptedSource(itertools.cycle([1]), rate=100)
    pipeline = Pipeline(source, Broken())
    assert states_of(pipeline)[-1] is State.FAILED
    assert isinstance(pipeline.error, RuntimeError)
    assert demo_threads() == []


def test_a_source_that_does_not_open_starts_nothing():
    source = ScriptedSource([1])
    source._refusals = 1
    with pytest.raises(SourceError):
        Pipeline(source, FakeReader()).start()
    assert demo_threads() == []


def test_frames_reach_the_reader_as_the_camera_saw_them():
    class Handed(ScriptedSource):
        def read(self):
            frame = super().read()
            if frame is not None:
                frame.image[:, :10] = 7  # something on the left
            return frame

    reader = FakeReader()
    with Pipeline(Handed([200]), reader) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.ENDED)
    expected = picture_of(200)
    expected[:, :10] = 7
    assert np.array_equal(reader.images[0], expected)
    assert np.array_equal(pipeline.feed.latest.frame.image, expected)


def test_speed_age_and_drops_are_measured():
    source = ScriptedSource(range(60), rate=100)
    with Pipeline(source, FakeReader(delay=0.005)) as pipeline:
        assert eventually(lambda: pipeline.feed.latest.state is State.ENDED)
        latest = pipeline.feed.latest
    assert latest.speed.fps > 0
    assert 5 <= latest.speed.p50 <= latest.speed.p90
    assert latest.age >= 5


def test_a_view_that_does_not_fetch_delays_nobody_and_gets_the_newest():
    feed = Feed(Snapshot(0, "x", State.STARTING))
    lazy, keen = feed.subscribe(), feed.subscribe(every=True)
    for number in range(1, 1001):
        feed.publish(Snapshot(number, "x", State.RUNNING))
    assert lazy.poll().sequence == 1000
    assert lazy.poll() is None
    assert [keen.poll().sequence for _ in range(1001)] == list(range(1001))
    lazy.close()
    keen.close()
    assert feed.viewers == 0


def test_a_late_view_sees_the_present_at_once():
    feed = Feed(Snapshot(0, "x", State.STARTING))
    feed.publish(Snapshot(1, "x", State.RUNNING))
    assert feed.subscribe().get(timeout=0).sequence == 1
    feed.close()
    late = feed.subscribe()
    assert late.get(timeout=0).sequence == 1
    assert late.closed
