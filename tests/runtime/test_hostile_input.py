"""Missing, cut, damaged and absurd pictures: one error type, no noise, no half picture."""

from __future__ import annotations

import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from picture_files import GREY, chunk, encoded, exif, jpeg_with_exif, png_file, smooth_picture
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.errors import EdgeDigitsError, ImageError
from edge_digits.image import load_image


def refusal(source: object) -> ImageError:
    with pytest.raises(ImageError) as caught:
        load_image(source)  # type: ignore[arg-type]
    assert caught.value.problem
    assert caught.value.remedy
    return caught.value


def test_a_missing_picture_is_named_with_the_command_that_lists_its_folder(tmp_path: Path) -> None:
    error = refusal(tmp_path / "my notes" / "page.png")
    assert "page.png" in error.problem
    assert error.remedy.endswith(f"ls '{tmp_path}/my notes'")


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path).problem


def test_a_path_that_leads_through_a_file_says_what_the_system_said(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("x")
    assert "Not a directory" in refusal(tmp_path / "file.txt" / "page.png").problem


def test_impossible_names_are_refused() -> None:
    assert "null" in refusal("a\0b.png").problem
    assert "too long" in refusal("x" * 5000).problem


@pytest.mark.parametrize("empty", [b"", bytearray(), memoryview(b"")], ids=lambda e: type(e).__name__)
def test_no_bytes_are_no_picture(empty: bytes) -> None:
    assert "0 bytes" in refusal(empty).problem


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.touch()
    error = refusal(path)
    assert str(path) in error.problem
    assert "0 bytes" in error.problem


def test_text_called_a_picture_is_named_quietly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "letter.png"
    path.write_text("Dear reader, this is no picture.\n" * 50)
    error = refusal(path)
    assert "letter.png" in error.problem
    assert "PNG" in error.remedy
    assert capfd.readouterr() == ("", "")


WHOLE = {
    "png": encoded(".png", smooth_picture()),
    "jpeg": encoded(".jpg", smooth_picture()),
    "progressive jpeg": encoded(".jpg", smooth_picture(), 2, 1),
    "jpeg with restarts": encoded(".jpg", smooth_picture(), 4, 2),
    # The thumbnail in it has an end marker of its own, long before the picture's end.
    "jpeg with a thumbnail": jpeg_with_exif(
        encoded(".jpg", smooth_picture()), exif(1) + encoded(".jpg", smooth_picture(24, 32))
    ),
    "jpeg with fill bytes": jpeg_with_exif(encoded(".jpg", smooth_picture()), exif(1)).replace(
        b"\xff\xe1", b"\xff\xff\xff\xe1", 1
    ),
}


@pytest.mark.parametrize("form", WHOLE)
def test_a_file_cut_anywhere_is_refused_quietly_and_never_half_read(
    form: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data = WHOLE[form]
    assert load_image(data).shape == (60, 80, 3)
    lengths = {*range(1, len(data), max(1, len(data) // 150)), *range(len(data) - 20, len(data))}
    for length in sorted(lengths):
        with pytest.raises(ImageError):
            load_image(data[:length])
            pytest.fail(f"{length} of {len(data)} bytes passed for a whole picture")
    assert "cut short" in refusal(data[: len(data) // 2]).problem
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", [".bmp", ".webp", ".tif", ".gif", ".ppm"])
def test_other_formats_are_never_half_read_either(ending: str) -> None:
    data = encoded(ending, smooth_picture())
    for length in range(1, len(data), len(data) // 60):
        refusal(data[:length])


def test_a_single_wrong_byte_in_a_png_is_found_by_its_checksum(capfd: pytest.CaptureFixture[str]) -> None:
    data = encoded(".png", smooth_picture())
    for position in range(60, len(data) - 20, len(data) // 40):
        damaged = bytearray(data)
        damaged[position] ^= 0x55
        assert "damaged" in refusal(damaged).problem
    assert capfd.readouterr() == ("", "")


def test_a_wrong_checksum_on_a_mere_remark_does_not_spoil_a_png() -> None:
    remark = chunk(b"tEXt", b"Comment\0written by hand")
    grey = smooth_picture()[:, :, 0]
    data = png_file(grey, GREY, remark[:-4] + b"\0\0\0\0")
    assert np.array_equal(load_image(data)[:, :, 0], grey)


def test_what_follows_the_end_of_a_picture_is_passed_over() -> None:
    for form in ("png", "jpeg"):
        assert np.array_equal(load_image(WHOLE[form] + b"trailing" * 99), load_image(WHOLE[form]))


@pytest.mark.parametrize(
    "size", [(65_500, 65_500), (0, 5), (2**31 - 1, 2**31 - 1), (30_000, 30_000)], ids=str
)
def test_a_header_that_promises_too_much_is_refused_without_paying_for_it(size: tuple[int, int]) -> None:
    bomb = png_file(np.zeros((2, 2), np.uint8), GREY, size=size)
    tracemalloc.start()
    refusal(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6


SIGNATURES = [
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 5, 8, 0, 0, 0, 0)),
    b"\xff\xd8",
    b"\xff\xd8\xff\xe1\xff\xff",
    b"\xff\xd8\xff\xda",
    b"BM",
    b"GIF89a",
    b"RIFF\xff\xff\xff\xffWEBPVP8 ",
    b"II*\0",
    b"P5 9 9 255\n",
    b"P6 999999999 999999999 255\n",
]


@settings(max_examples=150)
@given(st.sampled_from(SIGNATURES), st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd9"]))
def test_any_bytes_give_a_picture_or_an_image_error(start: bytes, middle: bytes, end: bytes) -> None:
    try:
        picture = load_image(start + middle + end)
    except ImageError:
        return
    assert picture.dtype == np.uint8
    assert picture.ndim == 3


@pytest.fixture(scope="module")
def scan() -> np.ndarray:
    """A sheet scanned much too finely: 12,000 by 9,000 pixels, one 7 on it."""
    page = np.full((9000, 12000), 245, np.uint8)
    digit = write_page("7", height=1500, margin=0).image[:, :, 0]
    page[3000 : 3000 + digit.shape[0], 5000 : 5000 + digit.shape[1]] = digit
    return page


def test_a_scan_of_108_megapixels_costs_little_more_than_its_own_pixels(scan: np.ndarray) -> None:
    data = encoded(".jpg", scan)
    tracemalloc.start()
    picture = load_image(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert picture.shape == (9000, 12000, 3)
    assert peak < 1.5 * picture.nbytes


def test_a_scan_of_108_megapixels_is_read(reader: DigitReader, scan: np.ndarray) -> None:
    reading = reader.read(scan)
    assert reading.text == "7"
    assert reading.size == (12000, 9000)
    x, y, width, height = reading.digits[0].box
    assert abs(x - 5000) < 60
    assert abs(y - 3000) < 60
    assert abs(height - 1500) < 90
    assert x + width < 6600


@pytest.mark.parametrize(
    "shape",
    [(1, 1), (1, 3000), (3000, 1), (2, 2), (7, 7), (3, 9000), (9000, 3), (27, 28), (5, 5, 4)],
    ids=str,
)
@pytest.mark.parametrize("fill", [0, 128, 255, None], ids=lambda f: "noise" if f is None else str(f))
def test_pictures_too_small_or_too_narrow_for_a_digit_hold_none(
    reader: DigitReader, shape: tuple[int, ...], fill: int | None
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    picture = noise if fill is None else np.full(shape, fill, np.uint8)
    reading = reader.read(picture)
    assert reading.size == (shape[1], shape[0])
    if fill is not None:
        assert reading.lines == ()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_the_pixels_boxes_lie_inside_the_picture(reader: DigitReader, data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 60), st.integers(1, 60)))
    picture = data.draw(
        arrays(np.uint8, shape, elements=st.sampled_from([0, 30, 200, 255]), fill=st.just(255))
    )
    reading = reader.read(picture)
    for digit in (d for line in reading.lines for d in line):
        x, y, width, height = digit.box
        assert x >= 0
        assert y >= 0
        assert width >= 1
        assert height >= 1
        assert x + width <= shape[1]
        assert y + height <= shape[0]
        assert 0 <= digit.confidence <= 1


@pytest.mark.parametrize("bad", [None, "missing.png", b"", np.zeros((3, 3)), np.zeros((2, 2, 7), np.uint8)])
def test_the_reader_refuses_as_the_loader_does_and_reads_on(reader: DigitReader, bad: object) -> None:
    with pytest.raises(EdgeDigitsError) as caught:
        reader.read(bad)  # type: ignore[arg-type]
    assert isinstance(caught.value, ImageError)
    assert reader.read(write_page("7").image).text == "7"


@pytest.mark.parametrize("shape", [(28, 28), (1, 28, 27), (1, 28, 28, 1), (2, 2)], ids=str)
def test_crops_of_another_shape_are_not_classified(reader: DigitReader, shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="28"):
        reader.classify(np.zeros(shape, np.uint8))


def test_crops_of_another_dtype_are_not_classified(reader: DigitReader) -> None:
    with pytest.raises(ImageError, match="float32"):
        reader.classify(np.zeros((1, 28, 28), np.float32))  # type: ignore[arg-type]
