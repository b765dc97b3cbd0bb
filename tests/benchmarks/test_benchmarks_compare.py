"""What counts as a change between two runs, on made-up timings and on a planted slowdown."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from benchmarks.change import Timed, difference_interval, pace_doubt, ratio_interval, verdict_of
from benchmarks.cli import main
from benchmarks.results import changes
from benchmarks.stats import quiet_p50


def run_of(
    row_ms: float, *, seed: int, noise: float = 0.01, rounds: int = 30, drift: float = 0.0, busy: float = 0.0
):
    """Medians of rounds of a row and of the yardstick, on a machine that drifts alike for both.

    In a part `busy` of the rounds another program sits on the same core, which comes or goes between
    the turns of row and yardstick in a fifth of them; they suffer from it differently.
    """
    rng = np.random.default_rng(seed)
    pace = np.linspace(1, 1 + drift, rounds)
    chance = rng.random(rounds)
    moved = np.where(rng.random(rounds) < 0.2, rng.random(rounds), chance)
    beside = np.where(chance < busy, 1.35, 1.0), np.where(moved < busy, 1.6, 1.0)
    row = row_ms * pace * beside[0] * rng.lognormal(0, noise, rounds)
    return Timed(row.tolist(), (0.05 * pace * beside[1] * rng.lognormal(0, noise / 3, rounds)).tolist())


def verdict(before, after, least=0.05):
    doubt = pace_doubt(before.pace, after.pace) if before.pace else 0.0
    return verdict_of(*ratio_interval(before, after), least=least, doubt=doubt)


def result_of(result, seed: int, *, factor: float = 1.0, pace: float = 1.0):
    """A real result file with timings made up anew."""
    made = copy.deepcopy(result)
    yardstick = run_of(1, seed=seed).pace
    for index, row in enumerate(made["rows"]):
        rng = np.random.default_rng((seed, index))
        cost = 2 * pace * (factor if index == 0 else 1.0) * rng.lognormal(0, 0.02, len(yardstick))
        row["latency"]["round_p50_ms"] = (cost * np.array(yardstick)).tolist()
    made["yardstick"]["round_p50_ms"] = [pace * each for each in yardstick]
    made["frames"] = None
    for each in (made["baseline"], *(row["footprint"] for row in made["rows"])):
        each.update(total_ms=100.0, each_ms=[99.0, 100.0, 101.0], peak_mb=50.0)
    return made


def saved(folder, name, result) -> str:
    path = folder / name
    path.write_text(json.dumps(result))
    return str(path)


@pytest.mark.parametrize("busy", [0.0, 0.4])
def test_a_planted_slowdown_of_a_tenth_is_found_nearly_always(busy):
    found = [
        verdict(run_of(0.1, seed=s, busy=busy), run_of(0.11, seed=1000 + s, busy=busy)) for s in range(30)
    ]
    assert found.count("worse") >= (29 if busy == 0 else 24) and "better" not in found


@pytest.mark.parametrize("busy", [(0.0, 0.0), (0.4, 0.4), (0.7, 0.2), (0.0, 1.0)])
def test_the_same_code_twice_passes_however_busy_the_machine_was(busy):
    found = [
        verdict(run_of(0.1, seed=s, busy=busy[0]), run_of(0.1, seed=1000 + s, busy=busy[1]))
        for s in range(30)
    ]
    assert not {"worse", "better"} & set(found)
    if busy == (0.0, 0.0):
        assert found.count("same") == 30


def test_noise_as_large_as_the_change_is_not_called_a_change():
    found = [
        verdict(run_of(0.1, seed=s, noise=0.2), run_of(0.1, seed=1000 + s, noise=0.2)) for s in range(30)
    ]
    assert found.count("unknown") >= 28


def test_a_machine_that_slows_down_is_not_taken_for_slower_code():
    before = run_of(0.1, seed=1)
    after = run_of(0.1 * 1.5, seed=2, drift=0.4)
    after = Timed(after.rounds, [1.5 * each for each in after.pace])
    assert verdict(before, after) in ("same", "unknown")
    assert verdict(Timed(before.rounds), Timed(after.rounds)) == "worse"


def test_a_quicker_row_is_better_and_a_tiny_change_is_none():
    assert verdict(run_of(0.11, seed=1), run_of(0.1, seed=2)) == "better"
    steady = Timed([0.1] * 20, [0.05] * 20)
    assert verdict(steady, Timed([0.103] * 20, [0.05] * 20)) == "same"
    assert verdict(steady, Timed([0.103] * 20, [0.05] * 20), least=0.02) == "worse"


def test_the_ratio_is_that_of_quiet_rounds_over_the_yardsticks():
    before, after = Timed([1.0, 2, 3, 4, 100], [1.0] * 5), Timed([2.0, 4, 6, 8, 9], [2.0] * 5)
    ratio, low, high = ratio_interval(before, after)
    assert ratio == pytest.approx(np.percentile(after.rounds, 10) / np.percentile(before.rounds, 10) / 2)
    assert low <= ratio <= high
    assert quiet_p50([before.rounds, after.rounds]).tolist() == pytest.approx([1.4, 2.8])


def test_the_yardstick_is_doubted_more_the_farther_it_moved():
    doubts = [np.exp(pace_doubt([1.0] * 9, [pace] * 9)) for pace in (1.0, 1.03, 1.06, 0.5)]
    assert doubts == pytest.approx([1.0, 1.03, 1.05, 2**0.5])


def test_slow_waves_widen_the_interval():
    wave = 1 + 0.1 * np.sin(np.linspace(0, 4 * np.pi, 40))
    shuffled = np.random.default_rng(0).permutation(wave)
    runs = [Timed(each.tolist()) for each in (wave, shuffled)]
    widths = [np.log(high / low) for _, low, high in (ratio_interval(each, each) for each in runs)]
    assert widths[0] > 1.2 * widths[1]


def test_a_difference_within_rounds_does_not_see_their_drift():
    rng = np.random.default_rng(0)
    drift = np.linspace(50, 90, 20)
    middle, low, high = difference_interval(drift, drift + 3 + rng.normal(0, 0.1, 20))
    assert middle == pytest.approx(3, abs=0.1) and 2.7 < low <= middle <= high < 3.3


def test_a_yardstick_that_alone_moved_a_little_makes_no_row_slower(result):
    before = result_of(result[0], 1)
    after = copy.deepcopy(before)
    after["yardstick"]["round_p50_ms"] = [each / 1.07 for each in before["yardstick"]["round_p50_ms"]]
    assert "worse" not in {each.verdict for each in changes(before, after, least=0.05)}
    assert "better" not in {each.verdict for each in changes(after, before, least=0.05)}
    # A row that became slower with it is found all the same, and so is one on a machine of another pace.
    row = after["rows"][0]["latency"]
    row["round_p50_ms"] = [1.1 * each for each in row["round_p50_ms"]]
    worse = [each.name for each in changes(before, after, least=0.05) if each.verdict == "worse"]
    assert worse == [after["rows"][0]["name"]]
    far = copy.deepcopy(before)
    far["yardstick"]["round_p50_ms"] = [each / 1.5 for each in before["yardstick"]["round_p50_ms"]]
    assert {each.verdict for each in changes(before, far, least=0.05) if each.part == "latency"} == {"worse"}


def test_the_command_flags_a_slower_row_and_passes_the_same_code(result, tmp_path, capsys):
    made, _ = result
    first = saved(tmp_path, "a.json", result_of(made, 1))
    assert main(["compare", first, saved(tmp_path, "b.json", result_of(made, 2, pace=1.3))]) == 0
    printed = capsys.readouterr().out
    assert "0 worse, 0 better" in printed and "| worse" not in printed
    assert main(["compare", first, saved(tmp_path, "c.json", result_of(made, 3, factor=1.1))]) == 1
    [line] = [line for line in capsys.readouterr().out.splitlines() if "| worse" in line]
    assert made["rows"][0]["name"] in line and "latency" in line


def test_lost_accuracy_larger_files_and_more_memory_are_worse(result):
    before = result_of(result[0], 1)
    before["rows"][0]["accuracy"] = {"value": 0.992, "correct": 9920, "count": 10000, "set": "made up"}
    after = copy.deepcopy(before)
    assert {each.verdict for each in changes(before, after, least=0.05)} == {"same"}
    row = after["rows"][0]
    row["accuracy"].update(value=0.985, correct=9850)
    row["bytes"] *= 2
    row["footprint"].update(peak_mb=60.0, total_ms=150.0, each_ms=[149.0, 150.0, 151.0])
    worse = {each.part for each in changes(before, after, least=0.05) if each.verdict == "worse"}
    assert worse == {"accuracy", "size", "memory", "load"}
    back = {each.part for each in changes(after, before, least=0.05) if each.verdict == "better"}
    assert back == worse
    # A dozen pictures more or less is what another training gives.
    row["accuracy"].update(value=0.991, correct=9910)
    changed = {each.part for each in changes(before, after, least=0.05) if each.verdict != "same"}
    assert "accuracy" not in changed


def test_a_load_time_of_one_process_is_not_judged(result):
    before, after = result_of(result[0], 1), result_of(result[0], 1)
    for found, total in ((before, 100.0), (after, 200.0)):
        found["rows"][0]["footprint"].update(total_ms=total, each_ms=[total])
    judged = [each.name for each in changes(before, after, least=0.05) if each.part == "load"]
    assert judged == [row["name"] for row in before["rows"][1:]]


def test_too_few_rounds_are_no_evidence(result, tmp_path, capsys):
    made, _ = result
    before, after = result_of(made, 1), result_of(made, 1)
    for found, factor in ((before, 1), (after, 3)):
        latency = found["rows"][0]["latency"]
        latency["round_p50_ms"] = [factor * each for each in latency["round_p50_ms"][:5]]
        found["yardstick"]["round_p50_ms"] = found["yardstick"]["round_p50_ms"][:5]
        for row in found["rows"][1:]:
            row["latency"] = None
    assert main(["compare", saved(tmp_path, "a.json", before), saved(tmp_path, "b.json", after)]) == 0
    assert "1 not to be told" in capsys.readouterr().out


def test_doubts_about_the_comparison_stand_above_it(result, tmp_path, capsys):
    made, _ = result
    before, after = result_of(made, 1), result_of(made, 1)
    after["machine"]["name"] = "another-board"
    after["warnings"] = ["Loaded machine: made up."]
    after["rows"] = after["rows"][:1]
    assert main(["compare", saved(tmp_path, "a.json", before), saved(tmp_path, "b.json", after)]) == 0
    printed = capsys.readouterr().out
    assert "Different machines" in printed and "after: Loaded machine" in printed
    assert f"only in the first result: {made['rows'][1]['name']}" in printed


@pytest.mark.parametrize("content", [None, "no json", "[]", '{"schema": 1}'])
def test_what_is_no_result_is_usage(tmp_path, capsys, content):
    path = tmp_path / "a.json"
    if content is not None:
        path.write_text(content)
    assert main(["compare", str(path), str(path)]) == 2
    assert "make one: python -m benchmarks --json" in capsys.readouterr().err
