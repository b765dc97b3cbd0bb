"""What the tracker shows of the digits that come, stay and go."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest
from scripted_frames import LABELS, SOON, ScriptedReader, grainy, seen
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.errors import ImageError
from edge_digits.reading import Box, Digit, Reading
from edge_digits.tracking import Tracker
from train.scenes import draw_digit

LONG = 12
"""Frames within which a vanished digit must be gone."""


def texts(tracker: Tracker, frames: Iterable[list[Digit]]) -> list[str]:
    return [tracker.update(frame).text for frame in frames]  # type: ignore[arg-type]


def test_a_digit_shows_after_a_few_frames_and_stays(tracker: Tracker) -> None:
    told = texts(tracker, [[seen("7")]] * 20)
    assert told[0] == ""
    assert set(told[SOON:]) == {"7"}


def test_a_flicker_of_one_frame_is_never_shown(tracker: Tracker) -> None:
    steady = seen("7")
    for i in range(40):
        ghost = [seen(str(i % 10), x=300 + 37 * (i % 5), y=40 + 61 * (i % 7))] if i % 3 == 0 else []
        assert tracker.update([steady, *ghost]).text in ("", "7")  # type: ignore[arg-type]


def test_one_misread_frame_does_not_change_what_is_shown(tracker: Tracker) -> None:
    frames = [[seen("1", share=0.8)] if i % 4 == 3 else [seen("7")] for i in range(40)]
    assert set(texts(tracker, frames)[SOON:]) == {"7"}


def test_a_digit_that_is_written_over_is_told_anew(tracker: Tracker) -> None:
    told = texts(tracker, [[seen("3")]] * 10 + [[seen("8")]] * 20)
    assert told[9] == "3"
    assert set(told[10 + LONG :]) == {"8"}


def test_frames_missed_now_and_then_leave_no_gap(tracker: Tracker) -> None:
    frames = [[] if i % 5 == 4 else [seen("7")] for i in range(40)]
    told = [tracker.update(frame) for frame in frames]  # type: ignore[arg-type]
    assert {reading.text for reading in told[SOON:]} == {"7"}
    assert len({d.track for reading in told for d in reading.digits}) == 1


def test_a_moving_sheet_keeps_its_digits_numbers(tracker: Tracker) -> None:
    numbers = []
    for i in range(30):
        shift = 12 * i
        reading = tracker.update([seen("4", 50 + shift), seen("2", 120 + shift)])  # type: ignore[arg-type]
        if i >= SOON:
            assert reading.text == "42"
            numbers.append(tuple(d.track for d in reading.digits))
    assert len(set(numbers)) == 1
    assert len(set(numbers[0])) == 2


def test_boxes_follow_the_digit(tracker: Tracker) -> None:
    for i in range(20):
        reading = tracker.update([seen("4", 50 + 10 * i)])  # type: ignore[arg-type]
    assert reading.digits[0].box.iou(seen("4", 50 + 190).box) > 0.6


def test_a_digit_that_left_is_forgotten(tracker: Tracker) -> None:
    texts(tracker, [[seen("7"), seen("2", 300), seen("5", 400)]] * 10)
    told = texts(tracker, [[seen("2", 300), seen("5", 400)]] * LONG)
    assert told[0] == "725", "one frame without it is no reason to drop it"
    assert told[-1] == "25"


def test_an_old_number_is_not_given_to_a_new_digit(tracker: Tracker) -> None:
    first = [tracker.update([seen("7")]) for _ in range(SOON + 1)][-1].digits[0].track  # type: ignore[arg-type]
    texts(tracker, [[]] * LONG)
    again = [tracker.update([seen("7")]) for _ in range(SOON + 1)][-1].digits[0].track  # type: ignore[arg-type]
    assert first is not None
    assert again is not None
    assert again != first


def test_after_a_cut_the_old_sheet_is_gone_at_once_and_the_new_one_shows(tracker: Tracker) -> None:
    old = [seen(c, 60 * i, 50) for i, c in enumerate("12345")]
    new = [seen(c, 60 * i, 350) for i, c in enumerate("678")]
    assert texts(tracker, [old] * 10)[-1] == "12345"
    told = texts(tracker, [new] * 10)
    assert all("1" not in text for text in told[3:])
    assert set(told[SOON:]) == {"678"}


def test_another_frame_size_starts_anew(tracker: Tracker, script: ScriptedReader) -> None:
    assert texts(tracker, [[seen("7")]] * 10)[-1] == "7"
    script.size = (1280, 720)
    told = texts(tracker, [[seen("7")]] * 10)
    assert told[0] == ""
    assert told[-1] == "7"


def test_reset_forgets_all(tracker: Tracker) -> None:
    texts(tracker, [[seen("7")]] * 10)
    tracker.reset()
    assert texts(tracker, [[seen("7")]]) == [""]


def test_what_stays_unsure_is_shown_as_unsure(tracker: Tracker) -> None:
    assert texts(tracker, [[seen("7", share=0.45, sure=False)]] * 15)[-1] == "?"


def test_digits_show_in_reading_order_whatever_order_they_came_in(tracker: Tracker) -> None:
    digits = [seen("3", 300), seen("1", 100), seen("2", 200), seen("4", 100, 300)]
    for i in range(10):
        told = tracker.update(digits[i % 4 :] + digits[: i % 4]).text  # type: ignore[arg-type]
    assert told == "123\n4"


def test_probabilities_stay_probabilities(tracker: Tracker) -> None:
    for i in range(30):
        reading = tracker.update([seen(str(i % 2), share=0.6)])  # type: ignore[arg-type]
    digit = reading.lines[0][0]
    assert digit.probabilities.shape == (10,)
    assert digit.probabilities.dtype == np.float32
    assert float(digit.probabilities.sum()) == pytest.approx(1, abs=1e-5)
    assert digit.confidence == pytest.approx(float(digit.probabilities.max()))


def test_a_sheet_in_a_trembling_hand_before_a_grainy_camera_reads_steadily(reader: DigitReader) -> None:
    page = write_page("2058", seed=5)
    rng = np.random.default_rng(0)
    tracker, told = reader.track(), []
    for _ in range(14):
        dy, dx = rng.integers(-3, 4, 2)
        frame = np.roll(page.image, (dy, dx), axis=(0, 1)) + rng.normal(0, 3, page.image.shape)
        told.append(tracker.update(np.clip(frame, 0, 255).astype(np.uint8)))
    assert {reading.text for reading in told[SOON:]} == {page.text}
    assert len({tuple(d.track for d in reading.digits) for reading in told[SOON:]}) == 1
    assert told[-1].to_dict()["lines"][0][0]["track"] == told[-1].digits[0].track


def test_a_blank_sheet_stays_blank_over_many_frames(reader: DigitReader) -> None:
    rng = np.random.default_rng(0)
    tracker = reader.track()
    for _ in range(10):
        frame = np.clip(rng.normal(210, 4, (240, 320, 3)), 0, 255).astype(np.uint8)
        assert tracker.update(frame).lines == ()


def test_a_sheet_that_is_exchanged_for_another_is_told_within_eight_frames(reader: DigitReader) -> None:
    tracker = reader.track()
    rng = np.random.default_rng(0)
    for page in (write_page("2058", seed=5), write_page("9371", seed=6), write_page("2058", seed=5)):
        size = (500, 200)
        picture = cv2.resize(page.image, size, interpolation=cv2.INTER_AREA)
        for _ in range(8):
            grain = rng.normal(0, 3, picture.shape)
            told = tracker.update(np.clip(picture + grain, 0, 255).astype(np.uint8)).text
        assert told == page.text


def test_a_digit_written_beside_others_shows_within_eight_frames(reader: DigitReader) -> None:
    tracker = reader.track()
    page = write_page("2058", seed=5)
    empty = page.image.copy()
    last = page.boxes[-1]
    empty[:, last.x - 4 :] = 245
    assert [tracker.update(empty).text for _ in range(20)][-1] == "205"
    assert [tracker.update(page.image).text for _ in range(8)][-1] == "2058"


def test_a_stroke_of_a_blurred_digit_goes_when_the_digit_is_seen(tracker: Tracker) -> None:
    texts(tracker, [[seen("2"), seen("1", 300)]] * 10)
    whole = Digit("0", 0.99, Box(290, 95, 60, 66), seen("0").probabilities)
    assert texts(tracker, [[seen("2"), whole]] * SOON)[-1] == "20"


class TakingTurns(ScriptedReader):
    """Reads one list of digits after another; the last one again and again."""

    def __init__(self, *readings: list[Digit]) -> None:
        self.readings = list(readings)

    def read(self, _frame: object) -> Reading:
        return super().read(self.readings.pop(0) if len(self.readings) > 1 else self.readings[0])


def row(labels: str, y: float = 100) -> list[Digit]:
    return [seen(label, 40 + 60 * i, y) for i, label in enumerate(labels)]


def told_of_a_sheet_that_comes_in(*readings: list[Digit], frames: int = 12) -> list[str]:
    """Every frame is another picture until the last reading's turn has come; then the scene rests."""
    tracker, rng = Tracker(TakingTurns(*readings)), np.random.default_rng(0)  # type: ignore[arg-type]
    pictures = [grainy(rng, 60 + 45 * (i % 4)) for i in range(len(readings))]
    pictures += [grainy(rng, 60 + 45 * ((len(readings) - 1) % 4)) for _ in range(frames - len(readings))]
    return [tracker.update(picture).text for picture in pictures]


