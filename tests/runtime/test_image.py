from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from picture_files import (
    GREY,
    GREY_ALPHA,
    PALETTE,
    RGB,
    RGBA,
    chunk,
    encoded,
    exif,
    jpeg_with_exif,
    png_file,
    smooth_picture,
)

from edge_digits.errors import ImageError
from edge_digits.image import load_grey, load_image
from edge_digits.integrity import jpeg_size

WHITE, BLACK, RED = [255, 255, 255], [0, 0, 0], [0, 0, 255]


def test_a_path_its_bytes_and_its_pixels_give_the_same_picture(tmp_path: Path) -> None:
    picture = smooth_picture()
    path = tmp_path / "note.png"
    path.write_bytes(encoded(".png", picture))
    data = path.read_bytes()
    for source in (path, str(path), data, bytearray(data), memoryview(data), picture):
        assert np.array_equal(load_image(source), picture), type(source)


def test_a_name_may_hold_spaces_and_letters_of_any_script(tmp_path: Path) -> None:
    path = tmp_path / "Ma feuille ÄÖ 手書き 'n° 1'.png"
    path.write_bytes(encoded(".png", smooth_picture()))
    assert load_image(str(path)).shape == (60, 80, 3)


@pytest.mark.parametrize("ending", [".png", ".jpg", ".bmp", ".webp", ".tif", ".ppm"])
def test_common_formats_open_whatever_their_file_is_called(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "no-ending"
    path.write_bytes(encoded(ending, smooth_picture()))
    opened = load_image(path)
    assert opened.shape == (60, 80, 3)
    assert np.abs(opened.astype(int) - smooth_picture()).mean() < 6


# What was at the top left, top right, bottom right and bottom left of the sensor's picture, seen
# from the top left clockwise once the picture is upright (EXIF 2.3, tag 0x112).
UPRIGHT = {
    1: (10, 90, 170, 250),
    2: (90, 10, 250, 170),
    3: (170, 250, 10, 90),
    4: (250, 170, 90, 10),
    5: (10, 250, 170, 90),
    6: (250, 10, 90, 170),
    7: (170, 90, 10, 250),
    8: (90, 170, 250, 10),
}


def quarters() -> NDArray[np.uint8]:
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:16, :32], picture[:16, 32:], picture[16:, 32:], picture[16:, :32] = 10, 90, 170, 250
    return picture


def corners_of(picture: NDArray[np.uint8]) -> list[int]:
    return [int(picture[y, x, 0]) for y, x in ((4, 4), (4, -5), (-5, -5), (-5, 4))]


@pytest.mark.parametrize("orientation", sorted(UPRIGHT))
@pytest.mark.parametrize("form", ["jpeg", "png"])
def test_a_camera_held_any_way_gives_an_upright_picture(orientation: int, form: str) -> None:
    if form == "jpeg":
        data = jpeg_with_exif(encoded(".jpg", quarters()), exif(orientation))
    else:
        data = png_file(quarters(), RGB, chunk(b"eXIf", exif(orientation)))
    picture = load_image(data)
    assert picture.shape == ((32, 64, 3) if orientation <= 4 else (64, 32, 3))
    assert corners_of(picture) == pytest.approx(UPRIGHT[orientation], abs=6)


@pytest.mark.parametrize("orientation", [0, 9, 6000])
def test_a_senseless_orientation_is_passed_over(orientation: int) -> None:
    picture = load_image(jpeg_with_exif(encoded(".jpg", quarters()), exif(orientation)))
    assert corners_of(picture) == pytest.approx(UPRIGHT[1], abs=6)


def canvas(ink: int) -> NDArray[np.uint8]:
    """A drawing canvas as browsers save it: one stroke, all else transparent."""
    drawn = np.zeros((20, 30, 4), np.uint8)
    drawn[5:15, 14:17] = (ink, ink, ink, 255)
    return drawn


@pytest.mark.parametrize(("ink", "ground"), [(0, 255), (255, 0), (60, 255), (200, 0)])
def test_a_transparent_canvas_gets_a_ground_its_ink_stands_out_from(ink: int, ground: int) -> None:
    drawn = canvas(ink)
    for source in (drawn, encoded(".png", drawn)):
        picture = load_image(source)
        assert picture.shape == (20, 30, 3)
        assert picture[10, 15].tolist() == [ink] * 3
        assert picture[0, 0].tolist() == [ground] * 3


def test_half_transparent_ink_is_mixed_with_its_ground() -> None:
    drawn = canvas(0)
    drawn[5:15, 14:17, 3] = 128
    assert load_image(drawn)[10, 15].tolist() == [127] * 3


def test_a_fully_transparent_canvas_is_a_blank_page_whatever_colour_hides_in_it() -> None:
    hidden = np.zeros((9, 9, 4), np.uint8)
    hidden[3:6, 3:6, :3] = 200
    assert (load_image(hidden) == 255).all()


