"""What a webcam sees of a sheet that rests or is held, and of a desk without one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from train.scenes.held import KINDS, SIZE, live_clip

SHEET = np.s_[150:600, 400:1000]


def _grey(kind: str, seed: int, count: int) -> list[np.ndarray]:
    """Frames without their grain."""
    frames = live_clip(kind, seed, count).frames
    return [
        cv2.GaussianBlur(cv2.cvtColor(f, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), 3) for f in frames
    ]


def _moved(one: np.ndarray, other: np.ndarray) -> float:
    """How far the writing of one frame lies from that of another, pixels."""
    (x, y), _ = cv2.phaseCorrelate(one[SHEET], other[SHEET], cv2.createHanningWindow((600, 450), cv2.CV_32F))
    return float(np.hypot(x, y))


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_gives_the_same_frames_and_another_seed_others(kind: str) -> None:
    once, again, other = (list(live_clip(kind, seed, 2).frames) for seed in (3, 3, 4))
    assert [frame.shape for frame in once] == [(SIZE[1], SIZE[0], 3)] * 2
    assert once[0].dtype == np.uint8
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not np.array_equal(once[0], once[1])
    assert not np.array_equal(once[0], other[0])


def test_the_sheet_holds_twenty_digits_and_the_desk_none() -> None:
    texts = {kind: live_clip(kind, 3, 1).text for kind in KINDS}
    assert [len(line) for line in texts["at rest"].split("\n")] == [5] * 4
    assert texts["at rest"].replace("\n", "").isdigit()
    assert texts["in a hand"] == texts["at rest"] != live_clip("at rest", 4, 1).text
    assert texts["empty"] == ""


def test_on_a_sheet_at_rest_nothing_changes_but_the_grain() -> None:
    frames = _grey("at rest", 3, 3)
    assert _moved(frames[0], frames[2]) < 0.05
    # The camera may take a little more or less of all light from frame to frame.
    dimmed = frames[2] * (frames[0].mean() / frames[2].mean())
    assert np.abs(dimmed - frames[0]).max() < 4


def test_in_a_hand_the_sheet_moves_and_little() -> None:
    frames = _grey("in a hand", 3, 4)
    assert 0.2 < max(_moved(frames[0], frame) for frame in frames[1:]) < 12


def test_over_an_empty_desk_an_arm_comes_from_the_right() -> None:
    frames = _grey("empty", 3, 6)
    change = np.abs(frames[5] - frames[0])
    assert change[:, 900:].max() > 2 * change[:, :500].max() > 0


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="tuple"):
        live_clip("in space", 0, 1)
