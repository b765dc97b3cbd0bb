"""However a picture is given it reads the same, and reading leaves nothing behind."""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from picture_files import encoded
from written_pages import random_text, write_page

from edge_digits import DigitReader
from edge_digits.backends import available_backends
from train.scenes import PRESETS, render_scene


def test_a_path_its_bytes_and_its_pixels_read_alike(reader: DigitReader, tmp_path: Path) -> None:
    page = write_page("2058", seed=5)
    path = tmp_path / "a page.png"
    path.write_bytes(encoded(".png", page.image))
    expected = reader.read(page.image)
    assert expected.text == "2058"
    for source in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        assert reader.read(source) == expected


def test_grey_bgr_and_bgra_read_alike(reader: DigitReader) -> None:
    colour = write_page("2058", seed=5).image
    grey = cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY)
    expected = reader.read(colour)
    assert expected.text == "2058"
    for picture in (grey, grey[:, :, None], cv2.cvtColor(colour, cv2.COLOR_BGR2BGRA)):
        assert reader.read(picture) == expected


def test_a_page_of_many_hundred_digits_is_read_to_its_end(reader: DigitReader) -> None:
    """Only the largest 400 strokes were looked at, and of each line some were missing."""
    rng = np.random.default_rng(0)
    text = "\n".join("".join(str(digit) for digit in rng.integers(0, 10, 20)) for _ in range(30))
    assert reader.read(write_page(text, height=45).image).text == text


@pytest.mark.parametrize("ink", [0, 255], ids=["black ink", "white ink"])
def test_a_transparent_canvas_is_read_whatever_its_ink(reader: DigitReader, ink: int) -> None:
    cover = 255 - write_page("2058", seed=5, ground=(255,) * 3, ink=(0,) * 3).image[:, :, 0]
    canvas = np.dstack([np.full((*cover.shape, 3), ink, np.uint8), cover])
    assert reader.read(canvas).text == "2058"


def test_the_picture_is_left_as_it_was_even_one_that_cannot_be_written(reader: DigitReader) -> None:
    picture = write_page("2058", seed=5).image
    before = picture.copy()
    reader.read(picture)
    assert np.array_equal(picture, before)
    picture.flags.writeable = False
    assert reader.read(picture).text == "2058"
    assert reader.read(picture[:, ::-1][:, ::-1]).text == "2058"


def test_the_same_picture_reads_the_same_every_time(reader: DigitReader) -> None:
    picture = render_scene(np.random.default_rng(3), PRESETS["webcam"]).image
    assert reader.read(picture) == reader.read(picture) == DigitReader().read(picture)


def test_eight_threads_sharing_a_reader_read_what_one_reads(reader: DigitReader) -> None:
    pages = [write_page(random_text(seed), seed) for seed in range(16)]
    alone = [reader.read(page.image) for page in pages]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda page: reader.read(page.image), pages * 3))
    assert together == alone * 3


@pytest.mark.parametrize("backend", [name for name, version in available_backends().items() if version])
def test_opening_and_reading_is_silent_and_touches_nothing_global(
    backend: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = cv2.getNumThreads(), cv2.useOptimized(), list(logging.getLogger().handlers)
    reader = DigitReader(backend=backend)
    assert reader.read(write_page("2058", seed=5).image).text == "2058"
    assert (cv2.getNumThreads(), cv2.useOptimized(), list(logging.getLogger().handlers)) == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts /proc/self/fd")
def test_reading_a_thousand_files_would_leave_none_open(reader: DigitReader, tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(encoded(".png", write_page("7").image))
    open_files = Path("/proc/self/fd")
    before = len(list(open_files.iterdir()))
    for _ in range(20):
        reader.read(path)
    assert len(list(open_files.iterdir())) <= before


def test_a_kept_digit_keeps_nothing_else_of_the_page(reader: DigitReader) -> None:
    (digit, *_) = reader.read(write_page("31415").image).digits
    assert digit.crop is not None
    assert digit.crop.base is None
    assert digit.probabilities.base is None
