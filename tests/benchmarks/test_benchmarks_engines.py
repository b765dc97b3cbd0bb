"""Room on the disk, CPU in a loop, and instructions by the processor's own counter."""

from __future__ import annotations

import os
import platform
from importlib import metadata

import pytest

from benchmarks import counter, engines, session
from benchmarks.footprint import measure_footprints, run_probe
from benchmarks.report_tables import engines_table
from benchmarks.rows import Row
from edge_digits.registry import find_artifact


def package(folder, name: str, size: int, *requires: str) -> None:
    """Installs a made-up distribution with one file of that size, and one compiled file that counts not."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    needed = "".join(f"Requires-Dist: {each}\n" for each in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needed}")
    (folder / f"{name}.py").write_bytes(b"x" * size)
    (folder / "__pycache__").mkdir(exist_ok=True)
    (folder / "__pycache__" / f"{name}.pyc").write_bytes(b"x" * 10**6)
    (info / "RECORD").write_text(f"{name}.py,,\n__pycache__/{name}.pyc,,\n{name}.gone,,\n")


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    package(tmp_path, "made-up-engine", 3_000_000, "made_up.helper>=2; python_version>'3'", "made-up-gone")
    package(tmp_path, "made-up-helper", 500_000, 'made-up-extra; extra == "all"', "made-up-engine")
    package(tmp_path, "made-up-extra", 9_000_000)
    return tmp_path


def test_an_engine_weighs_with_what_it_needs_and_without_extras(site):
    assert engines.closure(["Made_Up.Engine"]) == {"made-up-engine", "made-up-helper"}
    assert engines.size_mb(engines.closure(["made-up-engine"])) == pytest.approx(3.5)
    assert engines.closure(["made-up-gone"]) == set()


def test_engines_are_weighed_and_looped_where_they_have_a_file(few_models, monkeypatch):
    few_models("classic-float32.onnx")
    monkeypatch.setattr(engines, "LOOP_SECONDS", 0.2)
    [found] = engines.measure_engines([find_artifact("classic-float32")], ["opencv"], threads=1)
    assert found["file"] == "classic-float32.onnx" and 0 < found["loop_cpu"] < 4
    name = (found["package"] or "").partition(" ")[0]
    if name:
        assert metadata.version(name) in found["package"]
        assert found["together_mb"] >= found["installed_mb"] > 1
    [without] = engines.measure_engines([], ["opencv"], threads=1)
    assert without["file"] is None and without["loop_cpu"] is None
    table = engines_table({"engines": [found, {**without, "package": None, "installed_mb": None}]})
    assert "CPU at 30 Hz" in table and "| opencv " in table
    assert engines_table({"engines": None}) == "" == engines_table({})


def test_a_loop_that_works_all_the_time_uses_a_core_and_one_that_sleeps_does_not(few_models):
    few_models("classic-float32.onnx")
    words = ["loop", "classic-float32", "onnx", "opencv", "1"]
    lazy = run_probe("lazy", [*words, "20", "0.3"])["cpus"]
    busy = run_probe("busy", [*words, "100000", "0.003"])["cpus"]
    # On a machine that others use too, a process may get less than the core it wants.
    assert 0 < lazy < busy


def test_no_process_begins_after_the_limit_but_the_first_row_is_weighed():
    words = ["numpy"]
    found = measure_footprints({"a": words, "b": words, "c": words}, repeats=1, limit=1e-9)
    assert set(found) == {"python and numpy", "a"}


@pytest.mark.parametrize(
    ("changes", "once"),
    [({}, ["edge.keras", "nano"]), ({"full": True}, ["edge.keras"]), ({"quick": True}, ["nano"])],
)
def test_of_many_models_the_default_ones_processes_are_repeated(monkeypatch, changes, once):
    asked = {}

    def measure(probes, *, once, **others):
        asked.update(rows=list(probes), once=sorted(once))
        return {session.BASELINE: {}}

    monkeypatch.setattr(session, "measure_footprints", measure)
    monkeypatch.setattr(session, "default_model", lambda: "edge")
    about = [("edge", "onnx"), ("nano", "onnx"), ("edge", "keras")]
    rows = [
        Row(
            name if format_ == "onnx" else "edge.keras",
            {"model": name, "format": format_, "backend": format_},
            (),
            [name],
            None,
        )
        for name, format_ in about
    ]
    session._weigh(rows, session.Settings(**changes))
    assert asked["once"] == once
    # Alone, a model that is not the default is repeated too.
    session._weigh(rows[1:2], session.Settings())
    assert asked == {"rows": ["nano"], "once": []}


@pytest.mark.skipif(platform.system() != "Linux", reason="perf_event_open is Linux's")
def test_the_counter_counts_where_the_kernel_allows_it():
    # The kernel's own clock goes the same way through open, ioctl and read as the processor's counter.
    try:
        counting = counter.Counter(counter.TASK_CLOCK)
    except OSError as error:
        pytest.skip(str(error))
    try:
        counting.start()
        few = (sum(range(10_000)), counting.stop())[1]
        counting.start()
        many = (sum(range(1_000_000)), counting.stop())[1]
        assert 0 < few < many
        assert counter.per_call(counting, sum, [range(100_000)], calls=3) > 0
    finally:
        counting.close()


def test_where_the_processor_has_no_counter_there_is_none_and_no_error(monkeypatch):
    def refuse(event=None):
        raise OSError(13, "perf_event_open: Permission denied")

    monkeypatch.setattr(counter, "Counter", refuse)
    with counter.counter() as counting:
        assert counting is None


@pytest.mark.parametrize("system", [("Darwin", "arm64"), ("Windows", "AMD64"), ("Linux", "riscv64")])
def test_systems_without_it_are_refused_before_anything_is_called(monkeypatch, system):
    monkeypatch.setattr(platform, "system", lambda: system[0])
    monkeypatch.setattr(platform, "machine", lambda: system[1])
    with pytest.raises(OSError, match="no perf_event_open"):
        counter.Counter()


def test_instructions_of_a_call_are_the_median_over_its_calls():
    class Fake:
        totals = iter([500, 10_000, 400, 600, 450])

        def start(self):
            self.begun = len(asked)

        def stop(self):
            assert len(asked) - self.begun == 10
            return next(self.totals)

    asked: list[str] = []
    assert counter.per_call(Fake(), asked.append, ["a", "b"], calls=10) == 50
    assert len(asked) == 5 + 5 * 10 and asked[:3] == ["a", "b", "a"]


def test_a_counter_gives_its_handle_back():
    try:
        counting = counter.Counter(counter.TASK_CLOCK)
    except OSError as error:
        pytest.skip(str(error))
    counting.close()
    with pytest.raises(OSError):
        os.fstat(counting._handle)
