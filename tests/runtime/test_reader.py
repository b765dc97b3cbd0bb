"""Digits are read in their places under any condition, and nothing where nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from picture_files import encoded
from written_pages import BLACK, Page, random_text, write_page

from edge_digits import DigitReader
from edge_digits.normalize import normalize
from edge_digits.reading import Box, Reading
from train.scenes import SceneOptions, draw_digit, render_scene

THREE_LINES = "2058\n937\n4160"


def assert_on_the_digits(reading: Reading, boxes: tuple[Box, ...], least: float = 0.7) -> None:
    assert len(reading.digits) == len(boxes)
    for digit, box in zip(reading.digits, boxes, strict=True):
        assert digit.box.iou(box) > least, f"{digit.label} at {digit.box}, drawn at {box}"


@pytest.mark.parametrize("label", "0123456789")
def test_a_single_digit_is_read_and_found(reader: DigitReader, label: str) -> None:
    page = write_page(label, seed=int(label), height=80, margin=90)
    reading = reader.read(page.image)
    assert reading.text == label
    assert reading.digits[0].value == int(label)
    assert reading.digits[0].confidence > 0.5
    assert_on_the_digits(reading, page.boxes)


def test_lines_are_read_in_order_each_digit_in_its_place(reader: DigitReader) -> None:
    page = write_page(THREE_LINES, seed=1)
    reading = reader.read(page.image)
    assert reading.text == THREE_LINES
    assert_on_the_digits(reading, page.boxes)


def test_a_reading_says_what_read_it_and_what_each_digit_looked_like(reader: DigitReader) -> None:
    page = write_page("2058", seed=5)
    reading = reader.read(page.image)
    assert reading.size == (page.image.shape[1], page.image.shape[0])
    assert reading.model == reader.artifact.name
    assert reading.backend == reader.backend
    assert reading.labels == reader.labels
    assert reading.timing.total > 0
    json.dumps(reading.to_dict())
    for digit in reading.digits:
        assert digit.probabilities.shape == (len(reader.labels),)
        assert float(digit.probabilities.sum()) == pytest.approx(1, abs=0.02)
        assert digit.crop is not None
        assert digit.crop.shape == (28, 28)
        again = reader.classify(digit.crop[None])[0]
        assert reader.labels[int(again.argmax())] == digit.label
        assert again == pytest.approx(digit.probabilities, abs=1e-5)


def test_no_crops_give_no_probabilities(reader: DigitReader) -> None:
    assert reader.classify(np.zeros((0, 28, 28), np.uint8)).shape == (0, len(reader.labels))


def light_on_dark(seed: int) -> Page:
    return write_page(random_text(seed), seed, ground=BLACK, ink=(230, 230, 230))


def from_sun_to_shade(seed: int) -> Page:
    page = write_page(random_text(seed), seed)
    return page.lit_by(np.linspace(0.3, 1.0, page.image.shape[1]))


def under_a_lamp(seed: int) -> Page:
    page = write_page(random_text(seed), seed)
    y, x = np.mgrid[-1 : 1 : page.image.shape[0] * 1j, -1 : 1 : page.image.shape[1] * 1j]
    return page.lit_by(1.0 - 0.35 * (x**2 + y**2))


def grainy(seed: int) -> Page:
    page = write_page(random_text(seed), seed)
    noise = np.random.default_rng(seed).normal(0, 8, page.image.shape)
    return Page(np.clip(page.image + noise, 0, 255).astype(np.uint8), page.boxes, page.text)


def dark_room(seed: int) -> Page:
    page = write_page(random_text(seed), seed, height=110, margin=120).lit_by(np.float64(0.7))
    noise = np.random.default_rng(seed).normal(0, 35, page.image.shape[:2])
    return Page(np.clip(page.image + noise[:, :, None], 0, 255).astype(np.uint8), page.boxes, page.text)


GREY = (100, 100, 100)


def dim_room(seed: int) -> Page:
    """Grain that would hardly be seen on white paper is as bold as a pencil on paper that looks dark."""
    page = write_page(random_text(seed), seed, ink=GREY, height=110, margin=120).lit_by(np.float64(0.25))
    noise = np.random.default_rng(seed).normal(0, 7, page.image.shape[:2])
    return Page(np.clip(page.image + noise[:, :, None], 0, 255).astype(np.uint8), page.boxes, page.text)


def smoothed_by_the_camera(seed: int) -> Page:
    """A pencil in a dim room: neighbouring pixels differ little, those three apart by a sixth of it."""
    page = write_page(random_text(seed), seed, ink=(140, 140, 140), height=110, margin=120)
    page = page.lit_by(np.float64(0.2))
    noise = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, page.image.shape[:2]), (0, 0), 1)
    rough = page.image + (8 / noise.std() * noise)[:, :, None]
    return Page(np.clip(rough, 0, 255).astype(np.uint8), page.boxes, page.text)


CONDITIONS: dict[str, Callable[[int], Page]] = {
    "dark on light": lambda seed: write_page(random_text(seed), seed),
    "light on dark": light_on_dark,
    "blue pen": lambda seed: write_page(random_text(seed), seed, ink=(190, 60, 30)),
    "red pen": lambda seed: write_page(random_text(seed), seed, ink=(40, 40, 200)),
    "faint pencil": lambda seed: write_page(random_text(seed), seed, ink=(170, 170, 170)),
    "yellow paper": lambda seed: write_page(random_text(seed), seed, ground=(140, 225, 240)),
    "from sun to shade": from_sun_to_shade,
    "under a lamp": under_a_lamp,
    "grainy camera": grainy,
    "camera in a dark room": dark_room,
    "camera in a dim room": dim_room,
    "grain smoothed by the camera": smoothed_by_the_camera,
    "14 px high": lambda seed: write_page(random_text(seed), seed, height=14, margin=60),
    "300 px high": lambda seed: write_page(random_text(seed, 3), seed, height=300, margin=100),
    "three lines": lambda seed: write_page("\n".join(random_text(seed + 50 * i, 4) for i in range(3)), seed),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_three_pages_of_four_are_read_without_a_fault(reader: DigitReader, condition: str) -> None:
    pages = [CONDITIONS[condition](seed) for seed in range(12)]
    told = [(page.text, reader.read(page.image).text) for page in pages]
    assert sum(truth == text for truth, text in told) >= 9, [t for t in told if t[0] != t[1]]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_boxes_lie_on_the_digits_under_any_condition(reader: DigitReader, condition: str) -> None:
    page = CONDITIONS[condition](0)
    reading = reader.read(page.image)
    assert reading.text == page.text
    assert_on_the_digits(reading, page.boxes, least=0.6)


def test_mnist_like_cut_outs_of_28_pixels_are_read_as_pictures(reader: DigitReader) -> None:
    crops = [normalize(draw_digit(str(i % 10), np.random.default_rng(i), height=80)) for i in range(20)]
    told = [reader.read(crop).text for crop in crops]
    assert sum(text == str(i % 10) for i, text in enumerate(told)) >= 18, told


BLANK = {
    "white": np.full((300, 400), 255, np.uint8),
    "black": np.zeros((300, 400), np.uint8),
    "grey": np.full((300, 400), 128, np.uint8),
    "dark grey": np.full((300, 400), 50, np.uint8),
    "gradient": np.tile(np.linspace(0, 255, 400).astype(np.uint8), (300, 1)),
    "steep gradient": np.tile(np.linspace(0, 255, 60).astype(np.uint8)[:, None], (1, 400)),
    "two halves": np.kron([[40, 220]], np.ones((300, 200))).astype(np.uint8),
    "fine noise": np.clip(np.random.default_rng(0).normal(128, 5, (300, 400)), 0, 255).astype(np.uint8),
    "coarse noise": np.clip(np.random.default_rng(0).normal(128, 40, (300, 400)), 0, 255).astype(np.uint8),
    "static": np.random.default_rng(0).integers(0, 256, (300, 400, 3)).astype(np.uint8),
}


@pytest.mark.parametrize("name", BLANK)
def test_nothing_is_read_where_nothing_is_written(reader: DigitReader, name: str) -> None:
    assert reader.read(BLANK[name]).lines == ()


@pytest.mark.parametrize("seed", range(6))
def test_unwritten_sheets_of_all_kinds_hold_no_digit(reader: DigitReader, seed: int) -> None:
    page = render_scene(np.random.default_rng(seed), SceneOptions.preset("empty"))
    assert reader.read(page.image).text == ""


@pytest.mark.parametrize("preset", ["white", "ruled", "grid", "colours", "board", "shadow", "wood", "small"])
def test_rendered_sheets_are_read_four_times_of_five(reader: DigitReader, preset: str) -> None:
    scenes = [render_scene(np.random.default_rng(seed), SceneOptions.preset(preset)) for seed in range(10)]
    told = [(scene.text, reader.read(scene.image).text) for scene in scenes]
    assert sum(truth == text for truth, text in told) >= 8, told


@pytest.mark.parametrize("margin", [0, 1, 2, 6])
def test_a_digit_cut_out_to_its_ink_is_read(reader: DigitReader, margin: int) -> None:
    texts = []
    for value in range(10):
        ink = draw_digit(str(value), np.random.default_rng(value), height=200)
        texts.append(reader.read(255 - np.pad(ink, margin)).text)
    assert sum(text == str(value) for value, text in enumerate(texts)) >= 9, texts


def test_paper_in_a_dark_room_is_read(reader: DigitReader) -> None:
    assert reader.read(write_page("2058", seed=5).lit_by(np.float64(0.2)).image).text == "2058"


def test_a_plain_bar_beside_other_digits_is_a_one(reader: DigitReader) -> None:
    page = np.full((240, 420), 235, np.uint8)
    for x, label in ((60, "4"), (260, "7")):
        ink = draw_digit(label, np.random.default_rng(3), height=100, thickness=7)
        window = page[70 : 70 + ink.shape[0], x : x + ink.shape[1]]
        np.minimum(window, 235 - (ink * 0.85).astype(np.uint8), out=window)
    page[70:170, 190:197] = 30
    assert reader.read(page).text == "417"


@pytest.mark.parametrize("line", [0.25, 0.5, 0.8, 1.0])
def test_digits_crossed_by_a_ruled_line_come_free_of_it(reader: DigitReader, line: float) -> None:
    page = write_page("3258", seed=2, height=60)
    y = page.boxes[0].y + round(line * 59)
    page.image[y : y + 2] = np.minimum(page.image[y : y + 2], np.uint8([215, 190, 170]))
    assert reader.read(page.image).text == "3258"


def test_a_scratch_beside_broad_digits_is_no_one(reader: DigitReader) -> None:
    page = write_page("4733", seed=1, height=100, margin=120)
    picture = page.image.copy()
    cv2.line(picture, (30, 180), (60, 240), (120, 120, 120), 1, cv2.LINE_AA)
    assert reader.read(picture).text == "4733"


def test_a_thin_one_is_no_scratch_though_the_nine_next_to_it_is_blotted(reader: DigitReader) -> None:
    page = write_page("4791\n2635", seed=1, height=80)
    picture, nine, one = page.image.copy(), page.boxes[2], page.boxes[3]
    x, y = nine.x + nine.width // 2, nine.y + nine.height // 3
    cv2.circle(picture, (x, y), nine.width // 2, (30, 30, 30), -1, cv2.LINE_AA)
    cv2.line(picture, (x + nine.width // 3, y), (x, nine.y + nine.height), (30, 30, 30), 22, cv2.LINE_AA)
    picture[one.y : one.y + one.height, one.x : one.x + one.width] = 245
    cv2.line(picture, (one.x + 14, one.y), (one.x + 10, one.y + 79), (30, 30, 30), 5, cv2.LINE_AA)
    assert reader.read(picture).text == "4791\n2635"


def test_the_desk_around_an_empty_sheet_is_no_zero(reader: DigitReader) -> None:
    picture = np.full((480, 640), 60, np.uint8)
    cv2.fillConvexPoly(picture, np.array([[40, 80], [608, 48], [630, 418], [62, 452]], np.int32), 235)
    assert reader.read(picture).lines == ()


def test_the_sample_pictures_are_read_but_for_known_mistakes(reader: DigitReader) -> None:
    folder = Path(__file__).parents[2] / "camera_demo/assets/pictures"
    texts = {path.stem: reader.read(path).text.replace("\n", " ") for path in sorted(folder.glob("*.jpg"))}
    assert texts["blank-page"] == ""
    assert texts["white-paper"] == "1556 895"
    assert texts["ruled-ballpoint"] == "32588 8307"
    assert texts["grid-pencil"] == "4821 9415"
    assert texts["chalkboard"] == "40275"
    assert texts["hard-shadow"] == "419248"
    assert texts["single-seven"] == "7"
    assert sorted(texts["scattered"].replace(" ", "")) == sorted("634397")


def test_boxes_of_a_large_photo_lie_in_the_photo_and_not_in_what_was_searched_of_it(
    reader: DigitReader,
) -> None:
    page = write_page("2058", seed=5)
    size = (3000, round(3000 * page.image.shape[0] / page.image.shape[1]))
    photo = cv2.resize(page.image, size, interpolation=cv2.INTER_CUBIC)
    reading = reader.read(encoded(".jpg", photo))
    times = 3000 / page.image.shape[1]
    assert reading.size == size
    assert reading.text == "2058"
    assert_on_the_digits(reading, tuple(Box(*(round(times * side) for side in box)) for box in page.boxes))
