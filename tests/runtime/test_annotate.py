from __future__ import annotations

import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.errors import ImageError
from edge_digits.reading import Box, Digit, Reading


def reading(size: tuple[int, int], *boxes: Box, sure: bool = True) -> Reading:
    digits = tuple(Digit("7", 0.93, box, np.full(10, 0.1, np.float32), sure) for box in boxes)
    return Reading((digits,) if digits else (), size, "m", "b", tuple("0123456789"))


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    return (before != after).any(axis=2)


def test_a_digit_gets_a_frame_and_a_label_and_its_ink_stays_visible(reader: DigitReader) -> None:
    page = write_page("47", seed=3)
    read = reader.read(page.image)
    drawn = read.annotate(page.image)
    touched = changed(page.image, drawn)
    for x, y, width, height in page.boxes:
        around = touched[y - 10 : y + height + 10, x - 10 : x + width + 10]
        assert around.any()
        inside = touched[y + 8 : y + height - 8, x + 4 : x + width - 4]
        assert inside.mean() < 0.1
    above = touched[: page.boxes[0].y - 6]
    assert above.any(), "no label above the digits"


def test_sure_digits_are_green_and_unsure_ones_orange() -> None:
    page = np.full((200, 200, 3), 255, np.uint8)
    for sure in (True, False):
        drawn = reading((200, 200), Box(80, 80, 40, 60), sure=sure).annotate(page)
        colours = drawn[changed(page, drawn)].astype(int)
        blue, green, red = colours[colours.sum(axis=1).argsort()[len(colours) // 4]]
        assert (green > red and green > blue) if sure else (red > green > blue)


def test_the_picture_given_is_not_drawn_into() -> None:
    page = np.full((100, 100, 3), 255, np.uint8)
    reading((100, 100), Box(30, 30, 20, 30)).annotate(page)
    assert (page == 255).all()


@pytest.mark.parametrize("shape", [(90, 120), (90, 120, 1), (90, 120, 3), (90, 120, 4)], ids=str)
def test_grey_and_transparent_pictures_become_bgr(shape: tuple[int, ...]) -> None:
    drawn = reading((120, 90), Box(30, 30, 20, 30)).annotate(np.full(shape, 255, np.uint8))
    assert drawn.shape == (90, 120, 3)
    assert drawn.dtype == np.uint8


def test_nothing_read_means_nothing_drawn() -> None:
    page = np.full((60, 80, 3), 200, np.uint8)
    assert np.array_equal(reading((80, 60)).annotate(page), page)


def test_a_picture_of_another_size_is_refused_with_both_sizes() -> None:
    with pytest.raises(ImageError, match=r"60x80.*80x60"):
        reading((80, 60), Box(3, 3, 9, 9)).annotate(np.zeros((80, 60, 3), np.uint8))


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, 40, 50),
        Box(360, 0, 40, 50),
        Box(0, 250, 40, 50),
        Box(360, 250, 40, 50),
        Box(0, 0, 400, 300),
        Box(150, 0, 60, 300),
    ],
    ids=["top left", "top right", "bottom left", "bottom right", "whole picture", "full height"],
)
def test_a_label_stays_in_the_picture_wherever_the_digit_stands(box: Box) -> None:
    page = np.full((300, 400, 3), 255, np.uint8)
    drawn = reading((400, 300), box).annotate(page)
    middle = reading((400, 300), Box(150, 120, 40, 50)).annotate(page)
    # White letters on a solid label: the label is the only place where the colour fills an area.
    colour, count = np.unique(middle[changed(page, middle)], axis=0, return_counts=True)
    solid = colour[count.argmax()]
    filled = (middle == solid).all(axis=2).sum()
    assert (drawn == solid).all(axis=2).sum() > 0.6 * filled


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (28, 28), (5000, 40)], ids=str)
def test_pictures_of_any_size_can_be_drawn_into(size: tuple[int, int]) -> None:
    page = np.zeros((size[1], size[0], 3), np.uint8)
    drawn = reading(size, Box(0, 0, *size)).annotate(page)
    assert drawn.shape == page.shape
    assert changed(page, drawn).any()
