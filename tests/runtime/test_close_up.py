"""Pictures of one digit and nothing else: cells of a form, crops of a data set, a drawing canvas."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.close_up import close_ups, least_confidence
from edge_digits.reading import Box
from edge_digits.two_tones import two_tones
from train.scenes import draw_digit


def _digit(label: str, *, side: int = 120, frame: int = 0, variant: str | None = None) -> NDArray[np.uint8]:
    """White on black, cut out closely but for a frame."""
    rng = np.random.default_rng(int(label))
    ink = draw_digit(label, rng, height=side, thickness=0.13 * side, variant=variant)
    return np.asarray(cv2.copyMakeBorder(ink, *[frame] * 4, cv2.BORDER_CONSTANT, value=0), np.uint8)


@pytest.mark.parametrize("label", "0123456789")
@pytest.mark.parametrize("side", [16, 40, 200])
def test_a_closely_cut_digit_is_read_in_black_and_in_white(
    reader: DigitReader, label: str, side: int
) -> None:
    cut = _digit(label, side=side)
    assert [reader.read(picture).text for picture in (cut, 255 - cut)] == [label, label]


@pytest.mark.parametrize("label", "023567")
@pytest.mark.parametrize("enlarged", [cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC])
@pytest.mark.parametrize("side", [64, 160, 320, 640])
def test_a_digit_of_eight_pixels_is_read_however_large_it_is_shown(
    reader: DigitReader, label: str, enlarged: int, side: int
) -> None:
    """From 112 pixels on such pictures were things, since nothing in them is even, and nothing was read."""
    digit = _digit(label, side=64)
    frame = cv2.copyMakeBorder(digit, 0, 0, *[(64 - digit.shape[1]) // 2] * 2, cv2.BORDER_CONSTANT, value=0)
    tiny = cv2.resize(frame, (8, 8), interpolation=cv2.INTER_AREA)
    shown = cv2.resize(tiny, (side, side), interpolation=enlarged)
    assert [reader.read(picture).text for picture in (shown, 255 - shown)] == [label, label]


@pytest.mark.parametrize("label", "2359")
def test_an_outlined_digit_crosses_twice_as_many_strokes_and_is_one(reader: DigitReader, label: str) -> None:
    """As a scanner's threshold leaves the stroke of a broad marker."""
    digit = _digit(label, side=250, frame=70)
    outline = cv2.morphologyEx(digit, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8))
    assert reader.read(255 - outline).text == label


@pytest.mark.parametrize("edge", ["top", "bottom", "left", "right"])
def test_a_digit_may_touch_one_edge_of_its_picture(reader: DigitReader, edge: str) -> None:
    sides = [0 if side == edge else 30 for side in ("top", "bottom", "left", "right")]
    cut = cv2.copyMakeBorder(_digit("7"), *sides, cv2.BORDER_CONSTANT, value=0)
    assert [reader.read(picture).text for picture in (cut, 255 - cut)] == ["7", "7"]


def test_a_stroke_that_fades_for_a_moment_is_still_one(reader: DigitReader) -> None:
    cut = _digit("3", side=200)
    cut[98:103] = 0
    assert [reader.read(picture).text for picture in (cut, 255 - cut)] == ["3", "3"]


def test_the_bar_of_a_five_may_stand_apart_and_touch_the_edge(reader: DigitReader) -> None:
    five = np.zeros((200, 120), np.uint8)
    body = np.array([[22, 50], [18, 95], [60, 88], [100, 115], [98, 165], [60, 190], [12, 178]], np.int32)
    cv2.polylines(five, [body], False, 255, 16, cv2.LINE_AA)
    cv2.line(five, (30, 8), (118, 8), 255, 16, cv2.LINE_AA)
    assert [reader.read(picture).text for picture in (five, 255 - five)] == ["5", "5"]


def test_digits_one_above_another_are_two(reader: DigitReader) -> None:
    column = np.vstack([cv2.resize(_digit(label, side=100, frame=12), (90, 124)) for label in "38"])
    assert [reader.read(picture).text for picture in (column, 255 - column)] == ["3\n8", "3\n8"]


def test_black_ground_around_a_white_digit_is_no_part_of_it(reader: DigitReader) -> None:
    """The ground was joined to a 7 as its second stroke and the two were read as a 0."""
    page = np.zeros((480, 480), np.uint8)
    digit = _digit("7", side=230, variant="plain")
    page[120 : 120 + digit.shape[0], 150 : 150 + digit.shape[1]] = digit
    assert reader.read(page).text == "7"


def test_its_box_is_told_in_pixels_of_the_picture(reader: DigitReader) -> None:
    picture = 255 - _digit("3", side=300, frame=60)
    (digit,) = reader.read(picture).digits
    assert digit.box.iou(Box(60, 60, picture.shape[1] - 120, 300)) > 0.9


