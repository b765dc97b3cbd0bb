from __future__ import annotations

import cv2
import numpy as np
import pytest
from sheets_on_floors import OnFloor, on_floor
from test_sheet import grey
from written_pages import Page, write_page

from edge_digits import DigitReader
from edge_digits.flatten import FlatSheet, flattened
from edge_digits.reading import Box
from edge_digits.segmentation import LONGEST, in_search_size
from edge_digits.sheet import sheet_in

PAGE = write_page("3472\n5284", seed=3, margin=120)


def flat_of(picture: np.ndarray) -> FlatSheet | None:
    gray = grey(picture)
    searched, _ = in_search_size(gray)
    sheet = sheet_in(searched)
    assert sheet is not None
    return flattened(gray, sheet, searched, LONGEST)


def corners_of(box: Box, seen: OnFloor, page: Page) -> np.ndarray:
    """Where the corners of a box on a page lie in a picture of it."""
    rows, columns = page.image.shape[:2]
    onto = cv2.getPerspectiveTransform(
        np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32), seen.corners
    )
    x, y, width, height = box
    places = np.array([[(x, y), (x + width, y), (x + width, y + height), (x, y + height)]], np.float32)
    return np.asarray(cv2.perspectiveTransform(places, onto)[0])


@pytest.mark.parametrize(("degrees", "tilt"), [(20, 0.0), (-33, 0.0), (12, 0.4), (3, 0.5)])
def test_a_flattened_sheet_looks_like_the_page_it_was(degrees: int, tilt: float) -> None:
    flat = flat_of(on_floor(PAGE.image, degrees, tilt=tilt).image)
    assert flat is not None
    height, width = flat.image.shape
    # Around the sheet is a margin of 3 % of its longer side.
    margin = round(max(height, width) * 0.03 / 1.06)
    inner = flat.image[margin : height - margin, margin : width - margin]
    rows, columns = PAGE.image.shape[:2]
    tolerance = 0.06 if not tilt else 0.35
    assert inner.shape[1] / inner.shape[0] == pytest.approx(columns / rows, rel=tolerance)
    page = cv2.resize(grey(PAGE.image), inner.shape[::-1], interpolation=cv2.INTER_AREA)
    soft, like = (cv2.GaussianBlur(each, (0, 0), 3).astype(np.float32) for each in (inner, page))
    assert np.corrcoef(soft.ravel(), like.ravel())[0, 1] > 0.9
    # Nothing of the floor is left on any side.
    assert flat.image[[0, -1]].min() > 200
    assert flat.image[:, [0, -1]].min() > 200


def test_a_level_sheet_that_fills_the_picture_is_left_as_it_is() -> None:
    assert flat_of(on_floor(PAGE.image, 3, share=0.9).image) is None


@pytest.mark.parametrize("share", [0.4, 0.6, 0.75])
def test_a_level_sheet_with_much_around_it_is_cut_out(share: float) -> None:
    flat = flat_of(on_floor(PAGE.image, 3, share=share).image)
    assert flat is not None
    assert flat.image[[0, -1]].min() > 200


def test_boxes_of_a_sheet_that_was_cut_out_lie_close_around_its_digits(reader: DigitReader) -> None:
    for degrees in (2, 4):
        seen = on_floor(PAGE.image, degrees, share=0.7)
        found = reader.read(seen.image).digits
        assert "".join(digit.label for digit in found) == PAGE.text.replace("\n", "")
        gray = grey(seen.image)
        for digit in found:
            x, y, width, height = digit.box
            inked = cv2.boundingRect(
                (gray[y - 5 : y + height + 5, x - 5 : x + width + 5] < 120).astype(np.uint8)
            )
            assert digit.box.iou(Box(x - 5 + inked[0], y - 5 + inked[1], *inked[2:])) > 0.75


@pytest.mark.parametrize("degrees", [2, 20])
def test_what_is_written_across_a_stain_that_reaches_the_edge_of_its_sheet_is_read(
    reader: DigitReader, degrees: int
) -> None:
    rows, columns = PAGE.image.shape[:2]
    first = PAGE.boxes[0]
    stain = np.zeros((rows, columns), np.float32)
    cv2.rectangle(stain, (0, first.y - 5), (25, first.y + 60), 1, -1)
    cv2.line(stain, (0, first.y + 20), (columns - 100, first.y + 25), 1, 16)
    stain = cv2.GaussianBlur(stain, (0, 0), 2)[:, :, None]
    page = (PAGE.image * (1 - 0.16 * stain)).astype(np.uint8)
    assert reader.read(on_floor(page, degrees, share=0.6).image).text == PAGE.text


