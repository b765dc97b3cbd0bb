"""What a service's journal says of a camera that comes and goes."""

from __future__ import annotations

import threading

import pytest
from demo_fakes import FakeReader, ScriptedSource
from waiting import eventually

from camera_demo.pipeline import Pipeline
from camera_demo.snapshot import Snapshot, State
from camera_demo.views.terminal import TerminalView
from camera_demo.watch import Watch

LOST = "camera 0 stopped yielding frames"


def told(states: list[State], step: float) -> list[str]:
    """What is said where a source changes its state every so many seconds."""
    now, lines = [0.0], []
    watch = Watch(lines.append, pause=10, clock=lambda: now[0])
    for state in states:
        notice = LOST if state is State.WAITING else "it has ended" if state is State.ENDED else ""
        watch.see(Snapshot(1, "camera 0", state, notice=notice))
        now[0] += step
    return lines


def test_a_source_that_runs_is_not_talked_of():
    assert told([State.STARTING, State.RUNNING, State.RUNNING], 20) == []


def test_a_loss_is_told_once_and_so_is_the_return():
    states = [State.RUNNING, State.WAITING, State.WAITING, State.RUNNING, State.RUNNING, State.ENDED]
    assert told(states, 11) == [LOST, "camera 0 yields frames again", "it has ended"]


def test_a_loose_contact_does_not_fill_the_journal():
    a_minute = [State.WAITING, State.RUNNING] * 30
    assert len(told(a_minute, 1)) <= 12


def test_the_end_is_told_however_soon_it_comes():
    assert told([State.WAITING, State.ENDED], 1) == [LOST, "it has ended"]


def unsteady() -> Pipeline:
    """A source that is lost for a moment and goes on."""
    script = [3, 0.6, "lost", *[4, 0.1] * 20]
    return Pipeline(ScriptedSource(script), FakeReader(), retry_seconds=2.0)


def test_the_browser_view_tells_its_journal_of_a_lost_camera():
    pytest.importorskip("fastapi")
    from demo_server import served

    notes = []
    with served(unsteady(), note=notes.append):
        assert eventually(lambda: len(notes) == 2)
    assert notes == ["unplugged. plug it in", "scripted source has ended"]


def test_the_terminal_view_tells_of_a_lost_camera_and_of_its_return():
    lines, notes = [], []
    view = TerminalView(lines.append, notes.append)
    view._watch = Watch(notes.append, pause=0)
    assert view.run(unsteady(), threading.Event()) == 0
    again = "scripted source yields frames again"
    assert notes == ["unplugged. plug it in", again, "scripted source has ended"]
