"""What is said of the machine, of its state, and of memory."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import cv2
import pytest

import edge_digits
from benchmarks import machine
from benchmarks.contention import Sample, between, sample, warnings
from benchmarks.footprint import BASELINE, CHECKOUT, measure_footprints


def moment(**changes) -> Sample:
    values = {
        "wall": 0.0,
        "own": 0.0,
        "busy": 0.0,
        "stolen": 0.0,
        "load": 0.0,
        "temperature": None,
        "throttled": None,
    }
    return Sample(**{**values, **changes})


def test_the_record_tells_neither_host_nor_user_nor_folder():
    record = json.dumps(machine.machine_record())
    assert str(CHECKOUT) not in record
    if len(platform.node()) > 3:
        assert platform.node() not in record


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("Intel(R) Xeon(R) Platinum 8488C CPU @ 2.40GHz", "intel-xeon-platinum-8488c-4-cores"),
        ("AMD EPYC 7B13 64-Core Processor", "amd-epyc-7b13-64-core-4-cores"),
        ("Raspberry Pi 4 Model B Rev 1.4", "raspberry-pi-4-model-b-4-cores"),
        ("", "unknown-4-cores"),
    ],
)
def test_a_machine_is_named_by_its_kind(monkeypatch, model, name):
    monkeypatch.setattr(machine, "_board", lambda: model)
    monkeypatch.setattr(machine, "cpu_model", lambda: "")
    monkeypatch.setattr(machine, "_usable_cores", lambda: 4)
    assert machine.machine_name() == name


def test_versions_are_those_installed():
    import numpy as np

    assert machine.package_versions()["numpy"] == np.__version__
    assert "no-such-package" not in machine.package_versions()


def test_the_commit_is_a_hash_or_unknown():
    assert machine.commit() is None or re.fullmatch(r"[0-9a-f]{10}\+?", machine.commit())


def test_what_others_used_is_all_less_our_own():
    record = between(moment(), moment(wall=10.0, own=9.5, busy=14.5, stolen=0.5, load=1.2))
    assert record["own_cpus"] == 0.95
    assert record["other_cpus"] == 0.5
    assert record["steal"] == 0.05


def test_a_loaded_machine_is_named():
    quiet = between(moment(), moment(wall=10.0, own=10.0, busy=10.5))
    loaded = between(moment(), moment(wall=10.0, own=10.0, busy=18.0))
    assert warnings(quiet, cores=2, governor="performance", drift=0.05) == []
    [warning] = warnings(loaded, cores=2, governor=None, drift=None)
    assert "used 0.8 CPUs" in warning and "may use 2" in warning


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0x0, 0x0, None),
        (0x0, 0x50005, "is slowed"),
        (0x4, 0x40000, "is slowed"),
        (0x50000, 0x50000, "has been"),
    ],
)
def test_a_throttled_board_is_named(before, after, said):
    record = between(moment(throttled=before), moment(wall=1.0, throttled=after))
    found = warnings(record, cores=4, governor=None, drift=None)
    assert found == [] if said is None else said in found[0]


def test_steal_governor_and_drift_are_named():
    record = between(moment(), moment(wall=10.0, own=10.0, busy=10.0, stolen=1.0))
    found = " ".join(warnings(record, cores=2, governor="ondemand", drift=0.4))
    assert "10 % of a CPU" in found and "ondemand" in found and "40 % apart" in found


def test_a_system_that_tells_nothing_gives_no_warnings():
    blank = moment(busy=None, stolen=None, load=None)
    record = between(blank, moment(wall=1.0, own=1.0, busy=None, stolen=None, load=None))
    assert record["other_cpus"] is None
    assert warnings(record, cores=1, governor=None, drift=None) == []


def test_counters_grow_with_work():
    before = sample()
    while sum(os.times()[:2]) - before.own < 0.05:
        sum(range(10_000))
    assert sample().own > before.own


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_the_childs_own_however_large_its_parent_is():
    code = (
        "from benchmarks.footprint import *; ballast = bytearray(b'x') * 300_000_000;"
        "print(measure_footprints({}, repeats=1)[BASELINE]['peak_mb'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert 5 < float(done.stdout) < 150


def test_footprints_are_medians_less_the_baseline(few_models):
    few_models("classic-float32.onnx")
    name = "classic on opencv"
    words = ["backend", "classic-float32", "onnx", "opencv", "1"]
    found = measure_footprints({name: words, "again": words}, repeats=2, once=["again"])
    assert (found[name]["repeats"], found["again"]["repeats"], found[BASELINE]["repeats"]) == (2, 1, 2)
    assert found[BASELINE]["over_baseline_mb"] == 0
    assert found[name]["over_baseline_mb"] == pytest.approx(
        found[name]["peak_mb"] - found[BASELINE]["peak_mb"], abs=0.11
    )
    assert found[name]["over_baseline_mb"] > 0 and found[name]["open_ms"] > 0


def test_an_opencv_without_a_record_of_its_package_is_named_all_the_same(monkeypatch):
    def recorded(name):
        if name.startswith("opencv"):
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(machine, "version", recorded)
    found = machine.package_versions()
    assert found["opencv"] == cv2.__version__ and found["edge-digits"] == edge_digits.__version__
