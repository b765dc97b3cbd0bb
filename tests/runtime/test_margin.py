"""Rows of digits without a margin."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.margin import with_margin
from edge_digits.two_tones import two_tones


def _row(text: str, *, height: int = 60) -> NDArray[np.uint8]:
    """Black on white, cut to the ink's box."""
    gray = cv2.cvtColor(write_page(text, seed=4, height=height).image, cv2.COLOR_BGR2GRAY)
    x, y, width, rows = cv2.boundingRect((gray < 140).astype(np.uint8))
    return np.ascontiguousarray(gray[y : y + rows, x : x + width])


def _framed(gray: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    tones = two_tones(gray)
    return (gray, 0) if tones is None else with_margin(gray, tones)


@pytest.mark.parametrize("text", ["20583", "47", "9361450"])
@pytest.mark.parametrize("height", [28, 90])
def test_a_row_cut_out_closely_is_read_in_black_and_in_white(
    reader: DigitReader, text: str, height: int
) -> None:
    row = _row(text, height=height)
    assert [reader.read(picture).text for picture in (row, 255 - row)] == [text, text]


def test_boxes_lie_inside_the_picture_given(reader: DigitReader) -> None:
    row = _row("2058")
    digits = reader.read(row).digits
    assert [digit.box.x for digit in digits] == sorted(digit.box.x for digit in digits)
    assert digits[0].box.x <= 2
    assert abs(digits[-1].box.x + digits[-1].box.width - row.shape[1]) <= 2
    assert all(digit.box.y >= 0 and digit.box.y + digit.box.height <= row.shape[0] for digit in digits)


def test_the_margin_has_the_tone_of_the_ground() -> None:
    row = _row("2058") // 2 + 40
    framed, width = _framed(row)
    assert width == round(0.2 * row.shape[0])
    assert framed.shape == (row.shape[0] + 2 * width, row.shape[1] + 2 * width)
    assert (framed[width:-width, width:-width] == row).all()
    rim = np.concatenate([framed[0], framed[-1], framed[:, 0], framed[:, -1]])
    assert np.ptp(rim) == 0
    assert abs(int(rim[0]) - int(row.max())) <= 3


def _fence() -> NDArray[np.uint8]:
    fence = np.full((60, 300), 230, np.uint8)
    fence[:, 10:290:25] = fence[:, 14:294:25] = 30
    return fence


@pytest.mark.parametrize(
    "picture",
    [
        cv2.copyMakeBorder(_row("2058"), 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=(245,)),
        np.rot90(_row("2058")),
        _row("111"),
        _fence(),
        np.full((40, 200), 255, np.uint8),
        np.tile(np.arange(0, 240, dtype=np.uint8), (60, 1)),
        np.random.default_rng(0).integers(0, 256, (60, 240), dtype=np.uint8),
    ],
    ids=["with a margin", "a column", "bars", "a fence", "blank", "shading", "noise"],
)
def test_no_other_picture_is_given_a_margin(picture: NDArray[np.uint8]) -> None:
    framed, width = _framed(np.ascontiguousarray(picture))
    assert width == 0
    assert framed.shape == picture.shape


def test_a_digit_that_the_edge_cuts_in_half_is_still_not_read(reader: DigitReader) -> None:
    gray = cv2.cvtColor(write_page("2058", seed=4, margin=60).image, cv2.COLOR_BGR2GRAY)
    halved = gray[: 60 + 30]
    assert _framed(halved)[1] == 0
    assert reader.read(halved).text == ""
