"""Probabilities that mean what they say, and digits that are not turned away."""

from __future__ import annotations

import numpy as np
import pytest

from train.calibrate import best_temperature, calibration_error, none_offset


def outcomes(certainty: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits of three classes that are right just as often as their softmax says."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, certainty, (count, 3))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (shares.cumsum(axis=1) < rng.random((count, 1))).sum(axis=1)
    return logits, labels.astype(np.uint8)


@pytest.mark.parametrize("factor", [0.4, 1.0, 2.5])
def test_the_temperature_undoes_what_made_a_network_too_sure_or_too_modest(factor):
    logits, labels = outcomes(2.0)
    assert best_temperature(factor * logits, labels) == pytest.approx(factor, rel=0.1)


def test_confidence_that_is_borne_out_is_no_error():
    logits, labels = outcomes(2.0)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert calibration_error(shares, labels) < 0.03


def test_always_sure_and_half_of_the_time_wrong_is_an_error_of_a_half():
    shares = np.tile([1.0, 0.0], (10, 1))
    assert calibration_error(shares, np.arange(10) % 2) == pytest.approx(0.5)


def test_none_is_lowered_only_as_far_as_digits_need_it():
    logits = np.zeros((1000, 11))
    logits[:, 3] = 12
    assert none_offset(logits, 0.003) == 0
    # Four digits of a thousand look like none, by 2 in their logits.
    logits[:4, 10] = 14
    assert none_offset(logits, 0.003) == -2.25
    logits[:4, 10] = 90
    assert none_offset(logits, 0.003) == -6
