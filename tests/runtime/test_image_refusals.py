"""What is no picture is refused with the way to one."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from picture_files import encoded, smooth_picture

from edge_digits.errors import ImageError
from edge_digits.image import load_grey, load_image


class _PathOfBytes:
    def __init__(self, path: Path) -> None:
        self._path = bytes(path)

    def __fspath__(self) -> bytes:
        return self._path


def test_a_path_object_may_hold_bytes(tmp_path: Path) -> None:
    path = tmp_path / "note.png"
    path.write_bytes(encoded(".png", smooth_picture()))
    assert load_image(_PathOfBytes(path)).shape == (60, 80, 3)  # type: ignore[arg-type]


# What remedies say is tried out: a picture of the wrong type becomes the same picture in bytes.
@pytest.mark.parametrize(
    ("dtype", "factor", "remedy"),
    [
        ("float32", 1 / 255, "(image * 255).astype('uint8')"),
        ("uint16", 257, "(image // 257).astype('uint8')"),
        ("int64", 1, "image.astype('uint8')"),
        ("bool", 1 / 255, "image.astype('uint8') * 255"),
    ],
)
def test_an_array_of_another_type_is_refused_with_the_way_to_bytes(
    dtype: str, factor: float, remedy: str
) -> None:
    bars = np.zeros((8, 8), np.uint8)
    bars[::2] = 255
    image = (bars * np.float64(factor)).astype(dtype)
    with pytest.raises(ImageError, match="dtype") as refused:
        load_image(image)
    assert refused.value.remedy.endswith(f": {remedy}")
    assert np.array_equal(eval(remedy), bars)


class _PillowImage:
    """As much of a PIL image as tells that it is one."""

    def convert(self, mode: str) -> None: ...

    def getbands(self) -> None: ...


@pytest.mark.parametrize(
    ("source", "problem", "remedy"),
    [
        ("", "empty", "Wanted is a path"),
        ("https://a.example/note.jpg", "address", "curl -O https://a.example/note.jpg"),
        (io.BytesIO(b"x"), "type BytesIO", "file.read()"),
        (_PillowImage(), "type _PillowImage", "numpy.asarray(image.convert('RGB'))[:, :, ::-1]"),
        (7, "type int", "Wanted is a path"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_way_to_one(source: object, problem: str, remedy: str) -> None:
    with pytest.raises(ImageError, match=problem) as refused:
        load_grey(source, 100)  # type: ignore[arg-type]
    assert remedy in refused.value.remedy
