"""Changing model, backend and mode while frames are being read."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from demo_fakes import FakeReader, ScriptedSource
from waiting import eventually

from camera_demo.engine import Engine
from camera_demo.pipeline import Pipeline
from edge_digits import DigitReader
from edge_digits.errors import BackendError, EdgeDigitsError, ModelError


class Choosable(FakeReader):
    """A fake reader that knows what it was made of; "onnxruntime" runs no int8."""

    def __init__(self, model=None, *, backend="auto", threads=1, mode="balanced"):
        super().__init__()
        if backend == "onnxruntime" and model == "classic-int8":
            raise BackendError("onnxruntime does not run it", "take another")
        self.backend = "tflite" if backend == "auto" else backend
        self.mode, self.threads = mode, threads
        name = model or "classic-float32"
        self.artifact = SimpleNamespace(name=name, sha256="a", path=Path(f"{name}.tflite"))


@pytest.fixture
def engine():
    return Engine(make=Choosable, threads=2)


def test_it_tells_what_is_chosen_and_what_there_is(engine):
    told = engine.describe()
    assert (told["model"], told["backend"], told["mode"]) == ("classic-float32", "tflite", "balanced")
    assert {"classic-float32", "classic-int8"} <= set(told["models"])
    assert told["modes"] == ["eager", "balanced", "strict"]


def test_what_is_not_named_stays_as_it_was(engine):
    engine.choose(mode="strict")
    engine.choose(model="classic-int8")
    engine.choose(backend="opencv")
    told = engine.describe()
    assert (told["model"], told["backend"], told["mode"]) == ("classic-int8", "opencv", "strict")
    assert engine._reader.threads == 2


def test_a_model_that_the_backend_cannot_run_gets_one_that_can(engine):
    engine.choose(backend="onnxruntime")
    engine.choose(model="classic-int8")
    assert engine.describe()["backend"] == "tflite"


def test_a_backend_asked_for_by_name_is_that_one_or_an_error(engine):
    engine.choose(model="classic-int8")
    before, version = engine.describe(), engine.version
    with pytest.raises(BackendError):
        engine.choose(backend="onnxruntime", mode="strict")
    assert (engine.describe(), engine.version) == (before, version)


@pytest.mark.parametrize("model", ["/etc/passwd", "../classic-int8", "models/a.onnx", "classic", ""])
def test_visitors_choose_by_name_and_reach_no_file(engine, model):
    with pytest.raises(ModelError, match="There is no model"):
        engine.choose(model=model)


def test_an_unknown_mode_is_refused(engine):
    with pytest.raises(EdgeDigitsError, match="careless"):
        engine.choose(mode="careless")


def test_a_lone_file_of_the_command_line_can_be_chosen_again():
    def make(model=None, **settings):
        reader = Choosable(model, **settings)
        if model and model.endswith("mine.onnx"):
            reader.artifact = SimpleNamespace(name="mine-float32", sha256=None, path=Path(model))
        return reader

    engine = Engine("/somewhere/mine.onnx", make=make)
    assert engine.describe()["model"] == "mine-float32 (mine.onnx)"
    assert "/somewhere" not in str(engine.describe())
    engine.choose(model="classic-float32")
    engine.choose(model="mine-float32 (mine.onnx)")
    assert engine._reader.artifact.path == Path("/somewhere/mine.onnx")


def test_modes_follow_each_other(engine):
    assert [engine.next_mode() for _ in range(3)] == ["strict", "eager", "balanced"]


def test_a_tracker_begins_anew_with_each_choice(engine):
    tracker = engine.track()
    picture = np.full((40, 40, 3), 3, np.uint8)
    tracker.update(picture)
    first = engine._reader
    engine.choose(model="classic-int8")
    tracker.update(picture)
    tracker.update(picture)
    assert engine._reader is not first
    assert (first.trackers, engine._reader.trackers) == (1, 1)
    assert (len(first.seen), len(engine._reader.seen)) == (1, 2)
    tracker.reset()


def test_choices_of_many_visitors_do_not_disturb_the_camera(engine):
    pipeline = Pipeline(ScriptedSource(itertools.cycle([3]), rate=500), engine)

    def visit():
        for model in ["classic-int8", "classic-float32"] * 10:
            engine.choose(model=model)
            engine.next_mode()

    with pipeline:
        visitors = [threading.Thread(target=visit) for _ in range(4)]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
        after = pipeline.feed.latest.sequence
        assert eventually(lambda: pipeline.feed.latest.sequence > after + 5)
    assert pipeline.error is None
    assert engine.version == 160


def test_the_real_reader_can_be_exchanged():
    engine = Engine(mode="eager")
    blank = np.full((120, 160, 3), 240, np.uint8)
    before = engine.read(blank)
    other = next(m for m in engine.describe()["models"] if m != engine.describe()["model"])
    engine.choose(model=other)
    after = engine.read(blank)
    assert (before.model, after.model) == (DigitReader().artifact.name, other)
    assert engine.describe()["mode"] == "eager"