def test_its_reading_tells_how_long_each_stage_took(reader: DigitReader) -> None:
    timing = reader.read(_digit("5", frame=20)).timing
    assert min(timing.segmentation, timing.normalize, timing.classify) > 0


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (np.full((90, 90), 200, np.uint8), "one tone"),
        (np.tile(np.arange(0, 255, 2, dtype=np.uint8), (100, 1)), "tones from black to white"),
        (np.full((1, 1), 7, np.uint8), "one pixel"),
        (np.hstack([_digit("3", frame=9), _digit("8", frame=9)]), "two digits"),
        (_digit("4", frame=200), "a digit that is small in its picture"),
        (cv2.rectangle(np.zeros((90, 90), np.uint8), (20, 20), (70, 70), 255, -1), "no stroke, a slab"),
        ((_digit("2", frame=20) // 12 + 100).astype(np.uint8), "hardly any contrast"),
        (np.zeros((4, 400), np.uint8) + np.arange(400, dtype=np.uint8), "a strip"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_pictures_are_no_close_ups(picture: NDArray[np.uint8], why: str) -> None:
    tones = two_tones(picture)
    assert tones is None or close_ups(tones) == [], why


def test_two_digits_that_touch_are_left_to_the_page_reader(reader: DigitReader) -> None:
    page = write_page("47", seed=3, height=100, margin=20)
    assert reader.read(page.image).text == "47"


def test_a_sign_that_is_no_digit_is_not_read(reader: DigitReader) -> None:
    cross = np.zeros((120, 120), np.uint8)
    cv2.line(cross, (60, 5), (60, 115), 255, 14, cv2.LINE_AA)
    cv2.line(cross, (5, 60), (115, 60), 255, 14, cv2.LINE_AA)
    tones = two_tones(cross)
    assert tones is not None
    assert len(close_ups(tones)) == 1
    assert reader.read(cross).text == ""


def test_a_large_picture_must_show_its_digit_clearly_to_be_no_more_than_that() -> None:
    """The bud of a flower, with a probability of 0.8, was a 0 before anything else was looked for."""
    assert least_confidence((640, 427), soft=False) > 0.9
    assert least_confidence((120, 90), soft=False) == 0
    assert least_confidence((640, 427), soft=True) == 0


@pytest.mark.parametrize("quarters", [1, 3])
@pytest.mark.parametrize(("middle", "soft"), [(0.4, 0.03), (0.5, 0.03), (0.5, 0.06), (0.6, 0.1)])
def test_half_of_a_page_in_the_shade_is_no_one(
    reader: DigitReader, middle: float, soft: float, quarters: int
) -> None:
    page = write_page("34725\n62843", height=44, gap=1.5, margin=100)
    down = np.linspace(0, 1, page.image.shape[0])[:, None]
    shaded = page.lit_by(1 - 0.6 / (1 + np.exp(-(down - middle) / soft)))
    assert reader.read(np.rot90(shaded.image, quarters).copy()).text == page.text


def test_one_digit_beside_a_band_of_shade_is_that_digit(reader: DigitReader) -> None:
    paper = np.full((320, 240), 230, np.uint8)
    digit = draw_digit("6", np.random.default_rng(0), height=44)
    paper[40:84, 24 : 24 + digit.shape[1]] -= (0.8 * digit).astype(np.uint8)
    paper[:, 110:200] = (0.65 * paper[:, 110:200]).astype(np.uint8)
    assert reader.read(paper).text == "6"


@pytest.mark.parametrize("size", [(190, 140), (140, 190), (300, 220)])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("slope", [-0.12, 0.0, 0.12])
def test_a_strip_of_the_desk_beside_bare_paper_is_no_one(
    reader: DigitReader, size: tuple[int, int], side: str, slope: float
) -> None:
    width, height = size
    picture = np.full((height, width), 225, np.uint8)
    ends = [(0, 0), (0.34 * width, 0), ((0.34 + slope) * width, height), (0, height)]
    cv2.fillPoly(picture, [np.array(ends, np.int32)], 90, cv2.LINE_AA)
    assert reader.read(picture if side == "left" else picture[:, ::-1].copy()).text == ""


@pytest.mark.parametrize("label", "0368")
@pytest.mark.parametrize(
    ("ink_fall", "ground_fall", "found"), [(0, 0, 1), (60, 0, 1), (0, 60, 1), (60, 60, 0)]
)
def test_what_is_shaded_itself_before_a_shaded_ground_is_a_thing(
    label: str, ink_fall: int, ground_fall: int, found: int
) -> None:
    """A portrait was an 8: a head parts from the room behind it as a digit does from paper."""
    ink = _digit(label, side=300, frame=60) / 255
    rows, columns = ink.shape
    tone = 40 + ink_fall * np.linspace(0, 1, rows)[:, None]
    ground = 190 - ground_fall * np.linspace(0, 1, columns)
    tones = two_tones((ink * tone + (1 - ink) * ground).astype(np.uint8))
    assert tones is not None
    assert len(close_ups(tones)) == found
