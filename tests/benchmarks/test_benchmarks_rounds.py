"""Who is called when, told by a clock that only the calls move."""

from __future__ import annotations

import gc
from itertools import groupby

import numpy as np
import pytest

from benchmarks.agenda import QUICK_SECONDS, Agenda
from benchmarks.rounds import Contestant, Plan, measure

CROPS = [np.full((1, 28, 28), value, np.uint8) for value in range(3)]


class World:
    """A clock, rows whose calls take a set time, and a diary of who was called."""

    def __init__(self) -> None:
        self.now = 0
        self.diary: list[tuple[str, int]] = []

    def row(self, name: str, *costs: int) -> Contestant:
        """A row whose calls take these nanoseconds, the last one for good."""
        left = list(costs)

        def call(crop):
            self.now += left.pop(0) if len(left) > 1 else left[0]
            self.diary.append((name, int(crop[0, 0, 0])))

        return Contestant(name, call)

    def measure(self, rows, plan):
        return measure(rows, CROPS, plan, clock=lambda: self.now)


def turns(diary) -> list[str]:
    return [name for name, _ in groupby(diary, key=lambda entry: entry[0])]


def test_rows_take_turns_in_every_round():
    world = World()
    rows = [world.row("A", 10), world.row("B", 20), world.row("reference", 30)]
    world.measure(rows, Plan(rounds=4, seconds=400e-9, warmup=0, settle=0))
    assert turns(world.diary) == ["A", "B", "reference"] * 4


def test_warm_up_and_settling_calls_are_not_timed():
    world = World()
    # Five calls of warm-up and two of settling are slow; everything after is quick.
    slow = world.row("A", *[1_000_000] * 7, 10)
    timings = world.measure([slow], Plan(rounds=1, seconds=100e-9, warmup=5, settle=2))
    assert timings["A"][0].tolist() == [10] * 10
    assert len(world.diary) == 5 + 2 + 10


def test_every_round_settles_anew():
    world = World()
    plan = Plan(rounds=3, seconds=30e-9, warmup=0, settle=2)
    timings = world.measure([world.row("A", 10), world.row("B", 10)], plan)
    assert sum(map(len, timings["A"])) == 3
    assert sum(name == "A" for name, _ in world.diary) == 3 * (2 + 1)


def test_rows_are_not_pooled():
    world = World()
    timings = world.measure([world.row("A", 10), world.row("B", 1000)], Plan(2, 4000e-9, 1, 1))
    assert set(np.concatenate(timings["A"])) == {10}
    assert set(np.concatenate(timings["B"])) == {1000}
    assert sum(map(len, timings["B"])) == 4


def test_a_slow_row_gets_one_call_a_round_at_least():
    world = World()
    timings = world.measure([world.row("A", 10**9)], Plan(rounds=3, seconds=1e-9, warmup=0, settle=0))
    assert [len(each) for each in timings["A"]] == [1, 1, 1]


def test_a_row_gets_its_seconds():
    world = World()
    timings = world.measure([world.row("A", 50)], Plan(rounds=5, seconds=5000e-9, warmup=3, settle=1))
    assert int(np.concatenate(timings["A"]).sum()) == 5000


def test_a_quick_row_stops_at_its_calls_but_not_before_its_least_time():
    world = World()
    plan = Plan(rounds=2, seconds=10_000e-9, warmup=0, settle=0, calls=20, least=0.0)
    timings = world.measure([world.row("quick", 10), world.row("slow", 2500)], plan)
    assert [len(each) for each in timings["quick"]] == [10, 10]
    assert [len(each) for each in timings["slow"]] == [2, 2]
    longer = Plan(rounds=2, seconds=10_000e-9, warmup=0, settle=0, calls=20, least=1_000e-9)
    assert [len(each) for each in world.measure([world.row("quick", 10)], longer)["quick"]] == [50, 50]


def test_a_limit_ends_the_run_between_rounds_and_shortens_the_warm_up():
    world = World()
    rows = [world.row("A", 100), world.row("B", 100)]
    plan = Plan(rounds=50, seconds=5_000e-9, warmup=1000, settle=1, limit=4_000e-9)
    timings = world.measure(rows, plan)
    assert len(timings["A"]) == len(timings["B"]) < 50
    assert all(len(each) == 1 for each in timings["A"])
    # Each row warms up for an eighth of the limit, and the round that is begun is ended.
    assert [name for name, _ in world.diary[:12]] == ["A"] * 6 + ["B"] * 6
    assert 4_000 < world.now <= 4_000 + 4 * 100


def test_a_limit_too_short_for_anything_still_gives_every_row_a_round():
    world = World()
    timings = world.measure([world.row("A", 10**9), world.row("B", 10**9)], Plan(5, 1e-9, 9, 0, limit=1e-9))
    assert [len(timings[name]) for name in "AB"] == [1, 1]
    assert len(world.diary) == 4


def test_each_row_sees_the_same_crops_in_the_same_order():
    world = World()
    world.measure([world.row("A", 10), world.row("B", 10)], Plan(2, 80e-9, 1, 1))
    seen = {name: [crop for who, crop in world.diary if who == name] for name in "AB"}
    assert seen["A"] == seen["B"] == [index % 3 for index in range(len(seen["A"]))]


def test_a_quick_run_begins_no_part_after_its_time_and_says_so():
    now = iter([0.0, 10.0, QUICK_SECONDS + 1, QUICK_SECONDS + 2])
    agenda = Agenda(only=None, quick=True, clock=lambda: next(now))
    assert agenda.due("overhead") and not agenda.due("peers")
    assert not agenda.due("frames") and not agenda.due("footprint")
    [warning] = agenda.warnings()
    assert "frames, footprint" in warning and "peers" not in warning


def test_what_is_asked_for_by_name_is_always_measured():
    now = iter([0.0, 1e9, 1e9])
    agenda = Agenda(only="peers", quick=True, clock=lambda: next(now))
    assert agenda.due("peers") and not agenda.due("frames") and agenda.warnings() == []
    patient = Agenda(only=None, quick=False, clock=iter([0.0, 1e9, 1e9]).__next__)
    assert patient.due("frames") and patient.due("conditions")


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_off_while_timing_and_as_before_afterwards(enabled):
    states = []
    row = Contestant("A", lambda crop: states.append(gc.isenabled()))
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        measure([row], CROPS, Plan(rounds=2, seconds=1e-9, warmup=0, settle=0))
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
    assert states and not any(states)


def test_two_rows_of_one_name_are_refused():
    world = World()
    with pytest.raises(ValueError, match="same name"):
        world.measure([world.row("A", 1), world.row("A", 1)], Plan(1, 1e-9, 0, 0))
    assert world.diary == []


def test_the_default_plan_times_a_thousand_calls_or_three_seconds_after_a_warm_up():
    plan = Plan()
    assert plan.seconds >= 3 and plan.warmup > 0 and plan.rounds >= 10
    assert plan.calls >= 1000 and plan.least >= 0.5 and plan.limit is None
