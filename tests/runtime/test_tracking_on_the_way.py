"""What the tracker shows of a sheet that comes and goes before a camera of few frames."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from scripted_frames import SOON, ScriptedReader, seen

from edge_digits.reading import Digit, Reading
from edge_digits.tracking import Tracker

NUMBER = "27180"


def sheet(x: float, y: float = 200, digits: str = NUMBER) -> list[Digit]:
    """A number at a place, as far as it is in the picture."""
    written = [seen(c, x + 52 * i, y) for i, c in enumerate(digits)]
    return [d for d in written if 0 <= d.box.center[0] < ScriptedReader.size[0]]


def shown(tracker: Tracker, frames: Sequence[list[Digit]]) -> list[Reading]:
    return [tracker.update(frame) for frame in frames]  # type: ignore[arg-type]


def test_digits_that_leap_more_than_their_distance_keep_their_numbers(tracker: Tracker) -> None:
    steady = shown(tracker, [sheet(20)] * 8)[-1]
    for i in range(1, 6):
        (reading,) = shown(tracker, [sheet(20 + 60 * i, 200 + 25 * i)])
        assert reading.text == NUMBER
        assert [d.track for d in reading.digits] == [d.track for d in steady.digits]


@pytest.mark.parametrize("leap", [20, 35, 48, 52, 70, 110, 160])
def test_a_number_that_leaves_is_shown_whole_or_not_at_all(tracker: Tracker, leap: int) -> None:
    told = shown(tracker, [sheet(180)] * 8 + [sheet(180 + leap * i) for i in range(1, 40)])
    texts = [reading.text for reading in told]
    assert texts[7] == NUMBER
    assert set(texts) == {"", NUMBER}
    assert texts[-1] == ""


@pytest.mark.parametrize("leap", [20, 35, 52, 70, 110, 160])
def test_a_number_that_comes_is_shown_whole_and_soon(tracker: Tracker, leap: int) -> None:
    way = [sheet(180 + leap * i) for i in range(12, 0, -1)]
    texts = [reading.text for reading in shown(tracker, way + [sheet(180)] * 8)]
    assert set(texts) == {"", NUMBER}
    assert set(texts[len(way) + 3 :]) == {NUMBER}


def test_of_a_number_that_loses_a_digit_on_its_way_the_rest_is_not_shown(tracker: Tracker) -> None:
    shown(tracker, [sheet(20)] * 8)
    blurred = [[d for d in sheet(20 + 40 * i) if d.label != "1"] for i in range(1, 8)]
    texts = [reading.text for reading in shown(tracker, blurred)]
    assert "2780" not in texts


def test_a_number_shows_again_where_it_comes_to_rest(tracker: Tracker) -> None:
    shown(tracker, [sheet(20)] * 8)
    shown(tracker, [[d for d in sheet(20 + 40 * i) if d.label != "1"] for i in range(1, 5)])
    texts = [reading.text for reading in shown(tracker, [sheet(180)] * SOON)]
    assert texts[-1] == NUMBER


def test_digits_that_come_together_show_together(tracker: Tracker) -> None:
    frames = [[d for d in sheet(100) if d.label != "1"]] * 2 + [sheet(100)] * 4
    texts = [reading.text for reading in shown(tracker, frames)]
    assert set(texts) == {"", NUMBER}


def test_one_that_hardly_ever_shows_does_not_keep_the_others_waiting(tracker: Tracker) -> None:
    ghosts = [[seen("8", 500, 30 + 70 * (i % 5))] for i in range(10)]
    texts = [reading.text for reading in shown(tracker, [sheet(100) + ghost for ghost in ghosts])]
    assert texts[SOON] == NUMBER


def test_what_never_rests_is_shown_after_a_while(tracker: Tracker) -> None:
    texts = [reading.text for reading in shown(tracker, [sheet(5 + 18 * i) for i in range(20)])]
    assert texts[-1] == NUMBER
    assert set(texts) == {"", NUMBER}


def test_small_digits_in_a_trembling_hand_show_soon(tracker: Tracker) -> None:
    def small(i: int) -> list[Digit]:
        boxes = [
            d.box._replace(x=100 + 16 * k + 5 * (i % 2), width=10, height=16) for k, d in enumerate(sheet(0))
        ]
        return [Digit(d.label, 0.9, b, d.probabilities, True) for d, b in zip(sheet(0), boxes, strict=True)]

    assert shown(tracker, [small(i) for i in range(SOON)])[-1].text == NUMBER


def test_what_was_misread_on_the_way_is_read_anew_at_rest(tracker: Tracker) -> None:
    way = [sheet(220 - 40 * i, digits="21180") for i in range(4)]
    texts = [reading.text for reading in shown(tracker, way + [sheet(100)] * 6)]
    assert texts[-1] == NUMBER