def test_of_a_sheet_that_comes_in_blurred_no_bars_are_shown() -> None:
    told = told_of_a_sheet_that_comes_in(*[row("11115")] * 6, row("27185"))
    assert set("".join(told[:6])) <= {"5"}
    assert told[-1] == "27185"
    assert all("1" not in text or text == "27185" for text in told)


def test_digits_among_which_ones_are_not_the_most_are_shown_while_the_sheet_comes_in() -> None:
    assert told_of_a_sheet_that_comes_in(*[row("21718")] * 6)[SOON] == "21718"


def test_a_number_of_ones_shows_once_the_sheet_rests() -> None:
    told = told_of_a_sheet_that_comes_in(*[row("11111")] * 4, frames=14)
    assert told[3] == ""
    assert told[-1] == "11111"


class ReaderWithNone(ScriptedReader):
    labels = (*LABELS, "none")


def doubted(label: str) -> Digit:
    """A digit that was accepted though "none" is likelier."""
    probabilities = np.zeros(11, np.float32)
    probabilities[[int(label), 10]] = 0.4, 0.6
    return Digit(label, 0.4, Box(100, 100, 40, 60), probabilities, sure=False)


def test_an_accepted_digit_is_a_digit_however_likely_none_is() -> None:
    tracker = Tracker(ReaderWithNone())  # type: ignore[arg-type]
    for _ in range(SOON):
        reading = tracker.update([doubted("7")])  # type: ignore[arg-type]
    (digit,) = reading.digits or reading.unsure
    assert (digit.label, round(digit.confidence, 2)) == ("7", 0.4)


