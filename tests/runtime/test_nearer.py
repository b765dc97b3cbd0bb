"""Small writing in a large picture: it is looked at nearer, and the boxes stand where it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from written_pages import Page as Written
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.decision import Verdict
from edge_digits.flatten import FlatSheet
from edge_digits.nearer import NEAREST, Part, shows_more, small_writing
from edge_digits.page import Page
from edge_digits.reading import Box
from edge_digits.sheet import Sheet

PHOTO = (3000, 4000)
DESK = 110


def on_a_desk(written: Written, place: tuple[float, float], seed: int = 0) -> tuple[NDArray[np.uint8], Box]:
    """A photo of 12 megapixels in which a small sheet lies, and where."""
    sheet = cv2.cvtColor(written.image, cv2.COLOR_BGR2GRAY)
    rng = np.random.default_rng(seed)
    desk = DESK + cv2.resize(rng.normal(0, 6, (PHOTO[0] // 4, PHOTO[1] // 4)), PHOTO[::-1])
    height, width = sheet.shape
    left, top = int(place[0] * (PHOTO[1] - width)), int(place[1] * (PHOTO[0] - height))
    desk[top : top + height, left : left + width] = sheet
    photo = np.clip(cv2.GaussianBlur(desk, (0, 0), 1.0), 0, 255).astype(np.uint8)
    return photo, Box(left, top, width, height)


@pytest.mark.parametrize(
    ("text", "height"),
    [("27180", 36), ("3141\n5926", 36), ("3141\n5926", 44), ("4285", 30), ("68\n59\n03", 36), ("90", 36)],
)
def test_writing_of_a_hundredth_of_the_photo_is_read(reader: DigitReader, text: str, height: int) -> None:
    """A note on a desk: reduced to 1280 pixels, its digits are 10 to 14 high, and hardly any was read."""
    for seed in range(2):
        written = write_page(text, seed=seed, height=height, margin=height)
        photo, _ = on_a_desk(written, (0.2 + 0.4 * seed, 0.7 - 0.3 * seed), seed)
        assert reader.read(photo).text == text


def test_its_boxes_stand_in_the_photo_where_the_digits_do(reader: DigitReader) -> None:
    written = write_page("3528", height=40, margin=40)
    photo, sheet = on_a_desk(written, (0.6, 0.3))
    reading = reader.read(photo)
    assert reading.size == PHOTO[::-1]
    for digit, true in zip(reading.digits, written.boxes, strict=True):
        place = true._replace(x=true.x + sheet.x, y=true.y + sheet.y)
        x, y = digit.box.center
        assert place.x <= x <= place.x + place.width and place.y <= y <= place.y + place.height
        assert digit.box.height == pytest.approx(place.height, abs=8)


@pytest.mark.parametrize("quarters", [1, 3])
def test_so_do_the_boxes_of_a_photo_on_its_side(reader: DigitReader, quarters: int) -> None:
    """Two notes far apart: what is looked at is nearly as large as the photo, and larger than a page is."""
    note = cv2.cvtColor(write_page("755332", 0, height=24, margin=30).image, cv2.COLOR_BGR2GRAY)
    photo = np.full((1920, 2560), int(np.median(note)), np.uint8)
    height, width = note.shape
    for x, y in ((300, 300), (2000, 1500)):
        photo[y : y + height, x : x + width] = note
    photo = np.ascontiguousarray(np.rot90(photo, quarters))
    reading = reader.read(photo)
    assert reading.text == "755332\n755332"
    ink = photo < np.median(photo) - 60
    for digit in reading.digits:
        x, y, wide, high = digit.box
        assert ink[y : y + high, x : x + wide].any()


def test_a_file_is_decoded_again_as_large_as_it_need_be(reader: DigitReader, tmp_path: Path) -> None:
    """What is decoded at half its size holds less than the file."""
    photo, _ = on_a_desk(write_page("27180", seed=1, height=32, margin=32), (0.3, 0.6))
    path = tmp_path / "photo.jpg"
    cv2.imwrite(str(path), photo)
    assert reader.read(path).text == "27180"
    assert reader.read(path.read_bytes()).text == "27180"


@pytest.mark.parametrize("text", ["4059", "3141\n5926", "683"])
def test_a_webcam_s_small_digits_are_looked_at_enlarged(reader: DigitReader, text: str) -> None:
    """There is no larger picture, but enlarged, strokes of nine pixels are found and parted surely."""
    for seed in range(3):
        written = write_page(text, seed=seed, height=9, margin=9)
        frame = np.full((480, 640), DESK, np.uint8)
        sheet = cv2.cvtColor(written.image, cv2.COLOR_BGR2GRAY)
        frame[200 : 200 + sheet.shape[0], 300 : 300 + sheet.shape[1]] = sheet
        assert reader.read(frame).text == text


def test_grain_alone_shows_no_digits_however_near(reader: DigitReader) -> None:
    for seed in range(3):
        blank, _ = on_a_desk(Written(np.full((90, 300, 3), 235, np.uint8), (), ""), (0.5, 0.5), seed)
        assert reader.read(blank).text == ""


SIZE = (1280, 960)


def page_of(likely: list[Box], read: list[Box], others: list[Box] | None = None) -> Page:
    """What was found on a page: strokes that look like digits, digits that were read, and other strokes."""
    verdicts = [Verdict(i, 5, 0.99, sure=True) for i in range(len(read))]
    answers = np.zeros((len(read), 11), np.float32)
    crops = np.zeros((len(read), 28, 28), np.uint8)
    return Page(verdicts, [], read, likely, others or [], SIZE, 1.0, answers, crops, (0.0,))


def row_of(count: int, height: int, y: int = 400) -> list[Box]:
    return [Box(600 + i * height, y, round(0.6 * height), height) for i in range(count)]


def test_most_of_what_looks_like_digits_must_be_small() -> None:
    small, large = row_of(4, 14), row_of(5, 80, 100)
    assert small_writing(page_of(small, [])) is not None
    assert small_writing(page_of(small, small)) is not None
    assert small_writing(page_of([*small, *large], large)) is None
    assert small_writing(page_of(small, large)) is None
    assert small_writing(page_of(large, large)) is None
    assert small_writing(page_of(small[:1], [])) is None
    assert small_writing(page_of([], [])) is None


def test_a_few_of_many_marks_are_no_small_writing_but_letters() -> None:
    digits = row_of(6, 14)
    assert small_writing(page_of(digits, [], row_of(6, 14, 300))) is not None
    assert small_writing(page_of(digits, [], row_of(9, 14, 300))) is None
    assert small_writing(page_of(digits, [], row_of(9, 60, 300) + row_of(20, 7, 200))) is not None
    assert small_writing(page_of(digits, digits, row_of(9, 14, 300))) is not None


@pytest.mark.parametrize("seed", range(3))
def test_a_page_of_print_is_not_read_twice(reader: DigitReader, seed: int) -> None:
    """Enlarged, each of a thousand letters was cut in all ways: it took five times as long."""
    rng = np.random.default_rng(seed)
    page = np.full((1600, 1200), 240, np.uint8)
    for y in range(30, 1590, 28):
        words = "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz  "), 70).tolist())
        cv2.putText(page, words, (20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2)
    asked = [0]
    classify = reader.classify

    def counted(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        asked[0] += len(crops)
        return classify(crops)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "classify", counted)
        assert reader.read(page).text == ""
    assert asked[0] < 6000


def test_the_part_holds_all_digits_and_their_surroundings_within_the_picture() -> None:
    small = row_of(4, 14)
    part = small_writing(page_of(small, [Box(40, 900, 8, 14)]))
    assert part is not None
    x, y, width, height = part.box
    assert (x, y + height) == (0, 960) and y < 400 - 5 * 14 and x + width > 650 + 5 * 14
    assert 30 < part.by * 14 < 40


def test_a_part_as_large_as_the_picture_is_not_enlarged_without_end() -> None:
    corners = [Box(0, 0, 5, 9), Box(1270, 0, 5, 9), Box(0, 950, 5, 9), Box(1270, 950, 5, 9)]
    part = small_writing(page_of(corners, corners))
    assert part is not None
    assert round(part.by * part.box.width) <= NEAREST


def test_where_something_was_read_no_digit_may_get_lost() -> None:
    four, three = row_of(4, 14), row_of(3, 34)
    assert shows_more(page_of(four, four), page_of(four, three))
    assert not shows_more(page_of(three, three), page_of(four, four))


def test_where_nothing_was_read_a_row_of_bars_is_not_believed() -> None:
    """Enlarged, the stems of letters look like 1s."""
    nothing = page_of(row_of(2, 14), [])
    digits = row_of(6, 34)
    assert shows_more(page_of(digits[:4], digits), nothing)
    assert not shows_more(page_of(digits[:2], digits), nothing)
    assert not shows_more(page_of(digits[:1], digits[:1]), nothing)
    unsure = page_of(digits, digits)
    unsure = replace(unsure, verdicts=[replace(v, sure=i < 2) for i, v in enumerate(unsure.verdicts)])
    assert not shows_more(unsure, nothing)


@given(
    box=st.tuples(st.integers(0, 800), st.integers(0, 600), st.integers(20, 400), st.integers(20, 300)),
    by=st.floats(1.25, 6),
    scale=st.floats(0.2, 2),
    place=st.tuples(st.floats(0, 0.8), st.floats(0, 0.8)),
)
def test_what_is_found_on_a_part_comes_back_to_its_place(
    box: tuple[int, int, int, int], by: float, scale: float, place: tuple[float, float]
) -> None:
    """A box on the part, found as it was cut out and once more on a flat sheet in it."""
    part = Part(Box(*box), by)
    left, top = (round(by * share * side) for share, side in zip(place, box[2:], strict=True))
    found = Box(left, top, round(0.2 * by * box[2]), round(0.2 * by * box[3]))
    near = page_of([], [found])
    size = round(2000 / scale), round(2000 / scale)
    true = [(at + off / by) / scale for at, off in zip(box[:2], found[:2], strict=True)]
    lain = FlatSheet(np.zeros((1, 1), np.uint8), np.diag([2.0, 2.0, 1.0]), sheet_of_nothing())
    halved = Box(*(side // 2 for side in found))
    for page in (near, replace(near, flat=lain, boxes=[halved])):
        whole = part.on_whole(page, scale)
        # `scale` is that of the searched picture; the one given may be larger or smaller again.
        back = whole.in_picture(whole.boxes[0], 1.0, size, 0)
        assert back.x == pytest.approx(true[0], abs=2 + 2 / (by * scale))
        assert back.y == pytest.approx(true[1], abs=2 + 2 / (by * scale))
        assert back.width == pytest.approx(found.width / by / scale, abs=2 + 4 / (by * scale))


def sheet_of_nothing() -> Sheet:
    """Of a sheet nothing but its place in the picture is asked here."""
    nowhere = np.zeros((1, 1, 2), np.int32)
    return Sheet(nowhere, np.ones((1, 1), np.uint8), 1, True, "dark", 0.0, 0.0, 1.0, None)


@given(by=st.floats(1.25, 4), larger=st.sampled_from([0.5, 1.0, 2.0, 3.15]))
def test_a_part_is_cut_as_large_from_any_size_of_the_picture(by: float, larger: float) -> None:
    size = (320, 240)
    picture = np.zeros((round(240 * larger), round(320 * larger)), np.uint8)
    part = Part(Box(100, 60, 80, 40), by)
    top, left = round(60 * larger), round(100 * larger)
    picture[top : round(100 * larger), left : round(180 * larger)] = 200
    cut = part.cut(picture, size)
    assert cut.shape == (round(by * 40), round(by * 80))
    assert (cut == 200).all()