def test_an_opaque_fourth_channel_changes_nothing() -> None:
    picture = smooth_picture()
    opaque = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    assert np.array_equal(load_image(opaque), picture)


def test_grey_arrays_and_files_become_three_equal_channels() -> None:
    grey = smooth_picture()[:, :, 0]
    for source in (grey, grey[:, :, None], encoded(".png", grey)):
        assert np.array_equal(load_image(source), np.dstack([grey] * 3))


def test_16_bits_keep_their_range() -> None:
    deep = np.array([[0, 257, 32896, 65535]], ">u2")
    assert load_image(png_file(deep, GREY, depth=16))[0, :, 0].tolist() == [0, 1, 128, 255]


def test_16_bits_with_alpha_are_laid_on_a_ground() -> None:
    deep = np.array([[[0, 0, 0, 0], [0, 0, 0, 65535], [65535, 0, 0, 65535]]], ">u2")
    assert load_image(png_file(deep, RGBA, depth=16))[0].tolist() == [WHITE, BLACK, RED]


def test_grey_with_alpha_is_laid_on_a_ground() -> None:
    assert load_image(png_file(np.array([[[0, 0], [0, 255]]], np.uint8), GREY_ALPHA))[0].tolist() == [
        WHITE,
        BLACK,
    ]


def test_one_bit_a_pixel_is_black_and_white() -> None:
    scan = png_file(np.array([[0b10100000]], np.uint8), GREY, depth=1, size=(3, 1))
    assert load_image(scan)[0].tolist() == [WHITE, BLACK, WHITE]


def test_palettes_give_their_colours_and_transparent_entries_the_ground() -> None:
    index = np.array([[0, 1, 2]], np.uint8)
    palette = chunk(b"PLTE", bytes([0, 0, 0, 255, 0, 0, 255, 255, 255]))
    assert load_image(png_file(index, PALETTE, palette))[0].tolist() == [BLACK, RED, WHITE]
    first_unseen = chunk(b"tRNS", bytes([0]))
    seen = load_image(png_file(np.array([[0, 1, 1]], np.uint8), PALETTE, palette, first_unseen))
    assert seen[0].tolist() == [WHITE, RED, RED]


def test_measuring_cameras_floats_are_stretched_to_grey_levels() -> None:
    depths = np.linspace(-3, 7, 50, dtype=np.float32).reshape(5, 10)
    depths[0, 5] = np.nan
    picture = load_image(encoded(".tif", depths))
    assert picture.dtype == np.uint8
    assert (picture.min(), picture.max()) == (0, 255)


def test_views_and_read_only_arrays_are_taken_and_left_alone() -> None:
    picture = smooth_picture()
    views = {
        "mirrored": picture[:, ::-1],
        "turned": picture.transpose(1, 0, 2),
        "every other": picture[::2, ::3],
        "RGB as BGR": picture[:, :, ::-1],
        "a channel": picture[:, :, 1],
        "fortran": np.asfortranarray(picture),
    }
    for name, view in views.items():
        view.flags.writeable = False
        before = view.copy()
        loaded = load_image(view)
        assert loaded.flags.c_contiguous, name
        grey = view.ndim == 2
        assert np.array_equal(loaded[:, :, 0] if grey else loaded, before), name
        assert np.array_equal(view, before), name


@pytest.mark.parametrize(
    "dtype", [bool, np.int8, np.int64, np.uint16, np.float32, np.float64, object, "U1"], ids=str
)
def test_arrays_of_another_dtype_are_refused_with_the_way_out(dtype: type) -> None:
    with pytest.raises(ImageError) as caught:
        load_image(np.zeros((4, 5), dtype))
    assert str(np.dtype(dtype)) in caught.value.problem
    assert "uint8" in caught.value.remedy


def test_nan_is_refused_like_any_float() -> None:
    with pytest.raises(ImageError, match="float64"):
        load_image(np.full((4, 4), np.nan))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "shape", [(), (5,), (0, 5), (5, 0), (0, 0, 3), (4, 4, 0), (4, 4, 2), (4, 4, 5), (1, 4, 4, 3)], ids=str
)
def test_arrays_of_another_shape_are_refused_by_their_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError) as caught:
        load_image(np.zeros(shape, np.uint8))
    assert str(shape) in caught.value.problem
    assert "(h, w)" in caught.value.remedy


@pytest.mark.parametrize(
    "source", [None, 3, 2.5, [[1, 2]], np.uint8(3), object()], ids=lambda s: type(s).__name__
)
def test_what_is_no_picture_at_all_is_refused_by_its_type(source: object) -> None:
    with pytest.raises(ImageError, match=type(source).__name__):
        load_image(source)  # type: ignore[arg-type]