def test_the_boxes_of_a_sheet_that_leaves_stay_in_the_picture(reader: DigitReader) -> None:
    rng = np.random.default_rng(0)
    page = np.full((480, 640, 3), 230, np.uint8)
    for place, label in enumerate("35724689"):
        ink = draw_digit(label, rng, height=60)
        spot = page[210:270, 20 + 75 * place :][:, : ink.shape[1]]
        spot[:] = np.minimum(spot, 255 - ink[..., np.newaxis])
    tracker = reader.track()
    lefts = []
    for frame in [page] * 6 + [np.roll(page, -step, axis=1) for step in range(3, 72, 3)]:
        for digit in [each for line in tracker.update(frame).lines for each in line]:
            x, y, width, height = digit.box
            lefts.append(x)
            assert frame[y : y + height, x : x + width].shape[:2] == (height, width), digit
    assert min(lefts) == 0, "none was at the edge"


@pytest.mark.parametrize("shape", [(0, 0, 3), (10, 0), (10, 10, 5)])
def test_frames_that_are_no_pictures_are_refused(reader: DigitReader, shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="shape"):
        reader.track().update(np.zeros(shape, np.uint8))


def test_after_a_reset_all_is_as_at_the_start(reader: DigitReader) -> None:
    def shown_from(tracker: Tracker) -> int:
        sheet = write_page("11111").image
        return next(i for i in range(20) if tracker.update(sheet).text == "11111")

    used = reader.track()
    for level in (250, 10, 240, 20):
        used.update(np.full((240, 320, 3), level, np.uint8))
    used.reset()
    assert shown_from(used) == shown_from(reader.track())
