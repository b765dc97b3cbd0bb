"""When the tracker has a frame searched, and when it follows what it knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from scripted_frames import LABELS, SOON, ScriptedReader, grainy, seen
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.motion import view_of
from edge_digits.reading import Box, Reading
from edge_digits.tracking import Tracker


class CountingReader(ScriptedReader):
    """Reads one digit in every frame and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, frame: object) -> Reading:
        self.asked += 1
        return super().read([seen("7")])


class EmptyReader(CountingReader):
    """Reads nothing in any frame, and counts likewise."""

    def read(self, frame: object) -> Reading:
        return replace(super().read(frame), lines=())


def test_a_still_scene_is_not_searched_in_every_frame() -> None:
    reader, rng = CountingReader(), np.random.default_rng(0)
    tracker = Tracker(reader)  # type: ignore[arg-type]
    told = [tracker.update(grainy(rng)).text for _ in range(40)]
    assert set(told[SOON:]) == {"7"}
    assert reader.asked < 12


def test_a_stroke_drawn_into_a_still_scene_is_seen_in_the_next_frame() -> None:
    reader, rng = CountingReader(), np.random.default_rng(0)
    tracker = Tracker(reader)  # type: ignore[arg-type]
    for _ in range(6):
        tracker.update(grainy(rng))
    before = reader.asked
    drawn = grainy(rng)
    drawn[100:140, 200:203] = 40
    tracker.update(drawn)
    assert reader.asked == before + 1


class Counted:
    """A reader that counts how often it was asked."""

    def __init__(self, reader: DigitReader) -> None:
        self.reader, self.labels, self.asked = reader, reader.labels, 0

    def read(self, frame: np.ndarray) -> Reading:
        self.asked += 1
        return self.reader.read(frame)


def test_a_sheet_that_is_moved_is_searched_now_and_then_and_its_digits_followed(reader: DigitReader) -> None:
    counted = Counted(reader)
    tracker = Tracker(counted)  # type: ignore[arg-type]
    page = write_page("2058", seed=5, margin=100)
    rng = np.random.default_rng(0)
    for i in range(50):
        dy, dx = min(i, 40), 2 * min(i, 40)
        frame = np.roll(page.image, (dy, dx), axis=(0, 1)) + rng.normal(0, 3, page.image.shape)
        reading = tracker.update(np.clip(frame, 0, 255).astype(np.uint8))
        if i >= SOON:
            assert reading.text == page.text
            for digit, box in zip(reading.digits, page.boxes, strict=True):
                assert digit.box.iou(box._replace(x=box.x + dx, y=box.y + dy)) > 0.6
    assert counted.asked < 20


def test_a_picture_file_between_frames_is_no_frame_to_follow_digits_from(
    reader: DigitReader, tmp_path: Path
) -> None:
    counted = Counted(reader)
    tracker = Tracker(counted)  # type: ignore[arg-type]
    page = write_page("2058", seed=5, margin=100).image
    for _ in range(10):
        tracker.update(page)
    asked = counted.asked
    cv2.imwrite(str(tmp_path / "moved.png"), np.roll(page, 30, axis=1))
    tracker.update(str(tmp_path / "moved.png"))
    assert tracker.update(page).text == "2058"
    assert counted.asked == asked + 2


def test_what_flickers_on_a_still_scene_does_not_have_every_frame_searched() -> None:
    reader, rng = CountingReader(), np.random.default_rng(0)
    read = reader.read

    def flickering(frame: object) -> Reading:
        found = read(frame)
        ghost = seen("1", 20 + 40 * (reader.asked % 6), 20)
        return Reading((*found.lines, (ghost,)), found.size, found.model, found.backend, LABELS)

    reader.read = flickering  # type: ignore[method-assign]
    tracker = Tracker(reader)  # type: ignore[arg-type]
    told = [tracker.update(grainy(rng)).text for _ in range(100)]
    assert set(told[SOON:]) == {"7"}
    assert reader.asked < 40


