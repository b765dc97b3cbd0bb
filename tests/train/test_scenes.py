"""Synthetic photographs: the truth that comes with them is true."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_digits.errors import EdgeDigitsError
from train.scenes import PRESETS, Scene, SceneOptions, crop_source, render_scene
from train.scenes.geometry import corners, view, warp_box

SMALL = {"size": (320, 240), "digit_height": (24, 40)}


def _scene(preset: str, seed: int = 0, **changes: object) -> Scene:
    return render_scene(np.random.default_rng(seed), SceneOptions.preset(preset, **changes))


def test_the_same_seed_gives_the_same_bytes() -> None:
    for preset in ("phone", "webcam", "junk", "board"):
        first, again = (_scene(preset, 3, size=(480, 360)) for _ in range(2))
        assert np.array_equal(first.image, again.image)
        assert first == again
    assert not np.array_equal(_scene("webcam", 3).image, _scene("webcam", 4).image)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_condition_renders_with_boxes_inside_the_picture(preset: str) -> None:
    options = SceneOptions.preset(preset)
    scene = render_scene(np.random.default_rng(1), options)
    width, height = options.size
    assert scene.image.shape == (height, width, 3)
    assert scene.image.dtype == np.uint8
    assert options.digits[0] <= len(scene.digits) <= options.digits[1]
    for digit in scene.digits:
        x, y, w, h = digit.box
        assert min(x, y) >= 0
        assert x + w <= width
        assert y + h <= height
        assert w >= 2
        assert h >= 8


def test_a_long_sum_ends_within_the_picture() -> None:
    for seed in (0, 5, 6, 12):
        scene = _scene("operators", seed, digits=(8, 8), lines=(1, 1))
        assert max(x + w for x, _, w, _ in (digit.box for digit in scene.digits)) <= scene.image.shape[1]


@pytest.mark.parametrize("preset", ["white", "ruled", "many", "scatter", "single", "perspective", "phone"])
def test_text_and_digits_tell_the_same(preset: str) -> None:
    for seed in range(2):
        scene = _scene(preset, seed)
        assert scene.text.replace("\n", "") == "".join(digit.label for digit in scene.digits)
        assert "\n\n" not in scene.text


@pytest.mark.parametrize("preset", ["white", "many", "rotated", "perspective"])
def test_lines_are_read_from_left_to_right_and_top_to_bottom(preset: str) -> None:
    for seed in range(3):
        scene = _scene(preset, seed)
        digits = list(scene.digits)
        feet = []
        for line in scene.text.split("\n"):
            row, digits = digits[: len(line)], digits[len(line) :]
            middles = [d.box[0] + d.box[2] / 2 for d in row]
            assert middles == sorted(middles)
            feet.append(np.mean([d.box[1] + d.box[3] for d in row]))
        assert feet == sorted(feet)
        assert not digits


@given(seed=st.integers(0, 2**32), dark=st.booleans())
@settings(max_examples=20, deadline=None)
def test_boxes_hold_all_the_ink_and_nothing_but_a_digit_each(seed: int, dark: bool) -> None:
    scene = _scene("dark canvas" if dark else "canvas", seed)
    grey = cv2.cvtColor(scene.image, cv2.COLOR_BGR2GRAY)
    ink = grey >= 128 if dark else grey < 128
    rest = ink.copy()
    for digit in scene.digits:
        x, y, w, h = digit.box
        inside = ink[y : y + h, x : x + w]
        assert inside.any(axis=1)[[1, -2]].all()
        assert inside.any(axis=0)[[1, -2]].all()
        rest[y : y + h, x : x + w] = False
    assert not rest.any()


@pytest.mark.parametrize("preset", ["perspective", "rotated"])
def test_boxes_follow_the_sheet_when_it_is_tilted(preset: str) -> None:
    changes = {"surroundings": (), "noise": (0, 0), "cast": 0.0, "pen": ("marker",), "jpeg": None}
    for seed in range(3):
        scene = _scene(preset, seed, **changes)
        grey = cv2.cvtColor(scene.image, cv2.COLOR_BGR2GRAY)
        ink = grey < 0.7 * cv2.medianBlur(grey, 5).max()
        for digit in scene.digits:
            x, y, w, h = digit.box
            rows, columns = np.nonzero(ink[y - 2 : y + h + 2, x - 2 : x + w + 2])
            assert rows.min() <= 6
            assert rows.max() >= h - 4
            assert columns.min() <= 6
            assert columns.max() >= w - 4
            ink[y - 2 : y + h + 2, x - 2 : x + w + 2] = False
        assert ink.mean() < 0.001


@pytest.mark.parametrize("preset", ["empty", "junk"])
def test_a_page_without_digits_says_so(preset: str) -> None:
    scene = _scene(preset)
    assert scene.digits == ()
    assert scene.text == ""


def test_the_text_asked_for_is_written() -> None:
    scene = _scene("ruled", text="907\n12345")
    assert scene.text == "907\n12345"
    assert [d.label for d in scene.digits] == list("90712345")


def test_letters_and_operators_are_drawn_and_not_told_as_digits() -> None:
    plain, cluttered = (
        _scene("canvas", 5, text="12345", clutter=clutter) for clutter in ((), ("letters", "doodles"))
    )
    assert cluttered.text == plain.text == "12345"
    assert (cluttered.image < 128).sum() > 1.3 * (plain.image < 128).sum()


def test_a_caller_may_bring_the_digits() -> None:
    images = np.zeros((10, 28, 28), np.uint8)
    images[:, 4:24, 10:18] = 255
    source = crop_source(images, np.arange(10))
    scene = _scene("canvas", 2, source=source)
    for digit in scene.digits:
        x, y, w, h = digit.box
        assert (scene.image[y : y + h, x : x + w] < 128).mean() > 0.85


def test_exposure_light_and_noise_do_what_their_names_say() -> None:
    plain = _scene("white", 1).image.astype(float)
    assert _scene("dim", 1).image.mean() < 0.6 * plain.mean()
    assert (_scene("overexposed", 1).image == 255).mean() > 0.8
    shadow = _scene("shadow", 1, noise=(0, 0)).image.astype(float)
    assert np.percentile(shadow, 90) - np.percentile(shadow, 10) > 50
    flat = {"lines": (0, 0), "digits": (0, 0), "jpeg": None}
    noisy, clean = (cv2.Laplacian(_scene(p, 1, **flat).image, cv2.CV_32F).std() for p in ("noisy", "white"))
    assert noisy > 3 * clean


def test_a_sheet_seen_straight_on_stays_where_it_is() -> None:
    assert np.allclose(view((300, 200), (300, 200)), np.eye(3))
    quad = corners((300, 200), view((300, 200), (600, 400), scale=2))
    assert np.allclose(quad, [[0, 0], [600, 0], [600, 400], [0, 400]])
    assert warp_box(np.full((10, 20), 255, np.uint8), (5, 7), np.eye(3)) == (5, 7, 20, 10)


@given(roll=st.floats(-30, 30), pitch=st.floats(-35, 35), yaw=st.floats(-35, 35), scale=st.floats(0.3, 1.5))
@settings(max_examples=60, deadline=None)
def test_a_tilted_sheet_stays_a_convex_quadrangle_about_its_centre(
    roll: float, pitch: float, yaw: float, scale: float
) -> None:
    matrix = view((400, 300), (640, 480), roll=roll, pitch=pitch, yaw=yaw, scale=scale)
    quad = corners((400, 300), matrix).astype(np.float32)
    assert cv2.isContourConvex(quad)
    middle = cv2.perspectiveTransform(np.array([[[200.0, 150.0]]]), matrix)[0, 0]
    assert np.allclose(middle, (320, 240))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"ground": ("granite",)}, "granite"),
        ({"pen": ("quill",)}, "quill"),
        ({"layout": "circle"}, "circle"),
        ({"text": "12a"}, "digits only"),
        ({"size": (10, 10)}, "64x64"),
        ({"colour": 3}, "colour"),
    ],
)
def test_unknown_options_are_refused_with_a_remedy(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(EdgeDigitsError, match=told):
        SceneOptions.preset("white", **wrong)


def test_an_unknown_preset_is_refused_and_the_known_are_listed() -> None:
    with pytest.raises(EdgeDigitsError, match=r"moon(.|\n)*ruled"):
        SceneOptions.preset("moon")


def test_rendering_needs_no_tensorflow() -> None:
    code = (
        "import sys, numpy as np\n"
        "import train.scenes.__main__, train.scenes.pictures\n"
        "from train.scenes import render_scene\n"
        "render_scene(np.random.default_rng(0))\n"
        "heavy = {'tensorflow', 'keras', 'onnxruntime', 'ai_edge_litert', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or None)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
