from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.ink import grain_of, ground_of, ink_map, noise_of, reduced_picture, without_grain

STROKE = np.s_[60:160, 100:108]


def paper(level: float = 220.0) -> np.ndarray:
    return np.full((240, 320), level, np.uint8)


@pytest.mark.parametrize("polarity", ["dark", "light"])
@pytest.mark.parametrize("level", [0, 90, 255])
def test_an_even_ground_holds_no_ink(polarity: str, level: int) -> None:
    ink = ink_map(paper(level), polarity)  # type: ignore[arg-type]
    assert ink.dtype == np.uint8
    assert np.ptp(ink) <= 2


def test_dark_ink_shows_on_paper_and_light_ink_on_a_board() -> None:
    page = paper()
    page[STROKE] = 60
    assert ink_map(page, "dark")[STROKE].min() > 150
    assert ink_map(np.invert(page), "light")[STROKE].min() > 150
    assert ink_map(page, "light")[STROKE].max() < 60


def test_a_stroke_is_as_bold_in_shade_as_in_sun() -> None:
    page = paper().astype(np.float32)
    page[100:108, 20:300] = 80
    page *= np.linspace(0.35, 1.0, 320)
    bold = ink_map(page.astype(np.uint8), "dark")[103, 40:280].astype(int)
    assert np.ptp(bold) < 0.15 * bold.mean()


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_the_edge_of_a_hard_shadow_is_no_ink(slope: float) -> None:
    y, x = np.mgrid[:480, :640]
    light = np.where(y > 200 + slope * (x - 320), 0.45, 1.0).astype(np.float32)
    page = cv2.GaussianBlur(paper(230)[0, 0] * light, (0, 0), 1)
    page[100:400, 300:310] *= 0.2
    ink = ink_map(page.astype(np.uint8), "dark")
    assert ink[120:380, 304:306].min() > 140
    beside = np.abs(x - 305) > 12
    assert np.count_nonzero(ink[beside] > 100) < 100
    assert np.mean(ink[beside] > 40) < 0.006


def test_the_ground_behind_writing_is_the_paper() -> None:
    page = write_page("5083", height=60)
    grey = cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY)
    assert np.abs(ground_of(grey).astype(int) - 245).max() <= 6


def test_a_reduced_picture_is_the_means_of_eight_by_eight_pixels() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (48, 64), np.uint8)
    means = picture.reshape(6, 8, 8, 8).mean(axis=(1, 3))
    assert np.abs(reduced_picture(picture) - means).max() <= 1.5
    # What is left over at the end is a pixel of its own.
    assert reduced_picture(picture[:42, :57]).shape == (6, 8)
    assert np.array_equal(reduced_picture(picture[:42, :57])[:5, :7], reduced_picture(picture)[:5, :7])


@pytest.mark.parametrize("shape", [(480, 640), (477, 633), (473, 640)])
def test_the_ground_lies_where_the_picture_does_to_its_last_pixel(shape: tuple[int, int]) -> None:
    for side, places in enumerate(np.mgrid[: shape[0], : shape[1]]):
        slope = (40 + 180 * places / shape[side]).astype(np.uint8)
        assert np.abs(ground_of(slope).astype(int) - slope)[64:, 64:].max() <= 3


@pytest.mark.parametrize("sigma", [2.0, 5.0, 12.0])
def test_grain_is_measured_and_writing_is_not_taken_for_it(sigma: float) -> None:
    page = cv2.cvtColor(write_page("5083", height=60).image, cv2.COLOR_BGR2GRAY)
    rough = np.random.default_rng(0).normal(page * 0.5 + 40, sigma)
    assert noise_of(np.rint(rough).astype(np.uint8)) == pytest.approx(sigma, rel=0.25)


@pytest.mark.parametrize("sigma", [2.0, 4.0, 10.0, 20.0, 50.0])
def test_a_picture_is_smoothed_only_as_far_as_it_is_grainy(sigma: float) -> None:
    page = np.full((480, 640), 215.0)
    page[STROKE] = 70
    grainy = np.clip(np.random.default_rng(0).normal(page, sigma), 0, 255).astype(np.uint8)
    smooth = without_grain(grainy, "dark", grain_of(grainy))
    assert (smooth is grainy) == (sigma <= 4)
    assert noise_of(smooth) < max(sigma, 8) * 1.25
    assert float(smooth[STROKE].mean()) < 110


def test_grain_counts_by_how_light_the_ground_of_the_ink_is() -> None:
    dim = np.random.default_rng(0).normal(60, 4, (480, 640)).astype(np.uint8)
    assert without_grain(dim, "dark", grain_of(dim)) is not dim
    assert without_grain(dim, "light", grain_of(dim)) is dim
    lit = dim + 160
    assert without_grain(lit, "dark", grain_of(lit)) is lit


def test_the_grain_of_a_sheet_counts_whatever_dark_desk_it_lies_on() -> None:
    table = np.full((480, 640), 30.0)
    table[60:420, 150:500] = 200
    picture = np.random.default_rng(0).normal(table, 4).astype(np.uint8)
    assert without_grain(picture, "dark", grain_of(picture)) is picture


def test_of_grainy_pale_writing_all_of_it_is_found(reader: DigitReader) -> None:
    """What such grain leaves of pencil was too faint for the lowest threshold."""
    written = write_page("25\n63\n47", seed=3, height=80, ground=(130, 130, 130), ink=(102, 102, 102))
    grainy = np.clip(np.random.default_rng(0).normal(written.image, 5), 0, 255).astype(np.uint8)
    assert reader.read(grainy).text == written.text


@pytest.mark.parametrize("seed", range(4))
def test_digits_on_a_strip_are_read_though_the_light_falls_across_it(reader: DigitReader, seed: int) -> None:
    """All of the strip's lower half seemed ink on the light of its upper half."""
    strip = write_page("2051647", seed=seed, height=40, margin=14, gap=0.9)
    light = np.linspace(1, 0.35, len(strip.image))[:, None]
    assert reader.read(strip.lit_by(light).image).text == strip.text


def test_grain_that_a_camera_has_smoothed_is_measured_as_well() -> None:
    rough = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (480, 640)), (0, 0), 1)
    soft = (120 + 10 * rough / rough.std()).astype(np.uint8)
    assert noise_of(soft) < 4
    assert grain_of(soft) == pytest.approx(10, rel=0.25)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (2, 2), (7, 9)])
def test_pictures_smaller_than_any_digit_do_no_harm(shape: tuple[int, int]) -> None:
    grey = np.full(shape, 128, np.uint8)
    assert ground_of(grey).shape == shape
    assert ink_map(grey, "dark").shape == shape
    assert grain_of(grey) == 0