def test_a_trembling_hand_is_no_reason_to_search_every_frame(reader: DigitReader) -> None:
    counted = Counted(reader)
    tracker = Tracker(counted)  # type: ignore[arg-type]
    page = write_page("2058", seed=5, margin=60)
    rng = np.random.default_rng(0)
    for i in range(40):
        dy, dx = 1.2 * np.sin(0.9 * i), 1.2 * np.cos(1.7 * i)
        shift = np.array([[1, 0, dx], [0, 1, dy]])
        moved = cv2.warpAffine(page.image, shift, page.image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        frame = np.clip(moved + rng.normal(0, 3, moved.shape), 0, 255).astype(np.uint8)
        told = tracker.update(frame).text
        if i >= SOON:
            assert told == page.text
    assert counted.asked <= 9


def test_a_scene_in_motion_without_digits_is_searched_in_every_third_frame() -> None:
    reader, rng = EmptyReader(), np.random.default_rng(0)
    tracker = Tracker(reader)  # type: ignore[arg-type]
    for i in range(30):
        assert tracker.update(grainy(rng, level=120 + 6 * (i % 12))).text == ""
    assert reader.asked == 10


def test_a_still_scene_without_digits_is_hardly_ever_searched() -> None:
    reader, rng = EmptyReader(), np.random.default_rng(0)
    tracker = Tracker(reader)  # type: ignore[arg-type]
    for _ in range(250):
        tracker.update(grainy(rng))
    assert reader.asked == 3


def test_a_digit_that_comes_into_a_scene_in_motion_shows_soon() -> None:
    reader, rng = CountingReader(), np.random.default_rng(0)
    read, empty = reader.read, 20

    def at_last(frame: object) -> Reading:
        found = read(frame)
        lines = found.lines if shot >= empty else ()
        return Reading(lines, found.size, found.model, found.backend, LABELS)

    reader.read = at_last  # type: ignore[method-assign]
    tracker = Tracker(reader)  # type: ignore[arg-type]
    told = []
    for shot in range(empty + 8):
        told.append(tracker.update(grainy(rng, level=120 + 6 * (shot % 12))).text)
    assert "7" not in told[:empty]
    assert told[-1] == "7"


def held_over_a_desk(page: np.ndarray, dx: float, dy: float) -> np.ndarray:
    """A sheet that has moved over stripes that have not."""
    height, width = page.shape[:2]
    desk = np.full((height + 160, width + 160, 3), 90, np.uint8)
    desk[:, ::12] = 130
    shift = np.array([[1, 0, 80 + dx], [0, 1, 80 + dy]])
    size = desk.shape[1::-1]
    cover = cv2.warpAffine(np.full((height, width), 255, np.uint8), shift, size)[:, :, None] / 255
    return np.asarray(desk * (1 - cover) + cover * cv2.warpAffine(page, shift, size), np.uint8)


def test_a_sheet_that_trembles_over_a_desk_is_hardly_ever_searched(reader: DigitReader) -> None:
    counted = Counted(reader)
    tracker = Tracker(counted)  # type: ignore[arg-type]
    page = write_page("2058", seed=5, margin=60)
    for i in range(60):
        frame = held_over_a_desk(page.image, 1.2 * np.sin(0.9 * i), 1.2 * np.cos(1.7 * i))
        told = tracker.update(frame).text
        if i >= SOON:
            assert told == page.text
    assert counted.asked <= 6


@pytest.mark.parametrize("where", ["between digits", "below them", "at the sheet's edge"])
def test_a_digit_written_on_a_sheet_that_trembles_has_it_searched_at_once(
    reader: DigitReader, where: str
) -> None:
    counted = Counted(reader)
    tracker = Tracker(counted)  # type: ignore[arg-type]
    page = write_page("2058", seed=5, margin=120)
    written = page.image.copy()
    height, width = written.shape[:2]
    x, y = {"between digits": (width // 2 - 8, 60), "below them": (width // 3, height - 70)}.get(
        where, (width - 50, height // 2)
    )
    cv2.line(written, (x, y), (x + 4, y + 40), (40, 40, 40), 5, cv2.LINE_AA)
    for i in range(20):
        tracker.update(held_over_a_desk(page.image, 1.2 * np.sin(0.9 * i), 1.2 * np.cos(1.7 * i)))
    before = counted.asked
    for i in range(20, 22):
        tracker.update(held_over_a_desk(written, 1.2 * np.sin(0.9 * i), 1.2 * np.cos(1.7 * i)))
    assert counted.asked > before


class Sized(Counted):
    """A reader that remembers the sizes of what it read."""

    def __init__(self, reader: DigitReader) -> None:
        super().__init__(reader)
        self.sizes: list[tuple[int, ...]] = []

    def read(self, frame: np.ndarray) -> Reading:
        self.sizes.append(frame.shape[:2])
        return super().read(frame)


def test_of_a_scene_that_stays_only_what_lies_around_its_digits_is_searched_again(
    reader: DigitReader,
) -> None:
    sized = Sized(reader)
    tracker = Tracker(sized)  # type: ignore[arg-type]
    page = write_page("2058", seed=5, margin=300)
    for i in range(140):
        reading = tracker.update(page.image)
        if i >= SOON:
            assert reading.text == page.text
            assert reading.size == page.image.shape[1::-1]
            for digit, box in zip(reading.digits, page.boxes, strict=True):
                assert digit.box.iou(box) > 0.6
    whole = [size == page.image.shape[:2] for size in sized.sizes]
    assert whole == [True, True, True, False, False, False, True], "now and then all of it"


def test_where_its_surroundings_tell_otherwise_all_of_a_frame_is_searched(reader: DigitReader) -> None:
    class Doubtful(Sized):
        def read(self, frame: np.ndarray) -> Reading:
            found = super().read(frame)
            return found if frame.shape == page.image.shape else replace(found, lines=found.lines[:0])

    page = write_page("2058", seed=5, margin=300)
    sized = Doubtful(reader)
    tracker = Tracker(sized)  # type: ignore[arg-type]
    told = [tracker.update(page.image).text for _ in range(40)]
    assert set(told[SOON:]) == {page.text}
    assert sized.sizes[-1] == page.image.shape[:2]
    assert sized.sizes[-2] != page.image.shape[:2]


def test_a_view_tells_a_movement_from_something_new() -> None:
    page = write_page("2058\n9371", seed=5, margin=60).image
    shift = np.array([[1, 0, 3.3], [0, 1, -2.1]])
    moved = cv2.warpAffine(page, shift, page.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    before, after = view_of(page), view_of(moved)
    assert not before.shows(after)
    digits = Box(60, 60, page.shape[1] - 120, page.shape[0] - 120)
    assert before.shows_moved(after, shift, digits)
    assert 0 < before.changed(after) < 0.5
    assert before.changed(before) == 0
    moved[100:130, 100:104] = 40
    assert not before.shows_moved(view_of(moved), shift, digits)
    assert not before.shows(view_of(page[:-16]))
    assert before.changed(view_of(page[:-16])) == 1
    away = np.array([[1.0, 0, page.shape[1]], [0, 1, 0]])
    assert not before.shows_moved(after, away, digits), "nothing is left to compare"
