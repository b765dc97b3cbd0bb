"""Figures of made-up timings, against numpy and against the classic ways to get them wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.stats import drift, speedup, summarize

ROUND = st.lists(st.integers(1, 10**9), min_size=1, max_size=40)


@settings(deadline=None)
@given(st.lists(ROUND, min_size=1, max_size=6))
def test_percentiles_and_mean_are_numpys_over_all_rounds(rounds):
    figures = summarize([np.array(each, np.int64) for each in rounds])
    everything = np.array([value for each in rounds for value in each]) / 1e6
    assert figures["count"] == len(everything)
    assert figures["mean_ms"] == pytest.approx(everything.mean(), abs=1e-6)
    assert figures["min_ms"] == pytest.approx(everything.min(), abs=1e-6)
    for percent in (50, 90, 99):
        assert figures[f"p{percent}_ms"] == pytest.approx(np.percentile(everything, percent), abs=1e-6)


def test_the_median_sorts_first():
    in_time_order = np.array([9, 1, 5, 2, 8, 3, 7], np.int64) * 1_000_000
    assert summarize([in_time_order])["p50_ms"] == 5.0  # the middle of the list in time would be 2


def test_slow_calls_are_not_dropped_from_the_mean():
    timings = np.array([1] * 9 + [101], np.int64) * 1_000_000
    assert summarize([timings])["mean_ms"] == pytest.approx(11.0)


def test_p99_of_a_thousand_lies_between_the_990th_and_991st():
    timings = np.random.default_rng(1).permutation(np.arange(1, 1001)) * 1_000_000
    assert summarize([timings])["p99_ms"] == pytest.approx(990.01)


def test_each_round_keeps_its_own_median():
    figures = summarize([np.array([1, 2, 30]) * 1_000_000, np.array([40, 50, 60]) * 1_000_000])
    assert figures["round_p50_ms"] == [2.0, 50.0]


def test_figures_are_milliseconds_of_nanoseconds():
    assert summarize([np.array([2_500_000])])["p50_ms"] == 2.5


def test_a_row_twice_as_quick_has_speedup_two():
    assert speedup({"p50_ms": 2.0}, {"p50_ms": 4.0}) == 2.0


def test_drift_is_nothing_on_a_steady_machine_and_grows_with_the_spread():
    assert drift([3.0] * 20) == 0.0
    assert drift(list(np.linspace(1.0, 2.0, 11))) == pytest.approx(1.9 / 1.1 - 1)