def test_all_rings_of_a_binding_are_taken_off_the_sheet() -> None:
    page = PAGE.image.copy()
    for number in range(9):
        x = round((number + 0.5) * page.shape[1] / 9)
        if number in (3, 6):
            cv2.line(page, (x - 5, 0), (x - 6, 16), (60, 60, 60), 4, cv2.LINE_AA)
        else:
            cv2.rectangle(page, (x - 6, 0), (x + 6, 14), (60, 60, 60), -1)
        cv2.ellipse(page, (x, 20), (6, 7), 0, 0, 360, (60, 60, 60), 4, cv2.LINE_AA)
    flat = flat_of(on_floor(page, 1, share=0.55).image)
    assert flat is not None
    assert flat.image[: flat.image.shape[0] // 6].min() > 180
    assert flat.image.min() < 120, "but its digits are left"


@pytest.mark.parametrize("flaw", ["line", "speck"])
def test_a_ring_that_something_joins_is_taken_off_like_the_others(flaw: str) -> None:
    """Three of 26 stayed on the sheet, and the network read them as sixes."""
    page = PAGE.image.copy()
    pitch = page.shape[1] / 16
    for number in range(16):
        x = round((number + 0.5) * pitch)
        cv2.rectangle(page, (x - 4, 0), (x + 4, 12), (110, 110, 110), -1)
        cv2.circle(page, (x, 15), 6, (50, 50, 50), -1, cv2.LINE_AA)
        if number in (0, 9):
            end = (x, 60) if flaw == "line" else (x + 28, 16)
            cv2.line(page, (x, 15), end, (170, 150, 150), 3, cv2.LINE_AA)
    if flaw == "line":
        cv2.line(page, (0, 60), (page.shape[1], 60), (170, 150, 150), 2)
    flat = flat_of(on_floor(page, 1, share=0.75).image)
    assert flat is not None
    margin = flat.image.shape[0] // 30
    assert flat.image[: margin + 18].min() > 130
    assert flat.image.min() < 120, "but its digits are left"


def test_a_level_sheet_is_cut_out_anyway_where_that_is_asked_for() -> None:
    gray = grey(on_floor(PAGE.image, 3, share=0.9).image)
    searched, _ = in_search_size(gray)
    sheet = sheet_in(searched)
    assert sheet is not None
    assert flattened(gray, sheet, searched, LONGEST) is None
    assert flattened(gray, sheet, searched, LONGEST, anyway=True) is not None


def test_a_level_sheet_is_cut_out_where_the_picture_shows_more_of_it_than_is_searched() -> None:
    flat = flat_of(on_floor(PAGE.image, 2, share=0.4, size=(2560, 1920)).image)
    assert flat is not None
    assert flat.image.shape[1] > 1000


def test_sides_that_are_not_seen_are_not_made_up() -> None:
    """What looks like a sheet in the reduced picture may have sides as soft as a glow."""
    glow = np.full((960, 1280), 90, np.uint8)
    corners = np.array([(400, 200), (900, 300), (820, 700), (320, 600)], np.int32)
    cv2.fillPoly(glow, [corners], 200)
    soft = cv2.GaussianBlur(glow, (0, 0), 40)
    sheet = sheet_in(soft)
    assert sheet is None or flattened(soft, sheet, soft, LONGEST) is None


@pytest.mark.parametrize("degrees", range(-170, 190, 20))
def test_a_sheet_on_a_floor_is_read_however_it_lies(reader: DigitReader, degrees: int) -> None:
    page = write_page("3472\n5284", seed=degrees + 200, height=60, margin=100)
    seen = on_floor(page.image, degrees, seed=degrees + 200)
    reading = reader.read(seen.image)
    assert reading.text == page.text
    for digit, box in zip(reading.digits, page.boxes, strict=True):
        x, y = corners_of(box, seen, page).mean(axis=0)
        assert digit.box.center == pytest.approx((x, y), abs=8)


@pytest.mark.parametrize("degrees", [-30, 0, 25])
def test_a_sheet_seen_from_far_aside_is_read(reader: DigitReader, degrees: int) -> None:
    page = write_page("34725\n52843", seed=11, height=60, margin=100)
    assert reader.read(on_floor(page.image, degrees, tilt=0.6, share=0.5).image).text == page.text


@pytest.mark.parametrize("degrees", [-28, 15, 40])
def test_a_slate_that_lies_askew_is_read(reader: DigitReader, degrees: int) -> None:
    page = write_page("3472\n5284", seed=4, height=60, margin=100)
    assert reader.read(on_floor(np.invert(page.image), degrees, shade=200).image).text == page.text


def test_a_digit_next_to_the_edge_of_a_sheet_is_read(reader: DigitReader) -> None:
    page = write_page("8347", seed=5, height=60, margin=9)
    assert reader.read(on_floor(page.image, 22, share=0.45).image).text == page.text


def test_what_is_written_level_on_a_sheet_that_is_askew_is_read(reader: DigitReader) -> None:
    page = on_floor(np.full((600, 900, 3), 240, np.uint8), 18).image.copy()
    written = write_page("34725", seed=6, height=60, margin=4).image
    rows, columns = written.shape[:2]
    page[440 : 440 + rows, 450 : 450 + columns] = np.minimum(
        page[440 : 440 + rows, 450 : 450 + columns], written
    )
    assert reader.read(page).text == "34725"


def test_an_empty_sheet_on_a_floor_shows_no_digit(reader: DigitReader) -> None:
    for degrees in (0, 15, 40):
        picture = on_floor(np.full((600, 900, 3), 240, np.uint8), degrees, seed=degrees).image
        assert reader.read(picture).text == ""


def test_digits_beside_a_sheet_are_read_too(reader: DigitReader) -> None:
    """A card lies askew on a page that is written on: neither keeps the other from being read."""
    page = np.full((960, 1280, 3), 170, np.uint8)
    card = on_floor(write_page("472", seed=7, margin=60).image, 20, share=0.3, shade=170).image
    page[:, 320:] = card[:, :960]
    written = write_page("835", seed=8, height=70, margin=4, ground=(170.0, 170.0, 170.0)).image
    page[60 : 60 + written.shape[0], 30 : 30 + written.shape[1]] = written
    digits = sorted(reader.read(page).text.replace("\n", ""))
    assert digits == sorted("472835")


@pytest.mark.parametrize("text", ["53", "47"])
@pytest.mark.parametrize("degrees", [160, 197])
def test_two_digits_tell_that_their_sheet_is_upside_down(
    reader: DigitReader, text: str, degrees: int
) -> None:
    page = write_page(text, seed=9, height=90, margin=120)
    assert reader.read(on_floor(page.image, degrees, share=0.45).image).text == text


@pytest.mark.parametrize("degrees", [-92, 84, 110])
def test_the_ruling_of_a_sheet_on_its_side_is_no_ones(reader: DigitReader, degrees: int) -> None:
    """It stood as upright as 1s do, and its lines ran as level as words."""
    page = write_page("5426\n891316\n62897\n599", seed=12, height=50, margin=80)
    ruled = page.image.copy()
    ruled[20::26] = np.minimum(ruled[20::26], (205, 190, 170))
    assert reader.read(on_floor(ruled, degrees, share=0.5, seed=2).image).text == page.text


@pytest.mark.parametrize("degrees", [-16, 14, 22])
def test_the_fingers_that_hold_a_sheet_are_no_ones(reader: DigitReader, degrees: int) -> None:
    """Cut off at the sheet's edge their tips stood upright beside the digits."""
    page = write_page("46\n8729\n3504", seed=14, height=60, margin=110)
    seen = on_floor(page.image, degrees, share=0.6)
    held = seen.image.copy()
    x, y = 0.35 * seen.corners[0] + 0.65 * seen.corners[3]
    cv2.ellipse(held, (int(x) - 14, int(y)), (38, 90), 15, 0, 360, (130, 150, 195), -1, cv2.LINE_AA)
    assert reader.read(held).text == page.text


@pytest.mark.parametrize(("seed", "mottles"), [(4, 6), (6, 10), (6, 14)])
def test_a_photo_of_mottled_paper_in_a_white_document_is_read(
    reader: DigitReader, seed: int, mottles: float
) -> None:
    """Its mottles were taken for fingers that hold a slate, and digits went with them."""
    page = write_page("12345\n67890", seed=seed, height=110, margin=120).image
    page = cv2.resize(page, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    rows, columns = page.shape[:2]
    rough = np.random.default_rng(seed).normal(0, mottles, (5, 9)).astype(np.float32)
    light = cv2.resize(rough, (columns, rows), interpolation=cv2.INTER_CUBIC)
    light += np.linspace(14, -14, rows, dtype=np.float32)[:, None]
    photo = np.clip(page * 0.82 + light[:, :, None], 0, 255).astype(np.uint8)
    border = columns // 7
    document = cv2.copyMakeBorder(
        photo, border, border, border, border, cv2.BORDER_CONSTANT, value=(255, 255, 255)
    )
    assert reader.read(document).text == "12345\n67890"
