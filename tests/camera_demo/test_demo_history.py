"""Which readings count as news."""

from __future__ import annotations

import pytest

from camera_demo.history import History
from camera_demo.meter import Meter


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_digits_passed_through_while_writing_are_no_entries():
    clock = Clock()
    history = History(hold=0.5, clock=clock, steady=clock)
    for text in ["", "1", "12", "123", "123", "123", "123", "123", "123", "123"]:
        history.see(text)
        clock.now += 0.1
    assert [entry.text for entry in history.entries()] == ["123"]
    assert history.entries()[0].moment == pytest.approx(1000.3), "the moment it was first seen"
    assert history.version == 1


def test_a_text_lost_for_a_moment_is_not_entered_twice():
    clock = Clock()
    history = History(hold=0.0, clock=clock)
    for text in ["42", "", "42", "7", "42"]:
        history.see(text)
        clock.now += 1
    assert [entry.text for entry in history.entries()] == ["42", "7", "42"]


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_clock_that_is_set_neither_delays_a_text_nor_lets_one_pass_too_soon(jump):
    clock, steady = Clock(), Clock()
    history = History(hold=0.5, clock=clock, steady=steady)
    counts = []
    for moment in range(8):
        history.see("42")
        counts.append(len(history.entries()))
        clock.now += 0.1 + (jump if moment == 1 else 0)
        steady.now += 0.1
    assert counts == [0, 0, 0, 0, 0, 1, 1, 1]


def test_only_the_last_entries_are_kept_newest_first():
    history = History(length=3, hold=0.0)
    for number in range(10):
        history.see(str(number))
    assert [entry.text for entry in history.entries()] == ["9", "8", "7"]


def test_the_same_text_on_two_pictures_is_two_entries():
    history = History(hold=0.0)
    history.see("5", "a.png")
    history.see("5", "b.png")
    assert [entry.picture for entry in history.entries()] == ["b.png", "a.png"]


def test_the_meter_counts_readings_of_the_last_seconds():
    clock = Clock()
    meter = Meter(span=2.0, clock=clock)
    for _ in range(100):
        speed = meter.add(4.0)
        clock.now += 0.1
    assert speed.fps == pytest.approx(10.0, abs=0.1)
    assert speed.p50 == 4.0


def test_one_slow_reading_shows_in_p90_only_when_they_are_many():
    meter = Meter()
    for number in range(100):
        speed = meter.add(100.0 if number % 5 == 0 else 1.0)
    assert (speed.p50, speed.p90) == (1.0, 100.0)
