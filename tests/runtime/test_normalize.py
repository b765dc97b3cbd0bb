from __future__ import annotations

import gzip
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge_digits import DigitReader
from edge_digits.errors import ImageError
from edge_digits.normalize import normalize
from train.scenes import draw_digit

Ink = NDArray[np.uint8]


@st.composite
def inks(draw: st.DrawFn, smallest: int = 5, largest: int = 90) -> Ink:
    """A few thick bars in one connected box, cropped, of any proportions."""
    height, width = draw(st.integers(smallest, largest)), draw(st.integers(smallest, largest))
    ink = np.zeros((height, width), np.uint8)
    thick = max(2, max(height, width) // 10)
    for _ in range(draw(st.integers(1, 4))):
        y, x = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        across = draw(st.booleans())
        rows, columns = (thick, width) if across else (height, thick)
        ink[y : y + rows, x : x + columns] = draw(st.integers(120, 255))
    ys, xs = np.nonzero(ink)
    return ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]


def centre_of(crop: Ink) -> tuple[float, float]:
    weight = crop.astype(np.float64)
    index = np.arange(28)
    return float(weight.sum(1) @ index / weight.sum()), float(weight.sum(0) @ index / weight.sum())


@given(inks())
def test_any_ink_becomes_28_by_28_with_its_longer_side_at_20(ink: Ink) -> None:
    before = ink.copy()
    crop = normalize(ink)
    assert crop.shape == (28, 28)
    assert crop.dtype == np.uint8
    _, _, width, height = cv2.boundingRect(crop)
    assert max(width, height) == 20
    assert np.array_equal(ink, before)


@given(inks())
def test_proportions_are_kept(ink: Ink) -> None:
    _, _, width, height = cv2.boundingRect(normalize(ink))
    scale = 20 / max(ink.shape)
    assert abs(width - max(1, ink.shape[1] * scale)) <= 1
    assert abs(height - max(1, ink.shape[0] * scale)) <= 1


@given(inks())
def test_the_centre_of_mass_is_the_centre_wherever_the_frame_leaves_room(ink: Ink) -> None:
    crop = normalize(ink)
    x, y, width, height = cv2.boundingRect(crop)
    for centre, first, extent in zip(centre_of(crop), (y, x), (height, width), strict=True):
        if 0 < first < 28 - extent:
            assert 13.5 <= centre < 14.5
        elif first == 0:
            assert centre >= 13.5  # it would have to go further up, where the frame ends
        else:
            assert centre < 14.5


@given(inks(), *[st.integers(0, 40)] * 4)
def test_where_the_ink_stands_in_its_cut_out_makes_no_difference(
    ink: Ink, top: int, bottom: int, left: int, right: int
) -> None:
    assert np.array_equal(normalize(np.pad(ink, ((top, bottom), (left, right)))), normalize(ink))


@settings(deadline=None)
@given(inks(smallest=24), st.integers(2, 4))
def test_a_finer_scan_of_the_same_ink_gives_the_same_crop(ink: Ink, factor: int) -> None:
    assume(max(ink.shape) >= 20)  # less is enlarged, smoothly, where a finer scan shows its stairs
    crop = normalize(ink)
    # Right at the border between two pixels, rounding may tip it either way.
    assume(all(0.02 < (centre + 0.5) % 1 < 0.98 for centre in centre_of(crop)))
    enlarged = np.kron(ink, np.ones((factor, factor), np.uint8))
    difference = np.abs(normalize(enlarged).astype(int) - crop)
    assert difference.max() <= 2


@given(inks(), st.integers(1, 60))
def test_grain_up_to_the_floor_does_not_widen_the_box(ink: Ink, floor: int) -> None:
    assume(floor < ink[ink > 0].min())
    noisy = np.pad(ink, 10)
    noisy[0, 0] = noisy[-1, -1] = floor
    assert np.array_equal(normalize(noisy, floor=floor), normalize(ink))


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (300, 2), (0, 0), (0, 7), (7, 0)])
def test_no_ink_gives_an_empty_crop(shape: tuple[int, int]) -> None:
    crop = normalize(np.zeros(shape, np.uint8))
    assert crop.shape == (28, 28)
    assert not crop.any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 7), (20, 20), (2000, 1500)])
def test_solid_blocks_of_any_size_fit(shape: tuple[int, int]) -> None:
    crop = normalize(np.full(shape, 200, np.uint8))
    _, _, width, height = cv2.boundingRect(crop)
    assert max(width, height) == 20
    assert crop.max() == 200


@pytest.mark.parametrize(
    "ink",
    [
        np.zeros((28, 28), np.float32),
        np.zeros((28, 28), bool),
        np.zeros((28, 28), np.int64),
        np.zeros((28, 28, 1), np.uint8),
        np.zeros(28, np.uint8),
    ],
    ids=lambda ink: f"{ink.dtype}{ink.shape}",
)
def test_what_is_no_grey_uint8_picture_is_refused_by_name(ink: NDArray[np.generic]) -> None:
    with pytest.raises(ImageError) as caught:
        normalize(ink)
    assert str(ink.dtype) in caught.value.problem
    assert str(ink.shape) in caught.value.problem
    assert "uint8" in caught.value.remedy


def test_views_and_read_only_arrays_are_taken() -> None:
    ink = draw_digit("4", np.random.default_rng(0), height=60)
    mirrored = np.ascontiguousarray(ink[:, ::-1])
    mirrored.flags.writeable = False
    assert np.array_equal(normalize(mirrored[:, ::-1]), normalize(ink))


@settings(max_examples=30)
@given(st.integers(0, 9), st.integers(0, 10**6), st.integers(24, 200))
def test_a_digit_in_its_mnist_frame_is_left_as_it_is(label: int, seed: int, height: int) -> None:
    crop = normalize(draw_digit(str(label), np.random.default_rng(seed), height=height))
    _, _, width, tall = cv2.boundingRect(crop)
    assume(max(width, tall) == 20)
    assert np.array_equal(normalize(crop), crop)


def test_mnists_own_pictures_come_out_bit_for_bit_as_its_makers_left_them(mnist_dir: Path) -> None:
    packed = mnist_dir / "t10k-images-idx3-ubyte.gz"
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else packed.with_suffix("").read_bytes()
    pictures = np.frombuffer(data, np.uint8, offset=16).reshape(-1, 28, 28)
    # In three of the 10,000 the outermost row had faded to 0, so that 19 pixels of 20 are left.
    whole = [p for p in pictures if max(cv2.boundingRect(p)[2:]) == 20]
    assert len(whole) == 9_997
    assert [i for i, picture in enumerate(whole) if not np.array_equal(normalize(picture), picture)] == []


@pytest.mark.parametrize("width", [2, 3, 4, 5, 6])
def test_a_bar_of_full_pixels_gets_soft_edges_and_is_a_one(reader: DigitReader, width: int) -> None:
    """As in a picture of two tones; without them the networks were at a loss."""
    crop = normalize(np.full((20, width), 255, np.uint8))
    assert cv2.boundingRect(crop)[2:] == (width, 20)
    assert np.unique(crop[crop > 0]).size > 1
    assert reader.classify(crop[np.newaxis])[0].argmax() == 1
    assert np.array_equal(normalize(crop), crop)


def test_other_ink_keeps_its_edges() -> None:
    ring = np.zeros((20, 20), np.uint8)
    ring[:] = 255
    ring[5:15, 5:15] = 0
    assert set(np.unique(normalize(ring))) == {0, 255}