def test_one_pixel_is_a_picture() -> None:
    assert load_image(np.full((1, 1), 7, np.uint8)).tolist() == [[[7, 7, 7]]]
    assert load_image(encoded(".png", np.full((1, 1), 7, np.uint8))).shape == (1, 1, 3)


def test_loading_leaves_opencvs_settings_alone() -> None:
    before = cv2.getNumThreads(), cv2.useOptimized()
    load_image(encoded(".jpg", smooth_picture()))
    assert (cv2.getNumThreads(), cv2.useOptimized()) == before


@pytest.mark.parametrize("ending", [".png", ".jpg", ".bmp"])
@pytest.mark.parametrize("longest", [10_000, 300])
def test_a_picture_is_as_bright_without_its_colours(ending: str, longest: int) -> None:
    picture = smooth_picture(700, 900)
    data = encoded(ending, picture)
    grey, size = load_grey(data, longest)
    bright = cv2.cvtColor(load_image(data), cv2.COLOR_BGR2GRAY)
    assert size == (900, 700)
    assert grey.dtype == np.uint8
    if grey.shape != bright.shape:
        bright = cv2.resize(bright, grey.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(grey.astype(int) - bright).max() <= 6
    assert np.abs(grey.astype(int) - bright).mean() < 1


@pytest.mark.parametrize(
    ("longest", "shape"),
    [(901, (700, 900)), (450, (350, 450)), (300, (350, 450)), (113, (175, 225)), (112, (88, 113))],
)
def test_a_large_jpeg_is_decoded_no_larger_than_it_must_be(longest: int, shape: tuple[int, int]) -> None:
    grey, size = load_grey(encoded(".jpg", smooth_picture(700, 900)), longest)
    assert grey.shape == shape
    assert size == (900, 700)


@pytest.mark.parametrize("orientation", sorted(UPRIGHT))
@pytest.mark.parametrize("longest", [16, 64])
def test_grey_pictures_stand_upright_too(orientation: int, longest: int) -> None:
    grey, size = load_grey(jpeg_with_exif(encoded(".jpg", quarters()), exif(orientation)), longest)
    assert size == ((64, 32) if orientation <= 4 else (32, 64))
    seen = cv2.resize(grey, size, interpolation=cv2.INTER_NEAREST)
    assert corners_of(seen[:, :, None]) == pytest.approx(UPRIGHT[orientation], abs=6)


def test_grey_of_an_array_is_what_its_colours_weigh() -> None:
    picture = smooth_picture()
    for source in (picture, np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])):
        grey, size = load_grey(source, 80)
        assert np.array_equal(grey, cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
        assert size == (80, 60)
    assert np.array_equal(load_grey(picture[:, :, 0], 80)[0], picture[:, :, 0])


def test_the_size_of_a_jpeg_is_told_by_its_header() -> None:
    data = encoded(".jpg", smooth_picture(70, 90))
    assert jpeg_size(data) == (90, 70)
    assert jpeg_size(jpeg_with_exif(data, exif(6))) == (90, 70)
    assert jpeg_size(data[:2] + b"\xff\xff" + data[2:]) == (90, 70)
    assert jpeg_size(data[:20]) is None
    assert jpeg_size(data[:2] + b"nonsense" + data[2:]) is None


@pytest.mark.parametrize("longest", [10_000, 300])
@pytest.mark.parametrize("ending", [".png", ".jpg"])
@pytest.mark.parametrize(
    ("ground", "ink"),
    [(BLACK, [255, 0, 0]), ([40, 120, 20], [30, 70, 170]), (WHITE, [60, 255, 255])],
    ids=["blue on black", "red on green", "yellow on white"],
)
def test_ink_that_differs_in_colour_alone_stands_out_without_colours(
    ground: list[int], ink: list[int], ending: str, longest: int
) -> None:
    picture = np.full((700, 900, 3), ground, np.uint8)
    cv2.line(picture, (200, 200), (700, 500), ink, 40)
    for source in (picture, encoded(ending, picture)):
        grey, size = load_grey(source, longest)
        assert size == (900, 700)
        assert abs(int(grey[len(grey) // 2, grey.shape[1] // 2]) - int(grey[5, 5])) > 100


def test_a_blank_page_with_a_tinge_is_as_bright_as_ever() -> None:
    page = np.full((480, 640, 3), (200, 210, 220), np.uint8)
    page[:, 300:] = (190, 202, 214)
    assert np.array_equal(load_grey(page, 640)[0], cv2.cvtColor(page, cv2.COLOR_BGR2GRAY))


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_picture_that_is_nearly_square_keeps_width_and_height(orientation: int) -> None:
    wide = encoded(".jpg", np.full((2559, 2560), 200, np.uint8))
    _, size = load_grey(jpeg_with_exif(wide, exif(orientation)), 640)
    assert size == ((2560, 2559) if orientation == 1 else (2559, 2560))
