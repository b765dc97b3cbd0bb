"""Frames, the library's price, sweeps, and the page with charts."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.cli import main
from benchmarks.conditions import measure_conditions
from benchmarks.frames import COUNTS, STAGES, render_frames
from benchmarks.make_empty import empty_artifact
from benchmarks.overhead import measure_overhead
from benchmarks.report import findings, markdown, results_table
from benchmarks.report_tables import conditions_table, overhead_table
from benchmarks.rounds import Plan
from benchmarks.sweep import Manner, manners
from edge_digits.backends import BACKENDS, available_backends, open_backend
from edge_digits.registry import artifacts, default_model
from train.scenes import PRESETS

ROOT = Path(__file__).resolve().parents[2]


def test_frames_have_their_sizes_and_digits_and_are_the_same_again(monkeypatch):
    sizes = ((320, 240), (640, 480))
    monkeypatch.setattr("benchmarks.frames.SIZES", sizes)
    frames, again = render_frames(3), render_frames(3)
    assert [frame.name for frame in frames] == [
        f"{w}x{h}, {n} digit{'s' if n > 1 else ''}" for w, h in sizes for n in COUNTS
    ]
    for frame, same in zip(frames, again, strict=True):
        assert frame.digits == len(frame.text.replace("\n", ""))
        assert np.array_equal(frame.image, same.image)


def test_a_run_splits_frames_by_stage_and_compares_them_with_the_reference(result):
    frames = result[0]["frames"]
    assert len(frames["cases"]) == 2 * len(COUNTS)
    for case in frames["cases"]:
        assert case["ratio"] > 0 and case["found"] <= case["digits"] + 5
        assert set(case["stages"]) == set(STAGES)
        assert case["stages"]["segmentation"] > 0 and case["stages"]["classify"] > 0
    assert " R |" in result[1]


def test_pages_are_scored_by_condition_and_together(monkeypatch):
    few = {name: PRESETS[name] for name in ("single", "scatter", "doodles")}
    few["doodles"] = replace(few["doodles"], digits=(0, 0))
    monkeypatch.setattr("train.scenes.PRESETS", few)

    class Blind:
        """Reads a 7 in everything."""

        def read(self, image):
            return SimpleNamespace(lines=[[SimpleNamespace(label="7", sure=True)], []])

    found = measure_conditions(Blind(), 0, pages=2)
    cases = {case["name"]: case for case in found["cases"]}
    assert list(cases) == ["all", *few]
    assert (cases["doodles"]["empty"], cases["doodles"]["false_pages"], cases["doodles"]["cer"]) == (
        2,
        2,
        None,
    )
    scatter = cases["scatter"]
    assert (scatter["pages"], scatter["missed"]) == (2, scatter["digits"] - 2)
    assert scatter["cer"] == pytest.approx(
        (scatter["wrong"] + scatter["missed"]) / scatter["digits"], abs=1e-6
    )
    assert cases["all"]["digits"] == scatter["digits"] + cases["single"]["digits"]
    table = conditions_table({"conditions_read": found})
    assert "| doodles" in table and "2/2" in table and conditions_table({}) == ""
    again = measure_conditions(Blind(), 0, pages=2)
    assert again == found


def test_a_run_tells_what_the_library_adds(result):
    [price] = result[0]["overhead"]
    assert price["backend"] == "opencv"
    assert price["price_low_us"] <= price["price_us"] <= price["price_high_us"]
    assert 0 < price["empty_us"] < price["ours_us"]


def test_the_price_is_taken_of_the_usual_file_and_of_the_smallest():
    listed = [each for each in artifacts() if each.format == "onnx"]
    smallest = min(
        (each for each in listed if each.precision == "float32"), key=lambda each: each.path.stat().st_size
    )
    plan = Plan(rounds=1, seconds=0.001, warmup=0, settle=0)
    found = measure_overhead(listed, ["opencv"], [np.zeros((1, 28, 28), np.uint8)], plan)
    assert [each["file"] for each in found] == [f"{default_model()}-float32.onnx", smallest.path.name]


@pytest.mark.parametrize(
    ("hand", "low", "high", "words"),
    [
        (100.0, 4.0, 4.9, "within 5 us and 5 %"),
        (200.0, 5.1, 6.0, "MORE than"),
        (20.0, 1.1, 1.3, "MORE than"),
        (20.0, -0.6, 3.5, "cannot be told"),
    ],
)
def test_a_price_beyond_the_allowance_is_told_where_it_is_sure(result, hand, low, high, words):
    made = copy.deepcopy(result[0])
    made["overhead"][0].update(hand_us=hand, over_hand_low_us=low, over_hand_high_us=high, rounds=20)
    assert any(words in each for each in findings(made))
    made["overhead"][0]["rounds"] = 3
    assert not any("by hand" in each for each in findings(made))


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_empty_model_answers_with_the_first_ten_pixels(backend):
    if available_backends()[backend] is None:
        pytest.skip(f"no {backend}")
    crop = np.random.default_rng(0).integers(0, 256, (1, 28, 28), dtype=np.uint8)
    artifact = empty_artifact("tflite" if backend == "tflite" else "onnx")
    answer = open_backend(artifact, backend=backend).predict(crop)
    assert np.allclose(answer[0], crop[0, 0, :10] / 255)


def test_full_tries_one_two_and_all_threads_with_one_and_ten_crops():
    assert manners(1, 4, full=False) == [Manner(1, 1)]
    tried = manners(1, 4, full=True)
    assert tried[0] == Manner(1, 1)
    assert {(each.threads, each.crops) for each in tried} == {(t, c) for t in (1, 2, 4) for c in (1, 10)}
    assert len(manners(1, 1, full=True)) == 2


def test_a_sweep_is_timed_in_the_same_rounds(few_models, brief, tmp_path, capsys):
    few_models("classic-float32.onnx")
    out = tmp_path / "r.json"
    words = ["--full", "--only", "latency", "--backends", "opencv", "--reference", "opencv"]
    assert main([*words, "--json", str(out)]) == 0
    [row] = json.loads(out.read_text())["rows"]
    assert (1, 10) in {(each["threads"], each["crops"]) for each in row["sweep"]}
    assert all(len(each["round_p50_ms"]) == 3 for each in row["sweep"])
    assert "10 crops, 1 thr." in capsys.readouterr().out


class Page(HTMLParser):
    """Counts tags and collects what the page would fetch."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.fetched, self.names = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.names.append(value)
            if name in ("src", "href", "xlink:href") and not value.startswith("#"):
                self.fetched.append(value)


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")
def test_the_page_with_charts_needs_nothing_else(result):
    from benchmarks.html_report import html_page

    made = copy.deepcopy(result[0])
    made["warnings"] = ["Loaded <machine>: made up."]
    text = html_page(made)
    page = Page(text)
    assert page.tags.count("svg") == 3 and page.tags.count("table") == 5
    assert page.fetched == [] and "@import" not in text
    assert len(page.names) == len(set(page.names))
    assert "Loaded &lt;machine&gt;" in text
    assert text.index("Loaded &lt;machine") < text.index("<svg") < text.index("<table")
    assert html_page(made).count("</tr>") == text.count("</tr>")


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")
def test_keras_is_named_below_the_charts_and_does_not_stretch_them(result):
    from benchmarks.charts import distributions, pareto

    made = copy.deepcopy(result[0])
    without = pareto(made)
    keras = copy.deepcopy(made["rows"][0])
    keras.update(name="classic.keras in model.predict", format="keras", backend="keras")
    keras["latency"].update(p50_ms=60.0, spread_ms=[60.0] * len(keras["latency"]["spread_ms"]))
    made["rows"].append(keras)
    for drawn in (pareto(made), distributions(made)):
        assert "not drawn: classic.keras in model.predict 60 ms" in drawn
    assert "not drawn" not in without


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")
def test_every_stage_of_a_frame_has_a_shade_and_hatching_of_its_own():
    from benchmarks.charts import GREYS, HATCHES

    assert len(set(zip(GREYS, HATCHES, strict=True))) >= len(STAGES)


def test_conclusions_rest_on_enough_calls(result):
    made = copy.deepcopy(result[0])
    for row in made["rows"]:
        row["latency"]["count"] = 5000
    assert any("Fastest classic" in each for each in findings(made))
    for row in made["rows"]:
        row["latency"]["count"] = 99
    found = findings(made)
    assert "2 of 2 rows had fewer than 100 calls" in found[0]
    assert not any("Fastest" in each or "faster" in each or "SLOWER" in each for each in found)
    for each in made["overhead"]:
        each["rounds"] = 1
    assert "(unsure)" in overhead_table(made)


@pytest.mark.parametrize(
    ("times", "verdict"),
    [(0.94, "faster than"), (0.996, "as quick as"), (1.04, "as quick as"), (1.06, "SLOWER than")],
)
def test_a_difference_that_noise_makes_is_no_difference(result, times, verdict):
    made = copy.deepcopy(result[0])
    floats, ints = (next(row for row in made["rows"] if row["precision"] == p) for p in ("float32", "int8"))
    for row, pace in ((floats, 1.0), (ints, times)):
        row["latency"].update(count=5000, round_p50_ms=[pace] * 20)
    assert f"{ints['name']} is {verdict} float32 here, {times:.2f} times its p50." in findings(made)


def test_ratios_show_no_more_figures_than_a_timing_bears(result):
    made = copy.deepcopy(result[0])
    made["rows"][0]["latency"]["speedup"], made["rows"][1]["latency"]["speedup"] = 4887.03, 0.957
    assert " 4887 |" in results_table(made)
    assert " 0.96 |" in results_table(made)


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")
def test_the_page_names_what_its_charts_show_and_leaves_no_marks_of_markdown(result):
    from benchmarks.html_report import html_page

    made = copy.deepcopy(result[0])
    for row in made["rows"]:
        row["accuracy"] = {"value": 0.99}
    assert "<h2>Latency, accuracy and size</h2>" in html_page(made)
    for row in made["rows"]:
        row["accuracy"] = None
    assert "<h2>Latency and size</h2>" in html_page(made)
    assert "`" not in html_page(made)
    assert "<code>read</code>" in html_page(made)


def test_the_page_that_is_shipped_says_what_its_figures_say():
    for path in (ROOT / "benchmarks" / "results").glob("*-cores.json"):
        page = markdown(json.loads(path.read_text(encoding="utf-8"))) + "\n"
        assert path.with_suffix(".md").read_text(encoding="utf-8") == page


def test_without_matplotlib_the_page_is_refused_before_anything_is_measured(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.run_command.find_spec", lambda name: None)
    assert main(["--html", "x.html"]) == 1
    assert 'pip install "edge-digits[bench]"' in capsys.readouterr().err
